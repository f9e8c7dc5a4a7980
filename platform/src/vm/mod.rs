//! The bytecode machine: a gas-metered stack interpreter over an arena.
pub mod gas;
pub mod halt;
pub mod heap;
pub mod host;
pub mod layout;
pub mod machine;
pub mod ops;
mod text;
pub mod value;

pub use gas::Gas;
pub use halt::{Halt, Outcome};
pub use heap::{Heap, Mark, Shape};
pub use host::Host;
pub use machine::{Machine, WorkingMemory};
pub use value::{FactId, ObjId, TextId, Value};
