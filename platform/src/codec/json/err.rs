//! What is wrong with a JSON text.
use std::fmt;

/// `code` is stable; `offset` counts bytes, `line` and `column` (code points) count from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    pub code: &'static str,
    pub offset: usize,
    pub line: usize,
    pub column: usize,
}

/// Code and message of every error.
pub const ERRORS: &[(&str, &str)] = &[
    ("json-truncated", "the text ends within a value"),
    ("json-trailing-text", "text follows the value"),
    ("json-syntax", "this is not JSON"),
    ("json-number", "a number is not in JSON's syntax"),
    (
        "json-number-inexact",
        "a number has more than 34 digits or is beyond the range",
    ),
    ("json-string", "a control character or a bad escape in a string"),
    ("json-surrogate", "half of a surrogate pair in a string"),
    ("json-duplicate-key", "a key of an object stands twice"),
    ("json-too-deep", "values are nested more than 64 deep"),
    ("json-too-long", "the text is longer than 64 MiB"),
    ("json-typed-value", "a typed value is not in its form"),
];

impl JsonError {
    pub fn message(&self) -> &'static str {
        ERRORS
            .iter()
            .find(|(code, _)| *code == self.code)
            .map_or("this is not JSON", |(_, message)| message)
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.message(), self.line, self.column)
    }
}

impl std::error::Error for JsonError {}
