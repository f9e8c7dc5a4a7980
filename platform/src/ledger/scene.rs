//! What a block and its current transaction write. Native messages and handlers of other layers work on the same one,
//! in block order; a handler holds a share of it for the time of its call.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashSet;

use super::genesis::Validator;
use super::overlay::Overlay;
use super::rules::Rules;
use crate::contracts::address::{Address, Hash};
use crate::contracts::cache::Cache;
use crate::contracts::engine::Scope;
use crate::contracts::err::Failure;
use crate::contracts::host::{Event, Transfer};
use crate::value::{Data, DateTime};
use crate::vm::halt::Place;
use crate::vm::Gas;

pub struct Scene {
    pub overlay: Overlay,
    pub chain_id: String,
    pub height: u64,
    pub time_ns: u64,
    // --- of the current transaction ---
    pub tx_hash: Hash,
    pub sender: Address,
    pub gas: Gas,
    pub events: Vec<Event>,
    pub transfers: Vec<Transfer>,
    /// Contracts that wait for another, and the one at work.
    pub calls: Vec<Address>,
    pub touched: FxHashSet<Hash>,
    pub output: Vec<String>,
    pub place: Option<Place>,
    // --- of the block ---
    /// Validators that handlers changed; power 0 removes one.
    pub validator_updates: Vec<Validator>,
    /// Why the block cannot go on: something that other machines did not meet (an interrupt, no memory).
    pub abort: Option<String>,
}

pub type Shared = Arc<Mutex<Scene>>;

pub fn lock(scene: &Shared) -> MutexGuard<'_, Scene> {
    scene.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nanoseconds since 1970 as an instant in UTC.
pub fn instant(time_ns: u64) -> DateTime {
    DateTime {
        seconds: (time_ns / 1_000_000_000) as i64,
        nanos: (time_ns % 1_000_000_000) as u32,
        offset_minutes: 0,
    }
}

impl Scene {
    pub fn new(overlay: Overlay, rules: &Rules, time_ns: u64) -> Self {
        Self {
            overlay,
            chain_id: rules.chain_id.clone(),
            height: rules.height,
            time_ns,
            tx_hash: [0; 32],
            sender: [0; 20],
            gas: Gas::new(0),
            events: Vec::new(),
            transfers: Vec::new(),
            calls: Vec::new(),
            touched: FxHashSet::default(),
            output: Vec::new(),
            place: None,
            validator_updates: Vec::new(),
            abort: None,
        }
    }

    pub fn share(self) -> Shared {
        Arc::new(Mutex::new(self))
    }

    /// A new transaction begins.
    pub fn open(&mut self, hash: Hash, sender: Address, gas: Gas) {
        self.tx_hash = hash;
        self.sender = sender;
        self.gas = gas;
        self.events.clear();
        self.transfers.clear();
        self.calls.clear();
        self.touched.clear();
        self.output.clear();
        self.place = None;
    }

    /// For contract work: the scope and the gas it is charged to.
    pub fn scope<'a>(&'a mut self, cache: &'a Cache) -> (Scope<'a>, &'a mut Gas) {
        let scope = Scope {
            kv: &mut self.overlay,
            cache,
            now: instant(self.time_ns),
            height: self.height,
            calls: &mut self.calls,
            touched: &mut self.touched,
            events: &mut self.events,
            transfers: &mut self.transfers,
            output: &mut self.output,
            place: &mut self.place,
            trace: None,
        };
        (scope, &mut self.gas)
    }
}

/// When a hook of a route runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment<'a> {
    Genesis(&'a [(String, Data)]),
    BeginBlock,
    EndBlock,
}

/// What layers above registered: message handlers by route, and hooks.
pub trait Handlers: Sync {
    fn serves(&self, route: &str) -> bool;
    fn handle(&self, scene: &Shared, route: &str, sender: &Address, verb: &str, data: &Data) -> Result<Data, Failure>;
    /// Runs the hooks of a moment, routes in order of their names. An error stops the block: it is a bug.
    fn hook(&self, scene: &Shared, moment: Moment<'_>) -> Result<(), String>;
}

/// A chain with native messages only.
pub struct NoHandlers;

impl Handlers for NoHandlers {
    fn serves(&self, _: &str) -> bool {
        false
    }

    fn handle(&self, _: &Shared, route: &str, _: &Address, _: &str, _: &Data) -> Result<Data, Failure> {
        Err(super::msgs::unknown_route(route))
    }

    fn hook(&self, _: &Shared, _: Moment<'_>) -> Result<(), String> {
        Ok(())
    }
}
