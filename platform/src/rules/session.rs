//! A rule session: working memory, matches, firing. It lives within one call and is rewound, not rebuilt, between calls.
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::vm::host::Host;
use crate::vm::machine::{ScriptSession, WorkingMemory};
use crate::vm::value::{FactId, ObjId, Value};
use crate::vm::{Halt, Machine};

use super::agenda::{Activation, Agenda, NO_GROUP};
use super::counts::{Counted, Counts};
use super::matcher::Identity;
use super::memory::{Element, Memory, TupleId};
use super::network::{Mask, Network};
use super::path::Path;
use super::tasks::Tasks;
use super::truth::{Loose, Truth};

pub struct Session {
    pub(super) network: Arc<Network>,
    pub(super) memory: Memory,
    pub(super) agenda: Agenda,
    /// Number of the current event: each insert, update and delete is one.
    pub(super) sequence: u64,
    /// The match whose consequence runs.
    pub(super) firing: Option<Activation>,
    /// Whether rules are being fired.
    pub(super) runs: bool,
    /// The rule whose consequence, or whose consequence's effect on an accumulate, makes matches.
    pub(super) cause: Option<u32>,
    pub(super) counts: Counts,
    pub(super) tasks: Tasks,
    /// Tuples (with their generation) that may arrive at the left input of a node.
    pub(super) ready: Vec<(u32, TupleId, u32)>,
    /// Folds to bring up to date, and whether that is going on.
    pub(super) stale: Vec<(u32, u32, u64)>,
    pub(super) flushing: bool,
    /// Matches of guarded rules that wait, and those of them that the current event dropped, with their facts.
    pub(super) pending: FxHashSet<(u32, u32, u32)>,
    pub(super) carried: Vec<(u32, Identity)>,
    /// Matches of guarded and auto-focus rules that the current event made.
    pub(super) risen: Vec<(u32, TupleId)>,
    /// The match that fires, if its consequence ended it and it has not been made anew.
    pub(super) lost_firing: Option<Identity>,
    pub(super) truth: Truth,
    pub(super) loose: Vec<Loose>,
    // space to work in
    pub(super) entries: Vec<u32>,
    pub(super) tuples: Vec<(TupleId, u32)>,
    pub(super) dropping: Vec<TupleId>,
    pub(super) path: Path,
    pub(super) key: Vec<Value>,
    pub(super) scratch: Vec<Element>,
    open: Vec<u32>,
    reached: Vec<u32>,
    last_fact: u32,
    /// Where the session's globals begin among the machine's.
    globals_at: usize,
    halted: bool,
    record: bool,
    fired: Vec<(u32, Vec<FactId>)>,
}

impl Session {
    /// An empty session. `record`: keep which rule fired on which facts.
    pub fn new(
        network: Arc<Network>,
        machine: &mut Machine,
        host: &mut dyn Host,
        record: bool,
    ) -> Result<Session, Halt> {
        let mut session = Session {
            memory: Memory::new(&network),
            agenda: Agenda::new(&network),
            sequence: 0,
            firing: None,
            runs: false,
            cause: None,
            counts: Counts::default(),
            tasks: Tasks::new(network.betas.len()),
            network,
            ready: Vec::new(),
            stale: Vec::new(),
            flushing: false,
            pending: FxHashSet::default(),
            carried: Vec::new(),
            risen: Vec::new(),
            lost_firing: None,
            truth: Truth::default(),
            loose: Vec::new(),
            entries: Vec::new(),
            tuples: Vec::new(),
            dropping: Vec::new(),
            path: Path::default(),
            key: Vec::new(),
            scratch: Vec::new(),
            open: Vec::new(),
            reached: Vec::new(),
            last_fact: 0,
            globals_at: 0,
            halted: false,
            record,
            fired: Vec::new(),
        };
        session.open(machine, host)?;
        Ok(session)
    }

    /// As new: facts, matches and the record are gone, the arenas stay.
    pub fn rewind(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        self.memory.clear();
        self.agenda.clear();
        self.sequence = 0;
        self.firing = None;
        self.runs = false;
        self.cause = None;
        self.counts = Counts::default();
        self.tasks.clear();
        self.ready.clear();
        self.stale.clear();
        self.flushing = false;
        self.pending.clear();
        self.carried.clear();
        self.risen.clear();
        self.lost_firing = None;
        self.truth.clear();
        self.loose.clear();
        self.last_fact = 0;
        self.halted = false;
        self.fired.clear();
        self.open(machine, host)
    }

    /// Makes the globals and lets the root's tuple in.
    fn open(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        self.globals_at = machine.globals.len();
        for global in &self.network.clone().globals {
            let value = match &global.default {
                Some(default) => machine.import(default)?,
                None => Value::Null,
            };
            machine.globals.push(value);
        }
        self.within(machine, |session, machine| session.start(machine, host))
    }

    /// Works with this session's globals in sight.
    #[inline]
    fn within<T>(&mut self, machine: &mut Machine, work: impl FnOnce(&mut Self, &mut Machine) -> T) -> T {
        let outer = std::mem::replace(&mut machine.globals_at, self.globals_at);
        let result = work(self, machine);
        machine.globals_at = outer;
        result
    }

    /// A global's value.
    pub fn global(&self, machine: &Machine, name: &str) -> Option<Value> {
        let at = self.network.globals.iter().position(|global| global.name == name)?;
        machine.globals.get(self.globals_at + at).copied()
    }

    /// Sets a global; whether there is one of that name.
    pub fn set_global(&mut self, machine: &mut Machine, name: &str, value: Value) -> bool {
        let at = self.network.globals.iter().position(|global| global.name == name);
        let place = at.and_then(|at| machine.globals.get_mut(self.globals_at + at));
        place.map(|place| *place = value).is_some()
    }

    /// Abstract events so far: activations, candidates, tuples, firings.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Values live in the session beside the facts, so the heap may not be rewound under it.
    pub fn keeps_values(&self) -> bool {
        self.network.keeps_values
    }

    /// Number of the last inserted fact.
    pub fn last_fact(&self) -> FactId {
        FactId(self.last_fact)
    }

    /// Facts with their numbers, in order of insertion.
    pub fn numbered_facts(&self) -> Vec<(FactId, ObjId)> {
        self.memory
            .facts()
            .into_iter()
            .map(|fact| (fact.id, fact.object))
            .collect()
    }

    /// Deletes all facts, in order of insertion.
    pub fn empty(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        while let Some(object) = self.memory.first_fact() {
            self.delete(machine, host, object)?;
        }
        Ok(())
    }

    /// Deletes the facts inserted after the one of a number, in order of insertion.
    pub fn empty_after(&mut self, machine: &mut Machine, host: &mut dyn Host, id: FactId) -> Result<(), Halt> {
        for fact in self.memory.facts_after(id).into_iter().rev() {
            // a logical fact may have gone with one before
            if self.memory.fact_of(fact.object).is_some() {
                self.delete(machine, host, fact.object)?;
            }
        }
        Ok(())
    }

    /// How much is held, for tests (`Memory::census`).
    pub fn census(&self) -> [usize; 5] {
        self.memory.census()
    }

    fn known(&self, machine: &Machine, object: ObjId) -> Result<u32, Halt> {
        self.memory
            .fact_of(object)
            .ok_or_else(|| machine.not_a_fact(Value::Obj(object)))
    }

    fn reach(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId, ty: u32) -> Result<Vec<u32>, Halt> {
        let mut reached = std::mem::take(&mut self.reached);
        let mut open = std::mem::take(&mut self.open);
        reached.clear();
        let candidates = self.network.reach(machine, host, object, ty, &mut open, &mut reached)?;
        self.count(machine, Counted::Candidate, candidates)?;
        self.open = open;
        Ok(reached)
    }
}

impl Session {
    fn insert_fact(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<FactId, Halt> {
        if let Some(fact) = self.memory.fact_of(object) {
            self.state_fact(fact);
            return Ok(self.memory.fact(fact).id);
        }
        let Some(ty) = machine.heap.type_of(object) else {
            return Err(machine.not_a_fact(Value::Obj(object)));
        };
        self.count(machine, Counted::Activation, 1)?;
        self.sequence += 1;
        self.last_fact += 1;
        let id = FactId(self.last_fact);
        let fact = self.memory.add_fact(object, ty, id, self.sequence);
        self.remember_equal(machine, fact);
        let reached = self.reach(machine, host, object, ty)?;
        self.arrive(machine, host, fact, &reached)?;
        self.reached = reached;
        self.end_event(machine, host)?;
        Ok(id)
    }

    fn update_fact(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        slots: Option<&[u32]>,
    ) -> Result<(), Halt> {
        let fact = self.known(machine, object)?;
        let mask = slots.map_or(Mask::ALL, Mask::of);
        self.count(machine, Counted::Activation, 2)?;
        self.sequence += 1;
        self.leave(machine, fact, mask)?;
        self.memory.fact_mut(fact).sequence = self.sequence;
        let ty = self.memory.fact(fact).ty;
        let mut reached = self.reach(machine, host, object, ty)?;
        if mask != Mask::ALL {
            let network = self.network.clone();
            reached.retain(|node| network.betas[*node as usize].watched.meets(mask));
        }
        self.arrive(machine, host, fact, &reached)?;
        self.reached = reached;
        self.end_event(machine, host)
    }

    fn delete_fact(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt> {
        let fact = self.known(machine, object)?;
        self.count(machine, Counted::Activation, 1)?;
        self.sequence += 1;
        self.leave(machine, fact, Mask::ALL)?;
        self.forget(machine, fact);
        self.pass(machine, host)?;
        self.memory.remove_fact(fact);
        self.end_event(machine, host)
    }

    fn fire_all(&mut self, machine: &mut Machine, host: &mut dyn Host, limit: Option<u64>) -> Result<u64, Halt> {
        self.halted = false;
        let mut count = 0;
        let mut args = Vec::new();
        let network = self.network.clone();
        while !self.halted && limit.is_none_or(|limit| count < limit) {
            self.flush(machine, host)?;
            let Some(activation) = self.agenda.next(&network, &self.memory) else {
                break;
            };
            count += 1;
            self.fire_one(machine, host, activation, &mut args)?;
        }
        Ok(count)
    }

    fn fire_one(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        activation: Activation,
        args: &mut Vec<Value>,
    ) -> Result<(), Halt> {
        self.count(machine, Counted::Firing, 1)?;
        let network = self.network.clone();
        let rule = &network.rules[activation.rule as usize];
        if let Some(group) = rule.activation_group {
            self.agenda.cancel(group);
            let exclusive = |rule: u32| network.rules[rule as usize].activation_group == Some(group);
            self.pending.retain(|(rule, ..)| !exclusive(*rule));
        }
        let of = (activation.rule, activation.tuple.0, activation.generation);
        if rule.is_guarded() {
            self.pending.remove(&of);
        }
        self.values_of(activation.tuple, args);
        if self.record {
            let facts = self.scratch.iter().filter_map(|element| element.as_fact());
            let ids = facts.map(|fact| self.memory.fact(fact).id).collect();
            self.fired.push((activation.rule, ids));
        }
        let before = self.take_support(of);
        self.firing = Some(activation);
        self.lost_firing = None;
        self.cause = Some(activation.rule);
        let result = machine.run(host, Some(&mut *self), rule.function, args);
        self.firing = None;
        self.cause = None;
        result?;
        self.drop_support(machine, host, before)
    }
}

impl WorkingMemory for Session {
    fn insert(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<FactId, Halt> {
        self.within(machine, |session, machine| session.insert_fact(machine, host, object))
    }

    fn update(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        slots: Option<&[u32]>,
    ) -> Result<(), Halt> {
        self.within(machine, |session, machine| {
            session.update_fact(machine, host, object, slots)
        })
    }

    fn delete(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt> {
        self.within(machine, |session, machine| session.delete_fact(machine, host, object))
    }

    fn insert_logical(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt> {
        self.support(machine, host, object)
    }

    fn focus(&mut self, group: &str) {
        // a group without rules gets it too, and loses it at once
        let found = self.network.agenda_groups.iter().position(|known| known.0 == group);
        self.agenda.set_focus(found.map_or(NO_GROUP, |group| group as u32));
    }

    fn facts_of(&self, machine: &Machine, ty: u32) -> Vec<ObjId> {
        let facts = self.memory.facts().into_iter().map(|fact| fact.object);
        facts.filter(|object| machine.heap.is_a(*object, ty)).collect()
    }

    fn halt(&mut self) {
        self.halted = true;
    }
}

impl ScriptSession for Session {
    fn numbered_facts(&self) -> Vec<(FactId, ObjId)> {
        Session::numbered_facts(self)
    }

    fn fire(&mut self, machine: &mut Machine, host: &mut dyn Host, limit: Option<u64>) -> Result<u64, Halt> {
        if self.firing.is_some() {
            return Err(Halt::trap(
                "nested-firing",
                "rules cannot be fired from inside a consequence",
            ));
        }
        self.runs = true;
        let fired = self.within(machine, |session, machine| session.fire_all(machine, host, limit));
        self.runs = false;
        fired
    }

    fn facts(&self, _machine: &Machine) -> Vec<ObjId> {
        self.memory.facts().into_iter().map(|fact| fact.object).collect()
    }

    fn fired(&self) -> &[(u32, Vec<FactId>)] {
        &self.fired
    }
}
