//! The working form of a decimal (sign, coefficient of at most 34 digits, exponent) and IEEE 754-2008 decimal128
//! arithmetic on it. Equal to Python's
//! `decimal.Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1)`.
use std::cmp::Ordering;

use ethnum::U256;

use super::digits::{digits, digits_wide, pow10_wide, POW10};
use super::NumberError;

pub const PRECISION: i32 = 34;
/// Exponent of the smallest subnormal.
pub const E_TINY: i32 = -6176;
/// Largest exponent of a full coefficient.
pub const E_TOP: i32 = 6111;
pub const E_MAX: i32 = 6144;
const TEN34: u128 = 10u128.pow(34);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wide {
    pub negative: bool,
    pub coefficient: u128,
    pub exponent: i32,
}

type Result = std::result::Result<Wide, NumberError>;

/// Rounds to 34 digits, half to even. `sticky`: the true value is a little larger in magnitude.
pub fn round(negative: bool, c: U256, mut e: i32, sticky: bool) -> Result {
    if c == 0 && !sticky {
        return Ok(Wide {
            negative,
            coefficient: 0,
            exponent: e.clamp(E_TINY, E_TOP),
        });
    }
    let count = digits_wide(c);
    let mut drop = count - PRECISION;
    if e + drop < E_TINY {
        drop = E_TINY - e;
    }
    let mut q;
    if drop > 0 {
        if drop > count {
            q = 0u128;
        } else {
            let divisor = pow10_wide(drop.min(76));
            let (quotient, remainder) = divide_wide(c, divisor);
            q = *quotient.low();
            match remainder.cmp(&(divisor >> 1u32)) {
                Ordering::Greater => q += 1,
                Ordering::Equal if sticky || q & 1 == 1 => q += 1,
                _ => {}
            }
        }
        e += drop;
        if q == TEN34 {
            q = TEN34 / 10;
            e += 1;
        }
    } else {
        q = *c.low(); // a sticky value always has more than 34 digits
    }
    if q != 0 && e + digits(q) - 1 > E_MAX {
        return Err(NumberError::Overflow);
    }
    if e > E_TOP {
        q *= POW10[(e - E_TOP) as usize];
        e = E_TOP;
    }
    Ok(Wide {
        negative,
        coefficient: q,
        exponent: e,
    })
}

fn divide_wide(n: U256, d: U256) -> (U256, U256) {
    if *n.high() == 0 && *d.high() == 0 {
        let (a, b) = (*n.low(), *d.low());
        return (U256::from(a / b), U256::from(a % b));
    }
    let quotient = n / d;
    (quotient, n - quotient * d)
}

#[inline]
fn finish(negative: bool, c: u128, e: i32) -> Result {
    if c < TEN34 && (E_TINY..=E_TOP).contains(&e) {
        Ok(Wide {
            negative,
            coefficient: c,
            exponent: e,
        })
    } else {
        round(negative, U256::from(c), e, false)
    }
}

#[allow(clippy::should_implement_trait)] // they return a `Result`
impl Wide {
    pub fn negated(self) -> Wide {
        Wide {
            negative: !self.negative,
            ..self
        }
    }

    #[inline]
    pub fn add(self, other: Wide) -> Result {
        let (mut a, mut b) = (self, other);
        if a.exponent < b.exponent {
            std::mem::swap(&mut a, &mut b);
        }
        let shift = a.exponent - b.exponent;
        if shift == 0 || (shift < 19 && a.coefficient < u128::from(u64::MAX)) {
            let x = (a.coefficient * POW10[shift as usize]) as i128;
            let y = b.coefficient as i128;
            let sum = if a.negative { -x } else { x } + if b.negative { -y } else { y };
            return finish(sum < 0, sum.unsigned_abs(), b.exponent);
        }
        Self::add_apart(a, b)
    }

    /// `a.exponent > b.exponent`, too far apart for 128 bits.
    #[inline(never)]
    fn add_apart(a: Wide, b: Wide) -> Result {
        if a.coefficient == 0 {
            return round(b.negative, U256::from(b.coefficient), b.exponent, false);
        }
        let shift = a.exponent - b.exponent;
        let k = shift.min(74 - digits(a.coefficient));
        let x = U256::from(a.coefficient) * pow10_wide(k);
        let (mut y, mut sticky) = (U256::from(b.coefficient), false);
        if shift > k {
            let beyond = shift - k;
            if beyond > 38 {
                sticky = b.coefficient != 0;
                y = U256::ZERO;
            } else {
                let divisor = POW10[beyond as usize];
                y = U256::from(b.coefficient / divisor);
                sticky = !b.coefficient.is_multiple_of(divisor);
            }
        }
        let e = a.exponent - k;
        if a.negative == b.negative {
            return round(a.negative, x + y, e, sticky);
        }
        if x >= y {
            let mut m = x - y;
            if sticky {
                m -= U256::ONE;
            }
            round(a.negative, m, e, sticky)
        } else {
            round(b.negative, y - x, e, sticky)
        }
    }

    #[inline]
    pub fn mul(self, other: Wide) -> Result {
        let (negative, e) = (self.negative != other.negative, self.exponent + other.exponent);
        if (self.coefficient | other.coefficient) >> 64 == 0 {
            return finish(negative, self.coefficient * other.coefficient, e);
        }
        round(
            negative,
            U256::from(self.coefficient) * U256::from(other.coefficient),
            e,
            false,
        )
    }

    pub fn div(self, other: Wide) -> Result {
        let negative = self.negative != other.negative;
        if other.coefficient == 0 {
            return Err(if self.coefficient == 0 {
                NumberError::Invalid
            } else {
                NumberError::DivisionByZero
            });
        }
        let ideal = self.exponent - other.exponent;
        if self.coefficient == 0 {
            return round(negative, U256::ZERO, ideal, false);
        }
        if self.coefficient.is_multiple_of(other.coefficient) {
            return finish(negative, self.coefficient / other.coefficient, ideal);
        }
        let shift = 35 + digits(other.coefficient) - digits(self.coefficient);
        let mut e = ideal - shift;
        let numerator = U256::from(self.coefficient) * pow10_wide(shift);
        let (mut q, exact) = if other.coefficient >> 64 == 0 {
            divide_by_limb(numerator, other.coefficient)
        } else {
            let (q, r) = divide_wide(numerator, U256::from(other.coefficient));
            (q, r == 0)
        };
        if exact {
            let mut c = *q.low(); // below 10^37
            while e < ideal && c.is_multiple_of(10) {
                c /= 10;
                e += 1;
            }
            q = U256::from(c);
        }
        round(negative, q, e, !exact)
    }

    /// Remainder of truncating division; its sign is the dividend's.
    pub fn rem(self, other: Wide) -> Result {
        let (_, r, exponent) = self.divide_whole(other)?;
        round(self.negative, r, exponent, false)
    }

    /// The whole quotient of truncating division.
    pub fn div_whole(self, other: Wide) -> Result {
        let (q, _, _) = self.divide_whole(other)?;
        round(self.negative != other.negative, q, 0, false)
    }

    /// Magnitudes of the truncated quotient (less than 10^34) and of the remainder, and the remainder's exponent.
    fn divide_whole(self, other: Wide) -> std::result::Result<(U256, U256, i32), NumberError> {
        if other.coefficient == 0 {
            return Err(if self.coefficient == 0 {
                NumberError::Invalid
            } else {
                NumberError::DivisionByZero
            });
        }
        let e = self.exponent.min(other.exponent);
        if self.coefficient == 0 {
            return Ok((U256::ZERO, U256::ZERO, e));
        }
        if self.exponent >= other.exponent {
            let shift = self.exponent - other.exponent;
            if shift + digits(self.coefficient) - digits(other.coefficient) > PRECISION + 1 {
                return Err(NumberError::Invalid);
            }
            let numerator = U256::from(self.coefficient) * pow10_wide(shift);
            let (q, r) = divide_wide(numerator, U256::from(other.coefficient));
            if q >= U256::from(TEN34) {
                return Err(NumberError::Invalid);
            }
            Ok((q, r, e))
        } else {
            let shift = other.exponent - self.exponent;
            if shift + digits(other.coefficient) > 40 {
                return Ok((U256::ZERO, U256::from(self.coefficient), e));
            }
            let divisor = U256::from(other.coefficient) * pow10_wide(shift);
            let (q, r) = divide_wide(U256::from(self.coefficient), divisor);
            Ok((q, r, e))
        }
    }

    #[inline]
    pub fn compare(self, other: Wide) -> Ordering {
        let sign = |d: Wide| -> i32 {
            match (d.coefficient, d.negative) {
                (0, _) => 0,
                (_, true) => -1,
                _ => 1,
            }
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return a.cmp(&b);
        }
        let (x, y) = (
            digits(self.coefficient) + self.exponent,
            digits(other.coefficient) + other.exponent,
        );
        let magnitude = if x != y {
            x.cmp(&y)
        } else if self.exponent >= other.exponent {
            (self.coefficient * POW10[(self.exponent - other.exponent) as usize]).cmp(&other.coefficient)
        } else {
            self.coefficient
                .cmp(&(other.coefficient * POW10[(other.exponent - self.exponent) as usize]))
        };
        if a < 0 {
            magnitude.reverse()
        } else {
            magnitude
        }
    }
}

/// Schoolbook division of 256 bits by 64, two limbs at a time; the quotient and whether it is exact.
fn divide_by_limb(n: U256, d: u128) -> (U256, bool) {
    let (high, low) = (*n.high(), *n.low());
    let (q2, r) = (high / d, high % d);
    let t = (r << 64) | (low >> 64);
    let (q1, r) = (t / d, t % d);
    let t = (r << 64) | (low & u128::from(u64::MAX));
    let (q0, r) = (t / d, t % d);
    (U256::from_words(q2, (q1 << 64) | q0), r == 0)
}
