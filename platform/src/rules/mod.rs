//! The rule network: Rete with hashed alpha and beta memories, agenda, sessions (DESIGN section 3, "Rule network").
//!
//! - [`network`] the compiled form of a rule set: immutable, built once for a program
//! - [`alpha`]   which alpha nodes a fact reaches, through hash and range indexes
//! - [`memory`]  arenas: facts, tuples, entries of the nodes' left and right memories
//! - [`matcher`] propagation: facts and tuples through joins, `not` and `exists`
//! - [`agenda`]  conflict resolution, a total order
//! - [`session`] working memory over all of it; fires consequences
//! - [`engine`]  opens sessions for scripts
pub mod agenda;
pub mod alpha;
pub mod engine;
pub mod matcher;
pub mod memory;
pub mod network;
pub mod session;

pub use engine::{Engine, Networks};
pub use network::Network;
pub use session::Session;
