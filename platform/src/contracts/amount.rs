//! Numbers and whole amounts: attoCMT (10^-18 CMT), heights, counts.
use crate::codec::cbor::Writer;
use crate::number::Number;
use crate::value::Data;

/// Decimal places of a CMT.
pub const PLACES: u32 = 18;

/// A number that is whole and not negative.
pub fn whole(number: &Number) -> Option<u128> {
    match number {
        Number::Int(value) => u128::try_from(*value).ok(),
        Number::Dec(_) => number.to_scaled_u128(0),
    }
}

/// As data; every amount within the supply's bound has a number.
pub fn data(value: u128) -> Data {
    Number::from_u128(value).map_or(Data::Null, Data::Num)
}

/// Writes what [`data`] gives.
pub fn write(writer: &mut Writer, value: u128) {
    match Number::from_u128(value) {
        Some(number) => writer.number(number),
        None => writer.null(),
    }
}

pub fn count(value: u64) -> Data {
    data(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_round_trip() {
        for value in [0u128, 1, i64::MAX as u128, 1 << 63, 10u128.pow(27), 10u128.pow(34) - 1] {
            let Data::Num(number) = data(value) else {
                panic!("a number")
            };
            assert_eq!(whole(&number), Some(value));
        }
        assert_eq!(whole(&Number::Int(-1)), None);
        assert_eq!(Number::parse("0.5").ok().and_then(|half| whole(&half)), None);
    }
}
