//! Whole-number arithmetic until the decimal type is linked in.
use std::cmp::Ordering;

use crate::number::{Number, NumberError};

pub trait Interim: Sized + Copy {
    fn whole(self) -> Result<i64, NumberError>;
    fn add(self, other: Self) -> Result<Number, NumberError> {
        self.whole()?
            .checked_add(other.whole()?)
            .map(Number::Int)
            .ok_or(NumberError::Overflow)
    }
    fn sub(self, other: Self) -> Result<Number, NumberError> {
        self.whole()?
            .checked_sub(other.whole()?)
            .map(Number::Int)
            .ok_or(NumberError::Overflow)
    }
    fn mul(self, other: Self) -> Result<Number, NumberError> {
        self.whole()?
            .checked_mul(other.whole()?)
            .map(Number::Int)
            .ok_or(NumberError::Overflow)
    }
    fn div(self, other: Self) -> Result<Number, NumberError> {
        if other.whole()? == 0 {
            return Err(NumberError::DivisionByZero);
        }
        match self.whole()?.checked_rem(other.whole()?) {
            Some(0) => Ok(Number::Int(self.whole()? / other.whole()?)),
            _ => Err(NumberError::Invalid),
        }
    }
    fn rem(self, other: Self) -> Result<Number, NumberError> {
        self.whole()?
            .checked_rem(other.whole()?)
            .map(Number::Int)
            .ok_or(NumberError::DivisionByZero)
    }
    fn pow(self, other: Self) -> Result<Number, NumberError> {
        let exponent = u32::try_from(other.whole()?).map_err(|_| NumberError::Invalid)?;
        self.whole()?
            .checked_pow(exponent)
            .map(Number::Int)
            .ok_or(NumberError::Overflow)
    }
    fn order(self, other: Self) -> Ordering {
        self.whole().unwrap_or(0).cmp(&other.whole().unwrap_or(0))
    }
    fn digits(self) -> String {
        self.whole()
            .map_or_else(|error| error.to_string(), |whole| whole.to_string())
    }
    fn integral(self) -> bool {
        self.whole().is_ok()
    }
}

impl Interim for Number {
    fn whole(self) -> Result<i64, NumberError> {
        match self {
            Self::Int(value) => Ok(value),
            Self::Dec(_) => Err(NumberError::Invalid),
        }
    }
}
