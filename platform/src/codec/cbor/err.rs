//! What is wrong with bytes that are not canonical CBOR.
use std::fmt;

/// `code` is stable; `offset` is that of the first byte of the item at fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CborError {
    pub code: &'static str,
    pub offset: usize,
}

/// Code and message of every error of the decoder.
pub const ERRORS: &[(&str, &str)] = &[
    ("cbor-truncated", "the bytes end within an item"),
    ("cbor-trailing-bytes", "bytes follow the value"),
    ("cbor-not-shortest", "a number or length is not in its shortest form"),
    ("cbor-indefinite", "an item of indefinite length"),
    ("cbor-reserved", "a reserved head"),
    ("cbor-float", "a floating-point number"),
    ("cbor-unknown-simple", "a simple value other than false, true and null"),
    ("cbor-unknown-tag", "a tag that is not of this encoding"),
    (
        "cbor-not-canonical-number",
        "a number that is not in its canonical form",
    ),
    ("cbor-out-of-range", "a number, date or time beyond its range"),
    ("cbor-key-not-text", "a key of a map is not a text"),
    ("cbor-unsorted-keys", "keys of a map are not in canonical order"),
    ("cbor-duplicate-key", "a key of a map stands twice"),
    ("cbor-invalid-utf8", "a text is not UTF-8"),
    ("cbor-too-deep", "data is nested more than 64 deep"),
    ("cbor-wrong-kind", "an item is of another kind than expected here"),
];

impl CborError {
    pub fn message(&self) -> &'static str {
        ERRORS
            .iter()
            .find(|(code, _)| *code == self.code)
            .map_or("bytes are not canonical", |(_, message)| message)
    }
}

impl fmt::Display for CborError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message(), self.offset)
    }
}

impl std::error::Error for CborError {}
