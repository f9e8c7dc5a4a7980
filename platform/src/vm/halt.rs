//! How a run ends early. Four different outcomes (DESIGN section 3): they are never mixed up.

/// Bytes of a halt's message.
pub const MAX_MESSAGE: usize = 1024;

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
    /// A BPMN error with its code that no script caught: for the process whose code this is, if any.
    BpmnError {
        error: String,
        message: String,
    },
    /// A script threw a value, which the machine holds. It never leaves a run.
    Thrown,
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
    /// `out_of_gas`, `trap`, `revert` or `fault`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OutOfGas => "out_of_gas",
            Self::Trap { .. } => "trap",
            Self::Revert { .. } => "revert",
            Self::Fault { .. } | Self::Thrown => "fault",
            Self::BpmnError { .. } => "revert",
        }
    }

    /// The trap's stable code; the kind's name for the others.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfGas => "out-of-gas",
            Self::Trap { code, .. } => code,
            Self::Revert { .. } => "revert",
            Self::Fault { .. } | Self::Thrown => "fault",
            Self::BpmnError { .. } => "bpmn-error",
        }
    }

    pub fn message(&self) -> &str {
        match self {
            Self::OutOfGas => "the gas limit is used up",
            Self::Thrown => "a thrown value",
            Self::Trap { message, .. }
            | Self::Revert { message }
            | Self::Fault { message }
            | Self::BpmnError { message, .. } => message,
        }
    }

    /// The message cut to [`MAX_MESSAGE`] bytes: contracts can put texts of any length into it.
    pub fn bounded(mut self) -> Self {
        if let Self::Trap { message, .. }
        | Self::Revert { message }
        | Self::Fault { message }
        | Self::BpmnError { message, .. } = &mut self
        {
            if message.len() > MAX_MESSAGE {
                let end = (0..=MAX_MESSAGE)
                    .rev()
                    .find(|at| message.is_char_boundary(*at))
                    .unwrap_or(0);
                message.truncate(end);
            }
        }
        self
    }

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
    ("not-whole", "a fraction was given where a whole number is needed"),
    ("unknown-field", "a declared type has no such field"),
    ("unknown-method", "a value of this kind has no such method"),
    ("frozen", "a frozen list or record was changed"),
    ("index-range", "a list has no such position"),
    ("bad-argument", "a library function was called with a wrong argument"),
    ("bad-pattern", "a text is not a regular expression that is supported"),
    ("bad-json", "a text is not JSON, or has a number that is not exact"),
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
    ("no-global", "a global was used where no rule session is at work"),
    ("unknown-rules", "there is no such rule file, or more than one"),
    ("session-busy", "a rule session was used while it was firing"),
    ("session-limit", "too many rule sessions were opened in one call"),
    ("not-data", "a function or session cannot leave the call"),
    ("too-deep", "a value is nested too deep or contains itself"),
    ("call-depth", "too many calls wait for each other"),
    ("stack-limit", "the stack is full"),
    ("memory-limit", "the call allocates too much memory"),
    (
        "table-conflict",
        "rows of a decision table are true together that must not be",
    ),
    (
        "call-failed",
        "an endpoint of another contract failed; nothing of it was kept",
    ),
    ("reentrant-call", "a contract that waits for another was called again"),
    ("output-limit", "the call prints or returns too much"),
    (
        "not-initialized",
        "a variable was used by a function before it had a value",
    ),
    ("raised", "the contract raised an error of its own"),
    ("bpmn-error", "a process throws an error that nothing catches"),
    ("no-flow", "no flow out of an element is true and none is the default"),
    ("no-transition", "a state has no transition of this name"),
    ("no-transaction", "a cancel end event stands outside of a transaction"),
    ("merge-conflict", "parallel branches gave a variable different values"),
    ("bad-timer", "a timer has no date, duration or cycle"),
    ("unknown-process", "there is no such process"),
    ("unknown-instance", "no instance of a process has this id"),
    ("instance-busy", "code of an instance works on the instance itself"),
    ("instance-ended", "the instance of a process is over"),
    ("unknown-task", "no such task waits"),
    ("task-done", "the task was completed before"),
    ("task-held", "somebody else has claimed the task"),
    ("wrong-role", "who calls does not have the role that this needs"),
    (
        "four-eyes",
        "somebody else than who did the other task must do this one",
    ),
    ("bad-role", "a role cannot be given that way"),
    ("bad-form", "the result of a task does not fit its form"),
    ("unmatched", "nothing waits for the message or signal"),
];
