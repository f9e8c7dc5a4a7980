//! A rule session: working memory, matches, firing. It lives within one call and is rewound, not rebuilt, between calls.
use std::sync::Arc;

use crate::vm::gas::{MATCH_ACTIVATION, MATCH_FIRING};
use crate::vm::host::Host;
use crate::vm::machine::{ScriptSession, WorkingMemory};
use crate::vm::value::{FactId, ObjId, Value};
use crate::vm::{Halt, Machine};

use super::agenda::Agenda;
use super::memory::{Memory, TupleId};
use super::network::{Mask, Network};

pub struct Session {
    pub(super) network: Arc<Network>,
    pub(super) memory: Memory,
    pub(super) agenda: Agenda,
    /// Number of the current event: each insert, update and delete is one.
    pub(super) sequence: u64,
    /// The rule whose consequence runs.
    pub(super) firing: Option<u32>,
    /// Tuples on their way to a node.
    pub(super) work: Vec<(u32, TupleId)>,
    pub(super) entries: Vec<(u32, u32)>,
    pub(super) args: Vec<Value>,
    pub(super) scratch: Vec<u32>,
    open: Vec<u32>,
    reached: Vec<u32>,
    last_fact: u32,
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
            memory: Memory::new(network.betas.len()),
            agenda: Agenda::new(network.strategy, network.queues),
            network,
            sequence: 0,
            firing: None,
            work: Vec::new(),
            entries: Vec::new(),
            args: Vec::new(),
            scratch: Vec::new(),
            open: Vec::new(),
            reached: Vec::new(),
            last_fact: 0,
            halted: false,
            record,
            fired: Vec::new(),
        };
        session.start(machine, host)?;
        Ok(session)
    }

    /// As new: facts, matches and the record are gone, the arenas stay.
    pub fn rewind(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        self.memory.clear();
        self.agenda.clear();
        self.sequence = 0;
        self.firing = None;
        self.work.clear();
        self.last_fact = 0;
        self.halted = false;
        self.fired.clear();
        self.start(machine, host)
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
        self.network.reach(machine, host, object, ty, &mut open, &mut reached)?;
        self.open = open;
        Ok(reached)
    }
}

impl WorkingMemory for Session {
    fn insert(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<FactId, Halt> {
        if let Some(fact) = self.memory.fact_of(object) {
            return Ok(self.memory.fact(fact).id);
        }
        let Some(ty) = machine.heap.type_of(object) else {
            return Err(machine.not_a_fact(Value::Obj(object)));
        };
        machine.gas.charge(MATCH_ACTIVATION)?;
        self.sequence += 1;
        self.last_fact += 1;
        let id = FactId(self.last_fact);
        let fact = self.memory.add_fact(object, ty, id, self.sequence);
        let mut reached = self.reach(machine, host, object, ty)?;
        self.arrive(machine, host, fact, &mut reached)?;
        self.reached = reached;
        self.agenda.settle(&self.memory);
        Ok(id)
    }

    fn update(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        slots: Option<&[u32]>,
    ) -> Result<(), Halt> {
        let fact = self.known(machine, object)?;
        let mask = slots.map_or(Mask::ALL, Mask::of);
        machine.gas.charge(2 * MATCH_ACTIVATION)?;
        self.sequence += 1;
        self.leave(machine, host, fact, mask)?;
        self.memory.fact_mut(fact).sequence = self.sequence;
        let ty = self.memory.fact(fact).ty;
        let mut reached = self.reach(machine, host, object, ty)?;
        if mask != Mask::ALL {
            let network = self.network.clone();
            reached.retain(|node| network.betas[*node as usize].watched.meets(mask));
        }
        self.arrive(machine, host, fact, &mut reached)?;
        self.reached = reached;
        self.agenda.settle(&self.memory);
        Ok(())
    }

    fn delete(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt> {
        let fact = self.known(machine, object)?;
        machine.gas.charge(MATCH_ACTIVATION)?;
        self.sequence += 1;
        self.leave(machine, host, fact, Mask::ALL)?;
        self.memory.remove_fact(fact);
        self.agenda.settle(&self.memory);
        Ok(())
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
        self.halted = false;
        let mut count = 0;
        let mut args = Vec::new();
        while !self.halted && limit.is_none_or(|limit| count < limit) {
            let Some(activation) = self.agenda.next(&self.memory) else {
                break;
            };
            machine.gas.charge(MATCH_FIRING)?;
            count += 1;
            self.objects_of(activation.tuple, &mut args);
            if self.record {
                let ids = self.scratch.iter().map(|fact| self.memory.fact(*fact).id).collect();
                self.fired.push((activation.rule, ids));
            }
            self.firing = Some(activation.rule);
            let function = self.network.rules[activation.rule as usize].function;
            let result = machine.run(host, Some(&mut *self), function, &args);
            self.firing = None;
            result?;
        }
        Ok(count)
    }

    fn facts(&self, _machine: &Machine) -> Vec<ObjId> {
        self.memory.facts().into_iter().map(|fact| fact.object).collect()
    }

    fn fired(&self) -> &[(u32, Vec<FactId>)] {
        &self.fired
    }
}
