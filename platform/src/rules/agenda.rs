//! Conflict resolution: a total order, the same on every machine.
//!
//! `drools`: salience, then declaration order, then the order in which matches arose (first in, first out).
//! `depth`: salience, then the newest match first; of one age, declaration order. Matches that one event made are ordered
//! by their facts' sequence numbers in pattern order.
use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::module::Strategy;

use super::memory::{Memory, TupleId};

/// A match that waits to fire. It is stale once its tuple is gone.
#[derive(Clone, Copy, Debug)]
pub struct Activation {
    pub rule: u32,
    pub tuple: TupleId,
    pub generation: u32,
    /// Sequence number of the event that completed the match.
    pub sequence: u64,
}

#[derive(Debug, Default)]
pub struct Agenda {
    depth: bool,
    queues: Vec<VecDeque<Activation>>,
    /// One bit for each queue that may hold something.
    filled: Vec<u64>,
    /// Queues that the current event added to.
    touched: Vec<u32>,
}

impl Agenda {
    pub fn new(strategy: Strategy, queues: u32) -> Agenda {
        Agenda {
            depth: strategy == Strategy::Depth,
            queues: (0..queues).map(|_| VecDeque::new()).collect(),
            filled: vec![0; (queues as usize).div_ceil(64)],
            touched: Vec::new(),
        }
    }

    pub fn clear(&mut self) {
        for queue in &mut self.queues {
            queue.clear();
        }
        self.filled.fill(0);
        self.touched.clear();
    }

    #[inline]
    pub fn add(&mut self, queue: u32, activation: Activation) {
        let at = queue as usize;
        self.queues[at].push_back(activation);
        self.filled[at / 64] |= 1 << (at % 64);
        if self.touched.last() != Some(&queue) {
            self.touched.push(queue);
        }
    }

    /// Ends an event: what it added is put in order.
    #[inline]
    pub fn settle(&mut self, memory: &Memory) {
        while let Some(queue) = self.touched.pop() {
            let queue = &mut self.queues[queue as usize];
            let Some(last) = queue.back().map(|activation| activation.sequence) else {
                continue;
            };
            let start = queue
                .iter()
                .rposition(|activation| activation.sequence != last)
                .map_or(0, |at| at + 1);
            if queue.len() - start > 1 {
                let depth = self.depth;
                queue.make_contiguous()[start..].sort_by(|a, b| {
                    let order = a.rule.cmp(&b.rule).then_with(|| by_facts(memory, a.tuple, b.tuple));
                    if depth {
                        order.reverse()
                    } else {
                        order
                    }
                });
            }
        }
    }

    /// The next match to fire.
    pub fn next(&mut self, memory: &Memory) -> Option<Activation> {
        for word in 0..self.filled.len() {
            while self.filled[word] != 0 {
                let bit = self.filled[word].trailing_zeros() as usize;
                let queue = &mut self.queues[word * 64 + bit];
                while let Some(activation) = if self.depth {
                    queue.pop_back()
                } else {
                    queue.pop_front()
                } {
                    if memory.is_current(activation.tuple, activation.generation) {
                        return Some(activation);
                    }
                }
                self.filled[word] &= !(1 << bit);
            }
        }
        None
    }
}

/// Facts in pattern order, by sequence number.
fn by_facts(memory: &Memory, a: TupleId, b: TupleId) -> Ordering {
    memory.sequences(a).cmp(&memory.sequences(b))
}
