//! The values of a tuple's elements. The tuple that is looked at next is mostly a neighbour of the one before, so the way
//! down from the root is kept and only what differs is walked again.
use crate::vm::value::Value;

use super::memory::{Element, Memory, TupleId};

#[derive(Clone, Copy, Debug)]
struct Step {
    tuple: TupleId,
    generation: u32,
    /// How many values there are up to here.
    width: usize,
}

#[derive(Debug, Default)]
pub struct Path {
    steps: Vec<Step>,
    pub values: Vec<Value>,
    fresh: Vec<TupleId>,
}

impl Path {
    /// Makes `values` those of a tuple.
    pub fn load(&mut self, memory: &Memory, tuple: TupleId) {
        let mut depth = memory.depth_of(tuple);
        let mut at = tuple;
        self.fresh.clear();
        while depth > 0 {
            let entry = memory.tuple(at);
            let known = self.steps.get(depth - 1);
            if known.is_some_and(|step| step.tuple == at && step.generation == entry.generation) {
                break;
            }
            self.fresh.push(at);
            at = TupleId(entry.parent);
            depth -= 1;
        }
        self.steps.truncate(depth);
        self.values.truncate(self.steps.last().map_or(0, |step| step.width));
        for tuple in self.fresh.iter().rev() {
            let entry = memory.tuple(*tuple);
            if entry.element != Element::NONE {
                self.values.push(memory.value_of(entry.element));
            }
            self.steps.push(Step {
                tuple: *tuple,
                generation: entry.generation,
                width: self.values.len(),
            });
        }
    }
}
