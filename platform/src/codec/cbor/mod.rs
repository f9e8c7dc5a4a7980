//! Canonical CBOR (RFC 8949 section 4.2.1): one value, one sequence of bytes.
//!
//! - [`encode`] / [`decode`] work on [`Data`] trees
//! - [`Writer`] / [`Reader`] stream heads and scalars, for code that builds no trees
//! - [`CborError`] says what is wrong, and where
use crate::value::Data;

mod err;
mod reader;
mod tree;
mod writer;

pub use err::{CborError, ERRORS};
pub use reader::{Keys, Kind, Reader};
pub use writer::Writer;

/// Containers within containers; deeper data is refused.
pub const MAX_DEPTH: u32 = 64;

/// Tags of the values that CBOR has no kind for (docs/encoding.md).
pub mod tag {
    pub const BIG_POSITIVE: u64 = 2;
    pub const BIG_NEGATIVE: u64 = 3;
    /// `[exponent, coefficient]`
    pub const DECIMAL: u64 = 4;
    /// Days since 1970-01-01 (RFC 8943).
    pub const DATE: u64 = 100;
    /// Nanoseconds since midnight.
    pub const TIME: u64 = 17_001;
    /// `[seconds since 1970-01-01T00:00:00Z, nanoseconds, offset in minutes]`
    pub const DATE_TIME: u64 = 17_002;
    /// `[seconds, nanoseconds]`
    pub const DURATION: u64 = 17_003;
    /// `[months, days]`
    pub const PERIOD: u64 = 17_004;
}

/// The canonical bytes of a value. Of entries with the same key the last is written.
pub fn encode(data: &Data) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.data(data);
    writer.into_bytes()
}

/// The value of canonical bytes; records' entries come in code-point order of their keys.
///
/// # Errors
/// Anything that [`encode`] would not have written, byte for byte.
pub fn decode(bytes: &[u8]) -> Result<Data, CborError> {
    let mut reader = Reader::new(bytes);
    let data = reader.data()?;
    reader.finish()?;
    Ok(data)
}

#[cfg(test)]
mod tests;
