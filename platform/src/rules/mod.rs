//! The rule network: Rete with hashed alpha and beta memories, agenda, sessions (DESIGN section 3, "Rule network").
//!
//! - [`network`] the compiled form of a rule set: immutable, built once for a program
//! - [`alpha`]   which alpha nodes a fact reaches, through hash and range indexes
//! - [`intervals`] lower and upper bounds of one slot, found by one search
//! - [`memory`]  arenas: facts, tuples, entries of the nodes' left and right memories
//! - [`matcher`] propagation: facts and tuples through joins, `not` and `exists`
//! - [`folds`]   accumulates, brought up to date before the next rule is chosen
//! - [`truth`]   facts that stay while the matches that inserted them hold
//! - [`counts`]  what matching costs
//! - [`agenda`]  conflict resolution, a total order
//! - [`session`] working memory over all of it; fires consequences
//! - [`engine`]  opens sessions for scripts
pub mod agenda;
pub mod alpha;
mod counts;
pub mod engine;
mod folds;
mod intervals;
mod keys;
pub mod matcher;
pub mod memory;
pub mod network;
mod path;
pub mod session;
mod tasks;
mod truth;

pub use engine::{Engine, Networks};
pub use network::Network;
pub use session::Session;
