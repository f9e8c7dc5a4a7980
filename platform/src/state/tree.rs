//! Compact binary sparse Merkle tree in memory: many versions over one arena of copy-on-write nodes.
//!
//! A leaf sits at the first bit position where its key hash is alone; the shape, and so the root, depends on the set of
//! (key hash, value hash) pairs only, never on the order of updates (docs/state.md).
//!
//! The border of this module is narrow so that a tree on disk can take its place: [`Tree::build`], [`Tree::update`] (reads
//! only, yields a [`Candidate`]), [`Tree::install`], [`Tree::free`] and [`Tree::prove`].
use super::proof::{Proof, Terminal};
use sha2::{Digest, Sha256};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

pub type Hash = [u8; 32];
/// The root of a tree without keys, and the hash of a missing child.
pub const EMPTY_ROOT: Hash = [0; 32];
/// Updates in one batch below which a second thread costs more than it gains.
const PARALLEL_FROM: usize = 1024;

/// (key hash, value hash or removal), sorted by key hash, each key once.
pub type Update = (Hash, Option<Hash>);

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Hash of a leaf: domain byte 0.
pub fn leaf_hash(key: &Hash, value: &Hash) -> Hash {
    node_hash(0, key, value)
}

/// Hash of an inner node: domain byte 1.
pub fn inner_hash(left: &Hash, right: &Hash) -> Hash {
    node_hash(1, left, right)
}

fn node_hash(domain: u8, a: &Hash, b: &Hash) -> Hash {
    let mut block = [0u8; 65];
    block[0] = domain;
    block[1..33].copy_from_slice(a);
    block[33..].copy_from_slice(b);
    sha256(&block)
}

/// Bit `depth` of a key hash, most significant first: true goes right.
#[inline]
pub fn bit(key: &Hash, depth: usize) -> bool {
    (key[depth >> 3] >> (7 - (depth & 7))) & 1 == 1
}

/// A node of the arena; the two high bits tell leaves and not yet installed nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeId(u32);

const LEAF: u32 = 1 << 31;
const FRESH: u32 = 1 << 30;

impl NodeId {
    pub const EMPTY: Self = Self(u32::MAX);

    fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
    fn is_leaf(self) -> bool {
        !self.is_empty() && self.0 & LEAF != 0
    }
    fn is_inner(self) -> bool {
        self.0 & LEAF == 0
    }
    fn is_fresh(self) -> bool {
        !self.is_empty() && self.0 & FRESH != 0
    }
    fn slot(self) -> usize {
        (self.0 & !(LEAF | FRESH)) as usize
    }
    /// Slots stay below 2^30 - 1, so no leaf looks like `EMPTY`.
    fn new(slot: usize, flags: u32) -> Self {
        assert!(slot < (FRESH as usize) - 1, "the tree's arena is full");
        Self(slot as u32 | flags)
    }
}

#[derive(Clone, Copy)]
struct Inner {
    hash: Hash,
    left: NodeId,
    right: NodeId,
}

#[derive(Clone, Copy)]
struct Leaf {
    key: Hash,
    value: Hash,
}

/// Slots in chunks (no copying when it grows) with a free list.
struct Slab<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

const CHUNK: usize = 1 << 14;

impl<T: Copy> Slab<T> {
    fn new() -> Self {
        Self {
            chunks: Vec::new(),
            free: Vec::new(),
        }
    }
    fn get(&self, slot: usize) -> &T {
        &self.chunks[slot / CHUNK][slot % CHUNK]
    }
    fn put(&mut self, node: T) -> usize {
        if let Some(slot) = self.free.pop() {
            self.chunks[slot as usize / CHUNK][slot as usize % CHUNK] = node;
            return slot as usize;
        }
        if self.chunks.last().is_none_or(|c| c.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let at = self.chunks.len() - 1;
        self.chunks[at].push(node);
        at * CHUNK + self.chunks[at].len() - 1
    }
    fn used(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum::<usize>() - self.free.len()
    }
}

struct Arena {
    inner: Slab<Inner>,
    leaves: Slab<Leaf>,
}

/// Nodes that an update made, not yet in the arena, and the nodes that it replaced.
#[derive(Default, Clone)]
struct Fresh {
    inner: Vec<Inner>,
    leaves: Vec<Leaf>,
    stale: Vec<NodeId>,
}

impl Fresh {
    fn leaf(&mut self, key: Hash, value: Hash) -> NodeId {
        self.leaves.push(Leaf { key, value });
        NodeId::new(self.leaves.len() - 1, LEAF | FRESH)
    }

    /// Takes over the nodes of `other`; says how its node ids read from now on.
    fn absorb(&mut self, other: Self) -> impl Fn(NodeId) -> NodeId {
        let (inner, leaves) = (self.inner.len(), self.leaves.len());
        let moved = move |id: NodeId| match id {
            id if !id.is_fresh() => id,
            id if id.is_leaf() => NodeId::new(id.slot() + leaves, LEAF | FRESH),
            id => NodeId::new(id.slot() + inner, FRESH),
        };
        self.inner.extend(other.inner.iter().map(|n| Inner {
            left: moved(n.left),
            right: moved(n.right),
            ..*n
        }));
        self.leaves.extend(other.leaves);
        self.stale.extend(other.stale);
        moved
    }
}

/// The outcome of an update: a new version that is not part of the tree until it is installed.
#[derive(Clone)]
pub struct Candidate {
    fresh: Fresh,
    root: NodeId,
    pub hash: Hash,
}

/// An installed version: its root, the nodes that it alone has, and the nodes of its parent that it has no more.
pub struct Installed {
    pub root: NodeId,
    pub fresh: Vec<NodeId>,
    pub stale: Vec<NodeId>,
}

pub struct Tree {
    arena: RwLock<Arena>,
    threads: usize,
}

impl Tree {
    pub fn new(threads: usize) -> Self {
        Self {
            arena: RwLock::new(Arena {
                inner: Slab::new(),
                leaves: Slab::new(),
            }),
            threads,
        }
    }

    /// A tree of one version with these leaves (sorted by key hash, each once).
    pub fn build(threads: usize, leaves: &[Update]) -> (Self, NodeId, Hash) {
        let tree = Self::new(threads);
        let candidate = tree.update(NodeId::EMPTY, leaves);
        let hash = candidate.hash;
        let root = tree.install(candidate).root;
        (tree, root, hash)
    }

    fn read(&self) -> RwLockReadGuard<'_, Arena> {
        self.arena.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The version that `batch` makes of the version at `root`. Reads only; proofs may be made meanwhile.
    pub fn update(&self, root: NodeId, batch: &[Update]) -> Candidate {
        debug_assert!(
            batch.windows(2).all(|w| w[0].0 < w[1].0),
            "updates are sorted and each key comes once"
        );
        let arena = self.read();
        let mut fresh = Fresh::default();
        let new = if self.threads > 1 && batch.len() >= PARALLEL_FROM && (root.is_inner() || root.is_empty()) {
            arena.update_halves(root, batch, &mut fresh)
        } else {
            arena.update(root, batch, 0, &mut fresh)
        };
        let hash = arena.hash(new, &fresh);
        Candidate { fresh, root: new, hash }
    }

    /// Makes a candidate's nodes part of the arena.
    pub fn install(&self, candidate: Candidate) -> Installed {
        let mut arena = self.arena.write().unwrap_or_else(PoisonError::into_inner);
        let leaves: Vec<NodeId> = candidate
            .fresh
            .leaves
            .iter()
            .map(|l| NodeId::new(arena.leaves.put(*l), LEAF))
            .collect();
        let mut inner: Vec<NodeId> = Vec::with_capacity(candidate.fresh.inner.len());
        let place = |id: NodeId, inner: &[NodeId]| match id {
            id if !id.is_fresh() => id,
            id if id.is_leaf() => leaves[id.slot()],
            id => inner[id.slot()],
        };
        for node in &candidate.fresh.inner {
            // children come before their parents
            let node = Inner {
                left: place(node.left, &inner),
                right: place(node.right, &inner),
                ..*node
            };
            inner.push(NodeId::new(arena.inner.put(node), 0));
        }
        let root = place(candidate.root, &inner);
        inner.extend(&leaves);
        Installed {
            root,
            fresh: inner,
            stale: candidate.fresh.stale,
        }
    }

    /// Gives nodes back that no kept version has.
    pub fn free(&self, nodes: &[NodeId]) {
        let mut arena = self.arena.write().unwrap_or_else(PoisonError::into_inner);
        for node in nodes {
            if node.is_leaf() {
                arena.leaves.free.push(node.slot() as u32);
            } else if !node.is_empty() {
                arena.inner.free.push(node.slot() as u32);
            }
        }
    }

    /// The proof that `key` (a hash) has its value, or none, in the version at `root`.
    pub fn prove(&self, root: NodeId, key: &Hash) -> Proof {
        let arena = self.read();
        let none = Fresh::default();
        let (mut at, mut siblings) = (root, Vec::new());
        while at.is_inner() {
            let node = arena.inner.get(at.slot());
            let (next, other) = if bit(key, siblings.len()) {
                (node.right, node.left)
            } else {
                (node.left, node.right)
            };
            siblings.push(arena.hash(other, &none));
            at = next;
        }
        let terminal = if at.is_empty() {
            Terminal::Empty
        } else {
            let leaf = arena.leaves.get(at.slot());
            if leaf.key == *key {
                Terminal::Here
            } else {
                Terminal::Other {
                    key: leaf.key,
                    value: leaf.value,
                }
            }
        };
        Proof { siblings, terminal }
    }

    /// Nodes in use (inner, leaves): what versions and tests are measured by.
    pub fn nodes(&self) -> (usize, usize) {
        let arena = self.read();
        (arena.inner.used(), arena.leaves.used())
    }
}

impl Arena {
    fn hash(&self, id: NodeId, fresh: &Fresh) -> Hash {
        if id.is_empty() {
            EMPTY_ROOT
        } else if id.is_leaf() {
            let leaf = if id.is_fresh() {
                &fresh.leaves[id.slot()]
            } else {
                self.leaves.get(id.slot())
            };
            leaf_hash(&leaf.key, &leaf.value)
        } else if id.is_fresh() {
            fresh.inner[id.slot()].hash
        } else {
            self.inner.get(id.slot()).hash
        }
    }

    fn update(&self, at: NodeId, batch: &[Update], depth: usize, fresh: &mut Fresh) -> NodeId {
        if batch.is_empty() {
            return at;
        }
        let (mut left, mut right) = (NodeId::EMPTY, NodeId::EMPTY);
        if at.is_empty() {
            if let [(key, value)] = batch {
                return value.map_or(NodeId::EMPTY, |value| fresh.leaf(*key, value));
            }
        } else if at.is_leaf() {
            let leaf = self.leaves.get(at.slot());
            if let [(key, value)] = batch {
                if *key == leaf.key {
                    if *value == Some(leaf.value) {
                        return at;
                    }
                    fresh.stale.push(at);
                    return value.map_or(NodeId::EMPTY, |value| fresh.leaf(*key, value));
                }
            }
            *(if bit(&leaf.key, depth) { &mut right } else { &mut left }) = at;
        } else {
            let node = self.inner.get(at.slot());
            (left, right) = (node.left, node.right);
        }
        let middle = batch.partition_point(|(key, _)| !bit(key, depth));
        let new_left = self.update(left, &batch[..middle], depth + 1, fresh);
        let new_right = self.update(right, &batch[middle..], depth + 1, fresh);
        self.join(at, (left, right), (new_left, new_right), fresh)
    }

    /// As [`Arena::update`] at the root, the two halves on two threads. The result does not depend on their timing.
    fn update_halves(&self, at: NodeId, batch: &[Update], fresh: &mut Fresh) -> NodeId {
        let (left, right) = if at.is_empty() {
            (NodeId::EMPTY, NodeId::EMPTY)
        } else {
            let node = self.inner.get(at.slot());
            (node.left, node.right)
        };
        let middle = batch.partition_point(|(key, _)| !bit(key, 0));
        let mut other = Fresh::default();
        let (new_left, new_right) = std::thread::scope(|scope| {
            let half = scope.spawn(|| self.update(left, &batch[..middle], 1, fresh));
            let new_right = self.update(right, &batch[middle..], 1, &mut other);
            match half.join() {
                Ok(new_left) => (new_left, new_right),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        });
        let new_right = fresh.absorb(other)(new_right);
        self.join(at, (left, right), (new_left, new_right), fresh)
    }

    /// The node above two children: none if nothing changed, a lone leaf moves up.
    fn join(&self, at: NodeId, old: (NodeId, NodeId), new: (NodeId, NodeId), fresh: &mut Fresh) -> NodeId {
        if at.is_inner() {
            if old == new {
                return at;
            }
            fresh.stale.push(at);
        }
        match new {
            (left, NodeId::EMPTY) if !left.is_inner() => left,
            (NodeId::EMPTY, right) if !right.is_inner() => right,
            (left, right) => {
                let hash = inner_hash(&self.hash(left, fresh), &self.hash(right, fresh));
                fresh.inner.push(Inner { hash, left, right });
                NodeId::new(fresh.inner.len() - 1, FRESH)
            }
        }
    }
}
