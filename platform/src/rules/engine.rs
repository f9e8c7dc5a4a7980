//! The networks of a program, and the engine that lets scripts open sessions over them.
use std::sync::Arc;

use crate::vm::host::Host;
use crate::vm::machine::{RuleEngine, ScriptSession};
use crate::vm::program::Program;
use crate::vm::{Halt, Machine};

use super::network::Network;
use super::session::Session;

/// One network for each rule set of a program, built once.
#[derive(Debug)]
pub struct Networks(Vec<Arc<Network>>);

impl Networks {
    pub fn new(program: &Program) -> Networks {
        let rulesets = program.module.rulesets.iter();
        Networks(
            rulesets
                .map(|ruleset| Arc::new(Network::new(program, ruleset)))
                .collect(),
        )
    }

    pub fn get(&self, ruleset: u32) -> Option<Arc<Network>> {
        self.0.get(ruleset as usize).cloned()
    }
}

/// Opens sessions that record what fired.
#[derive(Debug)]
pub struct Engine(pub Arc<Networks>);

impl RuleEngine for Engine {
    fn open(&self, machine: &mut Machine, host: &mut dyn Host, ruleset: u32) -> Result<Box<dyn ScriptSession>, Halt> {
        let network = self.0.get(ruleset).ok_or_else(|| Halt::Fault {
            message: format!("no rule set {ruleset}"),
        })?;
        Ok(Box::new(Session::new(network, machine, host, true)?))
    }
}
