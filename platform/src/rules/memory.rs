//! Arenas of a session: facts, tuples, and entries of the nodes' left and right memories, all linked by index, so that a
//! match allocates nothing once the arenas have grown.
use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::vm::value::{FactId, ObjId, Value};

use super::keys::Keys;
use super::network::Network;

/// Tuples that a session may hold at one time.
pub const MAX_TUPLES: usize = 1 << 22;

pub const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TupleId(pub u32);

/// The root's one, empty tuple.
pub const ROOT: TupleId = TupleId(0);

#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub object: ObjId,
    pub ty: u32,
    pub id: FactId,
    /// Of the insert, or the last update.
    pub sequence: u64,
    pub first_tuple: u32,
    pub first_right: u32,
    /// Neighbours in order of insertion.
    previous: u32,
    next: u32,
}

/// An element of a tuple that is no fact: an item of a list, the result of an accumulate.
#[derive(Clone, Copy, Debug)]
struct Derived {
    value: Value,
    /// Place in its list.
    sequence: u64,
}

/// Marks an index of `Derived` among those of facts.
const DERIVED: u32 = 1 << 31;

/// What a tuple adds to its parent's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Element(u32);

impl Element {
    /// The tuple of a `not`, `exists` or test adds nothing.
    pub const NONE: Element = Element(NONE);

    pub fn fact(fact: u32) -> Element {
        Element(fact)
    }

    /// The fact's index, if it is a fact.
    #[inline]
    pub fn as_fact(self) -> Option<u32> {
        (self.0 & DERIVED == 0).then_some(self.0)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Tuple {
    pub parent: u32,
    pub element: Element,
    pub node: u32,
    pub generation: u32,
    pub first_child: u32,
    previous_sibling: u32,
    next_sibling: u32,
    previous_of_fact: u32,
    pub next_of_fact: u32,
    pub first_left: u32,
}

/// A tuple in a node's left memory.
#[derive(Clone, Copy, Debug)]
pub struct LeftEntry {
    pub tuple: TupleId,
    pub node: u32,
    pub next_of_tuple: u32,
    pub next: u32,
    previous: u32,
    /// Number of its key in the node's index.
    key: u32,
    /// Of all but joins: its state.
    state: u32,
}

/// What a `not`, `exists`, group or accumulate knows of a left entry.
#[derive(Clone, Copy, Debug)]
pub struct LeftState {
    /// Unlike its index never used again.
    pub serial: u64,
    /// `not`, `exists`: pairs with the right entries that match, and their number; of a group the number of its tuples.
    pub first_pair: u32,
    pub count: u32,
    /// The tuple that stands for it.
    pub output: u32,
    /// Whether `output` waits to be judged, or to be judged again.
    pub dirty: bool,
    /// Of an accumulate: the rule whose consequence last changed what it takes in.
    pub cause: u32,
    /// Of an accumulate: its fold.
    fold: u32,
}

/// The fold of one left tuple of an accumulate.
#[derive(Clone, Debug)]
pub struct Fold {
    /// Tuples taken in, in order, then those that came since.
    pub parts: Vec<(TupleId, u32)>,
    /// How many of them `state` has taken in.
    pub taken: usize,
    /// A tuple that `state` has taken in is gone.
    pub broken: bool,
    pub state: Value,
}

/// A fact in a node's right memory.
#[derive(Clone, Copy, Debug)]
pub struct RightEntry {
    pub fact: u32,
    pub node: u32,
    pub next_of_fact: u32,
    previous_of_fact: u32,
    pub next: u32,
    previous: u32,
    pub first_pair: u32,
    /// Number of its key in the node's index.
    key: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
    previous_of_left: u32,
    next_of_left: u32,
    previous_of_right: u32,
    next_of_right: u32,
}

#[derive(Debug)]
struct Arena<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T> Arena<T> {
    fn add(&mut self, item: T) -> u32 {
        match self.free.pop() {
            Some(at) => {
                self.items[at as usize] = item;
                at
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        }
    }

    fn clear(&mut self) {
        self.items.clear();
        self.free.clear();
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena {
            items: Vec::new(),
            free: Vec::new(),
        }
    }
}

#[derive(Debug, Default)]
pub struct Memory {
    facts: Arena<Fact>,
    by_object: FxHashMap<ObjId, u32>,
    /// In order of insertion.
    first_fact: u32,
    last_fact: u32,
    tuples: Arena<Tuple>,
    lefts: Arena<LeftEntry>,
    states: Arena<LeftState>,
    rights: Arena<RightEntry>,
    pairs: Arena<Pair>,
    derived: Arena<Derived>,
    folds: Arena<Fold>,
    /// Left entries made so far.
    serial: u64,
    /// The index of each node.
    nodes: Vec<Keys>,
    /// How many steps from the root the tuples of each node are.
    depths: Vec<u32>,
    /// Grows for ever, so that a stale activation never takes a new tuple for its own.
    generation: u32,
}

impl Memory {
    pub fn new(network: &Network) -> Memory {
        let mut memory = Memory {
            nodes: network
                .betas
                .iter()
                .map(|beta| Keys::new(beta.kind.key_width()))
                .collect(),
            depths: network.betas.iter().map(|beta| beta.depth).collect(),
            ..Memory::default()
        };
        memory.clear();
        memory
    }

    pub fn clear(&mut self) {
        self.facts.clear();
        self.by_object.clear();
        self.first_fact = NONE;
        self.last_fact = NONE;
        self.tuples.clear();
        self.lefts.clear();
        self.states.clear();
        self.rights.clear();
        self.pairs.clear();
        self.derived.clear();
        self.folds.clear();
        for node in &mut self.nodes {
            node.clear();
        }
        self.generation += 1;
        self.tuples.add(Tuple {
            parent: NONE,
            element: Element::NONE,
            node: NONE,
            generation: self.generation,
            first_child: NONE,
            previous_sibling: NONE,
            next_sibling: NONE,
            previous_of_fact: NONE,
            next_of_fact: NONE,
            first_left: NONE,
        });
    }

    // --- facts ---

    pub fn add_fact(&mut self, object: ObjId, ty: u32, id: FactId, sequence: u64) -> u32 {
        let fact = self.facts.add(Fact {
            object,
            ty,
            id,
            sequence,
            first_tuple: NONE,
            first_right: NONE,
            previous: self.last_fact,
            next: NONE,
        });
        match self.last_fact {
            NONE => self.first_fact = fact,
            last => self.fact_mut(last).next = fact,
        }
        self.last_fact = fact;
        self.by_object.insert(object, fact);
        fact
    }

    pub fn remove_fact(&mut self, fact: u32) {
        let Fact {
            object, previous, next, ..
        } = *self.fact(fact);
        self.by_object.remove(&object);
        match previous {
            NONE => self.first_fact = next,
            previous => self.fact_mut(previous).next = next,
        }
        match next {
            NONE => self.last_fact = previous,
            next => self.fact_mut(next).previous = previous,
        }
        self.facts.free.push(fact);
    }

    #[inline]
    pub fn fact(&self, fact: u32) -> &Fact {
        &self.facts.items[fact as usize]
    }

    pub fn fact_mut(&mut self, fact: u32) -> &mut Fact {
        &mut self.facts.items[fact as usize]
    }

    #[inline]
    pub fn fact_of(&self, object: ObjId) -> Option<u32> {
        self.by_object.get(&object).copied()
    }

    /// Whether the fact at a place is still the one of that number.
    pub fn is_fact(&self, fact: u32, id: FactId) -> bool {
        let at = &self.facts.items[fact as usize];
        at.id == id && self.fact_of(at.object) == Some(fact)
    }

    /// The facts that were inserted after the one of a number, the last first.
    pub fn facts_after(&self, id: FactId) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut at = self.last_fact;
        while at != NONE && self.fact(at).id > id {
            facts.push(*self.fact(at));
            at = self.fact(at).previous;
        }
        facts
    }

    pub fn first_fact(&self) -> Option<ObjId> {
        (self.first_fact != NONE).then(|| self.fact(self.first_fact).object)
    }

    /// All facts in order of insertion.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::with_capacity(self.by_object.len());
        let mut at = self.first_fact;
        while at != NONE {
            facts.push(*self.fact(at));
            at = self.fact(at).next;
        }
        facts
    }

    // --- tuples ---

    #[inline]
    pub fn tuple(&self, tuple: TupleId) -> &Tuple {
        &self.tuples.items[tuple.0 as usize]
    }

    /// How many steps from the root a tuple is.
    #[inline]
    pub fn depth_of(&self, tuple: TupleId) -> usize {
        let node = self.tuple(tuple).node;
        self.depths.get(node as usize).map_or(0, |depth| *depth as usize)
    }

    pub fn is_full(&self) -> bool {
        self.tuples.items.len() - self.tuples.free.len() >= MAX_TUPLES
    }

    #[inline]
    pub fn is_current(&self, tuple: TupleId, generation: u32) -> bool {
        self.tuples
            .items
            .get(tuple.0 as usize)
            .is_some_and(|t| t.generation == generation)
    }

    pub fn add_tuple(&mut self, parent: TupleId, element: Element, node: u32) -> TupleId {
        self.generation += 1;
        // the root's children are found through their facts and left entries; a list of them would only cost
        let linked = parent != ROOT;
        let next_sibling = if linked { self.tuple(parent).first_child } else { NONE };
        let next_of_fact = element.as_fact().map_or(NONE, |fact| self.fact(fact).first_tuple);
        let id = self.tuples.add(Tuple {
            parent: parent.0,
            element,
            node,
            generation: self.generation,
            first_child: NONE,
            previous_sibling: NONE,
            next_sibling,
            previous_of_fact: NONE,
            next_of_fact,
            first_left: NONE,
        });
        if linked {
            self.tuples.items[parent.0 as usize].first_child = id;
            if next_sibling != NONE {
                self.tuples.items[next_sibling as usize].previous_sibling = id;
            }
        }
        if let Some(fact) = element.as_fact() {
            self.fact_mut(fact).first_tuple = id;
            if next_of_fact != NONE {
                self.tuples.items[next_of_fact as usize].previous_of_fact = id;
            }
        }
        TupleId(id)
    }

    /// Takes a tuple out of its parent's children.
    pub fn orphan(&mut self, tuple: TupleId) {
        let t = *self.tuple(tuple);
        let items = &mut self.tuples.items;
        if t.previous_sibling != NONE {
            items[t.previous_sibling as usize].next_sibling = t.next_sibling;
        } else if t.parent != ROOT.0 {
            items[t.parent as usize].first_child = t.next_sibling;
        }
        if t.next_sibling != NONE {
            items[t.next_sibling as usize].previous_sibling = t.previous_sibling;
        }
    }

    /// Frees one tuple without left entries, of which nothing above or below remains; its stale activations no longer
    /// match its generation.
    pub fn free_tuple(&mut self, tuple: TupleId) {
        let t = *self.tuple(tuple);
        let items = &mut self.tuples.items;
        if let Some(fact) = t.element.as_fact() {
            if t.previous_of_fact != NONE {
                items[t.previous_of_fact as usize].next_of_fact = t.next_of_fact;
            } else {
                self.facts.items[fact as usize].first_tuple = t.next_of_fact;
            }
            if t.next_of_fact != NONE {
                items[t.next_of_fact as usize].previous_of_fact = t.previous_of_fact;
            }
        } else if t.element != Element::NONE {
            self.derived.free.push(t.element.0 & !DERIVED);
        }
        items[tuple.0 as usize].generation = 0;
        items[tuple.0 as usize].first_left = NONE;
        self.tuples.free.push(tuple.0);
    }

    /// An element that is no fact.
    pub fn add_derived(&mut self, value: Value, sequence: u64) -> Element {
        Element(self.derived.add(Derived { value, sequence }) | DERIVED)
    }

    /// Appends the children of a tuple.
    pub fn children_of(&self, tuple: TupleId, out: &mut Vec<TupleId>) {
        let mut child = self.tuple(tuple).first_child;
        while child != NONE {
            out.push(TupleId(child));
            child = self.tuple(TupleId(child)).next_sibling;
        }
    }

    /// Elements of a tuple in order, appended to `out`.
    pub fn elements_of(&self, tuple: TupleId, out: &mut Vec<Element>) {
        let start = out.len();
        let mut at = tuple;
        while at != ROOT {
            let t = self.tuple(at);
            if t.element != Element::NONE {
                out.push(t.element);
            }
            at = TupleId(t.parent);
        }
        out[start..].reverse();
    }

    #[inline]
    pub fn value_of(&self, element: Element) -> Value {
        match element.as_fact() {
            Some(fact) => Value::Obj(self.fact(fact).object),
            None => self.derived.items[(element.0 & !DERIVED) as usize].value,
        }
    }

    /// The order of two tuples of one node by the sequence numbers of their elements.
    pub fn order(&self, a: TupleId, b: TupleId) -> Ordering {
        let (mut a, mut b) = (a, b);
        let mut order = Ordering::Equal;
        while a != b {
            let (left, right) = (self.tuple(a), self.tuple(b));
            if left.element != Element::NONE && right.element != Element::NONE {
                let here = self.sequence_of(left.element).cmp(&self.sequence_of(right.element));
                // what is nearer to the root comes first
                order = here.then(order);
            }
            (a, b) = (TupleId(left.parent), TupleId(right.parent));
            if a == ROOT || b == ROOT {
                break;
            }
        }
        order
    }

    /// Sequence numbers of a tuple's elements in order.
    pub fn sequences(&self, tuple: TupleId) -> Vec<u64> {
        let mut elements = Vec::new();
        self.elements_of(tuple, &mut elements);
        elements.into_iter().map(|element| self.sequence_of(element)).collect()
    }

    /// The event that last concerned a fact; the place of a derived value.
    pub fn sequence_of(&self, element: Element) -> u64 {
        match element.as_fact() {
            Some(fact) => self.fact(fact).sequence,
            None => self.derived.items[(element.0 & !DERIVED) as usize].sequence,
        }
    }

    /// The tuple of `node` (`None`: the root's) that a tuple extends.
    pub fn ancestor(&self, tuple: TupleId, node: Option<u32>) -> TupleId {
        let mut at = tuple;
        while at != ROOT && Some(self.tuple(at).node) != node {
            at = TupleId(self.tuple(at).parent);
        }
        at
    }

    // --- left memory ---

    /// The number that a key has in a node's index.
    #[inline]
    pub fn key(&mut self, node: u32, key: &[Value]) -> u32 {
        self.nodes[node as usize].number_of(key)
    }

    #[inline]
    pub fn left(&self, entry: u32) -> &LeftEntry {
        &self.lefts.items[entry as usize]
    }

    /// What is known of an entry of a `not`, `exists`, group or accumulate.
    #[inline]
    pub fn state(&self, entry: u32) -> &LeftState {
        &self.states.items[self.left(entry).state as usize]
    }

    #[inline]
    pub fn state_mut(&mut self, entry: u32) -> &mut LeftState {
        let state = self.left(entry).state;
        &mut self.states.items[state as usize]
    }

    /// First entry of a node's left memory with this key.
    #[inline]
    pub fn first_left(&self, node: u32, key: u32) -> u32 {
        self.nodes[node as usize].first_left(key)
    }

    #[inline]
    pub fn add_left(&mut self, node: u32, tuple: TupleId, key: u32) -> u32 {
        let next_of_tuple = self.tuple(tuple).first_left;
        let entry = self.lefts.add(LeftEntry {
            tuple,
            node,
            next_of_tuple,
            next: NONE,
            previous: NONE,
            key,
            state: NONE,
        });
        self.tuples.items[tuple.0 as usize].first_left = entry;
        let lefts = &mut self.lefts.items;
        self.nodes[node as usize].change_left(key, |chain| {
            let tail = std::mem::replace(&mut chain.tail, entry);
            if tail == NONE {
                chain.head = entry;
            } else {
                lefts[tail as usize].next = entry;
                lefts[entry as usize].previous = tail;
            }
        });
        entry
    }

    /// Gives an entry the state that all but joins need.
    pub fn add_state(&mut self, entry: u32) {
        self.serial += 1;
        self.lefts.items[entry as usize].state = self.states.add(LeftState {
            serial: self.serial,
            first_pair: NONE,
            count: 0,
            output: NONE,
            dirty: false,
            cause: NONE,
            fold: NONE,
        });
    }

    /// Takes an entry out of its node's left memory, and its pairs.
    pub fn remove_left(&mut self, entry: u32) {
        let LeftEntry {
            node,
            next,
            previous,
            key,
            state,
            ..
        } = *self.left(entry);
        if previous != NONE {
            self.lefts.items[previous as usize].next = next;
        }
        if next != NONE {
            self.lefts.items[next as usize].previous = previous;
        }
        if previous == NONE || next == NONE {
            self.nodes[node as usize].change_left(key, |chain| {
                if previous == NONE {
                    chain.head = next;
                }
                if next == NONE {
                    chain.tail = previous;
                }
            });
        }
        if state != NONE {
            self.remove_pairs_of_left(state);
            let fold = self.states.items[state as usize].fold;
            if fold != NONE {
                self.folds.items[fold as usize].parts = Vec::new();
                self.folds.free.push(fold);
            }
            self.states.free.push(state);
            self.lefts.items[entry as usize].state = NONE;
        }
        self.lefts.free.push(entry);
    }

    /// Whether an entry is still the one that had this serial number.
    pub fn is_left(&self, entry: u32, serial: u64) -> bool {
        let state = self.left(entry).state;
        state != NONE && self.states.items[state as usize].serial == serial
    }

    /// The entry of a tuple in a node's left memory.
    pub fn left_of(&self, tuple: TupleId, node: u32) -> Option<u32> {
        let mut entry = self.tuple(tuple).first_left;
        while entry != NONE {
            let left = self.left(entry);
            if left.node == node {
                return Some(entry);
            }
            entry = left.next_of_tuple;
        }
        None
    }

    // --- folds ---

    pub fn add_fold(&mut self, entry: u32) {
        let fold = self.folds.add(Fold {
            parts: Vec::new(),
            taken: 0,
            broken: true,
            state: Value::Null,
        });
        self.state_mut(entry).fold = fold;
    }

    pub fn fold_mut(&mut self, entry: u32) -> &mut Fold {
        let fold = self.state(entry).fold;
        &mut self.folds.items[fold as usize]
    }

    // --- right memory ---

    pub fn right(&self, entry: u32) -> &RightEntry {
        &self.rights.items[entry as usize]
    }

    #[inline]
    pub fn first_right(&self, node: u32, key: u32) -> u32 {
        self.nodes[node as usize].first_right(key)
    }

    pub fn add_right(&mut self, node: u32, fact: u32, key: u32) -> u32 {
        let next_of_fact = self.fact(fact).first_right;
        let entry = self.rights.add(RightEntry {
            fact,
            node,
            next_of_fact,
            previous_of_fact: NONE,
            next: NONE,
            previous: NONE,
            first_pair: NONE,
            key,
        });
        if next_of_fact != NONE {
            self.rights.items[next_of_fact as usize].previous_of_fact = entry;
        }
        self.fact_mut(fact).first_right = entry;
        let rights = &mut self.rights.items;
        self.nodes[node as usize].change_right(key, |chain| {
            let tail = std::mem::replace(&mut chain.tail, entry);
            if tail == NONE {
                chain.head = entry;
            } else {
                rights[tail as usize].next = entry;
                rights[entry as usize].previous = tail;
            }
        });
        entry
    }

    /// Takes an entry out of its node's right memory and its fact's list; its pairs stay until `free_right`.
    pub fn unlink_right(&mut self, entry: u32) {
        let RightEntry {
            fact,
            node,
            next_of_fact,
            previous_of_fact,
            next,
            previous,
            key,
            ..
        } = *self.right(entry);
        if previous_of_fact != NONE {
            self.rights.items[previous_of_fact as usize].next_of_fact = next_of_fact;
        } else {
            self.fact_mut(fact).first_right = next_of_fact;
        }
        if next_of_fact != NONE {
            self.rights.items[next_of_fact as usize].previous_of_fact = previous_of_fact;
        }
        if previous != NONE {
            self.rights.items[previous as usize].next = next;
        }
        if next != NONE {
            self.rights.items[next as usize].previous = previous;
        }
        if previous == NONE || next == NONE {
            self.nodes[node as usize].change_right(key, |chain| {
                if previous == NONE {
                    chain.head = next;
                }
                if next == NONE {
                    chain.tail = previous;
                }
            });
        }
    }

    pub fn free_right(&mut self, entry: u32) {
        self.rights.free.push(entry);
    }

    // --- pairs of `not` and `exists` ---

    pub fn pair(&self, pair: u32) -> &Pair {
        &self.pairs.items[pair as usize]
    }

    pub fn add_pair(&mut self, left: u32, right: u32) {
        let state = self.left(left).state as usize;
        let next_of_left = self.states.items[state].first_pair;
        let next_of_right = self.right(right).first_pair;
        let pair = self.pairs.add(Pair {
            left,
            right,
            previous_of_left: NONE,
            next_of_left,
            previous_of_right: NONE,
            next_of_right,
        });
        if next_of_left != NONE {
            self.pairs.items[next_of_left as usize].previous_of_left = pair;
        }
        if next_of_right != NONE {
            self.pairs.items[next_of_right as usize].previous_of_right = pair;
        }
        let state = &mut self.states.items[state];
        state.first_pair = pair;
        state.count += 1;
        self.rights.items[right as usize].first_pair = pair;
    }

    pub fn remove_pair(&mut self, pair: u32) {
        let p = *self.pair(pair);
        if p.previous_of_left != NONE {
            self.pairs.items[p.previous_of_left as usize].next_of_left = p.next_of_left;
        } else {
            self.state_mut(p.left).first_pair = p.next_of_left;
        }
        if p.next_of_left != NONE {
            self.pairs.items[p.next_of_left as usize].previous_of_left = p.previous_of_left;
        }
        if p.previous_of_right != NONE {
            self.pairs.items[p.previous_of_right as usize].next_of_right = p.next_of_right;
        } else {
            self.rights.items[p.right as usize].first_pair = p.next_of_right;
        }
        if p.next_of_right != NONE {
            self.pairs.items[p.next_of_right as usize].previous_of_right = p.previous_of_right;
        }
        self.state_mut(p.left).count -= 1;
        self.pairs.free.push(pair);
    }

    /// Removes all pairs of a left entry, which goes too.
    fn remove_pairs_of_left(&mut self, state: u32) {
        let mut pair = self.states.items[state as usize].first_pair;
        while pair != NONE {
            let p = self.pairs.items[pair as usize];
            if p.previous_of_right != NONE {
                self.pairs.items[p.previous_of_right as usize].next_of_right = p.next_of_right;
            } else {
                self.rights.items[p.right as usize].first_pair = p.next_of_right;
            }
            if p.next_of_right != NONE {
                self.pairs.items[p.next_of_right as usize].previous_of_right = p.previous_of_right;
            }
            self.pairs.free.push(pair);
            pair = p.next_of_left;
        }
    }

    /// How much is held, for tests: facts, tuples besides the root, left and right entries, pairs.
    pub fn census(&self) -> [usize; 5] {
        fn used<T>(arena: &Arena<T>) -> usize {
            arena.items.len() - arena.free.len()
        }
        [
            used(&self.facts),
            used(&self.tuples) - 1,
            used(&self.lefts),
            used(&self.rights),
            used(&self.pairs),
        ]
    }
}
