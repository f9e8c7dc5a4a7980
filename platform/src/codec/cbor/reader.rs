//! Reads canonical CBOR head by head; texts and bytes are borrowed, nothing is copied.
use super::err::CborError;
use super::tag;
use super::writer::{ARRAY, BYTES, MAP, NEGATIVE, SIMPLE, TAG, TEXT, UNSIGNED};
use super::MAX_DEPTH;
use crate::number::Number;
use crate::value::{Date, DateTime, Duration, Period, Time};

type Result<T> = std::result::Result<T, CborError>;

#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What stands next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Duration,
    Period,
    Array,
    Map,
}

#[derive(Clone, Copy)]
struct Head {
    major: u8,
    value: u64,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn offset(&self) -> usize {
        self.at
    }

    /// The bytes from an earlier offset up to here.
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// # Errors
    /// `cbor-trailing-bytes` unless all bytes were read.
    pub fn finish(&self) -> Result<()> {
        if self.at == self.bytes.len() {
            return Ok(());
        }
        Err(CborError {
            code: "cbor-trailing-bytes",
            offset: self.at,
        })
    }

    #[inline]
    fn take(&mut self, count: usize, start: usize) -> Result<&'a [u8]> {
        let part = self.at.checked_add(count).and_then(|end| self.bytes.get(self.at..end));
        let Some(part) = part else {
            return fail("cbor-truncated", start);
        };
        self.at += count;
        Ok(part)
    }

    #[inline]
    fn head(&mut self) -> Result<Head> {
        let start = self.at;
        let first = self.take(1, start)?[0];
        let (major, info) = (first >> 5, first & 31);
        if info < 24 {
            if major == SIMPLE && !(20..=22).contains(&info) {
                return fail("cbor-unknown-simple", start);
            }
            return Ok(Head {
                major,
                value: u64::from(info),
            });
        }
        if info > 27 {
            return fail(if info == 31 { "cbor-indefinite" } else { "cbor-reserved" }, start);
        }
        if major == SIMPLE {
            return fail(
                if info == 24 {
                    "cbor-unknown-simple"
                } else {
                    "cbor-float"
                },
                start,
            );
        }
        let value = self
            .take(1 << (info - 24), start)?
            .iter()
            .fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
        let least = [24, 1 << 8, 1 << 16, 1 << 32][usize::from(info - 24)];
        if value < least {
            return fail("cbor-not-shortest", start);
        }
        Ok(Head { major, value })
    }

    #[inline]
    fn expect(&mut self, major: u8) -> Result<u64> {
        let start = self.at;
        let head = self.head()?;
        if head.major == major {
            Ok(head.value)
        } else {
            fail("cbor-wrong-kind", start)
        }
    }

    /// The kind of the next item, which is not consumed.
    pub fn peek(&self) -> Result<Kind> {
        let mut ahead = self.clone();
        let head = ahead.head()?;
        Ok(match (head.major, head.value) {
            (UNSIGNED | NEGATIVE, _) | (TAG, tag::DECIMAL) => Kind::Number,
            (BYTES, _) => Kind::Bytes,
            (TEXT, _) => Kind::Text,
            (ARRAY, _) => Kind::Array,
            (MAP, _) => Kind::Map,
            (TAG, tag::DATE) => Kind::Date,
            (TAG, tag::TIME) => Kind::Time,
            (TAG, tag::DATE_TIME) => Kind::DateTime,
            (TAG, tag::DURATION) => Kind::Duration,
            (TAG, tag::PERIOD) => Kind::Period,
            (TAG, _) => return fail("cbor-unknown-tag", self.at),
            (_, 22) => Kind::Null,
            _ => Kind::Bool,
        })
    }

    pub fn null(&mut self) -> Result<()> {
        let start = self.at;
        match self.expect(SIMPLE)? {
            22 => Ok(()),
            _ => fail("cbor-wrong-kind", start),
        }
    }

    /// Consumes a null if that stands next.
    pub fn null_if_next(&mut self) -> bool {
        let next = self.bytes.get(self.at) == Some(&0xf6);
        self.at += usize::from(next);
        next
    }

    pub fn bool(&mut self) -> Result<bool> {
        let start = self.at;
        match self.expect(SIMPLE)? {
            20 => Ok(false),
            21 => Ok(true),
            _ => fail("cbor-wrong-kind", start),
        }
    }

    #[inline]
    pub fn int(&mut self) -> Result<i64> {
        let start = self.at;
        let head = self.head()?;
        match (head.major, i64::try_from(head.value)) {
            (UNSIGNED, Ok(value)) => Ok(value),
            (NEGATIVE, Ok(value)) => Ok(!value),
            (UNSIGNED | NEGATIVE, Err(_)) => fail("cbor-not-canonical-number", start),
            _ => fail("cbor-wrong-kind", start),
        }
    }

    /// A whole number of a narrower type.
    pub fn int_as<T: TryFrom<i64>>(&mut self) -> Result<T> {
        let start = self.at;
        T::try_from(self.int()?).or_else(|_| fail("cbor-out-of-range", start))
    }

    #[inline]
    pub fn number(&mut self) -> Result<Number> {
        match self.bytes.get(self.at).map(|first| first >> 5) {
            Some(TAG) => self.decimal(),
            _ => self.int().map(Number::Int),
        }
    }

    fn decimal(&mut self) -> Result<Number> {
        let start = self.at;
        self.tagged(tag::DECIMAL, 2)?;
        let exponent = self.int()?;
        let (negative, coefficient) = self.coefficient()?;
        let bad = || CborError {
            code: "cbor-not-canonical-number",
            offset: start,
        };
        let exponent = i32::try_from(exponent).map_err(|_| bad())?;
        let number = Number::from_parts(negative, coefficient, exponent).map_err(|_| bad())?;
        if matches!(number, Number::Int(_)) || number.to_parts() != (negative, coefficient, exponent) {
            return Err(bad());
        }
        Ok(number)
    }

    /// Sign and magnitude of an integer or bignum in preferred form.
    fn coefficient(&mut self) -> Result<(bool, u128)> {
        let start = self.at;
        let head = self.head()?;
        match (head.major, head.value) {
            (UNSIGNED, value) => Ok((false, u128::from(value))),
            (NEGATIVE, value) => Ok((true, u128::from(value) + 1)),
            (TAG, sign @ (tag::BIG_POSITIVE | tag::BIG_NEGATIVE)) => {
                let bytes = self.bytes()?;
                // what fits 64 bits is an integer; 34 digits take at most 15 bytes
                if !(9..=15).contains(&bytes.len()) || bytes[0] == 0 {
                    return fail("cbor-not-canonical-number", start);
                }
                let magnitude = bytes.iter().fold(0u128, |value, byte| (value << 8) | u128::from(*byte));
                let negative = sign == tag::BIG_NEGATIVE;
                Ok((negative, magnitude + u128::from(negative)))
            }
            _ => fail("cbor-wrong-kind", start),
        }
    }

    /// The head of a tag whose content is an array of `count` items.
    fn tagged(&mut self, tag: u64, count: usize) -> Result<()> {
        self.tag(tag)?;
        let start = self.at;
        if self.array()? == count {
            return Ok(());
        }
        fail("cbor-wrong-kind", start)
    }

    fn tag(&mut self, tag: u64) -> Result<()> {
        let start = self.at;
        if self.expect(TAG)? == tag {
            return Ok(());
        }
        fail("cbor-wrong-kind", start)
    }

    pub fn text(&mut self) -> Result<&'a str> {
        let start = self.at;
        let size = self.size(TEXT)?;
        std::str::from_utf8(self.take(size, start)?).or_else(|_| fail("cbor-invalid-utf8", start))
    }

    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let start = self.at;
        let size = self.size(BYTES)?;
        self.take(size, start)
    }

    /// Bytes of one length.
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let start = self.at;
        <[u8; N]>::try_from(self.bytes()?).or_else(|_| fail("cbor-out-of-range", start))
    }

    fn size(&mut self, major: u8) -> Result<usize> {
        let start = self.at;
        let value = self.expect(major)?;
        usize::try_from(value).or_else(|_| fail("cbor-truncated", start))
    }

    /// How many items follow; never more than there are bytes.
    pub fn array(&mut self) -> Result<usize> {
        self.count(ARRAY, 1)
    }

    /// How many entries follow; read their keys with [`Keys`].
    pub fn map(&mut self) -> Result<usize> {
        self.count(MAP, 2)
    }

    fn count(&mut self, major: u8, bytes_each: usize) -> Result<usize> {
        let start = self.at;
        let count = self.size(major)?;
        if count > self.remaining() / bytes_each {
            return fail("cbor-truncated", start);
        }
        Ok(count)
    }

    pub fn date(&mut self) -> Result<Date> {
        let start = self.at;
        self.tag(tag::DATE)?;
        let days = self.int()?;
        let date = i32::try_from(days).ok().and_then(Date::from_days);
        date.map_or_else(|| fail("cbor-out-of-range", start), Ok)
    }

    pub fn time(&mut self) -> Result<Time> {
        let start = self.at;
        self.tag(tag::TIME)?;
        let nanos: u64 = self.int_as()?;
        Time::from_nanos(nanos).map_or_else(|| fail("cbor-out-of-range", start), Ok)
    }

    pub fn date_time(&mut self) -> Result<DateTime> {
        let start = self.at;
        self.tagged(tag::DATE_TIME, 3)?;
        let (seconds, nanos, offset) = (self.int()?, self.int_as()?, self.int_as()?);
        DateTime::new(seconds, nanos, offset).map_or_else(|| fail("cbor-out-of-range", start), Ok)
    }

    pub fn duration(&mut self) -> Result<Duration> {
        let start = self.at;
        self.tagged(tag::DURATION, 2)?;
        let (seconds, nanos) = (self.int()?, self.int_as()?);
        Duration::new(seconds, nanos).map_or_else(|| fail("cbor-out-of-range", start), Ok)
    }

    pub fn period(&mut self) -> Result<Period> {
        self.tagged(tag::PERIOD, 2)?;
        Ok(Period {
            months: self.int_as()?,
            days: self.int_as()?,
        })
    }

    /// The bytes of the next item, whatever it is, after the same checks as decoding it.
    pub fn item(&mut self) -> Result<&'a [u8]> {
        let start = self.at;
        self.skip(0)?;
        Ok(self.since(start))
    }

    fn skip(&mut self, depth: u32) -> Result<()> {
        let start = self.at;
        let kind = self.peek()?;
        if depth >= MAX_DEPTH && matches!(kind, Kind::Array | Kind::Map) {
            return fail("cbor-too-deep", start);
        }
        match kind {
            Kind::Null => self.null(),
            Kind::Bool => self.bool().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Text => self.text().map(drop),
            Kind::Bytes => self.bytes().map(drop),
            Kind::Date => self.date().map(drop),
            Kind::Time => self.time().map(drop),
            Kind::DateTime => self.date_time().map(drop),
            Kind::Duration => self.duration().map(drop),
            Kind::Period => self.period().map(drop),
            Kind::Array => {
                for _ in 0..self.array()? {
                    self.skip(depth + 1)?;
                }
                Ok(())
            }
            Kind::Map => {
                let mut keys = Keys::default();
                for _ in 0..self.map()? {
                    keys.next(self)?;
                    self.skip(depth + 1)?;
                }
                Ok(())
            }
        }
    }
}

/// Reads the keys of one map and holds them to canonical order.
#[derive(Clone, Copy, Default, Debug)]
pub struct Keys<'a> {
    last: Option<&'a str>,
}

impl<'a> Keys<'a> {
    pub fn next(&mut self, reader: &mut Reader<'a>) -> Result<&'a str> {
        let start = reader.at;
        let key = match reader.text() {
            Err(error) if error.code == "cbor-wrong-kind" => return fail("cbor-key-not-text", start),
            result => result?,
        };
        if let Some(last) = self.last {
            if last == key {
                return fail("cbor-duplicate-key", start);
            }
            if (last.len(), last) > (key.len(), key) {
                return fail("cbor-unsorted-keys", start);
            }
        }
        self.last = Some(key);
        Ok(key)
    }
}

#[cold]
pub(super) fn fail<T>(code: &'static str, offset: usize) -> Result<T> {
    Err(CborError { code, offset })
}
