//! How a run ends early. Four different outcomes (DESIGN section 3): they are never mixed up.

/// Why execution stopped. `Fault` is our own bug; the others are the contract's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Halt {
    OutOfGas,
    /// A broken rule of the language: stable code, one-line message (lower case, no final period).
    Trap {
        code: &'static str,
        message: String,
    },
    /// The contract asked for it.
    Revert {
        message: String,
    },
    /// An invariant of the kernel was broken.
    Fault {
        message: String,
    },
}

/// Where a run stopped: function index and offset in its code (the debug map turns it into a source line).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub function: u32,
    pub offset: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome<T> {
    Done(T),
    Halted { halt: Halt, place: Option<Place> },
}

impl Halt {
    pub fn trap(code: &'static str, message: impl Into<String>) -> Self {
        Self::Trap {
            code,
            message: message.into(),
        }
    }
}
