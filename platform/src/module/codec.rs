//! A module's canonical bytes and their hash.
use sha2::{Digest, Sha256};

use super::admission::MODULE_BYTES;
use super::{AdmissionError, Module};
use crate::codec::cbor;

impl Module {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&self.to_data())
    }

    /// A module of canonical bytes: `encode` gives the same bytes again. It is not yet admitted.
    ///
    /// # Errors
    /// `too-large`, `bad-encoding`, `bad-module`.
    pub fn decode(bytes: &[u8]) -> Result<Self, AdmissionError> {
        if bytes.len() > MODULE_BYTES {
            let message = format!("{} bytes are more than {MODULE_BYTES}", bytes.len());
            return Err(AdmissionError::new("too-large", "module", message));
        }
        let data = cbor::decode(bytes).map_err(|error| {
            AdmissionError::new(
                "bad-encoding",
                format!("byte {}", error.offset),
                format!("{}: {}", error.code, error.message()),
            )
        })?;
        let module = Self::from_data(&data)?;
        if module.encode() != bytes {
            return Err(AdmissionError::new(
                "bad-encoding",
                "module",
                "the bytes are not canonical",
            ));
        }
        Ok(module)
    }
}

/// The identity of a module: SHA-256 of its bytes.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
