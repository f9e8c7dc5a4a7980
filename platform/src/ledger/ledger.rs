//! The replicated state machine over one store: genesis, blocks, commits, recovery.
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::archive::{Archive, Record};
use super::block::{self, Executed, Tools};
use super::check::Checker;
use super::genesis::{Genesis, Origin, Validator};
use super::overlay::Overlay;
use super::rules::Rules;
use super::scene::Handlers;
use super::sig::Signatures;
use crate::contracts::address::{Address, Hash};
use crate::contracts::cache::Cache;
use crate::state::{Options, Reader, Stage, StateError, Store};

/// A call that the ledger cannot serve: a stable code and one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerError {
    pub code: &'static str,
    pub message: String,
}

impl LedgerError {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<StateError> for LedgerError {
    fn from(error: StateError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

pub type Result<T> = std::result::Result<T, LedgerError>;

#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Keep blocks and receipts, durable at each commit.
    pub blocks: bool,
    pub store: Options,
}

/// A block that was executed and not committed.
pub struct Pending {
    pub height: u64,
    pub time_ns: u64,
    pub proposer: Address,
    pub app_hash: Hash,
    pub txs: Vec<Vec<u8>>,
    pub executed: Arc<Executed>,
    stage: Stage,
}

/// What a block came to.
pub struct Finalised {
    pub height: u64,
    pub app_hash: Hash,
    pub executed: Arc<Executed>,
}

/// The chain's part of the state, decoded.
struct Chain {
    rules: Arc<Rules>,
    initial_height: u64,
    genesis: Hash,
    validators: Vec<Validator>,
}

impl Chain {
    fn load(overlay: &mut Overlay) -> Option<Self> {
        let origin = Origin::load(overlay)?;
        Some(Self {
            rules: Arc::new(Rules::load(overlay)?),
            initial_height: origin.initial_height,
            genesis: origin.hash,
            validators: Validator::load_all(overlay),
        })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Info {
    pub height: u64,
    pub app_hash: Hash,
    pub chain_id: String,
    pub initial_height: u64,
    pub time_ns: u64,
    pub oldest: u64,
}

pub struct Ledger {
    store: Store,
    archive: Option<Archive>,
    chain: Option<Chain>,
    pending: Option<Pending>,
    cache: Arc<Cache>,
    signatures: Arc<Signatures>,
}

impl Ledger {
    /// Opens or creates a ledger in a folder; in memory without one.
    pub fn open(path: Option<&Path>, settings: Settings) -> Result<Self> {
        let (store, archive) = match path {
            Some(path) => {
                let store = Store::open(&path.join("state"), settings.store)?;
                let archive = if settings.blocks {
                    Some(Archive::open(&path.join("blocks"))?)
                } else {
                    None
                };
                (store, archive)
            }
            None => (
                Store::memory_with(settings.store),
                settings.blocks.then(Archive::memory),
            ),
        };
        let chain = if store.is_fresh() {
            None
        } else {
            Chain::load(&mut Overlay::new(store.stage()))
        };
        if chain.is_none() && !store.is_fresh() {
            return Err(LedgerError::new("damaged", "the state has no chain record"));
        }
        Ok(Self {
            store,
            archive,
            chain,
            pending: None,
            cache: Arc::default(),
            signatures: Arc::new(Signatures::new()),
        })
    }

    pub fn reader(&self) -> Reader {
        self.store.reader()
    }

    pub fn cache(&self) -> Arc<Cache> {
        Arc::clone(&self.cache)
    }

    pub fn signatures(&self) -> Arc<Signatures> {
        Arc::clone(&self.signatures)
    }

    fn chain(&self) -> Result<&Chain> {
        self.chain
            .as_ref()
            .ok_or_else(|| LedgerError::new("not-initialised", "the chain has no genesis yet"))
    }

    pub fn rules(&self) -> Result<Arc<Rules>> {
        Ok(Arc::clone(&self.chain()?.rules))
    }

    /// For CheckTx and proposals, over what is committed now; `None` before genesis.
    pub fn checker(&self) -> Option<Checker> {
        let rules = Arc::clone(&self.chain.as_ref()?.rules);
        Some(Checker::new(self.store.stage(), rules, Arc::clone(&self.signatures)))
    }

    pub fn stage(&self) -> Stage {
        self.store.stage()
    }

    /// Writes the genesis state; the app hash. The same genesis again, before the first block, is no error.
    pub fn init_chain(&mut self, genesis: &Genesis, handlers: &dyn Handlers) -> Result<Hash> {
        if let Some(chain) = &self.chain {
            if chain.genesis == genesis.hash && self.store.height() + 1 == chain.initial_height {
                return Ok(self.store.root());
            }
            return Err(LedgerError::new(
                "already-initialised",
                "the chain has another genesis, or blocks",
            ));
        }
        let bad = |message| LedgerError::new("bad-genesis", message);
        let mut overlay = Overlay::new(self.store.stage());
        genesis.install(&mut overlay).map_err(bad)?;
        let rules = Rules::load(&mut overlay).ok_or_else(|| bad("the genesis state cannot be read back".into()))?;
        let mut overlay = block::genesis_hooks(overlay, &rules, &genesis.modules, handlers).map_err(bad)?;
        let chain = Chain::load(&mut overlay);
        overlay.failure()?;
        let root = self.store.commit(overlay.stage, genesis.initial_height - 1)?;
        self.store.flush()?;
        self.chain = chain;
        // a state that was moved away is made again from the block log
        self.recover(handlers)?;
        Ok(root)
    }

    /// Executes a block over a stage and computes the app hash; nothing is persisted.
    pub fn finalize(
        &mut self,
        height: u64,
        time_ns: u64,
        proposer: Address,
        txs: Vec<Vec<u8>>,
        handlers: &dyn Handlers,
        watch: &dyn Fn(&'static str),
    ) -> Result<Finalised> {
        let chain = self.chain()?;
        if height != chain.rules.height {
            let message = format!("height {height} was asked for; the next is {}", chain.rules.height);
            return Err(LedgerError::new("wrong-height", message));
        }
        let tools = Tools {
            cache: &self.cache,
            signatures: &self.signatures,
            handlers,
            watch,
        };
        let overlay = Overlay::new(self.store.stage());
        let rules = (*chain.rules).clone();
        let (overlay, executed) = block::execute(overlay, rules, &chain.validators, time_ns, &txs, tools)
            .map_err(|message| LedgerError::new("handler-failed", message))?;
        overlay.failure()?;
        let mut stage = overlay.stage;
        let app_hash = self.store.root_of(&mut stage)?;
        watch("root");
        let executed = Arc::new(executed);
        let result = Finalised {
            height,
            app_hash,
            executed: Arc::clone(&executed),
        };
        self.pending = Some(Pending {
            height,
            time_ns,
            proposer,
            app_hash,
            txs,
            executed,
            stage,
        });
        Ok(result)
    }

    /// Makes the finalised block durable and current.
    pub fn commit(&mut self) -> Result<u64> {
        let pending = self.pending.take();
        let pending = pending.ok_or_else(|| LedgerError::new("nothing-finalised", "no block waits for its commit"))?;
        if let Some(archive) = &mut self.archive {
            archive.append(&Record::from((&pending, self.store.root())))?;
        }
        self.apply(pending)
    }

    fn apply(&mut self, pending: Pending) -> Result<u64> {
        let Pending {
            height,
            executed,
            stage,
            ..
        } = pending;
        self.store.commit(stage, height)?;
        if let Some(chain) = &mut self.chain {
            chain.rules = Arc::new(executed.rules.clone());
            if !executed.validator_updates.is_empty() {
                chain.validators = Validator::load_all(&mut Overlay::new(self.store.stage()));
            }
        }
        Ok(height)
    }

    /// Executes again what the block log holds beyond the state.
    pub fn recover(&mut self, handlers: &dyn Handlers) -> Result<u64> {
        let Some(newest) = self
            .archive
            .as_ref()
            .and_then(Archive::heights)
            .map(|(_, newest)| newest)
        else {
            return Ok(self.store.height());
        };
        while let Some(height) = self
            .chain
            .as_ref()
            .map(|chain| chain.rules.height)
            .filter(|next| *next <= newest)
        {
            let record = match &self.archive {
                Some(archive) => archive.block(height)?,
                None => None,
            };
            let record = record
                .ok_or_else(|| LedgerError::new("damaged", format!("the block log does not hold height {height}")))?;
            let result = self.finalize(
                height,
                record.time_ns,
                record.proposer,
                record.txs,
                handlers,
                &block::unwatched,
            )?;
            if result.app_hash != record.app_hash {
                self.pending = None;
                let message = format!("block {height} was executed to another app hash than before");
                return Err(LedgerError::new("damaged", message));
            }
            if let Some(pending) = self.pending.take() {
                self.apply(pending)?;
            }
        }
        Ok(self.store.height())
    }

    pub fn info(&self) -> Info {
        let chain = self.chain.as_ref();
        // before the first block the height is 0, as ABCI wants it
        let started = chain.is_some_and(|chain| chain.rules.height > chain.initial_height);
        Info {
            height: if started { self.store.height() } else { 0 },
            app_hash: self.store.root(),
            chain_id: chain.map(|chain| chain.rules.chain_id.clone()).unwrap_or_default(),
            initial_height: chain.map_or(1, |chain| chain.initial_height),
            time_ns: chain.map_or(0, |chain| chain.rules.time_ns),
            oldest: self.store.heights().0,
        }
    }

    pub fn archive(&self) -> Result<&Archive> {
        self.archive
            .as_ref()
            .ok_or_else(|| LedgerError::new("no-blocks", "this ledger keeps no blocks"))
    }

    /// Goes back to a kept height.
    pub fn rollback(&mut self, height: u64) -> Result<()> {
        self.pending = None;
        self.store.rollback(height)?;
        if let Some(archive) = &mut self.archive {
            archive.truncate(height)?;
        }
        self.chain = Chain::load(&mut Overlay::new(self.store.stage()));
        Ok(())
    }

    /// Writes what is not on disk yet.
    pub fn flush(&mut self) -> Result<()> {
        Ok(self.store.flush()?)
    }
}
