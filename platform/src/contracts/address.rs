//! Addresses: the first 20 bytes of a SHA-256; their text is bech32 with the prefix `cmt`.
use bech32::primitives::decode::CheckedHrpstring;
use bech32::Bech32;
use sha2::{Digest, Sha256};

pub use crate::vm::address::{text, PREFIX};
pub use crate::vm::host::Address;

pub type Hash = [u8; 32];

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn first_20(hash: &Hash) -> Address {
    let mut address = [0; 20];
    address.copy_from_slice(&hash[..20]);
    address
}

/// The address of a public key.
pub fn of_key(key: &[u8; 32]) -> Address {
    first_20(&sha256(key))
}

/// An address that no key can sign for.
pub fn derived(parts: &[&[u8]]) -> Address {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    first_20(&hasher.finalize().into())
}

/// The address of a new contract: `salt` is unique to its creation.
pub fn of_contract(creator: &Address, salt: &[u8]) -> Address {
    derived(&[b"contract", creator, salt])
}

/// Where what cannot be divided goes, until governance spends it.
pub fn community_pool() -> Address {
    derived(&[b"community-pool"])
}

/// As the machine's `parse`, with what is wrong.
pub fn parse(text: &str) -> Result<Address, String> {
    let checked =
        CheckedHrpstring::new::<Bech32>(text).map_err(|error| format!("`{text}` is not a bech32 address: {error}"))?;
    if checked.hrp().to_lowercase() != PREFIX {
        return Err(format!(
            "`{text}` has the prefix `{}` instead of `{PREFIX}`",
            checked.hrp()
        ));
    }
    let bytes: Vec<u8> = checked.byte_iter().collect();
    bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| format!("`{text}` holds {} bytes instead of 20", bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bech32::Hrp;

    #[test]
    fn text_round_trips_and_errors_are_named() {
        let address = of_key(&[7; 32]);
        let good = text(&address);
        assert!(good.starts_with("cmt1"));
        assert_eq!(parse(&good), Ok(address));
        assert!(parse(&good[..good.len() - 1]).is_err());
        assert!(parse("").is_err());
        let Ok(hrp) = Hrp::parse("cosmos") else {
            panic!("a valid prefix")
        };
        let other = bech32::encode::<Bech32>(hrp, &address).unwrap_or_default();
        assert!(parse(&other).is_err_and(|message| message.contains("prefix `cosmos`")));
        let Ok(hrp) = Hrp::parse(PREFIX) else {
            panic!("a valid prefix")
        };
        let short = bech32::encode::<Bech32>(hrp, &address[..19]).unwrap_or_default();
        assert!(parse(&short).is_err_and(|message| message.contains("19 bytes")));
    }
}
