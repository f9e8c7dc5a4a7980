//! The interpreter. One `Machine` serves one module; it is rewound, not rebuilt, between calls.
use std::sync::Arc;

use super::gas::Gas;
use super::halt::Halt;
use super::heap::Heap;
use super::host::Host;
use super::value::{FactId, ObjId, Value};
use crate::module::Module;

/// What a consequence does to the facts; implemented by `rules::Session`.
pub trait WorkingMemory {
    fn insert(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<FactId, Halt>;
    /// `slots`: the fields that changed (`modify`), or `None` for all (`update`).
    fn update(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        slots: Option<&[u32]>,
    ) -> Result<(), Halt>;
    fn delete(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt>;
    /// The facts of a type (subtypes included) as they now are, in order of insertion.
    fn facts_of(&self, machine: &Machine, ty: u32) -> Vec<ObjId>;
    /// Stop firing after this consequence.
    fn halt(&mut self);
}

pub struct Machine {
    pub module: Arc<Module>,
    pub heap: Heap,
    pub gas: Gas,
    /// What `print` wrote.
    pub output: Vec<String>,
}

impl Machine {
    /// Runs a function to its end. `memory` is the session whose consequence this is, if any.
    pub fn run(
        &mut self,
        _host: &mut dyn Host,
        _memory: Option<&mut dyn WorkingMemory>,
        _function: u32,
        _args: &[Value],
    ) -> Result<Value, Halt> {
        Err(Halt::Fault {
            message: "interpreter not linked".into(),
        })
    }
}
