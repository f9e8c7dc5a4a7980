//! Encodings of [`crate::value::Data`]: `cbor` (canonical, strict) and `json` (exact numbers). See docs/encoding.md.
pub mod cbor;
pub mod json;
