//! The one number type: decimal128 arithmetic (34 digits, half-even) kept in canonical form.
//!
//! Canonical: an integer in the i64 range is always `Int`; anything else is `Dec` without trailing zeros.
//! Zero has no sign. So equal numbers are equal bytes, and `Eq`/`Hash` may be structural.
//!
//! - [`wide`]     decimal128 arithmetic on the working form
//! - [`text`]     plain decimal notation, both ways
//! - [`rounding`] quantize and rounding to places by named modes
//! - [`elementary`] square root, ln, exp, pow (correctly rounded)
//! - [`trigonometry`] angles, hyperbolic functions, other logarithms and roots
use std::cmp::Ordering;
use std::fmt;

mod digits;
pub mod elementary;
pub mod rounding;
pub mod text;
pub mod trigonometry;
mod wide;

pub use rounding::Rounding;
pub use wide::Wide;

use digits::{digits, strip_zeros, POW10};
use wide::{E_TINY, E_TOP};

/// A non-integer, or an integer beyond i64, in 16 bytes: sign, exponent + 6176 (14 bits), coefficient (113 bits).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dec([u64; 2]);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Number {
    Int(i64),
    Dec(Dec),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberError {
    Overflow,
    DivisionByZero,
    /// An operation without a defined result (`0/0`, square root of a negative number, bad text).
    Invalid,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "number overflow",
            Self::DivisionByZero => "division by zero",
            Self::Invalid => "invalid number operation",
        })
    }
}

impl std::error::Error for NumberError {}

pub type Result = std::result::Result<Number, NumberError>;

impl Dec {
    fn pack(w: Wide) -> Dec {
        let biased = (w.exponent - E_TINY) as u64;
        let high = (u64::from(w.negative) << 63) | (biased << 49) | ((w.coefficient >> 64) as u64);
        Dec([high, w.coefficient as u64])
    }

    fn unpack(self) -> Wide {
        let [high, low] = self.0;
        Wide {
            negative: high >> 63 == 1,
            exponent: ((high >> 49) & 0x3fff) as i32 + E_TINY,
            coefficient: (u128::from(high & ((1 << 49) - 1)) << 64) | u128::from(low),
        }
    }
}

// the operators return a `Result`, so they are methods and not the operator traits
#[allow(clippy::should_implement_trait)]
impl Number {
    pub const ZERO: Number = Number::Int(0);
    pub const ONE: Number = Number::Int(1);

    /// The canonical number of a working form (at most 34 digits, exponent within the format).
    pub fn from_wide(w: Wide) -> Number {
        let Wide {
            negative,
            mut coefficient,
            mut exponent,
        } = w;
        if coefficient == 0 {
            return Self::ZERO;
        }
        let (stripped, zeros) = strip_zeros(coefficient);
        (coefficient, exponent) = (stripped, exponent + zeros);
        if (0..19).contains(&exponent) && coefficient < 1 << 64 {
            let magnitude = coefficient * POW10[exponent as usize];
            let limit = i64::MAX as u128 + u128::from(negative);
            if magnitude <= limit {
                let signed = if negative {
                    -(magnitude as i128)
                } else {
                    magnitude as i128
                };
                return Number::Int(signed as i64);
            }
        }
        // Above E_TOP a short coefficient takes zeros back, as the format's clamping does.
        if exponent > E_TOP {
            coefficient *= POW10[(exponent - E_TOP) as usize];
            exponent = E_TOP;
        }
        Number::Dec(Dec::pack(Wide {
            negative,
            coefficient,
            exponent,
        }))
    }

    #[inline]
    pub fn to_wide(self) -> Wide {
        match self {
            Number::Int(i) => Wide {
                negative: i < 0,
                coefficient: u128::from(i.unsigned_abs()),
                exponent: 0,
            },
            Number::Dec(d) => d.unpack(),
        }
    }

    /// The number `(-1)^negative * coefficient * 10^exponent`, rounded to 34 digits.
    pub fn from_parts(negative: bool, coefficient: u128, exponent: i32) -> Result {
        let w = wide::round(negative, ethnum::U256::from(coefficient), exponent, false)?;
        Ok(Self::from_wide(w))
    }

    /// Sign, coefficient without trailing zeros, exponent: the form that the codec writes for what is not an `Int`.
    pub fn to_parts(self) -> (bool, u128, i32) {
        let Wide {
            negative,
            mut coefficient,
            mut exponent,
        } = self.to_wide();
        if coefficient == 0 {
            return (false, 0, 0);
        }
        let (stripped, zeros) = strip_zeros(coefficient);
        (coefficient, exponent) = (stripped, exponent + zeros);
        (negative, coefficient, exponent)
    }

    /// Exact, or `None` beyond 34 digits.
    pub fn from_i128(value: i128) -> Option<Number> {
        Self::exact(value < 0, value.unsigned_abs(), 0)
    }

    /// Exact, or `None` beyond 34 digits.
    pub fn from_u128(value: u128) -> Option<Number> {
        Self::exact(false, value, 0)
    }

    /// `value / 10^places`, exact, or `None` beyond 34 digits: `from_scaled(atto, 18)` is an amount in CMT.
    pub fn from_scaled(value: u128, places: u32) -> Option<Number> {
        Self::exact(false, value, -(places as i32))
    }

    fn exact(negative: bool, mut coefficient: u128, mut exponent: i32) -> Option<Number> {
        let (stripped, zeros) = strip_zeros(coefficient);
        (coefficient, exponent) = (stripped, exponent + zeros);
        (digits(coefficient) <= wide::PRECISION && (E_TINY..=E_TOP).contains(&exponent)).then(|| {
            Self::from_wide(Wide {
                negative,
                coefficient,
                exponent,
            })
        })
    }

    /// `self * 10^places` if that is a non-negative whole number below 2^128.
    pub fn to_scaled_u128(self, places: u32) -> Option<u128> {
        let (negative, coefficient, exponent) = self.to_parts();
        let shift = exponent + places as i32;
        if negative || !(0..=38).contains(&shift) {
            return (coefficient == 0).then_some(0);
        }
        coefficient.checked_mul(POW10[shift as usize])
    }

    pub fn to_i64(self) -> Option<i64> {
        match self {
            Number::Int(i) => Some(i),
            Number::Dec(_) => None,
        }
    }

    pub fn is_integer(self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Dec(_) => self.to_parts().2 >= 0,
        }
    }

    pub fn is_negative(self) -> bool {
        match self {
            Number::Int(i) => i < 0,
            Number::Dec(d) => d.unpack().negative,
        }
    }

    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    #[inline]
    pub fn add(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if let Some(sum) = a.checked_add(b) {
                return Ok(Number::Int(sum));
            }
        }
        self.to_wide().add(other.to_wide()).map(Self::from_wide)
    }

    #[inline]
    pub fn sub(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if let Some(difference) = a.checked_sub(b) {
                return Ok(Number::Int(difference));
            }
        }
        self.to_wide().add(other.to_wide().negated()).map(Self::from_wide)
    }

    #[inline]
    pub fn mul(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if let Some(product) = a.checked_mul(b) {
                return Ok(Number::Int(product));
            }
        }
        self.to_wide().mul(other.to_wide()).map(Self::from_wide)
    }

    /// Exact decimal division, also of whole numbers (a documented difference from Java's).
    #[inline]
    pub fn div(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if b != 0 && a.checked_rem(b) == Some(0) {
                return Ok(Number::Int(a / b));
            }
        }
        self.to_wide().div(other.to_wide()).map(Self::from_wide)
    }

    /// Remainder of truncating division; its sign is the dividend's. `Invalid` if the quotient has over 34 digits.
    #[inline]
    pub fn rem(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if b != 0 {
                return Ok(Number::Int(a.checked_rem(b).unwrap_or(0)));
            }
        }
        self.to_wide().rem(other.to_wide()).map(Self::from_wide)
    }

    /// The quotient without its fraction: `a == a.div_whole(b) * b + a.rem(b)`. `Invalid` if it has over 34 digits.
    pub fn div_whole(self, other: Number) -> Result {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            if let Some(quotient) = a.checked_div(b) {
                return Ok(Number::Int(quotient));
            }
        }
        self.to_wide().div_whole(other.to_wide()).map(Self::from_wide)
    }

    pub fn neg(self) -> Number {
        match self {
            Number::Int(i) if i != i64::MIN => Number::Int(-i),
            _ => Self::from_wide(self.to_wide().negated()),
        }
    }

    pub fn abs(self) -> Number {
        if self.is_negative() {
            self.neg()
        } else {
            self
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(b),
            _ => self.to_wide().compare(other.to_wide()),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number::Int(value)
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Number::Int(i64::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn equal_numbers_have_one_representation() {
        assert_eq!(n("80"), n("100").mul(n("0.8")).unwrap());
        assert_eq!(n("0"), n("-0.000"));
        assert_eq!(n("9223372036854775807"), Number::Int(i64::MAX));
        assert_eq!(n("-9223372036854775808"), Number::Int(i64::MIN));
        assert!(matches!(n("9223372036854775808"), Number::Dec(_)));
        assert_eq!(n("1e19").sub(n("1e19")).unwrap(), Number::ZERO);
        assert_eq!(std::mem::size_of::<Number>(), 24);
    }

    #[test]
    fn text_is_plain_and_strict() {
        for text in [
            "0",
            "-1",
            "0.001",
            "123.456",
            "-0.5",
            "100000000000000000000",
            "1.000000000000000000000000000000001",
        ] {
            assert_eq!(n(text).to_string(), text);
        }
        for text in [
            "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1_0", " 1", "NaN", "Infinity",
        ] {
            assert_eq!(Number::parse(text), Err(NumberError::Invalid), "{text}");
        }
        assert_eq!(Number::parse("1e6145"), Err(NumberError::Overflow));
        assert_eq!(n("1e-7000"), Number::ZERO);
    }

    #[test]
    fn amounts_are_exact_at_their_scale() {
        assert_eq!(n("1.5").to_scaled_u128(18), Some(1_500_000_000_000_000_000));
        assert_eq!(n("0.0000000000000000001").to_scaled_u128(18), None);
        assert_eq!(n("-1").to_scaled_u128(18), None);
        assert_eq!(Number::from_scaled(1_500_000_000_000_000_000, 18), Some(n("1.5")));
    }

    #[test]
    fn elementary_functions_round_once() {
        assert_eq!(
            n("2").sqrt().unwrap().to_string(),
            "1.414213562373095048801688724209698"
        );
        assert_eq!(n("2").ln().unwrap().to_string(), "0.6931471805599453094172321214581766");
        assert_eq!(n("1").exp().unwrap().to_string(), "2.718281828459045235360287471352662");
        assert_eq!(n("1.1").pow(n("2")).unwrap(), n("1.21"));
        assert_eq!(n("4").pow(n("0.5")).unwrap(), n("2"));
        assert_eq!(n("2").pow(n("-3")).unwrap(), n("0.125"));
        assert_eq!(n("-2").pow(n("3")).unwrap(), n("-8"));
        assert_eq!(n("10").pow(n("6145")), Err(NumberError::Overflow));
        assert_eq!(n("-1").sqrt(), Err(NumberError::Invalid));
        assert_eq!(n("1e-6176").exp().unwrap(), Number::ONE);
        assert_eq!(n("15000").exp(), Err(NumberError::Overflow));
        assert_eq!(n("-15000").exp().unwrap(), Number::ZERO);
    }
}
