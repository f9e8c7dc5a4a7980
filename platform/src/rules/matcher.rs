//! Propagation. An event (insert, update, delete) has two phases:
//!
//! 1. the fact leaves: it is taken out of the right memories, and the tuples that hold it are dropped;
//! 2. one pass over the nodes that have something to do, each once, a node before those that it feeds: the fact arrives at
//!    its right input and meets the tuples that were there before; new tuples arrive at its left input and meet the whole
//!    right memory; `not`, `exists` and groups are judged. A tuple arrives at once where no fact is awaited: that is the
//!    same, and quicker.
//!
//! So within an event no tuple is made and dropped again, and an update is both phases, limited to the nodes that watch a
//! changed slot. Nothing here looks at old values: links tell what matched. Accumulates are brought up to date later,
//! before the next rule is chosen (`folds`).
//!
//! Gas counts abstract events: a fact or tuple that arrives at a node, a candidate that an index yields, a tuple that is
//! made or dropped.
use crate::module::{JoinKey, Quantifier};
use crate::vm::host::Host;
use crate::vm::value::Value;
use crate::vm::{Halt, Machine};

use super::agenda::Activation;
use super::alpha::present;
use super::counts::Counted;
use super::memory::{Element, TupleId, NONE, ROOT};
use super::network::{Below, Mask, Network, NodeKind, Test};
use super::session::Session;

/// The parts of a match: a fact's number, or a derived value's place.
pub(super) type Identity = Vec<(bool, u64)>;

impl Session {
    /// Puts the root's tuple into the nodes below the root and wakes the rules without conditions.
    pub(super) fn start(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        let network = self.network.clone();
        self.spread(ROOT, &network.root);
        self.pass(machine, host)?;
        for rule in &network.unconditional {
            self.activate(machine, host, &network, *rule, ROOT)?;
        }
        self.end_event(machine, host)
    }

    /// A fact arrives at `reached` nodes.
    pub(super) fn arrive(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        fact: u32,
        reached: &[u32],
    ) -> Result<(), Halt> {
        let network = self.network.clone();
        for node in reached {
            if !network.betas[*node as usize].entry {
                self.tasks.of(*node).facts.push(fact);
            }
        }
        for node in reached {
            if network.betas[*node as usize].entry {
                self.count(machine, Counted::Activation, 1)?;
                self.make_tuple(machine, host, &network, *node, ROOT, Element::fact(fact))?;
            }
        }
        self.pass(machine, host)
    }

    /// Does all tasks, node by node.
    pub(super) fn pass(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        let network = self.network.clone();
        self.drain(machine, host, &network)?;
        while let Some((node, mut work)) = self.tasks.next() {
            for fact in work.facts.drain(..) {
                self.arrive_right(machine, host, &network, node, fact)?;
            }
            self.drain(machine, host, &network)?;
            for (tuple, generation) in work.tuples.drain(..) {
                if self.memory.is_current(tuple, generation) {
                    self.arrive_left(machine, host, &network, node, tuple)?;
                    self.drain(machine, host, &network)?;
                }
            }
            if !work.parts.is_empty() {
                self.arrive_parts(machine, &network, node, &mut work.parts)?;
            }
            let folds = matches!(network.betas[node as usize].kind, NodeKind::Accumulate { .. });
            if folds {
                work.lefts.sort_unstable_by_key(|(_, serial)| *serial);
            }
            for (left, serial) in work.lefts.drain(..) {
                if !self.memory.is_left(left, serial) {
                    continue;
                }
                if folds {
                    self.fold(machine, host, &network, node, left)?;
                } else {
                    self.judge(machine, host, &network, left)?;
                }
                self.drain(machine, host, &network)?;
            }
            self.tasks.done(node, work);
        }
        Ok(())
    }

    /// Lets the tuples that nothing holds up arrive, each with all that comes of it while it is in the cache.
    #[inline]
    fn drain(&mut self, machine: &mut Machine, host: &mut dyn Host, network: &Network) -> Result<(), Halt> {
        // what was made first goes first, so that matches arise nearly in the order in which they will be put
        self.ready.reverse();
        while let Some((node, tuple, generation)) = self.ready.pop() {
            if self.memory.is_current(tuple, generation) {
                let made = self.ready.len();
                self.arrive_left(machine, host, network, node, tuple)?;
                self.ready[made..].reverse();
            }
        }
        Ok(())
    }

    /// A fact leaves the nodes that watch any of the slots in `mask`.
    pub(super) fn leave(&mut self, machine: &mut Machine, fact: u32, mask: Mask) -> Result<(), Halt> {
        let network = self.network.clone();
        let concerned = |node: u32| mask == Mask::ALL || network.betas[node as usize].watched.meets(mask);
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        let mut entry = self.memory.fact(fact).first_right;
        while entry != NONE {
            let right = self.memory.right(entry);
            if concerned(right.node) {
                entries.push(entry);
            }
            entry = right.next_of_fact;
        }
        let mut tuples = std::mem::take(&mut self.tuples);
        tuples.clear();
        let mut at = self.memory.fact(fact).first_tuple;
        while at != NONE {
            let tuple = self.memory.tuple(TupleId(at));
            if concerned(tuple.node) {
                tuples.push((TupleId(at), tuple.generation));
            }
            at = tuple.next_of_fact;
        }
        // a fact may stand twice in a tuple, which then goes with the first drop
        for (tuple, generation) in &tuples {
            if self.memory.is_current(*tuple, *generation) {
                self.drop_tuple(machine, &network, *tuple)?;
            }
        }
        self.tuples = tuples;
        for entry in &entries {
            self.memory.unlink_right(*entry);
            loop {
                let pair = self.memory.right(*entry).first_pair;
                if pair == NONE {
                    break;
                }
                let left = self.memory.pair(pair).left;
                self.memory.remove_pair(pair);
                self.mark(left);
            }
            self.memory.free_right(*entry);
        }
        let left = entries.len() as u64;
        self.entries = entries;
        self.count(machine, Counted::Activation, left)
    }

    /// Puts the agenda in order, and lets go of facts that nothing supports any more.
    pub(super) fn end_event(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        self.settle(machine, host)?;
        self.release_loose(machine, host)
    }

    /// Takes in the matches of guarded and auto-focus rules, and puts the agenda in order. Who is kept out is decided by
    /// the focus as it was before the event; then each auto-focus rule, in order of declaration, gets the focus once.
    pub(super) fn settle(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        if !self.risen.is_empty() {
            let network = self.network.clone();
            let mut risen = std::mem::take(&mut self.risen);
            risen.sort_unstable_by_key(|(rule, tuple)| (*rule, tuple.0));
            risen.retain(|(rule, tuple)| !self.is_kept_out(*rule, *tuple));
            for (rule, tuple) in &risen {
                if network.rules[*rule as usize].is_guarded() {
                    self.pending
                        .insert((*rule, tuple.0, self.memory.tuple(*tuple).generation));
                }
                self.add(machine, host, &network, *rule, *tuple)?;
            }
            risen.dedup_by_key(|(rule, _)| *rule);
            for rule in risen.drain(..).map(|(rule, _)| &network.rules[rule as usize]) {
                if rule.auto_focus {
                    self.agenda.set_focus(rule.group);
                }
            }
            self.risen = risen;
        }
        self.agenda.settle(&self.memory);
        self.carried.clear();
        Ok(())
    }

    fn arrive_right(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        fact: u32,
    ) -> Result<(), Halt> {
        let beta = &network.betas[node as usize];
        let NodeKind::Pattern {
            quantifier,
            keys,
            tests,
        } = &beta.kind
        else {
            return Ok(());
        };
        self.count(machine, Counted::Activation, 1)?;
        let object = self.memory.fact(fact).object;
        self.key.clear();
        let values = keys
            .iter()
            .map(|key| present(machine.heap.slot(object, key.right_slot)));
        self.key.extend(values);
        let key = self.memory.key(node, &self.key);
        let mut left = self.memory.first_left(node, key);
        let right = self.memory.add_right(node, fact, key);
        let candidate = Value::Obj(object);
        let mut path = std::mem::take(&mut self.path);
        let mut seen = 0;
        while left != NONE {
            let (tuple, next) = {
                let entry = self.memory.left(left);
                (entry.tuple, entry.next)
            };
            seen += 1;
            let mut holds = true;
            if !tests.is_empty() {
                path.load(&self.memory, tuple);
                path.values.push(candidate);
                holds = hold(machine, host, tests, &path.values)?;
            }
            if holds {
                match quantifier {
                    Quantifier::Join => {
                        self.make_tuple(machine, host, network, node, tuple, Element::fact(fact))?;
                    }
                    Quantifier::Not | Quantifier::Exists => {
                        self.memory.add_pair(left, right);
                        self.mark(left);
                    }
                }
            }
            left = next;
        }
        self.path = path;
        self.count(machine, Counted::Candidate, seen)
    }

    fn arrive_left(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        self.count(machine, Counted::Activation, 1)?;
        match &network.betas[node as usize].kind {
            NodeKind::Pattern { .. } => self.arrive_at_pattern(machine, host, network, node, tuple),
            NodeKind::Test { tests } => {
                self.path.load(&self.memory, tuple);
                let holds = hold(machine, host, tests, &self.path.values)?;
                if holds {
                    self.make_tuple(machine, host, network, node, tuple, Element::NONE)?;
                }
                Ok(())
            }
            NodeKind::From { .. } => self.arrive_at_from(machine, host, network, node, tuple),
            NodeKind::Group { .. } => {
                let left = self.add_unkeyed(node, tuple);
                self.mark(left);
                Ok(())
            }
            NodeKind::Accumulate { .. } => {
                let left = self.add_unkeyed(node, tuple);
                self.memory.add_fold(left);
                self.mark_fold(left);
                Ok(())
            }
        }
    }

    /// Puts a tuple into the left memory of a group or accumulate.
    fn add_unkeyed(&mut self, node: u32, tuple: TupleId) -> u32 {
        let key = self.memory.key(node, &[]);
        let left = self.memory.add_left(node, tuple, key);
        self.memory.add_state(left);
        left
    }

    /// Tuples arrive at the right input of a group or accumulate.
    fn arrive_parts(
        &mut self,
        machine: &mut Machine,
        network: &Network,
        node: u32,
        parts: &mut Vec<(TupleId, u32)>,
    ) -> Result<(), Halt> {
        self.count(machine, Counted::Activation, parts.len() as u64)?;
        let beta = &network.betas[node as usize];
        let folds = matches!(beta.kind, NodeKind::Accumulate { .. });
        if folds && parts.len() > 1 {
            parts.sort_by_cached_key(|part| self.memory.sequences(part.0));
        }
        for (tuple, generation) in parts.drain(..) {
            let Some(left) = self.memory.left_of(self.memory.ancestor(tuple, beta.left), node) else {
                continue;
            };
            if folds {
                self.memory.fold_mut(left).parts.push((tuple, generation));
                self.mark_fold(left);
            } else {
                self.memory.state_mut(left).count += 1;
                self.mark(left);
            }
        }
        Ok(())
    }

    /// A group or accumulate loses a tuple of its right input.
    fn lose_part(&mut self, node: u32, tuple: TupleId) {
        let ancestor = self.memory.ancestor(tuple, self.network.betas[node as usize].left);
        let Some(left) = self.memory.left_of(ancestor, node) else {
            return;
        };
        if let NodeKind::Accumulate { .. } = self.network.betas[node as usize].kind {
            self.memory.fold_mut(left).broken = true;
            self.mark_fold(left);
        } else {
            self.memory.state_mut(left).count -= 1;
            self.mark(left);
        }
    }

    fn arrive_at_pattern(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        let NodeKind::Pattern {
            quantifier,
            keys,
            tests,
        } = &network.betas[node as usize].kind
        else {
            return Ok(());
        };
        let mut path = std::mem::take(&mut self.path);
        if !(keys.is_empty() && tests.is_empty()) {
            path.load(&self.memory, tuple);
        }
        self.key.clear();
        self.key
            .extend(keys.iter().map(|key| left_value(machine, key, &path.values)));
        let key = self.memory.key(node, &self.key);
        let mut right = self.memory.first_right(node, key);
        let left = self.memory.add_left(node, tuple, key);
        let partial = match tests.as_slice() {
            [Test { fast: Some(fast), .. }] if right != NONE => fast.with(machine, &path.values),
            _ => None,
        };
        let mut prepared = 0;
        let joins = *quantifier == Quantifier::Join;
        if !joins {
            self.memory.add_state(left);
        }
        let mut seen = 0;
        while right != NONE {
            let (fact, next) = {
                let entry = self.memory.right(right);
                (entry.fact, entry.next)
            };
            seen += 1;
            let mut holds = true;
            if !tests.is_empty() {
                let object = self.memory.fact(fact).object;
                match partial.and_then(|partial| partial.holds(machine, object)) {
                    Some(outcome) => {
                        prepared += 1;
                        holds = outcome;
                    }
                    None => {
                        path.values.push(Value::Obj(object));
                        holds = hold(machine, host, tests, &path.values)?;
                        path.values.pop();
                    }
                }
            }
            if holds {
                if joins {
                    self.make_tuple(machine, host, network, node, tuple, Element::fact(fact))?;
                } else {
                    self.memory.add_pair(left, right);
                }
            }
            right = next;
        }
        self.path = path;
        self.count(machine, Counted::Candidate, seen)?;
        machine
            .gas
            .charge(prepared * partial.map_or(0, |partial| partial.gas))?;
        if joins {
            return Ok(());
        }
        self.judge(machine, host, network, left)
    }

    fn arrive_at_from(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        let NodeKind::From { items, tests } = &network.betas[node as usize].kind else {
            return Ok(());
        };
        let mut args = Vec::new();
        self.values_of(tuple, &mut args);
        let found = machine.run(host, Some(&mut *self), *items, &args)?;
        let list = match found {
            Value::Null | Value::Undefined => Vec::new(),
            Value::Obj(object) => match machine.heap.list(object) {
                Some(list) => list.to_vec(),
                None => vec![found],
            },
            _ => vec![found],
        };
        self.count(machine, Counted::Candidate, list.len() as u64)?;
        for (place, item) in list.into_iter().enumerate() {
            args.push(item);
            if hold(machine, host, tests, &args)? {
                let element = self.memory.add_derived(item, place as u64);
                self.make_tuple(machine, host, network, node, tuple, element)?;
            }
            args.pop();
        }
        Ok(())
    }

    /// The number of a `not`'s, `exists`'s or group's matches changed: it is judged in its node's turn.
    fn mark(&mut self, left: u32) {
        let state = self.memory.state_mut(left);
        if !state.dirty {
            state.dirty = true;
            let serial = state.serial;
            let node = self.memory.left(left).node;
            self.tasks.of(node).lefts.push((left, serial));
        }
    }

    /// What a fold takes in changed: it is brought up to date in the next flush, or in this one.
    fn mark_fold(&mut self, left: u32) {
        let cause = self.firing.map_or(NONE, |firing| firing.rule);
        let node = self.memory.left(left).node;
        let state = self.memory.state_mut(left);
        if !self.flushing {
            state.cause = cause;
        }
        if !state.dirty {
            state.dirty = true;
            let serial = state.serial;
            if self.flushing {
                self.tasks.of(node).lefts.push((left, serial));
            } else {
                self.stale.push((node, left, serial));
            }
        }
    }

    /// The output of `not`, `exists` or a group appears, stays or goes.
    fn judge(&mut self, machine: &mut Machine, host: &mut dyn Host, network: &Network, left: u32) -> Result<(), Halt> {
        let (node, tuple) = (self.memory.left(left).node, self.memory.left(left).tuple);
        let state = self.memory.state_mut(left);
        state.dirty = false;
        let (count, output) = (state.count, state.output);
        let stands = match &network.betas[node as usize].kind {
            NodeKind::Pattern { quantifier, .. } | NodeKind::Group { quantifier } => {
                (count == 0) == (*quantifier == Quantifier::Not)
            }
            _ => return Ok(()),
        };
        if stands && output == NONE {
            let output = self.make_tuple(machine, host, network, node, tuple, Element::NONE)?;
            self.memory.state_mut(left).output = output.0;
        } else if !stands && output != NONE {
            self.memory.state_mut(left).output = NONE;
            self.drop_tuple(machine, network, TupleId(output))?;
        }
        Ok(())
    }

    /// A new tuple: it goes on to the nodes below and wakes the rules that end here.
    pub(super) fn make_tuple(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        node: u32,
        parent: TupleId,
        element: Element,
    ) -> Result<TupleId, Halt> {
        self.count(machine, Counted::Tuple, 1)?;
        if self.memory.is_full() {
            return Err(Halt::trap("session-memory", "the rules make too many matches"));
        }
        let tuple = self.memory.add_tuple(parent, element, node);
        let beta = &network.betas[node as usize];
        let generation = self.memory.tuple(tuple).generation;
        for sink in &beta.below.sinks {
            self.tasks.of(*sink).parts.push((tuple, generation));
        }
        self.spread(tuple, &beta.below);
        for rule in &beta.rules {
            self.activate(machine, host, network, *rule, tuple)?;
        }
        Ok(tuple)
    }

    /// A tuple is put before the nodes of which its node is the left input. Where the event's fact is yet to arrive it has
    /// to wait for the node's turn; elsewhere the right memory is as it will be.
    fn spread(&mut self, tuple: TupleId, below: &Below) {
        let generation = self.memory.tuple(tuple).generation;
        for child in &below.children {
            if self.tasks.awaits_fact(*child) {
                self.tasks.of(*child).tuples.push((tuple, generation));
            } else {
                self.ready.push((*child, tuple, generation));
            }
        }
    }

    fn activate(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        rule: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        let node = &network.rules[rule as usize];
        if !self.loose.is_empty() {
            self.support_again(rule, tuple);
        }
        self.follow(rule, tuple);
        if node.is_guarded() || node.auto_focus {
            self.risen.push((rule, tuple));
            return Ok(());
        }
        self.add(machine, host, network, rule, tuple)
    }

    /// `no-loop` and `lock-on-active`; a match that waited before the event goes on waiting.
    fn is_kept_out(&self, rule: u32, tuple: TupleId) -> bool {
        let node = &self.network.rules[rule as usize];
        let looped = node.no_loop && self.cause == Some(rule);
        let locked = node.lock_on_active && self.runs && self.agenda.focused() == node.group;
        (looped || locked) && !self.is_carried(rule, tuple)
    }

    /// Puts a match on the agenda.
    fn add(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        network: &Network,
        rule: u32,
        tuple: TupleId,
    ) -> Result<(), Halt> {
        let node = &network.rules[rule as usize];
        let salience = match node.salience_function {
            None => None,
            Some(function) => {
                let mut args = Vec::new();
                self.values_of(tuple, &mut args);
                let value = machine.run(host, None, function, &args)?;
                Some(salience_of(value)?)
            }
        };
        let activation = Activation {
            rule,
            tuple,
            generation: self.memory.tuple(tuple).generation,
            sequence: self.sequence,
            serial: 0,
        };
        self.agenda.add(node, salience, activation);
        Ok(())
    }

    /// Drops a tuple and all that was built on it.
    pub(super) fn drop_tuple(&mut self, machine: &mut Machine, network: &Network, tuple: TupleId) -> Result<(), Halt> {
        let mut all = std::mem::take(&mut self.dropping);
        all.clear();
        all.push(tuple);
        self.memory.orphan(tuple);
        let mut dropped = 0;
        while let Some(top) = all.pop() {
            self.memory.children_of(top, &mut all);
            let beta = &network.betas[self.memory.tuple(top).node as usize];
            for sink in &beta.below.sinks {
                self.lose_part(*sink, top);
            }
            if !beta.rules.is_empty() {
                self.agenda.lost(beta.rules.len());
                self.lose(&beta.rules, top);
            }
            let mut left = self.memory.tuple(top).first_left;
            while left != NONE {
                let next = self.memory.left(left).next_of_tuple;
                self.memory.remove_left(left);
                left = next;
            }
            self.memory.free_tuple(top);
            dropped += 1;
        }
        self.dropping = all;
        self.count(machine, Counted::Tuple, dropped)
    }

    /// Rules lose a match: one that waited, or that supports facts, may come back within the event.
    fn lose(&mut self, rules: &[u32], tuple: TupleId) {
        let generation = self.memory.tuple(tuple).generation;
        for rule in rules {
            if !self.pending.is_empty() && self.pending.remove(&(*rule, tuple.0, generation)) {
                let identity = self.identity_of(tuple);
                self.carried.push((*rule, identity));
            }
            self.loosen(*rule, tuple, generation);
            let fires =
                |firing: &Activation| (firing.rule, firing.tuple, firing.generation) == (*rule, tuple, generation);
            if self.firing.as_ref().is_some_and(fires) {
                self.lost_firing = Some(self.identity_of(tuple));
            }
        }
    }

    /// The match that fires is made anew by its own consequence.
    fn follow(&mut self, rule: u32, tuple: TupleId) {
        let Some(lost) = &self.lost_firing else { return };
        if self.firing.is_none_or(|firing| firing.rule != rule) || *lost != self.identity_of(tuple) {
            return;
        }
        let generation = self.memory.tuple(tuple).generation;
        if let Some(firing) = &mut self.firing {
            firing.tuple = tuple;
            firing.generation = generation;
        }
        self.lost_firing = None;
    }

    fn is_carried(&self, rule: u32, tuple: TupleId) -> bool {
        !self.carried.is_empty() && {
            let identity = self.identity_of(tuple);
            self.carried
                .iter()
                .any(|carried| carried.0 == rule && carried.1 == identity)
        }
    }

    /// The values of a tuple's elements in order, replacing what `out` held.
    pub(super) fn values_of(&mut self, tuple: TupleId, out: &mut Vec<Value>) {
        self.scratch.clear();
        self.memory.elements_of(tuple, &mut self.scratch);
        out.clear();
        out.extend(self.scratch.iter().map(|element| self.memory.value_of(*element)));
    }

    /// What makes a match of a rule the same one when it is made anew: facts by number, derived values by place.
    pub(super) fn identity_of(&self, tuple: TupleId) -> Identity {
        let mut elements = Vec::new();
        self.memory.elements_of(tuple, &mut elements);
        let part = |element: Element| match element.as_fact() {
            Some(fact) => (false, u64::from(self.memory.fact(fact).id.0)),
            None => (true, self.memory.sequence_of(element)),
        };
        elements.into_iter().map(part).collect()
    }
}

/// Whether all tests hold.
#[inline]
fn hold(machine: &mut Machine, host: &mut dyn Host, tests: &[Test], args: &[Value]) -> Result<bool, Halt> {
    for test in tests {
        let fast = test.fast.as_ref().and_then(|fast| fast.holds(machine, args));
        let holds = match fast {
            Some(holds) => holds?,
            None => machine.run(host, None, test.function, args)? == Value::Bool(true),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The value of a key in a tuple with these values.
#[inline]
fn left_value(machine: &Machine, key: &JoinKey, values: &[Value]) -> Value {
    let value = values.get(key.left_position as usize).copied().unwrap_or_default();
    present(match (key.left_slot, value) {
        (Some(slot), Value::Obj(object)) => machine.heap.slot(object, slot),
        (Some(_), _) => Value::Null,
        (None, value) => value,
    })
}

fn salience_of(value: Value) -> Result<i32, Halt> {
    let whole = match value {
        Value::Num(number) => number.to_i64().and_then(|whole| i32::try_from(whole).ok()),
        _ => None,
    };
    whole.ok_or_else(|| Halt::trap("bad-salience", "a salience is a whole number of 32 bits"))
}
