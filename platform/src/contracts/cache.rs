//! Programs ready to run, by module hash, and machines to run them on. Only speed depends on it: loading is charged by
//! size at the first touch in a transaction, cached or not.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use super::address::{Address, Hash};
use super::records::Instance;
use crate::module::Module;
use crate::process::doors::DOORS;
use crate::rules::{Engine, Networks};
use crate::vm::program::Program;
use crate::vm::{Gas, Machine};

/// Bytes of module code whose programs are kept.
const MODULE_BYTES: usize = 32 << 20;
const INSTANCES: usize = 1 << 14;
const IDLE_MACHINES: usize = 8;

/// A module made ready, and machines that wait for its next call.
pub struct Unit {
    pub program: Arc<Program>,
    /// Its rule sets' networks.
    engine: Arc<Engine>,
    endpoints: FxHashMap<String, usize>,
    idle: Mutex<Vec<Machine>>,
    size: usize,
}

impl Unit {
    /// Decodes and admits; the error is one line.
    pub fn load(code: &[u8]) -> Result<Self, String> {
        let module = Module::decode(code).map_err(|error| error.to_string())?;
        let program = Program::new(Arc::new(module)).map_err(|error| error.to_string())?;
        let endpoints = program
            .module
            .endpoints
            .iter()
            .enumerate()
            .map(|(at, endpoint)| (endpoint.name.clone(), at))
            .collect();
        Ok(Self {
            engine: Arc::new(Engine(Arc::new(Networks::new(&program)))),
            program: Arc::new(program),
            endpoints,
            idle: Mutex::default(),
            size: code.len(),
        })
    }

    pub fn endpoint(&self, name: &str) -> Option<&crate::module::Endpoint> {
        self.endpoints
            .get(name)
            .and_then(|at| self.program.module.endpoints.get(*at))
    }

    /// A rewound machine.
    pub fn machine(&self, gas: Gas) -> Machine {
        match lock(&self.idle).pop() {
            Some(mut machine) => {
                machine.reset(gas);
                machine
            }
            None => Machine::new(Arc::clone(&self.program), gas)
                .with_engine(self.engine.clone())
                .with_processes(&DOORS),
        }
    }

    pub fn give_back(&self, machine: Machine) {
        let mut idle = lock(&self.idle);
        if idle.len() < IDLE_MACHINES {
            idle.push(machine);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A decoded record beside the bytes it was decoded from.
type Decoded = (Arc<[u8]>, Arc<Instance>);

#[derive(Default)]
pub struct Cache {
    units: Mutex<Units>,
    instances: Mutex<FxHashMap<Address, Decoded>>,
}

/// Two generations: what is used moves to the young one; when that is full, the old one is forgotten.
#[derive(Default)]
struct Units {
    young: FxHashMap<Hash, Arc<Unit>>,
    old: FxHashMap<Hash, Arc<Unit>>,
    bytes: usize,
}

impl Units {
    fn get(&mut self, hash: &Hash) -> Option<Arc<Unit>> {
        if let Some(unit) = self.young.get(hash) {
            return Some(Arc::clone(unit));
        }
        let unit = self.old.remove(hash)?;
        self.put(*hash, Arc::clone(&unit));
        Some(unit)
    }

    fn put(&mut self, hash: Hash, unit: Arc<Unit>) {
        self.bytes += unit.size;
        self.young.insert(hash, unit);
        if self.bytes > MODULE_BYTES / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

impl Cache {
    /// The program of a module; `code` is asked for only if it is not at hand.
    pub fn unit(&self, hash: &Hash, code: impl FnOnce() -> Option<Arc<[u8]>>) -> Option<Result<Arc<Unit>, String>> {
        if let Some(unit) = lock(&self.units).get(hash) {
            return Some(Ok(unit));
        }
        let code = code()?;
        Some(Unit::load(&code).map(|unit| {
            let unit = Arc::new(unit);
            lock(&self.units).put(*hash, Arc::clone(&unit));
            unit
        }))
    }

    /// The decoded form of a contract's stored record. Its bytes decide, so a stale entry is never served.
    pub fn instance(&self, address: &Address, record: &Arc<[u8]>) -> Option<Arc<Instance>> {
        let mut instances = lock(&self.instances);
        if let Some((bytes, instance)) = instances.get(address) {
            if Arc::ptr_eq(bytes, record) || bytes == record {
                return Some(Arc::clone(instance));
            }
        }
        let instance = Arc::new(Instance::decode(record)?);
        if instances.len() >= INSTANCES {
            instances.clear();
        }
        instances.insert(*address, (Arc::clone(record), Arc::clone(&instance)));
        Some(instance)
    }
}
