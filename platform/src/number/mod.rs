//! The one number type: decimal128 arithmetic (34 digits, half-even) kept in canonical form.
//!
//! Canonical: an integer in the i64 range is always `Int`; anything else is `Dec` without trailing zeros.
//! Zero has no sign. So equal numbers are equal bytes, and `Eq`/`Hash` may be structural.
use std::fmt;

/// A non-integer, or an integer beyond i64, packed in 16 bytes (sign, exponent, coefficient).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dec(pub(crate) [u64; 2]);

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
