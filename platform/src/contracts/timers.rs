//! Timers of processes: an ordered index of what is due, and the step that a block makes for each.
use super::address::Address;
use super::engine::{self, Scope};
use super::err::Failure;
use super::kv::Kv;
use crate::process::doors;
use crate::value::DateTime;
use crate::vm::gas::Gas;

/// Keys of the index: `t/`, the instant, the contract, the instance's id.
pub const TIMERS: &[u8] = b"t/";
/// Steps that a block makes; what is due beyond them waits for the next block.
pub const STEPS: usize = 256;
/// Gas of one step.
pub const STEP_GAS: u64 = 20_000_000;

/// The instant comes first, so that the index is in order of time.
fn key(due: DateTime, contract: &Address, instance: &str) -> Vec<u8> {
    let (seconds, nanos) = due.instant();
    let mut key = TIMERS.to_vec();
    // two's complement with its sign turned is in order
    key.extend_from_slice(&(seconds ^ i64::MIN).to_be_bytes());
    key.extend_from_slice(&nanos.to_be_bytes());
    key.extend_from_slice(contract);
    key.extend_from_slice(instance.as_bytes());
    key
}

/// The contract and instance of a key whose time has come.
pub fn read(key: &[u8], now: DateTime) -> Option<(Address, String)> {
    let rest = key.strip_prefix(TIMERS)?;
    let (seconds, rest) = rest.split_first_chunk::<8>()?;
    let (nanos, rest) = rest.split_first_chunk::<4>()?;
    let (contract, instance) = rest.split_first_chunk::<20>()?;
    let due = (i64::from_be_bytes(*seconds) ^ i64::MIN, u32::from_be_bytes(*nanos));
    let instance = String::from_utf8(instance.to_vec()).ok()?;
    (due <= now.instant()).then_some((*contract, instance))
}

pub fn schedule(
    kv: &mut dyn Kv,
    contract: &Address,
    instance: &str,
    before: Option<DateTime>,
    after: Option<DateTime>,
) {
    if let Some(before) = before {
        kv.delete(&key(before, contract, instance));
    }
    if let Some(after) = after {
        kv.set(&key(after, contract, instance), &[1]);
    }
}

/// One step of an instance whose time has come. What was written is the caller's to take back when it fails.
pub fn step(scope: &mut Scope<'_>, gas: &mut Gas, contract: &Address, instance: &str) -> Result<bool, Failure> {
    engine::within(scope, gas, contract, |machine, host| {
        doors::fire(machine, host, instance)
    })
}

/// A step has failed: it becomes an incident.
pub fn give_up(
    scope: &mut Scope<'_>,
    gas: &mut Gas,
    contract: &Address,
    instance: &str,
    failure: &Failure,
    function: Option<u32>,
) -> Result<(), Failure> {
    engine::within(scope, gas, contract, |machine, host| {
        doors::fail(machine, host, instance, &failure.error, &failure.message, function)
    })
}
