//! Rounding to a number of places by named modes (IEEE 754-2008 5.3.2 `quantize`; names as Java's `RoundingMode`).
use std::cmp::Ordering;

use super::digits::{digits, POW10};
use super::wide::{Wide, E_MAX, E_TINY, E_TOP, PRECISION};
use super::{Number, NumberError, Result};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    HalfEven,
    HalfUp,
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    Ceiling,
    Floor,
}

impl Rounding {
    pub const NAMES: [(&'static str, Rounding); 7] = [
        ("half-even", Self::HalfEven),
        ("half-up", Self::HalfUp),
        ("half-down", Self::HalfDown),
        ("up", Self::Up),
        ("down", Self::Down),
        ("ceiling", Self::Ceiling),
        ("floor", Self::Floor),
    ];

    /// One of [`Rounding::NAMES`], also as Java writes it (`HALF_UP`).
    pub fn from_name(name: &str) -> Option<Rounding> {
        let same = |known: &str| {
            known.len() == name.len()
                && known
                    .bytes()
                    .zip(name.bytes())
                    .all(|(a, b)| a == b.to_ascii_lowercase() || (a == b'-' && b == b'_'))
        };
        Self::NAMES.iter().find(|(known, _)| same(known)).map(|(_, mode)| *mode)
    }

    /// Whether the magnitude grows by one unit. `half`: how the part that is cut off compares with half a unit.
    fn grows(self, negative: bool, odd: bool, half: Ordering, exact: bool) -> bool {
        if exact {
            return false;
        }
        match self {
            Self::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && odd),
            Self::HalfUp => half != Ordering::Less,
            Self::HalfDown => half == Ordering::Greater,
            Self::Up => true,
            Self::Down => false,
            Self::Ceiling => !negative,
            Self::Floor => negative,
        }
    }
}

impl Number {
    /// The nearest number whose exponent is `exponent`, half to even, as Python's `quantize` (then canonical).
    ///
    /// # Errors
    /// `Invalid` if that takes more than 34 digits or the exponent or the result is beyond the format.
    pub fn quantize(self, exponent: i32) -> Result {
        if !(E_TINY..=E_MAX).contains(&exponent) {
            return Err(NumberError::Invalid);
        }
        let w = self.to_wide();
        if w.coefficient != 0 && w.exponent >= exponent && digits(w.coefficient) + w.exponent - exponent > PRECISION {
            return Err(NumberError::Invalid);
        }
        let rounded = at_exponent(w, exponent, Rounding::HalfEven);
        let count = digits(rounded.coefficient);
        if count > PRECISION || (rounded.coefficient != 0 && exponent + count - 1 > E_MAX) {
            return Err(NumberError::Invalid);
        }
        Ok(Number::from_wide(rounded))
    }

    /// Rounds to `places` digits after the point (negative: before it). A number with fewer places is unchanged.
    pub fn round(self, places: i32, mode: Rounding) -> Number {
        match self {
            Number::Int(_) if places >= 0 => self,
            _ => {
                let w = self.to_wide();
                let exponent = places.saturating_neg().clamp(E_TINY, E_TOP);
                if w.exponent >= exponent {
                    return self;
                }
                Number::from_wide(at_exponent(w, exponent, mode))
            }
        }
    }
}

/// `w` with exponent `exponent`; the caller has checked that scaling up fits.
fn at_exponent(w: Wide, exponent: i32, mode: Rounding) -> Wide {
    if w.coefficient == 0 {
        return Wide { exponent, ..w };
    }
    let shift = w.exponent - exponent;
    if shift >= 0 {
        return Wide {
            coefficient: w.coefficient * POW10[shift as usize],
            exponent,
            ..w
        };
    }
    let cut = (-shift).min(38);
    let unit = POW10[cut as usize];
    let (mut q, r) = (w.coefficient / unit, w.coefficient % unit);
    let half = if -shift > cut {
        Ordering::Less
    } else {
        r.cmp(&(unit / 2))
    };
    if mode.grows(w.negative, q & 1 == 1, half, r == 0) {
        q += 1;
    }
    Wide {
        coefficient: q,
        exponent,
        ..w
    }
}
