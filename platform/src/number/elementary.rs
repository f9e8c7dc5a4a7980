//! Square root, ln, exp and pow, each the correctly rounded (half-even, 34 digits) value of the real function.
//!
//! Evaluated in binary fixed point with Ziv's strategy: if the error interval does not round to one number, the working
//! precision is doubled. Only ties never separate; at `LAST_BITS` the midpoint is then the value itself (a value that is
//! not exact would have to agree with a 35-digit decimal in over 250 further digits).
use std::cmp::Ordering;
use std::sync::OnceLock;

use ethnum::U256;
use num_bigint::{BigInt, BigUint, Sign};

use super::digits::{digits, pow10_wide};
use super::wide::{self, Wide, PRECISION};
use super::{Number, NumberError, Result};

pub(super) const FIRST_BITS: u32 = 128;
const LAST_BITS: u32 = 1_024;

impl Number {
    /// # Errors
    /// `Invalid` for a negative number.
    pub fn sqrt(self) -> Result {
        let w = self.to_wide();
        if w.coefficient == 0 {
            return Ok(Number::ZERO);
        }
        if w.negative {
            return Err(NumberError::Invalid);
        }
        // Scale to 71 or 72 digits with an even exponent: the root has 36.
        let mut shift = 71 - digits(w.coefficient);
        if (w.exponent - shift) % 2 != 0 {
            shift += 1;
        }
        let scaled = U256::from(w.coefficient) * pow10_wide(shift);
        let root = integer_sqrt(scaled);
        let exact = root * root == scaled;
        let result = wide::round(false, root, (w.exponent - shift) / 2, !exact)?;
        Ok(Number::from_wide(result))
    }

    /// # Errors
    /// `Invalid` for zero and negative numbers.
    pub fn ln(self) -> Result {
        if self == Number::ONE {
            return Ok(Number::ZERO);
        }
        if self.is_zero() || self.is_negative() {
            return Err(NumberError::Invalid);
        }
        settle(|bits| ln_fixed(self.to_wide(), bits))
    }

    /// # Errors
    /// `Overflow` above about 14,149.
    pub fn exp(self) -> Result {
        let w = self.to_wide();
        let magnitude = digits(w.coefficient) + w.exponent; // |x| < 10^magnitude
        if w.coefficient == 0 || magnitude <= -35 {
            return Ok(Number::ONE);
        }
        if magnitude > 5 {
            return if w.negative {
                Ok(Number::ZERO)
            } else {
                Err(NumberError::Overflow)
            };
        }
        settle(|bits| exp_fixed(&to_fixed(w, bits + 64), &BigInt::from(1), bits + 64))
    }

    /// `self` to the power `exponent`; `0^0` is 1.
    ///
    /// # Errors
    /// `DivisionByZero` for zero to a negative power, `Invalid` for a negative base with a fraction, `Overflow`.
    pub fn pow(self, exponent: Number) -> Result {
        if exponent.is_zero() || self == Number::ONE {
            return Ok(Number::ONE);
        }
        if self.is_zero() {
            return if exponent.is_negative() {
                Err(NumberError::DivisionByZero)
            } else {
                Ok(Number::ZERO)
            };
        }
        let negative = self.is_negative();
        if negative && !exponent.is_integer() {
            return Err(NumberError::Invalid);
        }
        let odd = negative && exponent.rem(Number::Int(2)).map(|r| !r.is_zero()).unwrap_or(false);
        let base = self.abs();
        if base == Number::ONE {
            return Ok(if odd { Number::Int(-1) } else { Number::ONE });
        }
        let e = exponent.to_wide();
        // |ln base| >= 10^-34, so beyond 10^40 the result is out of the format on either side.
        let grows = (base > Number::ONE) != e.negative;
        if digits(e.coefficient) + e.exponent > 40 {
            return if grows {
                Err(NumberError::Overflow)
            } else {
                Ok(Number::ZERO)
            };
        }
        let result = settle(|bits| {
            // a large exponent multiplies the error of the logarithm: 10^k < 2^(10 k / 3 + 1)
            let e_bits = (digits(e.coefficient) + e.exponent).max(0) as u32 * 10 / 3 + 1;
            let log = ln_fixed(base.to_wide(), bits + e_bits);
            let bits = log.bits;
            let product = mul_number(&log.value, e);
            let error = mul_number(&log.error, Wide { negative: false, ..e }) + 1;
            let limit = BigInt::from(20_000) << bits;
            if product > limit {
                return Fixed {
                    value: BigInt::from(1),
                    bits: 0,
                    exponent10: 7_000,
                    error: BigInt::from(0),
                };
            }
            if product < -limit {
                return Fixed {
                    value: BigInt::from(1),
                    bits: 0,
                    exponent10: -7_000,
                    error: BigInt::from(0),
                };
            }
            exp_fixed(&product, &error, bits)
        })?;
        Ok(if odd { result.neg() } else { result })
    }
}

/// `value * 2^-bits * 10^exponent10`, off by at most `error * 2^-bits * 10^exponent10`.
pub(super) struct Fixed {
    pub value: BigInt,
    pub bits: u32,
    pub exponent10: i32,
    pub error: BigInt,
}

/// Ziv's loop.
pub(super) fn settle(evaluate: impl Fn(u32) -> Fixed) -> Result {
    let mut bits = FIRST_BITS;
    loop {
        let f = evaluate(bits);
        let low = round_fixed(&(&f.value - &f.error), f.bits, f.exponent10);
        let high = round_fixed(&(&f.value + &f.error), f.bits, f.exponent10);
        if low == high {
            return high;
        }
        if bits >= LAST_BITS {
            return round_exact(&f);
        }
        bits *= 2;
    }
}

/// The number nearest to `value * 2^-bits * 10^exponent10`.
fn round_fixed(value: &BigInt, bits: u32, exponent10: i32) -> Result {
    let (digits36, exponent, sticky) = decimal_digits(value.magnitude(), bits, 36);
    let c = to_u256(&digits36);
    let w = wide::round(value.sign() == Sign::Minus, c, exponent + exponent10, sticky)?;
    Ok(Number::from_wide(w))
}

/// For a value that is exact to 35 digits: snaps to them, then rounds once.
fn round_exact(f: &Fixed) -> Result {
    let (long, exponent, _) = decimal_digits(f.value.magnitude(), f.bits, 70);
    let unit = BigUint::from(10u32).pow(30);
    let snapped = (long + (&unit >> 1u32)) / &unit;
    let w = wide::round(
        f.value.sign() == Sign::Minus,
        to_u256(&snapped),
        exponent + 30 + f.exponent10,
        false,
    )?;
    Ok(Number::from_wide(w))
}

/// `magnitude * 2^-bits` as (about `count` digits, exponent, whether something was cut off).
fn decimal_digits(magnitude: &BigUint, bits: u32, count: i32) -> (BigUint, i32, bool) {
    if magnitude.bits() == 0 {
        return (BigUint::ZERO, -(count + 40), false);
    }
    // log10(value) is about (bit length - bits) * 0.30103
    let log10 = ((magnitude.bits() as i64 - i64::from(bits)) * 30_103).div_euclid(100_000) as i32;
    let mut exponent = log10 - count;
    loop {
        let (numerator, denominator) = if exponent >= 0 {
            (
                magnitude.clone(),
                (BigUint::from(1u32) << bits) * BigUint::from(10u32).pow(exponent as u32),
            )
        } else {
            (
                magnitude * BigUint::from(10u32).pow(-exponent as u32),
                BigUint::from(1u32) << bits,
            )
        };
        let quotient = &numerator / &denominator;
        if quotient < BigUint::from(10u32).pow((PRECISION + 1) as u32) {
            exponent -= 2;
            continue;
        }
        let sticky = quotient.clone() * denominator != numerator;
        return (quotient, exponent, sticky);
    }
}

fn to_u256(n: &BigUint) -> U256 {
    n.iter_u64_digits()
        .rev()
        .fold(U256::ZERO, |acc, limb| (acc << 64u32) | U256::from(limb))
}

fn integer_sqrt(n: U256) -> U256 {
    let mut x = U256::ONE << ((256 - n.leading_zeros()).div_ceil(2));
    loop {
        let next = (x + n / x) >> 1u32;
        if next >= x {
            return x;
        }
        x = next;
    }
}

/// `w` as fixed point, truncated.
pub(super) fn to_fixed(w: Wide, bits: u32) -> BigInt {
    mul_number(&(BigInt::from(1) << bits), w)
}

/// `fixed * w`, truncated towards zero.
fn mul_number(fixed: &BigInt, w: Wide) -> BigInt {
    let mut product = fixed * BigInt::from(w.coefficient);
    if w.exponent >= 0 {
        product *= BigInt::from(10).pow(w.exponent as u32);
    } else {
        product /= BigInt::from(10).pow(-w.exponent as u32);
    }
    if w.negative {
        -product
    } else {
        product
    }
}

/// 2 * atanh(numerator / denominator) in fixed point, for a ratio of at most one half.
pub(super) fn twice_atanh(numerator: &BigInt, denominator: &BigInt, bits: u32) -> BigInt {
    let z = (numerator << bits) / denominator;
    let square = (&z * &z) >> bits;
    let (mut power, mut sum, mut k) = (z.clone(), z, 1u32);
    loop {
        power = (&power * &square) >> bits;
        k += 2;
        let term = &power / k;
        if term.sign() == Sign::NoSign || term == BigInt::from(-1) {
            return sum << 1u32;
        }
        sum += term;
    }
}

/// Bits of the kept constants; the working precision of `pow` at its last try is below 1,400.
pub(super) const CONSTANT_BITS: u32 = 1_600;

/// ln 2 = 2 atanh(1/3)
pub(super) fn ln2(bits: u32) -> BigInt {
    static LN2: OnceLock<BigInt> = OnceLock::new();
    let value = LN2.get_or_init(|| twice_atanh(&BigInt::from(1), &BigInt::from(3), CONSTANT_BITS));
    value >> (CONSTANT_BITS - bits)
}

/// ln 10 = 3 ln 2 + 2 atanh(1/9)
pub(super) fn ln10(bits: u32) -> BigInt {
    static LN10: OnceLock<BigInt> = OnceLock::new();
    let value =
        LN10.get_or_init(|| ln2(CONSTANT_BITS) * 3u32 + twice_atanh(&BigInt::from(1), &BigInt::from(9), CONSTANT_BITS));
    value >> (CONSTANT_BITS - bits)
}

/// ln of a positive number other than 1; the result keeps `bits` significant bits also close to 1.
fn ln_fixed(w: Wide, bits: u32) -> Fixed {
    let (n, d) = ratio(w);
    ln_ratio(n, d, bits)
}

/// A number that is not negative as numerator and denominator.
pub(super) fn ratio(w: Wide) -> (BigInt, BigInt) {
    let (mut n, mut d) = (BigInt::from(w.coefficient), BigInt::from(1));
    if w.exponent >= 0 {
        n *= BigInt::from(10).pow(w.exponent as u32);
    } else {
        d *= BigInt::from(10).pow(-w.exponent as u32);
    }
    (n, d)
}

/// ln of a positive ratio other than 1, no closer to 1 than numbers of 34 digits come.
pub(super) fn ln_ratio(mut n: BigInt, mut d: BigInt, bits: u32) -> Fixed {
    let work = bits + 160; // |ln x| >= 10^-34 costs 113 bits, the sums up to 40
                           // x = n/d * 2^k with n/d in [1/2, 2)
    let k = n.bits() as i64 - d.bits() as i64;
    // close to 1 no multiple of ln 2 may be split off: n and d of one bit length leave k = 0
    let k = if k == 1 && &n * 4 < &d * 5 || k == -1 && &n * 5 > &d * 4 {
        0
    } else {
        k
    };
    if k > 0 {
        d <<= k as u64;
    } else {
        n <<= -k as u64;
    }
    let value = twice_atanh(&(&n - &d), &(&n + &d), work) + ln2(work) * k;
    Fixed {
        value,
        bits: work,
        exponent10: 0,
        error: BigInt::from(1) << 40u32,
    }
}

/// exp of a fixed-point number of magnitude below 100,000 that is off by at most `error`.
pub(super) fn exp_fixed(x: &BigInt, error: &BigInt, bits: u32) -> Fixed {
    let log = ln10(bits);
    let half: BigInt = &log >> 1u32;
    let sum: BigInt = x + half;
    let k = floor_div(&sum, &log);
    let exponent10 = i32::try_from(&k).unwrap_or(if k.sign() == Sign::Minus { -100_000 } else { 100_000 });
    let r = x - k * log;
    // exp(r) = exp(r / 2^8)^(2^8)
    let small: BigInt = r >> 8u32;
    let one = BigInt::from(1) << bits;
    let (mut term, mut sum, mut n) = (one.clone(), one, 1u32);
    loop {
        term = ((&term * &small) >> bits) / n;
        if term.sign() == Sign::NoSign || term == BigInt::from(-1) {
            break;
        }
        sum += &term;
        n += 1;
    }
    for _ in 0..8 {
        sum = (&sum * &sum) >> bits;
    }
    Fixed {
        value: sum,
        bits,
        exponent10,
        error: (BigInt::from(1) << 40u32) + error * 16u32,
    }
}

fn floor_div(a: &BigInt, b: &BigInt) -> BigInt {
    let q = a / b;
    if (a.sign() == Sign::Minus) && (&q * b).cmp(a) == Ordering::Greater {
        q - 1
    } else {
        q
    }
}
