//! The rules that refuse a transaction before it costs anything; CheckTx, proposals and blocks apply the same ones.
use super::fee;
use super::rules::{Rules, QUOTE_WINDOW, UNORDERED_WINDOW};
use super::tx::{Order, Tx};
use crate::contracts::address::{self, Address};
use crate::contracts::bank::{self, Account};
use crate::contracts::err::{self, Failure};
use crate::contracts::kv::Kv;
use crate::vm::gas;

pub const UNORDERED: &[u8] = b"u/";

/// A transaction that may run: its sender has paid the reserve and used its nonce.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    pub rate: u128,
    pub reserve: u128,
    /// Gas that the envelope itself costs.
    pub intrinsic: u64,
    /// The sender, with the reserve taken and the nonce used.
    pub account: Account,
}

/// Where a used unordered id is remembered until it expires.
pub fn unordered_key(expiry: u64, sender: &Address, id: &[u8]) -> Vec<u8> {
    [UNORDERED, &expiry.to_be_bytes(), sender, id].concat()
}

pub fn intrinsic(tx: &Tx<'_>) -> u64 {
    gas::TRANSACTION + gas::TRANSACTION_BYTE * tx.raw.len() as u64
}

/// All rules but the signature. Nothing is written: see [`Ticket::take`].
pub fn admit(kv: &mut dyn Kv, rules: &Rules, tx: &Tx<'_>) -> Result<Ticket, Failure> {
    let limits = &rules.limits;
    let refuse = |code, message: String| Err(Failure::new(code, message));
    if tx.raw.len() as u64 > limits.tx_bytes {
        return refuse(
            err::TOO_LARGE,
            format!("{} bytes; {} are allowed", tx.raw.len(), limits.tx_bytes),
        );
    }
    if tx.messages.len() as u64 > limits.messages {
        return refuse(
            err::TOO_LARGE,
            format!("{} messages; {} are allowed", tx.messages.len(), limits.messages),
        );
    }
    if tx.chain_id != rules.chain_id {
        return refuse(
            err::WRONG_CHAIN,
            format!("signed for `{}`; this is `{}`", tx.chain_id, rules.chain_id),
        );
    }
    let intrinsic = intrinsic(tx);
    if tx.gas_limit < intrinsic || tx.gas_limit > limits.tx_gas {
        let message = format!(
            "the gas limit is {}; {intrinsic} to {} are allowed",
            tx.gas_limit, limits.tx_gas
        );
        return refuse(err::GAS_LIMIT, message);
    }
    let Some(rate) = rules.rate(tx.rate_height) else {
        let message = format!(
            "the rate of height {} is not one of the last {QUOTE_WINDOW} before {}",
            tx.rate_height, rules.height
        );
        return refuse(err::EXPIRED_QUOTE, message);
    };
    let mut account = bank::load(kv, &tx.sender);
    match tx.order {
        Order::Nonce(nonce) if nonce < account.nonce => {
            return refuse(
                err::REPLAYED,
                format!("nonce {nonce} was used; the next is {}", account.nonce),
            );
        }
        Order::Nonce(nonce) if nonce > account.nonce => {
            return refuse(
                err::WRONG_NONCE,
                format!("nonce {nonce} leaves a gap; the next is {}", account.nonce),
            );
        }
        Order::Nonce(_) => account.nonce += 1,
        Order::Unordered { id, expiry } => {
            if expiry < rules.height || expiry > rules.height.saturating_add(UNORDERED_WINDOW) {
                let message = format!(
                    "expiry {expiry} is not within {UNORDERED_WINDOW} blocks from height {}",
                    rules.height
                );
                return refuse(err::EXPIRED, message);
            }
            if kv.get(&unordered_key(expiry, &tx.sender, id)).is_some() {
                return refuse(err::REPLAYED, "the unordered id was used before".into());
            }
        }
    }
    let reserve = fee::reserve(tx.gas_limit, rate, tx.tip);
    let rest = reserve.and_then(|reserve| account.balance.checked_sub(reserve));
    let (Some(reserve), Some(rest)) = (reserve, rest) else {
        let needed = reserve.map_or_else(|| "more than there is".to_owned(), |reserve| reserve.to_string());
        let message = format!(
            "`{}` has {} attoCMT; the fee may take {needed}",
            address::text(&tx.sender),
            account.balance
        );
        return refuse(err::UNDER_FUNDED, message);
    };
    account.balance = rest;
    Ok(Ticket {
        rate,
        reserve,
        intrinsic,
        account,
    })
}

impl Ticket {
    /// Takes the reserve and uses the nonce or id.
    pub fn take(&self, kv: &mut dyn Kv, tx: &Tx<'_>) {
        self.mark(kv, tx);
        bank::save(kv, &tx.sender, self.account);
    }

    /// Remembers an unordered id.
    pub fn mark(&self, kv: &mut dyn Kv, tx: &Tx<'_>) {
        if let Order::Unordered { id, expiry } = tx.order {
            kv.set(&unordered_key(expiry, &tx.sender, id), &[]);
        }
    }
}
