//! Which alpha nodes a fact reaches. Children of one parent that test one slot share an index: equalities a hash table,
//! orderings sorted thresholds; only `!=` and code are tried one by one.
//!
//! Gas: a candidate for each child that an index yields (its test holds) and for each child that is tried.
use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::module::{AlphaTest, CompareOp};
use crate::number::Number;
use crate::vm::host::Host;
use crate::vm::program::Program;
use crate::vm::value::{ObjId, Value};
use crate::vm::{Halt, Machine};

use super::intervals::{Bound, Intervals};
use super::network::{AlphaNode, Comparison, Network};

#[derive(Debug, Default)]
pub struct Children {
    hashes: Vec<HashIndex>,
    ranges: Vec<RangeIndex>,
    scans: Vec<(u32, Comparison)>,
    codes: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct HashIndex {
    slot: u32,
    children: FxHashMap<Value, Vec<u32>>,
}

/// Number thresholds of one slot, ascending: a value satisfies a prefix of `above` and a suffix of `below`.
#[derive(Debug)]
struct RangeIndex {
    slot: u32,
    above: Vec<Threshold>,
    below: Vec<Threshold>,
    /// Children that only lead on to tests of the other bound, left out of `above`.
    intervals: Option<Intervals>,
}

/// `inclusive`: the bound itself satisfies the test.
#[derive(Clone, Copy, Debug)]
struct Threshold {
    bound: Number,
    inclusive: bool,
    child: u32,
}

impl Children {
    pub fn new(program: &Program, tests: &[(u32, &AlphaTest)]) -> Children {
        let mut children = Children::default();
        for (child, test) in tests {
            match test {
                AlphaTest::Code { function } => children.codes.push((*child, *function)),
                AlphaTest::Compare { slot, op, constant } => {
                    let constant = program.constant(*constant);
                    match (op, constant) {
                        (CompareOp::Eq, constant) => {
                            children.hash(*slot).entry(present(constant)).or_default().push(*child)
                        }
                        (CompareOp::Ne, constant) => children.scan(*child, *slot, *op, constant),
                        (_, Value::Num(bound)) => children.threshold(*child, *slot, *op, bound),
                        (_, constant) => children.scan(*child, *slot, *op, constant),
                    }
                }
            }
        }
        for range in &mut children.ranges {
            // `>= b` is reached before `> b`; `< b` is left before `<= b`
            range
                .above
                .sort_by(|a, b| a.bound.cmp(&b.bound).then(b.inclusive.cmp(&a.inclusive)));
            range
                .below
                .sort_by(|a, b| a.bound.cmp(&b.bound).then(a.inclusive.cmp(&b.inclusive)));
        }
        children
    }

    fn hash(&mut self, slot: u32) -> &mut FxHashMap<Value, Vec<u32>> {
        let at = match self.hashes.iter().position(|index| index.slot == slot) {
            Some(at) => at,
            None => {
                self.hashes.push(HashIndex {
                    slot,
                    children: FxHashMap::default(),
                });
                self.hashes.len() - 1
            }
        };
        &mut self.hashes[at].children
    }

    fn scan(&mut self, child: u32, slot: u32, op: CompareOp, constant: Value) {
        self.scans.push((child, Comparison { slot, op, constant }));
    }

    fn threshold(&mut self, child: u32, slot: u32, op: CompareOp, bound: Number) {
        let at = match self.ranges.iter().position(|index| index.slot == slot) {
            Some(at) => at,
            None => {
                self.ranges.push(RangeIndex {
                    slot,
                    above: Vec::new(),
                    below: Vec::new(),
                    intervals: None,
                });
                self.ranges.len() - 1
            }
        };
        let inclusive = matches!(op, CompareOp::Ge | CompareOp::Le);
        let threshold = Threshold {
            bound,
            inclusive,
            child,
        };
        let range = &mut self.ranges[at];
        if matches!(op, CompareOp::Gt | CompareOp::Ge) {
            range.above.push(threshold);
        } else {
            range.below.push(threshold);
        }
    }
}

impl Threshold {
    fn as_bound(&self) -> Bound {
        Bound {
            number: self.bound,
            inclusive: self.inclusive,
        }
    }
}

/// Where children are lower bounds of a slot that only lead on to upper bounds of it, both are found by one search.
pub fn join_bounds(alphas: &mut [AlphaNode]) {
    for at in 0..alphas.len() {
        for range in 0..alphas[at].children.ranges.len() {
            let index = &alphas[at].children.ranges[range];
            let slot = index.slot;
            let (mut lows, mut pairs, mut rest) = (Vec::new(), Vec::new(), Vec::new());
            for low in &index.above {
                match alphas[low.child as usize].only_upper_bounds(slot) {
                    Some(highs) => {
                        lows.push(low.as_bound());
                        pairs.extend(highs.iter().map(|high| (low.as_bound(), high.as_bound(), high.child)));
                    }
                    None => rest.push(*low),
                }
            }
            if lows.len() > 1 {
                if let Some(intervals) = Intervals::new(lows, &pairs) {
                    let index = &mut alphas[at].children.ranges[range];
                    index.above = rest;
                    index.intervals = Some(intervals);
                }
            }
        }
    }
}

impl AlphaNode {
    /// Its children, if they are upper bounds of one slot, and nothing else takes its facts.
    fn only_upper_bounds(&self, slot: u32) -> Option<&[Threshold]> {
        let children = &self.children;
        match children.ranges.as_slice() {
            [index]
                if index.slot == slot
                    && index.above.is_empty()
                    && index.intervals.is_none()
                    && self.targets.is_empty()
                    && children.hashes.is_empty()
                    && children.scans.is_empty()
                    && children.codes.is_empty() =>
            {
                Some(&index.below)
            }
            _ => None,
        }
    }
}

/// Undefined is null to a rule.
#[inline]
pub fn present(value: Value) -> Value {
    if value == Value::Undefined {
        Value::Null
    } else {
        value
    }
}

impl Network {
    /// Appends to `reached` the two-input nodes that a fact arrives at; how many candidates the indexes yield. `open` is
    /// scratch space.
    pub fn reach(
        &self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        ty: u32,
        open: &mut Vec<u32>,
        reached: &mut Vec<u32>,
    ) -> Result<u64, Halt> {
        open.clear();
        open.extend_from_slice(&self.roots[ty as usize]);
        let mut candidates = 0;
        while let Some(node) = open.pop() {
            let node = &self.alphas[node as usize];
            reached.extend_from_slice(&node.targets);
            let before = open.len();
            let children = &node.children;
            for index in &children.hashes {
                let value = present(machine.heap.slot(object, index.slot));
                if let Some(found) = index.children.get(&value) {
                    open.extend_from_slice(found);
                }
            }
            for index in &children.ranges {
                if let Value::Num(value) = machine.heap.slot(object, index.slot) {
                    let end = index
                        .above
                        .partition_point(|t| t.bound < value || (t.inclusive && t.bound == value));
                    open.extend(index.above[..end].iter().map(|t| t.child));
                    let start = index
                        .below
                        .partition_point(|t| t.bound < value || (!t.inclusive && t.bound == value));
                    open.extend(index.below[start..].iter().map(|t| t.child));
                    if let Some(intervals) = &index.intervals {
                        let (lows, found) = intervals.of(&value);
                        candidates += lows as u64;
                        open.extend_from_slice(found);
                    }
                }
            }
            candidates += (open.len() - before + children.scans.len() + children.codes.len()) as u64;
            for (child, test) in &children.scans {
                if holds(machine, test, object) {
                    open.push(*child);
                }
            }
            for (child, function) in &children.codes {
                if machine.run(host, None, *function, &[Value::Obj(object)])? == Value::Bool(true) {
                    open.push(*child);
                }
            }
        }
        Ok(candidates)
    }
}

fn holds(machine: &mut Machine, test: &Comparison, object: ObjId) -> bool {
    let value = present(machine.heap.slot(object, test.slot));
    let order = |machine: &mut Machine| machine.order_of(value, test.constant);
    match test.op {
        CompareOp::Eq => value == present(test.constant),
        CompareOp::Ne => value != present(test.constant),
        CompareOp::Lt => order(machine) == Some(Ordering::Less),
        CompareOp::Le => matches!(order(machine), Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Gt => order(machine) == Some(Ordering::Greater),
        CompareOp::Ge => matches!(order(machine), Some(Ordering::Greater | Ordering::Equal)),
    }
}
