//! Conflict resolution: a total order, the same on every machine.
//!
//! The agenda group that has the focus is served first; when it is empty the focus falls back to the one before, at last
//! to MAIN. Within a group:
//! `drools`: salience, then declaration order, then the order in which matches arose (first in, first out).
//! `depth`: salience, then the newest match first; of one age, declaration order. Matches that one event made are ordered
//! by their elements' sequence numbers in pattern order, the least first, under `depth` the greatest.
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, VecDeque};

use crate::module::Strategy;

use super::memory::{Memory, TupleId};
use super::network::{Network, RuleNode};

/// A match that waits to fire. It is stale once its tuple is gone.
#[derive(Clone, Copy, Debug)]
pub struct Activation {
    pub rule: u32,
    pub tuple: TupleId,
    pub generation: u32,
    /// Sequence number of the event that completed the match.
    pub sequence: u64,
    /// In the order in which matches arose.
    pub serial: u64,
}

type Queue = VecDeque<Activation>;

/// Salience that a function gave, then declaration order (0 under `depth`).
type DynamicKey = (Reverse<i32>, u32);

#[derive(Debug, Default)]
struct Group {
    queues: Vec<Queue>,
    /// One bit for each queue that may hold something.
    filled: Vec<u64>,
    dynamic: BTreeMap<DynamicKey, Queue>,
    /// The key at which each of `queues` is served.
    keys: Vec<DynamicKey>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Queue(u32, u32),
    Dynamic(u32, DynamicKey),
}

#[derive(Debug, Default)]
pub struct Agenda {
    depth: bool,
    groups: Vec<Group>,
    /// Groups that got the focus above MAIN, the last on top.
    focus: Vec<u32>,
    /// For each activation group: matches up to this serial number are cancelled.
    cancelled: Vec<u64>,
    serial: u64,
    /// Places that the current event added to.
    touched: Vec<Place>,
    waiting: usize,
    /// At least how many of them are stale.
    stale: usize,
}

/// An agenda group that no rule belongs to.
pub const NO_GROUP: u32 = u32::MAX;

/// Stale matches that are too few to be swept out.
const SWEEP: usize = 1024;

impl Agenda {
    pub fn new(network: &Network) -> Agenda {
        let depth = network.strategy == Strategy::Depth;
        let mut groups: Vec<Group> = network
            .agenda_groups
            .iter()
            .map(|(_, queues)| Group {
                queues: (0..*queues).map(|_| Queue::new()).collect(),
                filled: vec![0; (*queues as usize).div_ceil(64)],
                dynamic: BTreeMap::new(),
                keys: vec![(Reverse(0), 0); *queues as usize],
            })
            .collect();
        for rule in &network.rules {
            groups[rule.group as usize].keys[rule.queue as usize] = key(depth, rule, rule.salience);
        }
        Agenda {
            depth,
            groups,
            cancelled: vec![0; network.activation_groups as usize],
            ..Agenda::default()
        }
    }

    pub fn clear(&mut self) {
        for group in &mut self.groups {
            group.queues.iter_mut().for_each(Queue::clear);
            group.filled.fill(0);
            group.dynamic.clear();
        }
        self.focus.clear();
        self.cancelled.fill(0);
        self.touched.clear();
        self.waiting = 0;
        self.stale = 0;
    }

    /// The group that is served.
    pub fn focused(&self) -> u32 {
        self.focus.last().copied().unwrap_or(0)
    }

    pub fn set_focus(&mut self, group: u32) {
        if self.focused() != group {
            self.focus.push(group);
        }
    }

    /// Cancels the matches that wait in an activation group.
    pub fn cancel(&mut self, group: u32) {
        self.cancelled[group as usize] = self.serial;
    }

    /// Matches that wait have lost their tuple.
    #[inline]
    pub fn lost(&mut self, matches: usize) {
        self.stale += matches;
    }

    /// A match arises; `salience`: what the rule's function gave.
    #[inline]
    pub fn add(&mut self, rule: &RuleNode, salience: Option<i32>, mut activation: Activation) {
        self.serial += 1;
        self.waiting += 1;
        activation.serial = self.serial;
        let group = &mut self.groups[rule.group as usize];
        let place = match salience {
            None => {
                let at = rule.queue as usize;
                group.queues[at].push_back(activation);
                group.filled[at / 64] |= 1 << (at % 64);
                Place::Queue(rule.group, rule.queue)
            }
            Some(salience) => {
                let key = key(self.depth, rule, salience);
                group.dynamic.entry(key).or_default().push_back(activation);
                Place::Dynamic(rule.group, key)
            }
        };
        if self.touched.last() != Some(&place) {
            self.touched.push(place);
        }
    }

    /// Ends an event: what it added is put in order.
    #[inline]
    pub fn settle(&mut self, memory: &Memory) {
        while let Some(place) = self.touched.pop() {
            let queue = match place {
                Place::Queue(group, queue) => Some(&mut self.groups[group as usize].queues[queue as usize]),
                Place::Dynamic(group, key) => self.groups[group as usize].dynamic.get_mut(&key),
            };
            if let Some(queue) = queue {
                order_last(queue, memory, self.depth);
            }
        }
        if self.stale > SWEEP && self.stale * 2 > self.waiting {
            self.sweep(memory);
        }
    }

    /// The next match to fire.
    pub fn next(&mut self, network: &Network, memory: &Memory) -> Option<Activation> {
        loop {
            let depth = self.depth;
            let focused = self.focused() as usize;
            while let Some(activation) = self.groups.get_mut(focused).and_then(|group| group.pop(depth)) {
                self.waiting -= 1;
                let exclusive = network.rules[activation.rule as usize].activation_group;
                let cancelled = exclusive.is_some_and(|at| activation.serial <= self.cancelled[at as usize]);
                if memory.is_current(activation.tuple, activation.generation) {
                    if !cancelled {
                        return Some(activation);
                    }
                } else {
                    self.stale = self.stale.saturating_sub(1);
                }
            }
            self.focus.pop()?;
        }
    }

    fn sweep(&mut self, memory: &Memory) {
        let holds = |activation: &Activation| memory.is_current(activation.tuple, activation.generation);
        self.waiting = 0;
        self.stale = 0;
        for group in &mut self.groups {
            group.dynamic.retain(|_, queue| {
                queue.retain(holds);
                !queue.is_empty()
            });
            for queue in group.queues.iter_mut().chain(group.dynamic.values_mut()) {
                queue.retain(holds);
                self.waiting += queue.len();
            }
        }
    }
}

impl Group {
    fn pop(&mut self, depth: bool) -> Option<Activation> {
        let take = |queue: &mut Queue| if depth { queue.pop_back() } else { queue.pop_front() };
        loop {
            let fixed = self.first_filled();
            let dynamic = self.dynamic.first_entry();
            match (fixed, dynamic) {
                (None, None) => return None,
                (Some(at), dynamic)
                    if dynamic
                        .as_ref()
                        .is_none_or(|entry| match self.keys[at].cmp(entry.key()) {
                            Ordering::Less => true,
                            Ordering::Equal => newer(&self.queues[at], entry.get()),
                            Ordering::Greater => false,
                        }) =>
                {
                    let queue = &mut self.queues[at];
                    let found = take(queue);
                    if queue.is_empty() {
                        self.filled[at / 64] &= !(1 << (at % 64));
                    }
                    if found.is_some() {
                        return found;
                    }
                }
                (_, Some(mut entry)) => match take(entry.get_mut()) {
                    Some(activation) => return Some(activation),
                    None => {
                        entry.remove();
                    }
                },
                (Some(_), None) => return None,
            }
        }
    }

    #[inline]
    fn first_filled(&self) -> Option<usize> {
        let word = self.filled.iter().position(|bits| *bits != 0)?;
        Some(word * 64 + self.filled[word].trailing_zeros() as usize)
    }
}

/// Under `depth`: whether the last match of `a` is served before that of `b`.
fn newer(a: &Queue, b: &Queue) -> bool {
    let age = |activation: &Activation| (Reverse(activation.sequence), activation.rule);
    match (a.back(), b.back()) {
        (Some(a), Some(b)) => age(a) < age(b),
        (found, _) => found.is_none(),
    }
}

fn key(depth: bool, rule: &RuleNode, salience: i32) -> DynamicKey {
    (Reverse(salience), if depth { 0 } else { rule.order })
}

/// Orders the matches at the end of a queue that one event made.
fn order_last(queue: &mut Queue, memory: &Memory, depth: bool) {
    let Some(last) = queue.back().map(|activation| activation.sequence) else {
        return;
    };
    let mut start = queue.len() - 1;
    while start > 0 && queue[start - 1].sequence == last {
        start -= 1;
    }
    let count = queue.len() - start;
    if count < 2 {
        return;
    }
    // only if the deque's end cuts the run in two is all of it moved
    let split = queue.as_slices().0.len();
    let made = if start >= split {
        &mut queue.as_mut_slices().1[start - split..]
    } else {
        &mut queue.make_contiguous()[start..]
    };
    let turn = |rule: u32| if depth { u32::MAX - rule } else { rule };
    made.sort_by(|a, b| {
        let rules = turn(a.rule).cmp(&turn(b.rule));
        rules.then_with(|| memory.order(a.tuple, b.tuple))
    });
}
