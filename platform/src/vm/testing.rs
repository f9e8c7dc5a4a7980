//! What tests run: functions written in assembly text.
use std::sync::Arc;

use super::gas::Gas;
use super::halt::Halt;
use super::machine::Machine;
use super::null_host::NullHost;
use super::program::Program;
use crate::module::{asm, Module};
use crate::value::Data;

/// A module of assembly text that must parse.
pub fn module(text: &str) -> Module {
    match asm::parse(text) {
        Ok(module) => module,
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// A machine on a module that must be admitted.
pub fn machine(text: &str, gas: u64) -> Machine {
    match Program::new(Arc::new(module(text))) {
        Ok(program) => Machine::new(Arc::new(program), Gas::new(gas)),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Runs function 0 without arguments and exports its result.
pub fn run(text: &str) -> Result<Data, Halt> {
    let mut machine = machine(text, 10_000_000);
    let result = machine.run(&mut NullHost::default(), None, 0, &[])?;
    machine.export(result)
}
