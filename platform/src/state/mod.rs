//! The authenticated key-value store with versions, proofs and durability (docs/state.md).
//!
//! - [`tree`]     compact sparse Merkle tree, copy-on-write versions
//! - [`proof`]    inclusion and absence proofs, verifier
//! - [`view`]     immutable versions and their readers
//! - [`stage`]    staged writes with savepoints
//! - [`store`]    the writer: stage, root, commit, flush, rollback
//! - [`db`], [`base`], [`load`], [`changes`], [`cache`]  the file, the flushed state, opening,
//!   what heights changed, values at hand
//! - [`log`]      append-only log of blocks, the durable record between flushes
//! - [`snapshot`] export and import in chunks
//! - [`fail`]     labelled steps where crash tests stop the process
mod base;
mod cache;
mod changes;
mod db;
mod err;
pub mod fail;
mod load;
pub mod log;
pub mod proof;
pub mod snapshot;
mod stage;
mod store;
pub mod tree;
mod view;

pub use err::{Result, StateError};
pub use fail::{Action, Failpoints};
pub use log::{BlockLog, LogOptions};
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
    /// Flush on a thread beside the writer.
    pub background: bool,
    /// Check every page's checksum when the store is opened.
    pub verify: bool,
    /// For crash tests.
    pub failpoints: Failpoints,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keep: 128,
            flush_every: 16,
            value_cache_bytes: 64 << 20,
            page_cache_bytes: 256 << 20,
            threads: 2,
            background: true,
            verify: true,
            failpoints: Failpoints::default(),
        }
    }
}

#[cfg(test)]
mod log_tests;
#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tree_tests;
