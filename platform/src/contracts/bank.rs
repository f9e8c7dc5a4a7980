//! Accounts: balance and nonce in 24 bytes, and the one way money moves.
use super::address::{self, Address};
use super::err::{Failure, INSUFFICIENT_FUNDS};
use super::kv::{self, Kv};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// attoCMT.
    pub balance: u128,
    /// The nonce that the next transaction must carry.
    pub nonce: u64,
}

impl Account {
    pub fn encode(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&self.balance.to_be_bytes());
        bytes[16..].copy_from_slice(&self.nonce.to_be_bytes());
        bytes
    }

    /// `None` for bytes that no account was ever stored as.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 24] = bytes.try_into().ok()?;
        let (balance, nonce) = bytes.split_at(16);
        Some(Self {
            balance: u128::from_be_bytes(balance.try_into().ok()?),
            nonce: u64::from_be_bytes(nonce.try_into().ok()?),
        })
    }
}

pub fn load(kv: &mut dyn Kv, address: &Address) -> Account {
    kv.get(&kv::account(address))
        .and_then(|bytes| Account::decode(&bytes))
        .unwrap_or_default()
}

/// An empty account that never signed leaves no key behind.
pub fn save(kv: &mut dyn Kv, address: &Address, account: Account) {
    let key = kv::account(address);
    if account == Account::default() {
        kv.delete(&key);
    } else {
        kv.set(&key, &account.encode());
    }
}

pub fn transfer(kv: &mut dyn Kv, from: &Address, to: &Address, amount: u128) -> Result<(), Failure> {
    let mut source = load(kv, from);
    let Some(rest) = source.balance.checked_sub(amount) else {
        return Err(Failure::new(
            INSUFFICIENT_FUNDS,
            format!(
                "`{}` has {} attoCMT, {amount} are needed",
                address::text(from),
                source.balance
            ),
        ));
    };
    if from == to || amount == 0 {
        return Ok(());
    }
    source.balance = rest;
    save(kv, from, source);
    credit(kv, to, amount);
    Ok(())
}

/// Money that was taken from somewhere else: the supply bounds every balance, so the sum cannot overflow.
pub fn credit(kv: &mut dyn Kv, to: &Address, amount: u128) {
    if amount > 0 {
        let mut target = load(kv, to);
        target.balance = target.balance.saturating_add(amount);
        save(kv, to, target);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Memory;
    use super::*;

    #[test]
    fn money_moves_and_is_never_made() {
        let mut kv = Memory::default();
        let (a, b) = ([1; 20], [2; 20]);
        credit(&mut kv, &a, 10);
        assert!(transfer(&mut kv, &a, &b, 11).is_err_and(|failure| failure.error == "insufficient-funds"));
        assert!(transfer(&mut kv, &a, &a, 11).is_err());
        assert_eq!(transfer(&mut kv, &a, &a, 10), Ok(()));
        assert_eq!(transfer(&mut kv, &a, &b, 10), Ok(()));
        assert_eq!(load(&mut kv, &b).balance, 10);
        assert!(kv.get(&kv::account(&a)).is_none());
    }

    #[test]
    fn accounts_round_trip() {
        let account = Account {
            balance: u128::MAX - 5,
            nonce: 77,
        };
        assert_eq!(Account::decode(&account.encode()), Some(account));
        assert_eq!(Account::decode(b"short"), None);
    }
}
