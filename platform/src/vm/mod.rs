//! The bytecode machine: a gas-metered stack interpreter over an arena.
pub mod address;
mod calls;
mod classes;
mod collections;
pub mod comparison;
mod fields;
pub mod gas;
pub mod halt;
pub mod heap;
pub mod host;
mod interpret;
pub mod layout;
pub mod machine;
pub mod natives;
pub mod null_host;
mod operators;
pub mod ops;
pub mod pattern;
mod patterns;
pub mod program;
pub mod regexp;
mod regexps;
pub mod table;
#[cfg(test)]
mod table_tests;
mod temporal;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod text;
pub mod value;

pub use gas::Gas;
pub use halt::{Halt, Outcome};
pub use heap::{Heap, Mark, Shape};
pub use host::Host;
pub use machine::{Machine, RuleEngine, ScriptSession, WorkingMemory};
pub use operators::absent;
pub use program::Program;
pub use value::{FactId, ObjId, TextId, Value};
