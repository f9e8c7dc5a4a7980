//! What an instance consists of: tokens, scopes, branches, waits. Nothing here is remembered twice.
use std::collections::BTreeMap;

use crate::value::{Data, DateTime, Duration, Period};
use crate::vm::Halt;

/// Numbers of an instance's parts; whatever is older has a smaller one.
pub type Id = u64;

/// A stored value; `None` is an absent one.
pub type Slot = Option<Data>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Write {
    pub value: Slot,
    /// Of the element that wrote it.
    pub element: String,
}

pub type Writes = BTreeMap<String, Write>;
pub type Locals = BTreeMap<String, Slot>;

/// What the tokens between a split and its join have written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    pub parent: Option<Id>,
    /// The node that made it.
    pub split: Option<u32>,
    /// Variables that live here: the branch is the root of a scope. The root without a parent has all names.
    pub local: Option<Locals>,
    /// By its token, or by its children when all of them have ended.
    pub writes: Writes,
    /// By children that have ended while others live.
    pub gathered: Writes,
    /// Values that it finds but did not write.
    pub seen: Locals,
}

/// How far a multi-instance activity or a loop is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Turns {
    pub total: Option<u64>,
    pub items: Option<Vec<Slot>>,
    pub begun: u64,
    pub ended: u64,
    pub outputs: BTreeMap<u64, Slot>,
}

/// A completed activity that can be compensated: locals of the scopes that are gone, records of what was inside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    pub node: u32,
    pub local: Locals,
    pub inner: Vec<Record>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenState {
    /// Its work is on the stack.
    Ready,
    /// It waits at a gateway.
    Join,
    /// It waits for something from outside.
    Wait,
    /// Something runs inside its activity.
    Host,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    pub node: u32,
    pub scope: Id,
    pub branch: Id,
    pub flow: Option<u32>,
    pub state: TokenState,
    /// Counts when it came to where it is.
    pub arrival: Id,
    /// Of a task that waits for somebody: until when it should be done.
    pub due: Option<DateTime>,
    /// It is one of the instances of its activity.
    pub instance: Option<u64>,
    pub turns: Option<Turns>,
    /// What a throwing token has still to compensate.
    pub queue: Option<Vec<Record>>,
    /// Start event, payload and `event` of an event sub-process.
    pub begin: Option<u32>,
    pub event: Option<(Slot, Slot)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Process,
    Scope,
    Instance,
    Compensation,
}

/// Where tokens live. `token` waits outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub process: u32,
    pub node: Option<u32>,
    pub parent: Option<Id>,
    pub token: Option<Id>,
    pub root: Id,
    /// Its event sub-processes no longer begin.
    pub interrupted: bool,
    pub records: Vec<Record>,
}

/// The time between two turns of a timer: by years, months and days first, then by hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Every {
    pub period: Period,
    pub time: Option<Duration>,
}

/// An event that may happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    pub node: u32,
    pub scope: Id,
    /// The one that waits, or is inside the activity of a boundary event; none for the start of an event sub-process.
    pub token: Option<Id>,
    pub keys: Vec<Slot>,
    pub due: Option<DateTime>,
    /// Turns of a timer that are left; `None`: no end.
    pub left: Option<u64>,
    pub every: Option<Every>,
    /// Whether the condition held when it was last looked at.
    pub was: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Waiting,
    Completed,
    Terminated,
    Failed,
}

impl Status {
    pub const ALL: &'static [(Status, &'static str)] = &[
        (Self::Waiting, "waiting"),
        (Self::Completed, "completed"),
        (Self::Terminated, "terminated"),
        (Self::Failed, "failed"),
    ];

    pub fn text(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(found, _)| *found == self)
            .map_or("", |(_, text)| text)
    }
}

/// `no-flow`, `merge-conflict`, or the code of an error that nothing caught.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    pub code: String,
    pub message: String,
    pub element: String,
}

/// A message that came before anybody waited for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    pub name: String,
    pub payload: Slot,
    pub correlation: Data,
}

/// All of an instance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// Index of the process in its module.
    pub process: u32,
    pub status: Status,
    pub failure: Option<Failure>,
    pub count: Id,
    pub tokens: BTreeMap<Id, Token>,
    pub scopes: BTreeMap<Id, Scope>,
    pub branches: BTreeMap<Id, Branch>,
    pub waits: BTreeMap<Id, Wait>,
    pub kept: Vec<Kept>,
}

impl State {
    pub fn new(process: u32) -> Self {
        Self {
            process,
            status: Status::Waiting,
            failure: None,
            count: 0,
            tokens: BTreeMap::new(),
            scopes: BTreeMap::new(),
            branches: BTreeMap::new(),
            waits: BTreeMap::new(),
            kept: Vec::new(),
        }
    }

    pub fn number(&mut self) -> Id {
        self.count += 1;
        self.count
    }
}

/// What ends a piece of work early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Code stopped: the step is void.
    Halt(Halt),
    /// An error of the process's own on its way to whatever catches it.
    Thrown {
        token: Id,
        code: String,
        message: String,
        payload: Slot,
    },
    Failure(Failure),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl Stop {
    pub fn failure(code: &str, message: String, element: &str) -> Self {
        Self::Failure(Failure {
            code: code.to_owned(),
            message,
            element: element.to_owned(),
        })
    }
}

pub type Done<T> = Result<T, Stop>;

/// A part that must be there is not: our own bug.
pub fn lost(what: &str) -> Stop {
    Stop::Halt(Halt::Fault {
        message: format!("an instance has lost a {what}"),
    })
}
