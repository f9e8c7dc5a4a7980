//! The authenticated key-value store with versions, proofs and durability (docs/state.md).
//!
//! - [`tree`]     compact sparse Merkle tree, copy-on-write versions
//! - [`proof`]    inclusion and absence proofs, verifier
//! - [`view`]     immutable versions and their readers
//! - [`stage`]    staged writes with savepoints
//! - [`store`]    the writer: stage, root, commit, flush, rollback
mod base;
mod cache;
mod err;
pub mod proof;
mod stage;
mod store;
pub mod tree;
mod view;

pub use err::{Result, StateError};
pub use proof::{verify_proof, ProofError};
pub use stage::Stage;
pub use store::Store;
pub use tree::{Hash, EMPTY_ROOT};
pub use view::{Key, Reader, Row, Value, View};

/// Longest key in bytes.
pub const MAX_KEY: usize = 1024;
/// Longest value in bytes.
pub const MAX_VALUE: usize = 4 << 20;

/// How a store works; nothing here changes a root.
#[derive(Clone, Debug)]
pub struct Options {
    /// Versions kept for reads, proofs and rollback besides the last one.
    pub keep: usize,
    /// Heights between two flushes.
    pub flush_every: usize,
    /// Memory for values that stages read or wrote lately.
    pub value_cache_bytes: usize,
    /// Memory for pages of the file.
    pub page_cache_bytes: usize,
    /// Threads that hash (1 or 2).
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keep: 128,
            flush_every: 16,
            value_cache_bytes: 64 << 20,
            page_cache_bytes: 128 << 20,
            threads: 2,
        }
    }
}

#[cfg(test)]
mod store_tests;
