//! Batched signature checks (ed25519, ZIP-215) with a memory of the transactions that passed.
//!
//! A batch that fails is checked one by one; ZIP-215 makes both ways agree, so the outcome never depends on how
//! transactions were grouped, on the memory, or on the number of threads.
use std::convert::Infallible;
use std::sync::Mutex;

use ed25519_zebra::batch::{Item, Verifier};
use ed25519_zebra::{Signature, VerificationKeyBytes};
use rand_core::{TryCryptoRng, TryRng};
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256, Sha512};

use super::keys::sign_bytes;
use super::tx::Tx;
use crate::contracts::address::Hash;

/// Transactions remembered, in two generations.
const REMEMBERED: usize = 1 << 17;
/// Below this a batch costs more than it saves.
const SMALL: usize = 4;
/// A thread's share is worth its start.
const SHARE: usize = 64;

/// Hashes of whole transactions whose signatures hold.
#[derive(Default)]
pub struct Signatures {
    passed: Mutex<Generations>,
    threads: usize,
}

#[derive(Default)]
struct Generations {
    young: FxHashSet<Hash>,
    old: FxHashSet<Hash>,
}

impl Generations {
    fn contains(&self, hash: &Hash) -> bool {
        self.young.contains(hash) || self.old.contains(hash)
    }

    fn insert(&mut self, hash: Hash) {
        self.young.insert(hash);
        if self.young.len() >= REMEMBERED / 2 {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

impl Signatures {
    pub fn new() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        Self {
            passed: Mutex::default(),
            threads,
        }
    }

    /// Whether each transaction's signature holds.
    pub fn check(&self, txs: &[&Tx<'_>]) -> Vec<bool> {
        let mut verdicts = vec![true; txs.len()];
        let unknown: Vec<usize> = {
            let passed = self.passed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            (0..txs.len()).filter(|at| !passed.contains(&txs[*at].hash)).collect()
        };
        if unknown.is_empty() {
            return verdicts;
        }
        let shares = (unknown.len() / SHARE).clamp(1, self.threads.max(1));
        let size = unknown.len().div_ceil(shares);
        let mut outcomes: Vec<(usize, bool)> = Vec::with_capacity(unknown.len());
        std::thread::scope(|scope| {
            let mut parts = unknown.chunks(size);
            let first = parts.next().unwrap_or(&[]);
            let others: Vec<_> = parts.map(|part| scope.spawn(move || verify(txs, part))).collect();
            outcomes.extend(verify(txs, first));
            for (other, part) in others.into_iter().zip(unknown.chunks(size).skip(1)) {
                // a thread that could not finish is done again here: the outcome may not depend on it
                outcomes.extend(other.join().unwrap_or_else(|_| verify(txs, part)));
            }
        });
        let mut passed = self.passed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (at, holds) in outcomes {
            verdicts[at] = holds;
            if holds {
                passed.insert(txs[at].hash);
            }
        }
        verdicts
    }
}

fn verify(txs: &[&Tx<'_>], part: &[usize]) -> Vec<(usize, bool)> {
    let items: Vec<Item> = part.iter().map(|at| item(txs[*at])).collect();
    if part.len() >= SMALL {
        let mut batch = Verifier::new();
        let mut seed = Sha256::new();
        for (at, item) in part.iter().zip(&items) {
            seed.update(txs[*at].hash);
            batch.queue(item.clone());
        }
        if batch.verify(Stream::new(seed.finalize().into())).is_ok() {
            return part.iter().map(|at| (*at, true)).collect();
        }
    }
    part.iter()
        .zip(items)
        .map(|(at, item)| (*at, item.verify_single().is_ok()))
        .collect()
}

fn item(tx: &Tx<'_>) -> Item {
    let message = sign_bytes(tx.body);
    Item::from((
        VerificationKeyBytes::from(tx.key),
        Signature::from_bytes(&tx.signature),
        &message[..],
    ))
}

/// The batch's coefficients: hashes of all that is checked, so nobody can choose signatures after knowing them.
struct Stream {
    seed: Hash,
    counter: u64,
    block: [u8; 64],
    used: usize,
}

impl Stream {
    fn new(seed: Hash) -> Self {
        Self {
            seed,
            counter: 0,
            block: [0; 64],
            used: 64,
        }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    fn fill(&mut self, target: &mut [u8]) {
        for byte in target {
            if self.used == self.block.len() {
                let hasher = Sha512::new()
                    .chain_update(self.seed)
                    .chain_update(self.counter.to_be_bytes());
                self.block = hasher.finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.take()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.take()))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        self.fill(target);
        Ok(())
    }
}

impl TryCryptoRng for Stream {}
