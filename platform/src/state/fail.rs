//! Labelled failpoints: crash tests stop the process, or inject an error, at a chosen step.
//!
//! They are set through options by a test, never through the environment; without a plan a step costs one comparison.
use super::err::{Result, StateError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// Every step that can be named, in the order in which a height meets them.
pub const LABELS: [&str; 10] = [
    "log:before-write",
    "log:half-written",
    "log:before-sync",
    "log:after-sync",
    "commit:before-install",
    "commit:after-publish",
    "flush:before-write",
    "flush:before-commit",
    "flush:after-commit",
    "rollback:before-commit",
];

/// What happens at the chosen step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// The process ends at once: no destructors, nothing flushed.
    Abort,
    /// The operation fails with [`StateError::Injected`].
    Fail,
}

#[derive(Debug)]
struct Plan {
    label: &'static str,
    /// Hits still to let pass.
    left: AtomicU64,
    action: Action,
}

/// At most one planned failure; by default none.
#[derive(Clone, Default, Debug)]
pub struct Failpoints(Option<Arc<Plan>>);

impl Failpoints {
    /// Acts on the hit number `hit` (from 1) of the step `label`; `None` if there is no such step.
    pub fn at(label: &str, hit: u64, action: Action) -> Option<Self> {
        let label = LABELS.iter().find(|l| **l == label)?;
        Some(Self(Some(Arc::new(Plan {
            label,
            left: AtomicU64::new(hit.max(1)),
            action,
        }))))
    }

    pub(super) fn hit(&self, label: &'static str) -> Result<()> {
        debug_assert!(LABELS.contains(&label));
        if self.reached(label) {
            return self.act(label);
        }
        Ok(())
    }

    /// For steps that need preparation before [`Failpoints::act`].
    pub(super) fn reached(&self, label: &'static str) -> bool {
        match &self.0 {
            Some(plan) if plan.label == label => plan.left.fetch_sub(1, Ordering::Relaxed) == 1,
            _ => false,
        }
    }

    pub(super) fn act(&self, label: &'static str) -> Result<()> {
        match &self.0 {
            Some(plan) if plan.action == Action::Abort => std::process::abort(),
            _ => Err(StateError::Injected(label)),
        }
    }
}
