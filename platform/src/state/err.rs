//! Everything that can go wrong in the state store, each with a stable code.
use std::fmt;
use std::path::Path;

pub type Result<T> = std::result::Result<T, StateError>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StateError {
    /// The disk or the store's file refused an operation.
    Io(String),
    /// What is on disk is not what was written.
    Corrupt(String),
    /// A record of the block log is not what was written; the height is the record's.
    LogCorrupt { height: u64, message: String },
    /// A height that is not kept, or not the next one.
    Height(String),
    /// A key, a value or a batch beyond the limits.
    Limit(String),
    /// A savepoint was closed that was never opened, or a stage does not belong to this state.
    Stage(String),
    /// Bytes offered as a snapshot's manifest or chunk are not acceptable.
    Snapshot(String),
    /// A test asked for a failure here.
    Injected(&'static str),
}

impl StateError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "state-io",
            Self::Corrupt(_) => "state-corrupt",
            Self::LogCorrupt { .. } => "log-corrupt",
            Self::Height(_) => "state-height",
            Self::Limit(_) => "state-limit",
            Self::Stage(_) => "state-stage",
            Self::Snapshot(_) => "snapshot-invalid",
            Self::Injected(_) => "state-injected",
        }
    }

    pub(super) fn io(what: &str, path: &Path, error: &dyn fmt::Display) -> Self {
        Self::Io(format!("cannot {what} `{}`: {error}", path.display()))
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(m) | Self::Height(m) | Self::Limit(m) | Self::Stage(m) => f.write_str(m),
            Self::Corrupt(m) => write!(f, "corrupted store: {m}"),
            Self::LogCorrupt { height, message } => write!(f, "corrupted block log at height {height}: {message}"),
            Self::Snapshot(m) => write!(f, "invalid snapshot: {m}"),
            Self::Injected(label) => write!(f, "failure injected at `{label}`"),
        }
    }
}

impl std::error::Error for StateError {}
