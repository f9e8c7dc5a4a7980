//! CheckTx and proposals, over the last committed state. They share nothing with the block being executed, so neither
//! waits for the other.
use std::sync::Arc;

use super::admit::admit;
use super::block::decode_all;
use super::overlay::Overlay;
use super::rules::Rules;
use super::sig::Signatures;
use super::tx::Tx;
use crate::contracts::address::{sha256, Address, Hash};
use crate::contracts::err::{self, Failure};
use crate::state::Stage;

/// CheckTx's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub hash: Hash,
    pub sender: Address,
    pub gas_limit: u64,
    pub tip: u128,
    pub failure: Option<Failure>,
}

pub struct Checker {
    /// The committed state, untouched.
    base: Stage,
    /// With the nonces and reserves of what was accepted since.
    overlay: Overlay,
    rules: Arc<Rules>,
    signatures: Arc<Signatures>,
}

impl Checker {
    pub fn new(base: Stage, rules: Arc<Rules>, signatures: Arc<Signatures>) -> Self {
        Self {
            overlay: Overlay::new(base.clone()),
            base,
            rules,
            signatures,
        }
    }

    /// After a commit: pending transactions must be checked again.
    pub fn reset(&mut self, base: Stage, rules: Arc<Rules>) {
        self.overlay = Overlay::new(base.clone());
        self.base = base;
        self.rules = rules;
    }

    /// A fork of the committed state, to try things on.
    pub fn fork(&self) -> (Overlay, Arc<Rules>) {
        (Overlay::new(self.base.clone()), Arc::clone(&self.rules))
    }

    pub fn check(&mut self, txs: &[Vec<u8>]) -> Vec<Verdict> {
        let checked = decode_all(txs, &self.signatures);
        checked
            .iter()
            .zip(txs)
            .map(|((tx, signed), raw)| match tx {
                Ok(tx) => Verdict {
                    hash: tx.hash,
                    sender: tx.sender,
                    gas_limit: tx.gas_limit,
                    tip: tx.tip,
                    failure: accept(&mut self.overlay, &self.rules, tx, *signed).err(),
                },
                Err(failure) => Verdict {
                    hash: sha256(raw),
                    sender: [0; 20],
                    gas_limit: 0,
                    tip: 0,
                    failure: Some(failure.clone()),
                },
            })
            .collect()
    }

    /// Positions of the transactions that pass nonce and fee rules in this order and fit the limits.
    pub fn prepare(&self, txs: &[Vec<u8>], max_bytes: u64) -> Vec<usize> {
        let mut overlay = Overlay::new(self.base.clone());
        let mut bytes_left = max_bytes.min(self.rules.limits.block_bytes);
        let mut gas_left = self.rules.limits.block_gas;
        let mut chosen = Vec::new();
        for (at, (tx, signed)) in decode_all(txs, &self.signatures).iter().enumerate() {
            let Ok(tx) = tx else { continue };
            let size = wire_size(tx.raw.len() as u64);
            if size > bytes_left || tx.gas_limit > gas_left || accept(&mut overlay, &self.rules, tx, *signed).is_err() {
                continue;
            }
            bytes_left -= size;
            gas_left -= tx.gas_limit;
            chosen.push(at);
        }
        chosen
    }

    /// Whether a proposed block may be voted for: all decodable, signed, within the limits.
    pub fn process(&self, txs: &[Vec<u8>]) -> bool {
        let limits = &self.rules.limits;
        let bytes: u64 = txs.iter().map(|raw| wire_size(raw.len() as u64)).sum();
        if bytes > limits.block_bytes || txs.iter().any(|raw| raw.len() as u64 > limits.tx_bytes) {
            return false;
        }
        let mut gas = 0u64;
        decode_all(txs, &self.signatures).iter().all(|(tx, signed)| {
            let limit = tx.as_ref().map_or(u64::MAX, |tx| tx.gas_limit);
            gas = gas.saturating_add(limit);
            *signed && gas <= limits.block_gas
        })
    }
}

/// What a transaction of this size takes of a block's bytes: CometBFT counts the protobuf field around it too.
fn wire_size(size: u64) -> u64 {
    let varint = 1 + (63 - (size | 1).leading_zeros() as u64) / 7;
    1 + varint + size
}

fn accept(overlay: &mut Overlay, rules: &Rules, tx: &Tx<'_>, signed: bool) -> Result<(), Failure> {
    if !signed {
        return Err(Failure::new(
            err::BAD_SIGNATURE,
            "the signature does not hold for the body and the key",
        ));
    }
    admit(overlay, rules, tx)?.take(overlay, tx);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::wire_size;

    #[test]
    fn sizes_are_protobufs() {
        assert_eq!(
            [0, 127, 128, 16_383, 16_384].map(wire_size),
            [2, 129, 131, 16_386, 16_388]
        );
    }
}
