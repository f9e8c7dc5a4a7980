//! What the nodes have to do in a pass, node by node.
use super::memory::TupleId;

/// What one node has to do, in this order.
#[derive(Debug, Default)]
pub struct Work {
    /// Facts that arrive at the right input.
    pub facts: Vec<u32>,
    /// Tuples (with their generation) that arrive at the left input.
    pub tuples: Vec<(TupleId, u32)>,
    /// Tuples that arrive at the right input of a group or accumulate.
    pub parts: Vec<(TupleId, u32)>,
    /// Left entries (with their serial number) that are to be judged, or whose fold is to be brought up to date.
    pub lefts: Vec<(u32, u64)>,
}

#[derive(Debug, Default)]
pub struct Tasks {
    nodes: Vec<Work>,
    /// A bit for each node that has something to do, and how many there are.
    waiting: Vec<u64>,
    count: usize,
    /// No word of `waiting` before this one has a bit.
    first: usize,
}

impl Tasks {
    pub fn new(nodes: usize) -> Tasks {
        Tasks {
            nodes: (0..nodes).map(|_| Work::default()).collect(),
            waiting: vec![0; nodes.div_ceil(64)],
            count: 0,
            first: 0,
        }
    }

    pub fn clear(&mut self) {
        while let Some((node, mut work)) = self.next() {
            work.facts.clear();
            work.tuples.clear();
            work.parts.clear();
            work.lefts.clear();
            self.nodes[node as usize] = work;
        }
    }

    /// The lists of a node, which will get something to do.
    #[inline]
    pub fn of(&mut self, node: u32) -> &mut Work {
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        if self.waiting[word] & bit == 0 {
            self.waiting[word] |= bit;
            self.count += 1;
            self.first = self.first.min(word);
        }
        &mut self.nodes[node as usize]
    }

    /// Whether a fact is yet to arrive at a node.
    #[inline]
    pub fn awaits_fact(&self, node: u32) -> bool {
        !self.nodes[node as usize].facts.is_empty()
    }

    /// The first node that has something to do, and what, taken out.
    #[inline]
    pub fn next(&mut self) -> Option<(u32, Work)> {
        if self.count == 0 {
            self.first = self.waiting.len();
            return None;
        }
        while self.waiting[self.first] == 0 {
            self.first += 1;
        }
        let word = &mut self.waiting[self.first];
        let node = self.first as u32 * 64 + word.trailing_zeros();
        *word &= *word - 1;
        self.count -= 1;
        Some((node, std::mem::take(&mut self.nodes[node as usize])))
    }

    /// Gives a node its emptied lists back, for their space.
    #[inline]
    pub fn done(&mut self, node: u32, work: Work) {
        let lists = &mut self.nodes[node as usize];
        if lists.lefts.is_empty() {
            *lists = work;
        } else {
            lists.facts = work.facts;
            lists.tuples = work.tuples;
            lists.parts = work.parts;
        }
    }
}
