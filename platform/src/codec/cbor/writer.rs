//! Writes canonical CBOR head by head. The order of a map's keys is the caller's duty, except in `data`.
use super::tag;
use crate::number::Number;
use crate::value::{Data, Date, DateTime, Duration, Period, Time};

#[derive(Clone, Default, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
}

pub(super) const UNSIGNED: u8 = 0;
pub(super) const NEGATIVE: u8 = 1;
pub(super) const BYTES: u8 = 2;
pub(super) const TEXT: u8 = 3;
pub(super) const ARRAY: u8 = 4;
pub(super) const MAP: u8 = 5;
pub(super) const TAG: u8 = 6;
pub(super) const SIMPLE: u8 = 7;

impl Writer {
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
        }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets what was written and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    #[inline]
    fn head(&mut self, major: u8, value: u64) {
        let major = major << 5;
        if value < 24 {
            self.bytes.push(major | value as u8);
        } else if let Ok(value) = u8::try_from(value) {
            self.bytes.extend_from_slice(&[major | 24, value]);
        } else if let Ok(value) = u16::try_from(value) {
            self.bytes.push(major | 25);
            self.bytes.extend_from_slice(&value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            self.bytes.push(major | 26);
            self.bytes.extend_from_slice(&value.to_be_bytes());
        } else {
            self.bytes.push(major | 27);
            self.bytes.extend_from_slice(&value.to_be_bytes());
        }
    }

    pub fn null(&mut self) {
        self.bytes.push(0xf6);
    }

    pub fn bool(&mut self, value: bool) {
        self.bytes.push(if value { 0xf5 } else { 0xf4 });
    }

    #[inline]
    pub fn int(&mut self, value: i64) {
        if value < 0 {
            self.head(NEGATIVE, !value as u64);
        } else {
            self.head(UNSIGNED, value as u64);
        }
    }

    pub fn text(&mut self, text: &str) {
        self.head(TEXT, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.head(BYTES, bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    /// The items must follow.
    pub fn array(&mut self, count: usize) {
        self.head(ARRAY, count as u64);
    }

    /// The entries must follow in canonical order of their keys: shorter first, then bytewise.
    pub fn map(&mut self, count: usize) {
        self.head(MAP, count as u64);
    }

    fn tag(&mut self, tag: u64) {
        self.head(TAG, tag);
    }

    #[inline]
    pub fn number(&mut self, number: Number) {
        match number {
            Number::Int(value) => self.int(value),
            Number::Dec(_) => self.decimal(number),
        }
    }

    fn decimal(&mut self, number: Number) {
        let (negative, coefficient, exponent) = number.to_parts();
        self.tag(tag::DECIMAL);
        self.array(2);
        self.int(i64::from(exponent));
        // -1 - n, as CBOR counts negative numbers; the coefficient is not 0
        let magnitude = if negative { coefficient - 1 } else { coefficient };
        if let Ok(small) = u64::try_from(magnitude) {
            self.head(if negative { NEGATIVE } else { UNSIGNED }, small);
        } else {
            self.tag(if negative { tag::BIG_NEGATIVE } else { tag::BIG_POSITIVE });
            let skip = magnitude.leading_zeros() as usize / 8;
            self.bytes(&magnitude.to_be_bytes()[skip..]);
        }
    }

    pub fn date(&mut self, date: Date) {
        self.tag(tag::DATE);
        self.int(i64::from(date.days));
    }

    pub fn time(&mut self, time: Time) {
        self.tag(tag::TIME);
        self.head(UNSIGNED, time.nanos);
    }

    pub fn date_time(&mut self, value: DateTime) {
        self.tag(tag::DATE_TIME);
        self.array(3);
        self.int(value.seconds);
        self.int(i64::from(value.nanos));
        self.int(i64::from(value.offset_minutes));
    }

    pub fn duration(&mut self, value: Duration) {
        self.tag(tag::DURATION);
        self.array(2);
        self.int(value.seconds);
        self.int(i64::from(value.nanos));
    }

    pub fn period(&mut self, value: Period) {
        self.tag(tag::PERIOD);
        self.array(2);
        self.int(i64::from(value.months));
        self.int(i64::from(value.days));
    }

    /// Bytes that are canonical CBOR already.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn data(&mut self, data: &Data) {
        match data {
            Data::Null => self.null(),
            Data::Bool(value) => self.bool(*value),
            Data::Num(value) => self.number(*value),
            Data::Text(text) => self.text(text),
            Data::Bytes(bytes) => self.bytes(bytes),
            Data::Date(value) => self.date(*value),
            Data::Time(value) => self.time(*value),
            Data::DateTime(value) => self.date_time(*value),
            Data::Duration(value) => self.duration(*value),
            Data::Period(value) => self.period(*value),
            Data::List(items) => {
                self.array(items.len());
                for item in items {
                    self.data(item);
                }
            }
            Data::Record(entries) => self.record(entries),
        }
    }

    fn record(&mut self, entries: &[(String, Data)]) {
        let canonical = |a: &str, b: &str| (a.len(), a).cmp(&(b.len(), b));
        if entries.windows(2).all(|pair| canonical(&pair[0].0, &pair[1].0).is_lt()) {
            self.map(entries.len());
            for (key, value) in entries {
                self.text(key);
                self.data(value);
            }
            return;
        }
        let mut sorted: Vec<&(String, Data)> = entries.iter().rev().collect();
        sorted.sort_by(|a, b| canonical(&a.0, &b.0)); // stable: of equal keys the last entry comes first
        sorted.dedup_by(|later, kept| later.0 == kept.0);
        self.map(sorted.len());
        for (key, value) in sorted {
            self.text(key);
            self.data(value);
        }
    }
}
