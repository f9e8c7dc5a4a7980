//! The text of an address: bech32 with the prefix `cmt`.
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

use super::host::Address;

pub const PREFIX: &str = "cmt";

pub fn text(address: &Address) -> String {
    let mut text = String::with_capacity(42);
    // The prefix is valid and the length is far below bech32's limit, so neither step can fail.
    if let Ok(prefix) = Hrp::parse(PREFIX) {
        let _ = bech32::encode_lower_to_fmt::<Bech32, _>(&mut text, prefix, address);
    }
    text
}

pub fn parse(text: &str) -> Option<Address> {
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp().to_lowercase() != PREFIX {
        return None;
    }
    checked.byte_iter().collect::<Vec<u8>>().try_into().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_round_trips() {
        let address = [7; 20];
        let text = super::text(&address);
        assert!(text.starts_with("cmt1"));
        assert_eq!(super::parse(&text), Some(address));
        assert_eq!(super::parse(&text[..text.len() - 1]), None);
        assert_eq!(super::parse(""), None);
    }
}
