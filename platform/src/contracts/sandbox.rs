//! Contracts on an in-memory store, for `dsl call`, scenarios and tests.
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::address::{sha256, Address, Hash};
use super::bank;
use super::cache::Cache;
use super::engine::{self, Call, Scope, Trace};
use super::err::Failure;
use super::host::{Event, Transfer};
use super::kv::{self, Kv};
use super::timers;
use crate::codec::cbor;
use crate::value::{Data, DateTime};
use crate::vm::halt::Place;
use crate::vm::Gas;

/// A key and what stood there.
type Before = (Vec<u8>, Option<Arc<[u8]>>);

/// A store in memory that can take back its last writes.
#[derive(Clone, Default)]
pub struct Memory {
    entries: BTreeMap<Vec<u8>, Arc<[u8]>>,
    /// What stood before each write since `begin`.
    journal: Vec<Before>,
}

impl Memory {
    pub fn begin(&mut self) {
        self.journal.clear();
    }

    pub fn rollback(&mut self) {
        while let Some((key, before)) = self.journal.pop() {
            match before {
                Some(value) => self.entries.insert(key, value),
                None => self.entries.remove(&key),
            };
        }
    }

    /// Entries whose key starts with `prefix`, in key order.
    pub fn scan<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let from = self.entries.range(prefix.to_vec()..);
        from.take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.as_slice(), &value[..]))
    }
}

impl Kv for Memory {
    fn get(&mut self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.entries.get(key).cloned()
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let before = self.entries.insert(key.to_vec(), value.into());
        self.journal.push((key.to_vec(), before));
    }

    fn delete(&mut self, key: &[u8]) {
        let before = self.entries.remove(key);
        self.journal.push((key.to_vec(), before));
    }
}

/// Version of what `export` writes.
const EXPORT: i64 = 1;
/// A sandbox has no block gas; this pays for deploying and instantiating.
const PLENTY: u64 = 1 << 50;

#[derive(Default)]
pub struct Sandbox {
    memory: Memory,
    cache: Cache,
    /// Contracts made so far: the salt of the next one's address.
    made: u64,
}

/// What a call did. Events and transfers of a failed call are empty, as on the chain.
pub struct Report {
    pub result: Result<Data, Failure>,
    pub events: Vec<Event>,
    pub transfers: Vec<Transfer>,
    pub output: Vec<String>,
    pub gas: u64,
    pub place: Option<Place>,
    /// Empty unless it was asked for.
    pub trace: Trace,
}

impl Sandbox {
    fn work<T>(
        &mut self,
        now: DateTime,
        gas_limit: u64,
        trace: bool,
        work: impl FnOnce(&mut Scope<'_>, &mut Gas) -> Result<T, Failure>,
    ) -> (Result<T, Failure>, Report) {
        let mut report = Report {
            result: Ok(Data::Null),
            events: Vec::new(),
            transfers: Vec::new(),
            output: Vec::new(),
            gas: 0,
            place: None,
            trace: Trace::default(),
        };
        let mut gas = Gas::new(gas_limit);
        let (mut calls, mut touched) = (Vec::new(), FxHashSet::default());
        self.memory.begin();
        let mut scope = Scope {
            kv: &mut self.memory,
            cache: &self.cache,
            now,
            height: 1,
            calls: &mut calls,
            touched: &mut touched,
            events: &mut report.events,
            transfers: &mut report.transfers,
            output: &mut report.output,
            place: &mut report.place,
            trace: trace.then_some(&mut report.trace),
        };
        let result = work(&mut scope, &mut gas);
        report.gas = gas.used();
        if result.is_err() {
            self.memory.rollback();
            report.events.clear();
            report.transfers.clear();
        }
        (result, report)
    }

    /// Deploying a module again is no error here: scenarios do it all the time.
    pub fn deploy(&mut self, code: &[u8]) -> Result<Hash, Failure> {
        let hash = sha256(code);
        if self.memory.get(&kv::module_info(&hash)).is_some() {
            return Ok(hash);
        }
        self.work(epoch(), PLENTY, false, |scope, gas| {
            engine::deploy(scope, gas, &[0; 20], code, None)
        })
        .0
    }

    pub fn instantiate(
        &mut self,
        module: &Hash,
        parameters: &Data,
        sender: &Address,
        now: DateTime,
        funds: u128,
    ) -> Result<Address, Failure> {
        self.provide(sender, funds);
        let salt = self.made.to_be_bytes();
        let made = self
            .work(now, PLENTY, false, |scope, gas| {
                engine::instantiate(scope, gas, sender, module, parameters, funds, &salt)
            })
            .0?;
        self.made += 1;
        Ok(made)
    }

    pub fn call(&mut self, request: &Call<'_>, now: DateTime, gas_limit: u64, trace: bool) -> Report {
        self.provide(&request.sender, request.funds);
        let (result, mut report) = self.work(now, gas_limit, trace, |scope, gas| engine::call(scope, gas, request));
        report.result = result;
        report
    }

    /// What a block of this time does by itself: a step for each timer that is due, in order.
    pub fn tick(&mut self, now: DateTime, gas_limit: u64, trace: bool) -> Vec<Report> {
        let mut reports = Vec::new();
        while reports.len() < timers::STEPS {
            let first = self.memory.scan(timers::TIMERS).next();
            let Some((contract, instance)) = first.and_then(|(key, _)| timers::read(key, now)) else {
                break;
            };
            let (result, mut report) = self.work(now, gas_limit, trace, |scope, gas| {
                timers::step(scope, gas, &contract, &instance)
            });
            if let Err(failure) = &result {
                let function = report.place.map(|place| place.function);
                let (_, given_up) = self.work(now, PLENTY, false, |scope, gas| {
                    timers::give_up(scope, gas, &contract, &instance, failure, function)
                });
                report.events = given_up.events;
            }
            report.result = result.map(Data::Bool);
            reports.push(report);
        }
        reports
    }

    /// A sandbox has no faucet: who sends money with a call has it.
    fn provide(&mut self, sender: &Address, funds: u128) {
        let balance = self.balance(sender);
        self.credit(sender, funds.saturating_sub(balance));
    }

    pub fn balance(&mut self, address: &Address) -> u128 {
        bank::load(&mut self.memory, address).balance
    }

    pub fn credit(&mut self, address: &Address, amount: u128) {
        bank::credit(&mut self.memory, address, amount);
    }

    pub fn variables(&self, contract: &Address) -> Vec<(String, Data)> {
        let prefix = kv::variables(contract);
        let rows = self.memory.scan(&prefix).filter_map(|(key, value)| {
            let name = std::str::from_utf8(&key[prefix.len()..]).ok()?;
            Some((name.to_owned(), cbor::decode(value).ok()?))
        });
        rows.collect()
    }

    pub fn export(&self) -> Vec<u8> {
        let pair =
            |(key, value): (&[u8], &[u8])| Data::List(vec![Data::Bytes(key.to_vec()), Data::Bytes(value.to_vec())]);
        cbor::encode(&Data::Record(vec![
            ("sandbox".into(), Data::Num(crate::number::Number::Int(EXPORT))),
            ("made".into(), super::amount::count(self.made)),
            ("entries".into(), Data::List(self.memory.scan(b"").map(pair).collect())),
        ]))
    }

    pub fn import(bytes: &[u8]) -> Result<Self, String> {
        let damaged = || "these bytes are not an exported sandbox".to_owned();
        let Ok(Data::Record(fields)) = cbor::decode(bytes) else {
            return Err(damaged());
        };
        let mut sandbox = Self::default();
        let mut version = None;
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("sandbox", Data::Num(number)) => version = super::amount::whole(&number),
                ("made", Data::Num(number)) => {
                    sandbox.made = super::amount::whole(&number)
                        .and_then(|made| made.try_into().ok())
                        .ok_or_else(damaged)?;
                }
                ("entries", Data::List(rows)) => {
                    for row in rows {
                        let Data::List(pair) = row else { return Err(damaged()) };
                        let [Data::Bytes(key), Data::Bytes(value)] = &pair[..] else {
                            return Err(damaged());
                        };
                        sandbox.memory.entries.insert(key.clone(), value.as_slice().into());
                    }
                }
                _ => return Err(damaged()),
            }
        }
        match version {
            Some(version) if version == EXPORT as u128 => Ok(sandbox),
            _ => Err(damaged()),
        }
    }
}

fn epoch() -> DateTime {
    DateTime {
        seconds: 0,
        nanos: 0,
        offset_minutes: 0,
    }
}
