//! A strict reader of ISO 8601 text.

pub struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Consumes this byte if it stands next.
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    pub fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// Exactly `count` digits.
    pub fn digits(&mut self, count: usize) -> Option<u32> {
        let part = self.rest.get(..count)?;
        if !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.rest = &self.rest[count..];
        Some(part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    }

    /// One to fifteen digits.
    pub fn number(&mut self) -> Option<i64> {
        let count = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=15).contains(&count) {
            return None;
        }
        let (part, rest) = self.rest.split_at(count);
        self.rest = rest;
        Some(part.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    }

    /// A fraction of one to nine digits, if a point stands next; in nanoseconds.
    pub fn nanos(&mut self) -> Option<u32> {
        if !self.eat(b'.') {
            return Some(0);
        }
        let count = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let value = self.digits(count)?;
        Some(value * 10u32.pow(9 - count as u32))
    }

    pub fn finish<T>(&self, value: T) -> Option<T> {
        self.at_end().then_some(value)
    }
}

/// `.5` for half a second: the fraction without trailing zeros, nothing for zero.
pub fn fraction(nanos: u32) -> String {
    if nanos == 0 {
        return String::new();
    }
    format!(".{nanos:09}").trim_end_matches('0').to_owned()
}
