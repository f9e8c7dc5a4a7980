//! Calls from contract to contract. The callee runs over writes of its own, which are kept if it succeeds and dropped if
//! not; so a caller that catches the failure finds the state as it was before.
//!
//! A contract that is at work, or waits for another that it called, is not entered again: what it has read and not yet
//! written could change under it.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::address;
use super::engine::{self, Call, Scope};
use super::err::{self, Failure};
use super::kv::Kv;
use crate::value::Data;
use crate::vm::gas::Gas;
use crate::vm::Halt;

/// Contracts that wait for each other, the one at work included.
pub const MAX_DEPTH: usize = 8;

/// Writes over a store that are not yet its own.
struct Staged<'a> {
    base: &'a mut dyn Kv,
    writes: BTreeMap<Vec<u8>, Option<Arc<[u8]>>>,
}

impl Staged<'_> {
    fn keep(self) {
        for (key, value) in self.writes {
            match value {
                Some(value) => self.base.set(&key, &value),
                None => self.base.delete(&key),
            }
        }
    }
}

impl Kv for Staged<'_> {
    fn get(&mut self, key: &[u8]) -> Option<Arc<[u8]>> {
        match self.writes.get(key) {
            Some(value) => value.clone(),
            None => self.base.get(key),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.writes.insert(key.to_vec(), Some(value.into()));
    }

    fn delete(&mut self, key: &[u8]) {
        self.writes.insert(key.to_vec(), None);
    }
}

/// Runs an endpoint for the contract that is at work.
///
/// # Errors
/// Traps `reentrant-call`, `call-depth`, and `call-failed` with the callee's own code and message; out of gas and faults
/// as they are.
pub fn call(scope: &mut Scope<'_>, gas: &mut Gas, request: &Call<'_>) -> Result<Data, Halt> {
    if scope.calls.contains(&request.contract) {
        let message = format!(
            "the contract `{}` waits for this call and is not entered again",
            name(request)
        );
        return Err(Halt::trap("reentrant-call", message));
    }
    if scope.calls.len() >= MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} contracts wait for each other");
        return Err(Halt::trap("call-depth", message));
    }
    let (events, transfers) = (scope.events.len(), scope.transfers.len());
    let mut place = None;
    let mut staged = Staged {
        base: &mut *scope.kv,
        writes: BTreeMap::new(),
    };
    let mut inner = Scope {
        kv: &mut staged,
        cache: scope.cache,
        now: scope.now,
        height: scope.height,
        calls: scope.calls,
        touched: scope.touched,
        events: scope.events,
        transfers: scope.transfers,
        output: scope.output,
        place: &mut place,
        trace: scope.trace.as_deref_mut(),
    };
    match engine::call(&mut inner, gas, request) {
        Ok(result) => {
            staged.keep();
            Ok(result)
        }
        Err(failure) => {
            scope.events.truncate(events);
            scope.transfers.truncate(transfers);
            Err(halt(&failure, request))
        }
    }
}

fn name(request: &Call<'_>) -> String {
    address::text(&request.contract)
}

fn halt(failure: &Failure, request: &Call<'_>) -> Halt {
    let number = failure.number;
    if number == err::OUT_OF_GAS.number {
        return Halt::OutOfGas;
    }
    let message = format!("`{}` of `{}`: {failure}", request.endpoint, name(request));
    if number == err::FAULT.number {
        return Halt::Fault { message };
    }
    Halt::trap("call-failed", message)
}
