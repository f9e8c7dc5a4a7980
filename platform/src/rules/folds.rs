//! Accumulates: brought up to date before the next rule is chosen, so that a consequence shows its net effect.
//!
//! A fold takes in the tuples in the order in which they arose, those of one event by their elements. If all that it has
//! taken in still stands it goes on from its state; else it starts again.
use crate::vm::host::Host;
use crate::vm::value::Value;
use crate::vm::{Halt, Machine};

use super::counts::Counted;
use super::memory::{TupleId, NONE};
use super::network::{Network, NodeKind};
use super::session::Session;

impl Session {
    /// Brings all accumulates up to date, as one event. Its cause is the rule whose consequence changed them, if it was
    /// the same for all.
    pub(super) fn flush(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        if self.stale.is_empty() {
            return Ok(());
        }
        let standing = self
            .stale
            .iter()
            .filter(|(_, left, serial)| self.memory.is_left(*left, *serial));
        let mut causes = standing.map(|(_, left, _)| self.memory.state(*left).cause);
        let first = causes.next().unwrap_or(NONE);
        let same = causes.all(|cause| cause == first);
        self.cause = (same && first != NONE).then_some(first);
        self.sequence += 1;
        for (node, left, serial) in self.stale.drain(..) {
            self.tasks.of(node).lefts.push((left, serial));
        }
        self.flushing = true;
        self.pass(machine, host)?;
        self.flushing = false;
        self.settle(machine, host)?;
        self.cause = None;
        self.release_loose(machine, host)
    }

    pub(super) fn fold(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        left: u32,
    ) -> Result<(), Halt> {
        let NodeKind::Accumulate { init, step, result } = network.betas[node as usize].kind else {
            return Ok(());
        };
        let tuple = self.memory.left(left).tuple;
        let state = self.memory.state_mut(left);
        state.dirty = false;
        let output = std::mem::replace(&mut state.output, NONE);
        if output != NONE {
            self.drop_tuple(machine, network, TupleId(output))?;
        }

        let (parts, taken, mut state) = self.take_parts(left);
        let mut args = Vec::new();
        self.values_of(tuple, &mut args);
        if taken == 0 {
            state = machine.run(host, None, init, &args)?;
        }
        let mut inner = Vec::new();
        for (part, _) in &parts[taken..] {
            self.count(machine, Counted::Activation, 1)?;
            self.values_of(*part, &mut inner);
            inner.push(state);
            machine.run(host, None, step, &inner)?;
        }
        args.push(state);
        let value = machine.run(host, None, result, &args)?;
        let fold = self.memory.fold_mut(left);
        fold.taken = parts.len();
        fold.parts = parts;
        fold.state = state;
        if !matches!(value, Value::Null | Value::Undefined) {
            let element = self.memory.add_derived(value, 0);
            let made = self.make_tuple(machine, host, network, node, tuple, element)?;
            self.memory.state_mut(left).output = made.0;
        }
        Ok(())
    }

    /// The fold's tuples in order, how many of them its state has taken in (0: it starts again), and the state.
    #[allow(clippy::type_complexity)]
    fn take_parts(&mut self, left: u32) -> (Vec<(TupleId, u32)>, usize, Value) {
        let fold = self.memory.fold_mut(left);
        let (mut parts, mut taken, state) = (std::mem::take(&mut fold.parts), fold.taken, fold.state);
        if std::mem::take(&mut fold.broken) {
            let memory = &self.memory;
            let stands = |part: &(TupleId, u32)| memory.is_current(part.0, part.1);
            if !parts[..taken].iter().all(stands) {
                taken = 0;
            }
            parts.retain(stands);
        }
        (parts, taken, state)
    }
}
