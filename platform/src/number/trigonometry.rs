//! Angles (in radians), hyperbolic functions, logarithms to bases 10 and 2, the cube root: each the value of the real
//! function, correctly rounded by the same loop as those of [`super::elementary`].
use std::sync::OnceLock;

use num_bigint::{BigInt, BigUint, Sign};

use super::elementary::{exp_fixed, ln10, ln2, ln_ratio, ratio, settle, to_fixed, twice_atanh, Fixed, CONSTANT_BITS};
use super::wide::{self, Wide};
use super::{digits, Number, NumberError, Result};

/// Bits beyond those asked for: what sums and differences may lose.
const GUARD: u32 = 200;
/// Angles are below 10^34.
const MAX_ANGLE: i32 = 34;
/// Below 10^-18 a third power is too small to be seen beside the number itself.
const TINY: i32 = -18;
/// Below 10^-36 a square is.
const TINIEST: i32 = -36;

/// `|x| < 10^magnitude`, and at least a tenth of it.
fn magnitude(x: Number) -> i32 {
    let w = x.to_wide();
    if w.coefficient == 0 {
        return i32::MIN / 2;
    }
    digits::digits(w.coefficient) + w.exponent
}

fn fixed(value: BigInt, bits: u32) -> Fixed {
    Fixed {
        value,
        bits,
        exponent10: 0,
        error: BigInt::from(1) << 60u32,
    }
}

fn one(bits: u32) -> BigInt {
    BigInt::from(1) << bits
}

fn root(value: &BigInt, bits: u32) -> BigInt {
    BigInt::from((value.magnitude() << bits).sqrt())
}

/// atan(1/n) in fixed point.
fn small_atan(n: u32, bits: u32) -> BigInt {
    let (mut power, mut sum, mut k) = (one(bits) / n, one(bits) / n, 1u32);
    loop {
        power = -power / (n * n);
        k += 2;
        let term = &power / k;
        if term.sign() == Sign::NoSign {
            return sum;
        }
        sum += term;
    }
}

/// Machin: pi/4 = 4 atan(1/5) - atan(1/239)
fn pi(bits: u32) -> BigInt {
    static PI: OnceLock<BigInt> = OnceLock::new();
    let work = CONSTANT_BITS + 64;
    let value = PI.get_or_init(|| small_atan(5, work) * 16u32 - small_atan(239, work) * 4u32);
    value >> (work - bits)
}

/// The sine or cosine of a small angle by its series: `first` and the power that it has.
fn series(x: &BigInt, bits: u32, first: BigInt, mut k: u32) -> BigInt {
    let square = (x * x) >> bits;
    let (mut term, mut sum) = (first.clone(), first);
    loop {
        term = -((&term * &square) >> bits) / ((k + 1) * (k + 2));
        k += 2;
        if term.sign() == Sign::NoSign || term == BigInt::from(-1) {
            return sum;
        }
        sum += &term;
    }
}

/// Sine and cosine in fixed point, and its bits.
fn sine_and_cosine(w: Wide, bits: u32) -> (BigInt, BigInt, u32) {
    let work = bits + GUARD + MAX_ANGLE as u32 * 4;
    let x = to_fixed(w, work);
    let quarter = pi(work) >> 1u32;
    let half: BigInt = &quarter >> 1u32;
    let turns = (&x + half).floor_quotient(&quarter);
    let rest = x - &turns * quarter;
    let (sine, cosine) = (series(&rest, work, rest.clone(), 1), series(&rest, work, one(work), 0));
    let place = ((turns % 4u32) + 4u32) % 4u32;
    let (sine, cosine) = match u32::try_from(place).unwrap_or(0) {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    };
    (sine, cosine, work)
}

trait FloorQuotient {
    fn floor_quotient(&self, divisor: &BigInt) -> BigInt;
}

impl FloorQuotient for BigInt {
    /// The quotient rounded down.
    fn floor_quotient(&self, divisor: &BigInt) -> BigInt {
        let quotient = self / divisor;
        if self.sign() == Sign::Minus && &quotient * divisor != *self {
            quotient - 1
        } else {
            quotient
        }
    }
}

/// atan of a fixed-point number.
fn atan_fixed(x: &BigInt, bits: u32) -> BigInt {
    if x.sign() == Sign::Minus {
        return -atan_fixed(&-x, bits);
    }
    if *x > one(bits) {
        let inverse = (one(bits) << bits) / x;
        return (pi(bits) >> 1u32) - atan_fixed(&inverse, bits);
    }
    // atan x = 2 atan(x / (1 + sqrt(1 + x^2)))
    let mut x = x.clone();
    for _ in 0..3 {
        let square = (&x * &x) >> bits;
        let below = one(bits) + root(&(one(bits) + square), bits);
        x = (x << bits) / below;
    }
    let square = (&x * &x) >> bits;
    let (mut power, mut sum, mut k) = (x.clone(), x, 1u32);
    loop {
        power = -(&power * &square) >> bits;
        k += 2;
        let term = &power / k;
        if term.sign() == Sign::NoSign || power == BigInt::from(-1) {
            return sum << 3u32;
        }
        sum += term;
    }
}

/// e^x and e^-x at one power of ten, which is given.
fn exponentials(w: Wide, bits: u32) -> (BigInt, BigInt, i32) {
    let error = BigInt::from(1);
    let x = to_fixed(w, bits);
    let (rising, falling) = (exp_fixed(&x, &error, bits), exp_fixed(&-x, &error, bits));
    let apart = rising.exponent10 - falling.exponent10;
    if apart >= 0 {
        let falling = falling.value / BigInt::from(10).pow(apart as u32);
        (rising.value, falling, rising.exponent10)
    } else {
        let rising = rising.value / BigInt::from(10).pow(-apart as u32);
        (rising, falling.value, falling.exponent10)
    }
}

impl Number {
    fn angle(self) -> std::result::Result<Wide, NumberError> {
        if magnitude(self) > MAX_ANGLE {
            return Err(NumberError::Invalid);
        }
        Ok(self.to_wide())
    }

    /// # Errors
    /// `Invalid` from 10^34 on, also for the others of angles.
    pub fn sin(self) -> Result {
        let w = self.angle()?;
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        settle(|bits| {
            let (sine, _, work) = sine_and_cosine(w, bits);
            fixed(sine, work)
        })
    }

    /// # Errors
    /// As [`Number::sin`].
    pub fn cos(self) -> Result {
        let w = self.angle()?;
        if magnitude(self) <= TINY {
            return Ok(Number::ONE);
        }
        settle(|bits| {
            let (_, cosine, work) = sine_and_cosine(w, bits);
            fixed(cosine, work)
        })
    }

    /// # Errors
    /// As [`Number::sin`].
    pub fn tan(self) -> Result {
        let w = self.angle()?;
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        settle(|bits| {
            let (sine, cosine, work) = sine_and_cosine(w, bits + 240);
            let tangent = (sine << work) / cosine;
            Fixed {
                error: BigInt::from(1) << 400u32,
                ..fixed(tangent, work)
            }
        })
    }

    /// # Errors
    /// None but those of rounding.
    pub fn atan(self) -> Result {
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let w = self.to_wide();
        settle(|bits| fixed(atan_fixed(&to_fixed(w, bits + GUARD), bits + GUARD), bits + GUARD))
    }

    /// # Errors
    /// `Invalid` beyond -1 and 1.
    pub fn asin(self) -> Result {
        if self.abs() > Number::ONE {
            return Err(NumberError::Invalid);
        }
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let w = self.to_wide();
        settle(|bits| {
            let work = bits + 2 * GUARD;
            let x = to_fixed(w, work);
            let below = root(&(one(work) - ((&x * &x) >> work)), work);
            if below.sign() == Sign::NoSign {
                let quarter = pi(work) >> 1u32;
                return fixed(if x.sign() == Sign::Minus { -quarter } else { quarter }, work);
            }
            Fixed {
                error: one(GUARD),
                ..fixed(atan_fixed(&((x << work) / below), work), work)
            }
        })
    }

    /// # Errors
    /// `Invalid` beyond -1 and 1.
    pub fn acos(self) -> Result {
        if self.abs() > Number::ONE {
            return Err(NumberError::Invalid);
        }
        if self == Number::ONE {
            return Ok(Number::ZERO);
        }
        let w = self.to_wide();
        settle(|bits| {
            let work = bits + 2 * GUARD;
            let x = to_fixed(w, work);
            let (above, below) = (one(work) - &x, one(work) + &x);
            if below.sign() == Sign::NoSign {
                return fixed(pi(work), work);
            }
            let tangent = root(&((above << work) / below), work);
            Fixed {
                error: one(GUARD),
                ..fixed(atan_fixed(&tangent, work) << 1u32, work)
            }
        })
    }

    /// The angle of the point (`x`, `self`); 0 of the origin.
    ///
    /// # Errors
    /// None but those of rounding.
    pub fn atan2(self, x: Number) -> Result {
        let y = self;
        if x.is_zero() || y.is_zero() {
            let quarters: i64 = match (x.is_negative(), y.is_zero(), y.is_negative()) {
                (false, true, _) => return Ok(Number::ZERO),
                (true, true, _) => 2,
                (_, false, true) => -1,
                (_, false, false) => 1,
            };
            return settle(|bits| fixed((pi(bits + GUARD) * quarters) >> 1u32, bits + GUARD));
        }
        if !x.is_negative() && magnitude(y) - magnitude(x) < TINY {
            return y.div(x);
        }
        let (yn, yd) = ratio(y.abs().to_wide());
        let (xn, xd) = ratio(x.abs().to_wide());
        settle(|bits| {
            let work = bits + GUARD;
            let angle = atan_fixed(&(((&yn * &xd) << work) / (&yd * &xn)), work);
            let angle = if x.is_negative() { pi(work) - angle } else { angle };
            fixed(if y.is_negative() { -angle } else { angle }, work)
        })
    }

    /// # Errors
    /// `Overflow`.
    pub fn sinh(self) -> Result {
        self.hyperbolic(|rising, falling, _| (rising - falling) >> 1u32)
    }

    /// # Errors
    /// `Overflow`.
    pub fn cosh(self) -> Result {
        if magnitude(self) <= TINY {
            return Ok(Number::ONE);
        }
        self.hyperbolic(|rising, falling, _| (rising + falling) >> 1u32)
    }

    /// # Errors
    /// None but those of rounding.
    pub fn tanh(self) -> Result {
        if magnitude(self) > 3 {
            return Ok(if self.is_negative() {
                Number::Int(-1)
            } else {
                Number::ONE
            });
        }
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let w = self.to_wide();
        settle(|bits| {
            let work = bits + GUARD;
            let (rising, falling, _) = exponentials(w, work);
            fixed(((&rising - &falling) << work) / (rising + falling), work)
        })
    }

    fn hyperbolic(self, combine: impl Fn(BigInt, BigInt, u32) -> BigInt) -> Result {
        if magnitude(self) > 5 {
            return Err(NumberError::Overflow);
        }
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let w = self.to_wide();
        settle(|bits| {
            let work = bits + GUARD;
            let (rising, falling, exponent10) = exponentials(w, work);
            Fixed {
                exponent10,
                ..fixed(combine(rising, falling, work), work)
            }
        })
    }

    /// # Errors
    /// None but those of rounding.
    pub fn asinh(self) -> Result {
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let positive = self.abs();
        let result = if magnitude(self) > 40 {
            let (n, d) = ratio(positive.to_wide());
            settle(|bits| ln_ratio(&n * 2, d.clone(), bits))
        } else {
            settle(|bits| {
                let work = bits + 2 * GUARD;
                let x = to_fixed(positive.to_wide(), work);
                let sum = root(&(one(work) + ((&x * &x) >> work)), work) + x;
                log_of(sum, work, bits)
            })
        }?;
        Ok(if self.is_negative() { result.neg() } else { result })
    }

    /// # Errors
    /// `Invalid` below 1.
    pub fn acosh(self) -> Result {
        if self < Number::ONE {
            return Err(NumberError::Invalid);
        }
        if self == Number::ONE {
            return Ok(Number::ZERO);
        }
        if magnitude(self) > 40 {
            let (n, d) = ratio(self.to_wide());
            return settle(|bits| ln_ratio(&n * 2, d.clone(), bits));
        }
        settle(|bits| {
            let work = bits + 2 * GUARD;
            let x = to_fixed(self.to_wide(), work);
            let sum = root(&(((&x * &x) >> work) - one(work)), work) + x;
            log_of(sum, work, bits)
        })
    }

    /// # Errors
    /// `Invalid` at and beyond -1 and 1.
    pub fn atanh(self) -> Result {
        if self.abs() >= Number::ONE {
            return Err(NumberError::Invalid);
        }
        if magnitude(self) <= TINY {
            return Ok(self);
        }
        let (n, d) = ratio(self.abs().to_wide());
        let result = settle(|bits| {
            if &n * 2 <= d {
                return fixed(twice_atanh(&n, &d, bits + GUARD) >> 1u32, bits + GUARD);
            }
            let log = ln_ratio(&d + &n, &d - &n, bits);
            Fixed {
                value: log.value >> 1u32,
                ..log
            }
        })?;
        Ok(if self.is_negative() { result.neg() } else { result })
    }

    /// # Errors
    /// `Invalid` for zero and negative numbers.
    pub fn log10(self) -> Result {
        self.log_to(ln10)
    }

    /// # Errors
    /// `Invalid` for zero and negative numbers.
    pub fn log2(self) -> Result {
        self.log_to(ln2)
    }

    fn log_to(self, base: impl Fn(u32) -> BigInt) -> Result {
        if self.is_zero() || self.is_negative() {
            return Err(NumberError::Invalid);
        }
        if self == Number::ONE {
            return Ok(Number::ZERO);
        }
        let (n, d) = ratio(self.to_wide());
        settle(|bits| {
            let log = ln_ratio(n.clone(), d.clone(), bits);
            Fixed {
                value: (log.value << log.bits) / base(log.bits),
                error: log.error << 2u32,
                ..log
            }
        })
    }

    /// ln(1 + x)
    ///
    /// # Errors
    /// `Invalid` at and below -1.
    pub fn log1p(self) -> Result {
        if self <= Number::Int(-1) {
            return Err(NumberError::Invalid);
        }
        if magnitude(self) <= TINIEST {
            return Ok(self);
        }
        let (n, d) = ratio(self.abs().to_wide());
        let n = if self.is_negative() { &d - n } else { &d + n };
        settle(|bits| ln_ratio(n.clone(), d.clone(), bits))
    }

    /// e^x - 1
    ///
    /// # Errors
    /// `Overflow`.
    pub fn expm1(self) -> Result {
        if magnitude(self) <= TINIEST {
            return Ok(self);
        }
        if magnitude(self) > 5 {
            return if self.is_negative() {
                Ok(Number::Int(-1))
            } else {
                Err(NumberError::Overflow)
            };
        }
        let w = self.to_wide();
        settle(|bits| {
            let work = bits + GUARD;
            let power = exp_fixed(&to_fixed(w, work), &BigInt::from(1), work);
            let scale = BigInt::from(10).pow(power.exponent10.unsigned_abs());
            if power.exponent10 >= 0 {
                Fixed {
                    exponent10: power.exponent10,
                    ..fixed(power.value - one(work) / scale, work)
                }
            } else {
                fixed(power.value / scale - one(work), work)
            }
        })
    }

    /// # Errors
    /// None but those of rounding.
    pub fn cbrt(self) -> Result {
        let w = self.to_wide();
        if w.coefficient == 0 {
            return Ok(Number::ZERO);
        }
        // 36 digits of the root
        let mut shift = 108 - digits::digits(w.coefficient);
        while (w.exponent - shift) % 3 != 0 {
            shift += 1;
        }
        let scaled = BigUint::from(w.coefficient) * BigUint::from(10u32).pow(shift as u32);
        let root = scaled.cbrt();
        let exact = &root * &root * &root == scaled;
        let kept = root.iter_u64_digits().rev().fold(ethnum::U256::ZERO, |all, limb| {
            (all << 64u32) | ethnum::U256::from(limb)
        });
        wide::round(w.negative, kept, (w.exponent - shift) / 3, !exact).map(Number::from_wide)
    }
}

/// ln of a fixed-point number above 1; its own error is far below that of the logarithm.
fn log_of(value: BigInt, work: u32, bits: u32) -> Fixed {
    let log = ln_ratio(value, one(work), bits);
    Fixed {
        error: log.error << 20u32,
        ..log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    /// From tables of more digits, rounded to 34.
    #[test]
    fn known_values() {
        type Function = fn(Number) -> Result;
        let cases: &[(&str, Function, &str, &str)] = &[
            ("sin", Number::sin, "1", "0.8414709848078965066525023216302990"),
            ("sin", Number::sin, "1e33", "0"),
            ("cos", Number::cos, "1", "0.5403023058681397174009366074429766"),
            ("tan", Number::tan, "1", "1.557407724654902230506974807458360"),
            ("atan", Number::atan, "1", "0.7853981633974483096156608458198757"),
            ("asin", Number::asin, "1", "1.570796326794896619231321691639751"),
            ("acos", Number::acos, "-1", "3.141592653589793238462643383279503"),
            ("acos", Number::acos, "0.5", "1.047197551196597746154214461093168"),
            ("sinh", Number::sinh, "1", "1.175201193643801456882381850595601"),
            ("cosh", Number::cosh, "1", "1.543080634815243778477905620757062"),
            ("tanh", Number::tanh, "1", "0.7615941559557648881194582826047936"),
            ("asinh", Number::asinh, "1", "0.8813735870195430252326093249797923"),
            ("acosh", Number::acosh, "2", "1.316957896924816708625046347307968"),
            ("atanh", Number::atanh, "0.5", "0.5493061443340548456976226184612629"),
            ("log10", Number::log10, "1000", "3"),
            ("log10", Number::log10, "1e-6000", "-6000"),
            ("log2", Number::log2, "1024", "10"),
            ("log2", Number::log2, "3", "1.584962500721156181453738943947817"),
            ("log1p", Number::log1p, "1", "0.6931471805599453094172321214581766"),
            ("expm1", Number::expm1, "1", "1.718281828459045235360287471352662"),
            ("expm1", Number::expm1, "-100000", "-1"),
            ("cbrt", Number::cbrt, "-27", "-3"),
            ("cbrt", Number::cbrt, "2", "1.259921049894873164767210607278228"),
        ];
        for (name, function, x, wanted) in cases {
            if *wanted == "0" {
                assert!(function(n(x)).unwrap().abs() <= Number::ONE, "{name}({x})");
            } else {
                assert_eq!(function(n(x)).unwrap(), n(wanted), "{name}({x})");
            }
        }
        assert_eq!(n("1").atan2(n("-1")).unwrap(), n("2.356194490192344928846982537459627"));
        assert_eq!(n("0").atan2(n("-2")).unwrap(), n("3.141592653589793238462643383279503"));
        assert_eq!(
            n("-3").atan2(n("0")).unwrap(),
            n("-1.570796326794896619231321691639751")
        );
    }

    #[test]
    fn what_has_no_value() {
        for result in [
            n("1e34").sin(),
            n("1.1").asin(),
            n("-1.1").acos(),
            n("0.9").acosh(),
            n("1").atanh(),
            n("0").log10(),
            n("-1").log1p(),
        ] {
            assert_eq!(result, Err(NumberError::Invalid));
        }
        assert_eq!(n("100000").sinh(), Err(NumberError::Overflow));
    }

    #[test]
    fn small_and_large_numbers_settle() {
        for text in [
            "1e-17",
            "-1.234567e-17",
            "0.9999999999999999999999999999999999",
            "123456.789",
            "1e-6100",
        ] {
            let x = n(text);
            for function in [
                Number::sin,
                Number::cos,
                Number::tan,
                Number::atan,
                Number::tanh,
                Number::asinh,
            ] {
                function(x).unwrap();
            }
            let _ = (x.asin(), x.acos(), x.atanh(), x.expm1(), x.log1p(), x.cbrt());
        }
        assert_eq!(n("1e-16").sin().unwrap(), n("9.999999999999999999999999999999983e-17"));
    }
}
