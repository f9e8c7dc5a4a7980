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

/// Every trap of the machine and its library, with what it means; hosts and rules may add their own.
pub const TRAPS: &[(&str, &str)] = &[
    ("null-operand", "an operator, a field or a function was given null"),
    ("type-mismatch", "a value is not of the kind that is needed"),
    ("unknown-field", "a declared type has no such field"),
    ("unknown-method", "a value of this kind has no such method"),
    ("index-range", "a list has no such position"),
    ("bad-argument", "a library function was called with a wrong argument"),
    ("bad-address", "a text is not an address"),
    ("number-overflow", "a number is beyond the format of 34 digits"),
    ("division-by-zero", "a number was divided by zero"),
    ("invalid-number", "an operation on numbers has no result"),
    (
        "bad-time",
        "a temporal value is outside the calendar, or a text is not one",
    ),
    (
        "amount-precision",
        "an amount is negative or finer than 18 decimal places",
    ),
    (
        "permission-denied",
        "the contract did not declare the permission that this needs",
    ),
    (
        "no-working-memory",
        "only a rule's consequence may change working memory",
    ),
    ("unknown-rules", "there is no such rule file, or more than one"),
    ("session-busy", "a rule session was used while it was firing"),
    ("session-limit", "too many rule sessions were opened in one call"),
    ("not-data", "a function or session cannot leave the call"),
    ("too-deep", "a value is nested too deep or contains itself"),
    ("call-depth", "too many calls wait for each other"),
    ("stack-limit", "the stack is full"),
    ("memory-limit", "the call allocates too much memory"),
    ("output-limit", "the call prints or returns too much"),
    ("raised", "the contract raised an error of its own"),
];
