//! Blocks and receipts of the solo chain, over the state's block log, with an index of transaction hashes.
//!
//! A record is canonical CBOR `[height, time_ns, proposer, previous app hash, app hash, [transactions], [receipts]]`. The
//! index is in memory and made again from the log: no consensus result ever reads it.
use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashMap;

use super::receipt::Receipts;
use crate::codec::cbor::{CborError, Reader, Writer};
use crate::contracts::address::{sha256, Address, Hash};
use crate::contracts::amount;
use crate::state::{self, BlockLog, LogOptions, StateError};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    pub height: u64,
    pub time_ns: u64,
    pub proposer: Address,
    pub previous: Hash,
    pub app_hash: Hash,
    pub txs: Vec<Vec<u8>>,
    pub receipts: Vec<Vec<u8>>,
}

impl Record {
    pub fn encode(&self) -> Vec<u8> {
        let size = |items: &[Vec<u8>]| items.iter().map(|item| item.len() + 5).sum::<usize>();
        let mut writer = Writer::with_capacity(128 + size(&self.txs) + size(&self.receipts));
        writer.array(7);
        amount::write(&mut writer, self.height.into());
        amount::write(&mut writer, self.time_ns.into());
        writer.bytes(&self.proposer);
        writer.bytes(&self.previous);
        writer.bytes(&self.app_hash);
        for items in [&self.txs, &self.receipts] {
            writer.array(items.len());
            for item in items {
                writer.bytes(item);
            }
        }
        writer.into_bytes()
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != 7 {
            return Err(CborError {
                code: "cbor-wrong-kind",
                offset: 0,
            });
        }
        let record = Self {
            height: reader.int_as()?,
            time_ns: reader.int_as()?,
            proposer: reader.fixed()?,
            previous: reader.fixed()?,
            app_hash: reader.fixed()?,
            txs: items(&mut reader)?,
            receipts: items(&mut reader)?,
        };
        reader.finish()?;
        Ok(record)
    }
}

fn items(reader: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, CborError> {
    (0..reader.array()?)
        .map(|_| reader.bytes().map(<[u8]>::to_vec))
        .collect()
}

/// Where a transaction stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub height: u64,
    pub index: u32,
}

/// Transactions in one generation of the index.
const GENERATION: usize = 1 << 20;

/// Where the records are.
enum Shelf {
    Log(BlockLog),
    /// For a ledger in memory.
    Memory(BTreeMap<u64, Vec<u8>>),
}

impl Shelf {
    fn heights(&self) -> Option<(u64, u64)> {
        match self {
            Self::Log(log) => log.heights(),
            Self::Memory(records) => Some((*records.first_key_value()?.0, *records.last_key_value()?.0)),
        }
    }

    fn read(&self, height: u64) -> state::Result<Option<Vec<u8>>> {
        match self {
            Self::Log(log) => log.read(height),
            Self::Memory(records) => Ok(records.get(&height).cloned()),
        }
    }

    fn append(&mut self, height: u64, record: Vec<u8>) -> state::Result<()> {
        match self {
            Self::Log(log) => log.append(height, &record),
            Self::Memory(records) => {
                records.insert(height, record);
                Ok(())
            }
        }
    }

    fn truncate(&mut self, height: u64) -> state::Result<()> {
        match self {
            Self::Log(log) => log.truncate(height),
            Self::Memory(records) => {
                records.retain(|at, _| *at <= height);
                Ok(())
            }
        }
    }
}

pub struct Archive {
    shelf: Shelf,
    young: FxHashMap<Hash, Position>,
    old: FxHashMap<Hash, Position>,
    /// Heights from here on are in the index.
    indexed: u64,
}

fn corrupt(height: u64, error: &CborError) -> StateError {
    StateError::LogCorrupt {
        height,
        message: error.to_string(),
    }
}

impl Archive {
    pub fn memory() -> Self {
        Self::new(Shelf::Memory(BTreeMap::new()))
    }

    fn new(shelf: Shelf) -> Self {
        Self {
            shelf,
            young: FxHashMap::default(),
            old: FxHashMap::default(),
            indexed: u64::MAX,
        }
    }

    pub fn open(folder: &Path) -> state::Result<Self> {
        let mut archive = Self::new(Shelf::Log(BlockLog::open(folder, LogOptions::default())?));
        if let Some((oldest, newest)) = archive.heights() {
            archive.indexed = oldest;
            let mut heights: Vec<u64> = Vec::new();
            let mut known = 0;
            // newest first, until a generation is full
            for height in (oldest..=newest).rev() {
                known += archive.block(height)?.map_or(0, |record| record.txs.len());
                heights.push(height);
                if known >= GENERATION {
                    archive.indexed = height;
                    break;
                }
            }
            for height in heights.into_iter().rev() {
                if let Some(record) = archive.block(height)? {
                    archive.index(&record);
                }
            }
        }
        Ok(archive)
    }

    pub fn heights(&self) -> Option<(u64, u64)> {
        self.shelf.heights()
    }

    fn index(&mut self, record: &Record) {
        self.indexed = self.indexed.min(record.height);
        for (at, tx) in record.txs.iter().enumerate() {
            let position = Position {
                height: record.height,
                index: at as u32,
            };
            // the same bytes may stand in two blocks, the second time as a replay: the first one counts
            let hash = sha256(tx);
            if !self.old.contains_key(&hash) {
                self.young.entry(hash).or_insert(position);
            }
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
    }

    /// Durable when it returns.
    pub fn append(&mut self, record: &Record) -> state::Result<()> {
        self.shelf.append(record.height, record.encode())?;
        self.index(record);
        Ok(())
    }

    pub fn block(&self, height: u64) -> state::Result<Option<Record>> {
        let Some(bytes) = self.shelf.read(height)? else {
            return Ok(None);
        };
        Record::decode(&bytes)
            .map(Some)
            .map_err(|error| corrupt(height, &error))
    }

    /// Where a transaction stands: from the index, else from the log itself.
    pub fn find(&self, hash: &Hash) -> state::Result<Option<Position>> {
        if let Some(position) = self.young.get(hash).or_else(|| self.old.get(hash)) {
            return Ok(Some(*position));
        }
        let Some((oldest, newest)) = self.shelf.heights() else {
            return Ok(None);
        };
        // what the index forgot: generations end before what they hold
        let known = if self.old.is_empty() { self.indexed } else { newest + 1 };
        for height in oldest..known.min(newest + 1) {
            let Some(record) = self.block(height)? else { continue };
            if let Some(index) = record.txs.iter().position(|tx| sha256(tx) == *hash) {
                return Ok(Some(Position {
                    height,
                    index: index as u32,
                }));
            }
        }
        Ok(None)
    }

    /// Forgets all blocks above a height.
    pub fn truncate(&mut self, height: u64) -> state::Result<()> {
        self.shelf.truncate(height)?;
        for index in [&mut self.young, &mut self.old] {
            index.retain(|_, position| position.height <= height);
        }
        Ok(())
    }
}

/// The siblings that prove receipt `index` of a block, and the root.
pub fn receipt_path(record: &Record, index: usize) -> Option<(Vec<Hash>, Hash)> {
    let leaves: Vec<Hash> = record.receipts.iter().map(|bytes| super::merkle::leaf(bytes)).collect();
    Some((super::merkle::path(&leaves, index)?, super::merkle::root(&leaves)))
}

impl From<(&super::ledger::Pending, Hash)> for Record {
    fn from((pending, previous): (&super::ledger::Pending, Hash)) -> Self {
        let Receipts { encoded, .. } = &pending.executed.encoded;
        Self {
            height: pending.height,
            time_ns: pending.time_ns,
            proposer: pending.proposer,
            previous,
            app_hash: pending.app_hash,
            txs: pending.txs.clone(),
            receipts: encoded.clone(),
        }
    }
}
