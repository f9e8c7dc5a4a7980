//! Encodings of [`crate::value::Data`]: `cbor` (canonical, strict) and `json` (exact numbers).
