//! The one door out of the core: everything a contract can see or do beyond its own arena.
//!
//! Implemented once over an abstract store (`contracts`), so that `dsl call` and the chain cannot drift.
use super::gas::Gas;
use super::halt::Halt;
use crate::value::{Data, DateTime};

pub type Address = [u8; 20];

/// Each method charges for the state it touches; permissions are checked by the machine before it calls.
pub trait Host {
    /// Time of the block (or `--now`).
    fn now(&self) -> DateTime;
    fn height(&self) -> u64;
    /// Who called this contract, the contract itself, and the attoCMT that came with the call.
    fn caller(&self) -> Address;
    fn this(&self) -> Address;
    fn value(&self) -> u128;
    fn balance(&mut self, of: &Address, gas: &mut Gas) -> Result<u128, Halt>;
    /// Moves attoCMT from this contract. Trap `insufficient-funds`.
    fn transfer(&mut self, to: &Address, amount: u128, gas: &mut Gas) -> Result<(), Halt>;
    fn emit(&mut self, name: &str, data: &Data, gas: &mut Gas) -> Result<(), Halt>;
    /// Runs an endpoint of another contract, with attoCMT of this one. Traps `call-failed`, `reentrant-call`, `call-depth`.
    fn call(
        &mut self,
        contract: &Address,
        endpoint: &str,
        args: &Data,
        value: u128,
        gas: &mut Gas,
    ) -> Result<Data, Halt>;
    /// A contract variable; `None` when never set.
    fn variable(&mut self, name: &str, gas: &mut Gas) -> Result<Option<Data>, Halt>;
    fn set_variable(&mut self, name: &str, value: &Data, gas: &mut Gas) -> Result<(), Halt>;
    /// An instance of a process is next due at another time; `None`: at none.
    fn schedule(
        &mut self,
        instance: &str,
        before: Option<DateTime>,
        after: Option<DateTime>,
        gas: &mut Gas,
    ) -> Result<(), Halt> {
        let _ = (instance, before, after, gas);
        Ok(())
    }
    /// A contract parameter, bound at instantiation. All names the schema lists exist (default or null).
    fn parameter(&mut self, name: &str, gas: &mut Gas) -> Result<Data, Halt>;
}
