//! Truth maintenance: a fact that `insert_logical` put in stays while a match that inserted it holds.
//!
//! Equal facts (by the key fields of their type; without any no two are equal) are one. What was also inserted in the
//! plain way is stated, and stays. An update that makes the same match anew (one rule, the same facts) keeps what the match
//! supports until it has fired again.
use rustc_hash::FxHashMap;

use crate::vm::host::Host;
use crate::vm::machine::WorkingMemory;
use crate::vm::value::{FactId, ObjId, Value};
use crate::vm::{Halt, Machine};

use super::matcher::Identity;
use super::memory::TupleId;
use super::session::Session;

/// A fact by its place and its number, since places are used again.
type Supported = (u32, FactId);

/// A match by rule, tuple and the tuple's generation.
type Match = (u32, u32, u32);

#[derive(Debug, Default)]
pub(super) struct Truth {
    supports: FxHashMap<Match, Vec<Supported>>,
    /// Facts that are not stated, and how many matches support them.
    counts: FxHashMap<Supported, u32>,
    /// Facts of types with keys, by the keys that they came with, first come first.
    equals: FxHashMap<(u32, Vec<Value>), Vec<Supported>>,
    /// Facts that nothing supports, on their way out.
    doomed: Vec<Supported>,
    releasing: bool,
}

impl Truth {
    pub fn clear(&mut self) {
        *self = Truth::default();
    }
}

/// What a lost match supported, while the event may yet make it again.
#[derive(Debug)]
pub(super) struct Loose {
    rule: u32,
    identity: Identity,
    supported: Vec<Supported>,
}

impl Session {
    pub(super) fn support(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt> {
        let Some(firing) = self.firing else {
            return Err(Halt::trap(
                "no-working-memory",
                "only a rule's consequence may insert a fact logically",
            ));
        };
        if !self.memory.is_current(firing.tuple, firing.generation) {
            return Ok(());
        }
        let known = match self.memory.fact_of(object) {
            Some(fact) => Some((fact, self.memory.fact(fact).id)),
            None => self.equal_fact(machine, object),
        };
        let supported = match known {
            Some(known) if !self.truth.counts.contains_key(&known) => return Ok(()),
            Some(known) => known,
            None => {
                let id = self.insert(machine, host, object)?;
                let Some(fact) = self.memory.fact_of(object) else {
                    return Ok(());
                };
                self.truth.counts.insert((fact, id), 0);
                (fact, id)
            }
        };
        *self.truth.counts.entry(supported).or_default() += 1;
        // the insertion may have ended the match and made it anew
        let firing = self.firing.unwrap_or(firing);
        if self.memory.is_current(firing.tuple, firing.generation) {
            let of = (firing.rule, firing.tuple.0, firing.generation);
            let facts = self.truth.supports.entry(of).or_default();
            if facts.contains(&supported) {
                *self.truth.counts.entry(supported).or_default() -= 1;
            } else {
                facts.push(supported);
            }
            return Ok(());
        }
        // the fact itself ended the match
        self.unsupport(supported);
        self.release(machine, host)
    }

    /// What a match supported before it fires again.
    pub(super) fn take_support(&mut self, of: Match) -> Vec<Supported> {
        if self.truth.supports.is_empty() {
            return Vec::new();
        }
        self.truth.supports.remove(&of).unwrap_or_default()
    }

    /// After a firing: what the match supported before and no longer does goes.
    pub(super) fn drop_support(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        before: Vec<Supported>,
    ) -> Result<(), Halt> {
        if before.is_empty() {
            return Ok(());
        }
        self.unsupport_all(before.into_iter());
        self.release(machine, host)
    }

    /// A match is lost.
    pub(super) fn loosen(&mut self, rule: u32, tuple: TupleId, generation: u32) {
        let supported = self.take_support((rule, tuple.0, generation));
        if !supported.is_empty() {
            let identity = self.identity_of(tuple);
            self.loose.push(Loose {
                rule,
                identity,
                supported,
            });
        }
    }

    /// A match that was lost in this event is made again.
    pub(super) fn support_again(&mut self, rule: u32, tuple: TupleId) {
        let identity = self.identity_of(tuple);
        let found = self
            .loose
            .iter()
            .position(|loose| loose.rule == rule && loose.identity == identity);
        if let Some(at) = found {
            let loose = self.loose.swap_remove(at);
            let generation = self.memory.tuple(tuple).generation;
            self.truth.supports.insert((rule, tuple.0, generation), loose.supported);
        }
    }

    /// Ends an event: what the lost matches supported goes.
    pub(super) fn release_loose(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        if self.loose.is_empty() {
            return Ok(());
        }
        let loose = std::mem::take(&mut self.loose);
        self.unsupport_all(loose.into_iter().flat_map(|loose| loose.supported));
        self.release(machine, host)
    }

    /// What loses its last support by one event goes in order of fact number.
    fn unsupport_all(&mut self, supported: impl Iterator<Item = Supported>) {
        let start = self.truth.doomed.len();
        supported.for_each(|supported| self.unsupport(supported));
        self.truth.doomed[start..].sort_unstable_by_key(|(_, id)| *id);
    }

    fn unsupport(&mut self, supported: Supported) {
        if let Some(count) = self.truth.counts.get_mut(&supported) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.truth.doomed.push(supported);
            }
        }
    }

    /// Deletes facts that nothing supports. Deletions may doom more: one loop, however long the chain.
    fn release(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        if self.truth.releasing {
            return Ok(());
        }
        self.truth.releasing = true;
        let mut at = 0;
        while let Some(supported) = self.truth.doomed.get(at).copied() {
            at += 1;
            if self.truth.counts.get(&supported) == Some(&0) {
                let object = self.memory.fact(supported.0).object;
                self.delete(machine, host, object)?;
            }
        }
        self.truth.doomed.clear();
        self.truth.releasing = false;
        Ok(())
    }

    /// A fact enters working memory: an equal one may be asked for later.
    pub(super) fn remember_equal(&mut self, machine: &Machine, fact: u32) {
        let (object, id) = (self.memory.fact(fact).object, self.memory.fact(fact).id);
        if let Some(key) = key_of(machine, object) {
            self.truth.equals.entry(key).or_default().push((fact, id));
        }
    }

    /// A fact is inserted in the plain way although it is there.
    pub(super) fn state_fact(&mut self, fact: u32) {
        let id = self.memory.fact(fact).id;
        self.truth.counts.remove(&(fact, id));
    }

    /// A fact leaves working memory.
    pub(super) fn forget(&mut self, machine: &Machine, fact: u32) {
        let (object, id) = (self.memory.fact(fact).object, self.memory.fact(fact).id);
        if !self.truth.counts.is_empty() {
            self.truth.counts.remove(&(fact, id));
        }
        if !self.truth.equals.is_empty() {
            if let Some(key) = key_of(machine, object) {
                if let Some(equal) = self.truth.equals.get_mut(&key) {
                    equal.retain(|known| *known != (fact, id));
                }
            }
        }
    }

    fn equal_fact(&self, machine: &Machine, object: ObjId) -> Option<Supported> {
        let key = key_of(machine, object)?;
        // keys may have been assigned since
        let stands = |(fact, id): &&Supported| {
            self.memory.is_fact(*fact, *id) && key_of(machine, self.memory.fact(*fact).object).as_ref() == Some(&key)
        };
        self.truth.equals.get(&key)?.iter().find(stands).copied()
    }
}

/// The type and key fields of an object whose type has any.
fn key_of(machine: &Machine, object: ObjId) -> Option<(u32, Vec<Value>)> {
    let ty = machine.heap.type_of(object)?;
    let keys = &machine.module.types.get(ty as usize)?.keys;
    if keys.is_empty() {
        return None;
    }
    let value = |slot: &u32| machine.heap.slot(object, *slot);
    Some((ty, keys.iter().map(value).collect()))
}
