//! Why bytes are not a module that may run.
use std::fmt;

/// `code` is stable; `place` says where in the module, as in `functions[3]+12`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdmissionError {
    pub code: &'static str,
    pub message: String,
    pub place: String,
}

impl AdmissionError {
    pub fn new(code: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: place.into(),
        }
    }
}

impl fmt::Display for AdmissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.place, self.message)
    }
}

impl std::error::Error for AdmissionError {}
