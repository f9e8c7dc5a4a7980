//! Propagation. A fact arrives at the right inputs that its alpha nodes lead to, the nodes furthest from the root first, so
//! that a pair of a fact with itself is found once. Removal takes a fact out of all right memories, then drops the tuples
//! that hold it, then lets `not` and `exists` notice. Nothing here looks at old values: links tell what matched.
//!
//! Gas counts abstract events: a fact or tuple that arrives at a node, a candidate that an index yields, a tuple that is
//! made or dropped.
use crate::module::BetaKind;
use crate::vm::gas::{MATCH_ACTIVATION, MATCH_CANDIDATE, MATCH_TUPLE};
use crate::vm::host::Host;
use crate::vm::value::Value;
use crate::vm::{Halt, Machine};

use super::agenda::Activation;
use super::alpha::present;
use super::memory::{Key, TupleId, NONE, ROOT};
use super::network::{BetaNode, Mask};
use super::session::Session;

impl Session {
    /// Puts the root's tuple into the nodes below the root and wakes the rules without patterns.
    pub(super) fn start(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        let network = self.network.clone();
        for (index, node) in network.betas.iter().enumerate() {
            if node.left.is_none() && !node.entry {
                self.work.push((index as u32, ROOT));
            }
        }
        self.drain(machine, host)?;
        for rule in &network.unconditional {
            self.activate(*rule, ROOT);
        }
        self.agenda.settle(&self.memory);
        Ok(())
    }

    /// A fact arrives at `reached` nodes.
    pub(super) fn arrive(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        fact: u32,
        reached: &mut [u32],
    ) -> Result<(), Halt> {
        reached.sort_unstable_by(|a, b| b.cmp(a));
        for node in reached.iter() {
            self.arrive_right(machine, host, *node, fact)?;
            self.drain(machine, host)?;
        }
        Ok(())
    }

    /// A fact leaves the nodes that watch any of the slots in `mask`.
    pub(super) fn leave(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        fact: u32,
        mask: Mask,
    ) -> Result<(), Halt> {
        let network = self.network.clone();
        let concerned = |node: u32| network.betas[node as usize].watched.meets(mask) || mask == Mask::ALL;
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        let mut entry = self.memory.fact(fact).first_right;
        while entry != NONE {
            let right = self.memory.right(entry);
            if concerned(right.node) {
                entries.push((right.node, entry));
            }
            entry = right.next_of_fact;
        }
        for (_, entry) in &entries {
            self.memory.unlink_right(*entry);
        }
        loop {
            let mut at = self.memory.fact(fact).first_tuple;
            while at != NONE && !concerned(self.memory.tuple(TupleId(at)).node) {
                at = self.memory.tuple(TupleId(at)).next_of_fact;
            }
            if at == NONE {
                break;
            }
            self.drop_tuple(machine, TupleId(at))?;
        }
        entries.sort_unstable_by(|a, b| b.cmp(a));
        for (node, entry) in &entries {
            self.unmatch_right(machine, *node, *entry)?;
            self.memory.free_right(*entry);
            self.drain(machine, host)?;
        }
        machine.gas.charge(entries.len() as u64 * MATCH_ACTIVATION)?;
        self.entries = entries;
        Ok(())
    }

    fn arrive_right(&mut self, machine: &mut Machine, host: &mut dyn Host, node: u32, fact: u32) -> Result<(), Halt> {
        let network = self.network.clone();
        let beta = &network.betas[node as usize];
        machine.gas.charge(MATCH_ACTIVATION)?;
        if beta.entry {
            self.make_tuple(machine, node, ROOT, fact)?;
            return Ok(());
        }
        let key = self.right_key(machine, beta, fact);
        let mut left = self.memory.first_left(node, &key);
        let right = self.memory.add_right(node, fact, key);
        while left != NONE {
            let (tuple, next) = {
                let entry = self.memory.left(left);
                (entry.tuple, entry.next)
            };
            machine.gas.charge(MATCH_CANDIDATE)?;
            if self.tests_hold(machine, host, beta, tuple, fact)? {
                match beta.kind {
                    BetaKind::Join => {
                        self.make_tuple(machine, node, tuple, fact)?;
                    }
                    BetaKind::Not | BetaKind::Exists => {
                        self.memory.add_pair(left, right);
                        self.count_changed(machine, beta, node, left, true)?;
                    }
                }
            }
            left = next;
        }
        Ok(())
    }

    fn arrive_left(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        node: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        let network = self.network.clone();
        let beta = &network.betas[node as usize];
        machine.gas.charge(MATCH_ACTIVATION)?;
        let key = self.left_key(machine, beta, tuple);
        let mut right = self.memory.first_right(node, &key);
        let left = self.memory.add_left(node, tuple, key);
        while right != NONE {
            let (fact, next) = {
                let entry = self.memory.right(right);
                (entry.fact, entry.next)
            };
            machine.gas.charge(MATCH_CANDIDATE)?;
            if self.tests_hold(machine, host, beta, tuple, fact)? {
                match beta.kind {
                    BetaKind::Join => {
                        self.make_tuple(machine, node, tuple, fact)?;
                    }
                    BetaKind::Not | BetaKind::Exists => self.memory.add_pair(left, right),
                }
            }
            right = next;
        }
        let count = self.memory.left(left).count;
        let stands = match beta.kind {
            BetaKind::Join => false,
            BetaKind::Not => count == 0,
            BetaKind::Exists => count > 0,
        };
        if stands {
            let output = self.make_tuple(machine, node, tuple, NONE)?;
            self.memory.left_mut(left).output = output.0;
        }
        Ok(())
    }

    /// Tells the matches of a right entry that its fact is gone.
    fn unmatch_right(&mut self, machine: &mut Machine, node: u32, entry: u32) -> Result<(), Halt> {
        let network = self.network.clone();
        let beta = &network.betas[node as usize];
        loop {
            let pair = self.memory.right(entry).first_pair;
            if pair == NONE {
                return Ok(());
            }
            let left = self.memory.pair(pair).left;
            self.memory.remove_pair(pair);
            self.count_changed(machine, beta, node, left, false)?;
        }
    }

    /// After a pair was added (`more`) or removed: the output of `not` or `exists` appears or goes.
    fn count_changed(
        &mut self,
        machine: &mut Machine,
        beta: &BetaNode,
        node: u32,
        left: u32,
        more: bool,
    ) -> Result<(), Halt> {
        let (count, tuple, output) = {
            let entry = self.memory.left(left);
            (entry.count, entry.tuple, entry.output)
        };
        let crossed = if more { count == 1 } else { count == 0 };
        if !crossed {
            return Ok(());
        }
        if more == (beta.kind == BetaKind::Exists) {
            let output = self.make_tuple(machine, node, tuple, NONE)?;
            self.memory.left_mut(left).output = output.0;
        } else if output != NONE {
            self.drop_tuple(machine, TupleId(output))?;
            self.memory.left_mut(left).output = NONE;
        }
        Ok(())
    }

    /// A new tuple: it goes on to the nodes below and wakes the rules that end here.
    fn make_tuple(&mut self, machine: &mut Machine, node: u32, parent: TupleId, fact: u32) -> Result<TupleId, Halt> {
        machine.gas.charge(MATCH_TUPLE)?;
        if self.memory.is_full() {
            return Err(Halt::trap("session-memory", "the rules make too many matches"));
        }
        let tuple = self.memory.add_tuple(parent, fact, node);
        let network = self.network.clone();
        let beta = &network.betas[node as usize];
        self.work.extend(beta.children.iter().map(|child| (*child, tuple)));
        for rule in &beta.rules {
            self.activate(*rule, tuple);
        }
        Ok(tuple)
    }

    fn activate(&mut self, rule: u32, tuple: TupleId) {
        let node = &self.network.rules[rule as usize];
        if node.no_loop && self.firing == Some(rule) {
            return;
        }
        let activation = Activation {
            rule,
            tuple,
            generation: self.memory.tuple(tuple).generation,
            sequence: self.sequence,
        };
        self.agenda.add(node.queue, activation);
    }

    /// Drops a tuple and all that was built on it.
    fn drop_tuple(&mut self, machine: &mut Machine, tuple: TupleId) -> Result<(), Halt> {
        let mut open = vec![tuple];
        let mut dropped = 0;
        while let Some(&top) = open.last() {
            let child = self.memory.tuple(top).first_child;
            if child != NONE {
                open.push(TupleId(child));
                continue;
            }
            let mut left = self.memory.tuple(top).first_left;
            while left != NONE {
                let next = self.memory.left(left).next_of_tuple;
                loop {
                    let pair = self.memory.left(left).first_pair;
                    if pair == NONE {
                        break;
                    }
                    self.memory.remove_pair(pair);
                }
                self.memory.remove_left(left);
                left = next;
            }
            self.memory.free_tuple(top);
            dropped += 1;
            open.pop();
        }
        machine.gas.charge(dropped * MATCH_TUPLE)
    }

    /// Lets waiting tuples arrive at their nodes.
    fn drain(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        while let Some((node, tuple)) = self.work.pop() {
            self.arrive_left(machine, host, node, tuple)?;
        }
        Ok(())
    }

    fn tests_hold(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        beta: &BetaNode,
        tuple: TupleId,
        fact: u32,
    ) -> Result<bool, Halt> {
        if beta.tests.is_empty() {
            return Ok(true);
        }
        let mut args = std::mem::take(&mut self.args);
        self.objects_of(tuple, &mut args);
        args.push(Value::Obj(self.memory.fact(fact).object));
        let mut holds = true;
        for test in &beta.tests {
            if machine.run(host, None, *test, &args)? != Value::Bool(true) {
                holds = false;
                break;
            }
        }
        self.args = args;
        Ok(holds)
    }

    /// The objects of a tuple's facts in pattern order, replacing what `out` held.
    pub(super) fn objects_of(&mut self, tuple: TupleId, out: &mut Vec<Value>) {
        self.scratch.clear();
        self.memory.facts_of(tuple, &mut self.scratch);
        out.clear();
        out.extend(
            self.scratch
                .iter()
                .map(|fact| Value::Obj(self.memory.fact(*fact).object)),
        );
    }

    fn right_key(&self, machine: &Machine, beta: &BetaNode, fact: u32) -> Key {
        let object = self.memory.fact(fact).object;
        make_key(
            beta.keys
                .iter()
                .map(|key| present(machine.heap.slot(object, key.right_slot))),
        )
    }

    fn left_key(&mut self, machine: &Machine, beta: &BetaNode, tuple: TupleId) -> Key {
        if beta.keys.is_empty() {
            return make_key(std::iter::empty());
        }
        self.scratch.clear();
        self.memory.facts_of(tuple, &mut self.scratch);
        make_key(beta.keys.iter().map(|key| {
            let object = self.memory.fact(self.scratch[key.left_position as usize]).object;
            present(machine.heap.slot(object, key.left_slot))
        }))
    }
}

fn make_key(mut values: impl ExactSizeIterator<Item = Value>) -> Key {
    let first = values.next().unwrap_or(Value::Null);
    let rest = (values.len() > 0).then(|| values.collect());
    Key { first, rest }
}
