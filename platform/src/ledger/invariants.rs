//! What must hold after every block.
use super::overlay::Overlay;
use super::rules::SUPPLY_KEY;
use crate::contracts::bank::Account;
use crate::contracts::kv::{Kv, ACCOUNTS};

/// Accounts read at a time.
const PAGE: usize = 10_000;

pub fn supply(overlay: &mut Overlay) -> Option<u128> {
    let bytes = overlay.get(SUPPLY_KEY)?;
    Some(u128::from_be_bytes(bytes[..].try_into().ok()?))
}

/// The sum of all balances is the supply, and every account is well formed.
pub fn check(overlay: &mut Overlay) -> Result<(), String> {
    let recorded = supply(overlay).ok_or("the state has no supply")?;
    let mut sum = 0u128;
    let mut from: Option<Vec<u8>> = None;
    loop {
        let rows = overlay.scan(ACCOUNTS, from.as_deref(), PAGE);
        for (key, value) in &rows {
            let account = Account::decode(value).ok_or("an account is malformed")?;
            if key.len() != ACCOUNTS.len() + 20 || account == Account::default() {
                return Err("an account is malformed".into());
            }
            sum = sum
                .checked_add(account.balance)
                .ok_or("the sum of all balances overflows")?;
        }
        match rows.last() {
            Some((key, _)) if rows.len() == PAGE => from = Some([key, &[0][..]].concat()),
            _ => break,
        }
    }
    if sum == recorded {
        Ok(())
    } else {
        Err(format!("the sum of all balances is {sum}, the supply {recorded}"))
    }
}
