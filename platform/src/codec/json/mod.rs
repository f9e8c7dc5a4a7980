//! JSON text and [`Data`]: numbers are read exactly and written as texts in plain notation, so nothing is lost to floats.
//!
//! Plain output has texts for numbers, temporals (ISO 8601) and bytes (hexadecimal). Typed output keeps them apart from
//! texts: `{"$number":"1.5"}`, `{"$date":"2026-03-01"}`, `{"$bytes":"00ff"}` ...; a record that would look so,
//! or has a key `$record`, is wrapped as `{"$record":{..}}`. Typed text reads back as the same data. Keys stand in code-point order.
mod err;
mod lexer;
mod read;
mod write;

pub use err::{JsonError, ERRORS};

/// Containers within containers; deeper text is refused.
pub const MAX_DEPTH: u32 = 64;
/// Bytes of text that is read.
pub const MAX_SIZE: usize = 64 << 20;

/// What numbers, temporals and bytes look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Plain,
    Typed,
}

/// The keys of typed values.
const NUMBER: &str = "$number";
const BYTES: &str = "$bytes";
const DATE: &str = "$date";
const TIME: &str = "$time";
const DATE_TIME: &str = "$datetime";
const DURATION: &str = "$duration";
const PERIOD: &str = "$period";
const RECORD: &str = "$record";
const WRAPPERS: &[&str] = &[NUMBER, BYTES, DATE, TIME, DATE_TIME, DURATION, PERIOD, RECORD];

pub use read::decode;
pub use write::encode;

#[cfg(test)]
mod tests;
