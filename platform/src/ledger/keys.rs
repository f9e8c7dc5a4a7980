//! Ed25519 keys (RFC 8032; verified as ZIP-215 says).
use ed25519_zebra::{Signature, SigningKey, VerificationKey, VerificationKeyBytes};

/// Goes before the body in what is signed, so that no other signature of the key can serve as a transaction's.
pub const DOMAIN: &[u8] = b"cybermiles-tx-v1\0";

/// What a signer signs.
pub fn sign_bytes(body: &[u8]) -> Vec<u8> {
    [DOMAIN, body].concat()
}

pub fn public(seed: &[u8; 32]) -> [u8; 32] {
    VerificationKeyBytes::from(&SigningKey::from(*seed)).into()
}

pub fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    SigningKey::from(*seed).sign(message).to_bytes()
}

/// The same answer as a batch gives.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerificationKey::try_from(*key).is_ok_and(|key| key.verify(&Signature::from_bytes(signature), message).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap_or_default();
        }
        bytes
    }

    #[test]
    fn signs_as_rfc_8032() {
        // RFC 8032, 7.1, test 2
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = public(&seed);
        assert_eq!(
            key,
            hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        );
        let signature = sign(&seed, &[0x72]);
        assert!(verify(&key, &[0x72], &signature));
        assert!(!verify(&key, &[0x73], &signature));
    }
}
