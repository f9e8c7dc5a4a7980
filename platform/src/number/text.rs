//! Plain decimal notation. Output is never scientific; a number of the format has at most about 6,200 characters.
use std::fmt;

use super::digits::digits;
use super::wide::{self, PRECISION};
use super::{Number, NumberError, Result};

/// Longest text that is read as a number.
pub const MAX_TEXT: usize = 12_000;

impl Number {
    /// Reads JSON's number syntax (`-12.50`, `1e-7`); at most 34 significant digits are kept, rounded half to even.
    ///
    /// # Errors
    /// `Invalid` for anything else (also a leading `+`, leading zeros, a bare dot), `Overflow` beyond the format.
    pub fn parse(text: &str) -> Result {
        Self::read(text).map(|(number, _)| number)
    }

    /// As [`Number::parse`], but `Invalid` for what has no exact representation.
    ///
    /// # Errors
    /// As [`Number::parse`].
    pub fn parse_exact(text: &str) -> Result {
        match Self::read(text)? {
            (number, true) => Ok(number),
            _ => Err(NumberError::Invalid),
        }
    }

    /// The number and whether it is exactly what the text says.
    fn read(text: &str) -> std::result::Result<(Number, bool), NumberError> {
        let bytes = text.as_bytes();
        if bytes.len() > MAX_TEXT {
            return Err(NumberError::Invalid);
        }
        let (negative, rest) = match bytes.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let (mantissa, exponent_text) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        let (whole, fraction) = match mantissa.iter().position(|b| *b == b'.') {
            Some(at) => (&mantissa[..at], Some(&mantissa[at + 1..])),
            None => (mantissa, None),
        };
        let plain = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !plain(whole) || (whole.len() > 1 && whole[0] == b'0') || fraction.is_some_and(|f| !plain(f)) {
            return Err(NumberError::Invalid);
        }
        let shift = match exponent_text {
            Some(part) => parse_exponent(part)?,
            None => 0,
        };
        let fraction = fraction.unwrap_or_default();
        let mut kept: u128 = 0;
        let mut count = 0; // significant digits kept
        let mut dropped: i64 = 0;
        let mut sticky = false; // something other than zeros was dropped
        for digit in whole.iter().chain(fraction) {
            let d = u128::from(digit - b'0');
            if count == 0 && d == 0 {
                continue;
            }
            if count < PRECISION + 2 {
                kept = kept * 10 + d;
                count += 1;
            } else {
                dropped += 1;
                sticky |= d != 0;
            }
        }
        if kept == 0 {
            return Ok((Number::ZERO, true));
        }
        let exponent = shift + dropped - fraction.len() as i64;
        if exponent > 7_000 {
            return Err(NumberError::Overflow);
        }
        if exponent < -7_000 {
            return Ok((Number::ZERO, false));
        }
        let w = wide::round(negative, ethnum::U256::from(kept), exponent as i32, sticky)?;
        let number = Number::from_wide(w);
        let mut exponent = exponent as i32;
        while kept.is_multiple_of(10) {
            kept /= 10;
            exponent += 1;
        }
        let exact = !sticky && number.to_parts() == (negative, kept, exponent);
        Ok((number, exact))
    }
}

fn parse_exponent(part: &[u8]) -> std::result::Result<i64, NumberError> {
    let (negative, digits) = match part {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Invalid);
    }
    let magnitude = digits
        .iter()
        .fold(0i64, |n, d| (n * 10 + i64::from(d - b'0')).min(100_000));
    Ok(if negative { -magnitude } else { magnitude })
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Number::Int(i) = self {
            return write!(f, "{i}");
        }
        let (negative, coefficient, exponent) = self.to_parts();
        let sign = if negative { "-" } else { "" };
        if exponent >= 0 {
            return write!(f, "{sign}{coefficient}{:0<1$}", "", exponent as usize);
        }
        let places = -exponent;
        let count = digits(coefficient);
        if count <= places {
            return write!(f, "{sign}0.{:0<1$}{coefficient}", "", (places - count) as usize);
        }
        let digits = coefficient.to_string();
        let (whole, fraction) = digits.split_at((count - places) as usize);
        write!(f, "{sign}{whole}.{fraction}")
    }
}
