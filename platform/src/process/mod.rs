//! The engine of processes: what tokens do, and how the data of parallel branches unite.
//!
//! It does what `dsl/specification/processes` says, file by file under the same names; a test compares the two on
//! random models after every event.
//!
//! - [`state`]      tokens, scopes, branches, waits
//! - [`data`]       who sees what, how branches unite
//! - [`code`]       functions over variables
//! - [`flow`]       flows, gateways, joins, scopes
//! - [`activities`] nodes, multi-instance, calls
//! - [`events`]     catching, throwing, compensation
//! - [`timers`]     when timers are due
//! - [`graph`]      questions about the graph
//! - [`instance`]   a run from outside
//! - [`repair`]     what people do when a step has failed
//! - [`codec`]      an instance as it is stored
//! - [`doors`]      instances of a contract: what scripts and blocks do with them
//! - [`codec`]      an instance as it is stored
mod activities;
mod code;
pub mod codec;
mod data;
pub mod doors;
mod events;
mod flow;
mod graph;
pub mod instance;
mod repair;
pub mod state;
mod timers;

pub use instance::{Event, Run};
pub use state::{State, Status};
