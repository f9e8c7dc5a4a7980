//! The patterns that a call has used, and those that a program keeps compiled. The first use in a call pays for reading
//! and compiling a pattern, also where it is at hand; so gas is the same on every machine.
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::gas;
use super::halt::Halt;
use super::machine::Machine;
use super::pattern::{self, BadPattern, Classes, Mode, Pattern, Scratch};
use super::value::TextId;

/// Patterns that a program keeps at most.
const KEPT: usize = 1_024;
/// Weight of all of them, about states of 40 bytes.
const KEPT_WEIGHT: u64 = 500_000;
/// Bytes of the arena that a state of an automaton counts for.
const STATE_SIZE: u64 = 32;

/// What a program keeps; nothing that runs can observe it.
#[derive(Debug, Default)]
pub(super) struct PatternCache(Mutex<Kept>);

#[derive(Clone, Debug)]
struct Known {
    pattern: Arc<Pattern>,
    classes: Classes,
    weight: u64,
}

#[derive(Debug, Default)]
struct Kept {
    patterns: FxHashMap<Box<str>, Known>,
    weight: u64,
}

impl PatternCache {
    fn find(&self, text: &str) -> Option<Known> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.patterns.get(text).cloned()
    }

    fn keep(&self, text: &str, known: &Known) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.patterns.len() >= KEPT || kept.weight > KEPT_WEIGHT {
            *kept = Kept::default();
        }
        kept.weight += known.weight;
        kept.patterns.insert(text.into(), known.clone());
    }
}

/// What a call has used.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    used: FxHashMap<Box<str>, Arc<Pattern>>,
    scratch: Scratch,
}

impl Patterns {
    pub(super) fn forget(&mut self) {
        self.used.clear();
    }
}

fn trap(error: BadPattern) -> Halt {
    Halt::trap("bad-pattern", error.to_string())
}

impl Machine {
    /// The pattern that a text is, paid for at its first use in the call. Trap `bad-pattern`.
    pub(super) fn pattern(&mut self, text: TextId) -> Result<Arc<Pattern>, Halt> {
        if let Some(pattern) = self.patterns.used.get(self.heap.text(text)) {
            return Ok(Arc::clone(pattern));
        }
        let text: Box<str> = self.heap.text(text).into();
        self.gas
            .charge(gas::PATTERN + gas::PATTERN_BYTE * text.len().min(pattern::MAX_SIZE) as u64)?;
        let known = match self.program.patterns.find(&text) {
            Some(known) => {
                self.pay_for_classes(known.classes)?;
                self.pay_for_states(known.weight)?;
                known
            }
            None => {
                let checked = pattern::check(&text).map_err(trap)?;
                let classes = checked.classes;
                self.pay_for_classes(classes)?;
                let parsed = checked.parse(&text).map_err(trap)?;
                let weight = parsed.weight;
                self.pay_for_states(weight)?;
                let pattern = Arc::new(parsed.compile().map_err(trap)?);
                let known = Known {
                    pattern,
                    classes,
                    weight,
                };
                self.program.patterns.keep(&text, &known);
                known
            }
        };
        self.patterns.used.insert(text, Arc::clone(&known.pattern));
        Ok(known.pattern)
    }

    fn pay_for_classes(&mut self, classes: Classes) -> Result<(), Halt> {
        self.gas
            .charge(classes.named * gas::PATTERN_CLASS + classes.folded * gas::PATTERN_FOLD)
    }

    fn pay_for_states(&mut self, weight: u64) -> Result<(), Halt> {
        self.gas.charge(weight * gas::PATTERN_STATE)?;
        self.heap.account(weight * STATE_SIZE)
    }

    /// Start and end in bytes of a match at or after `from`, each step paid for.
    pub(super) fn search(
        &mut self,
        pattern: &Pattern,
        text: TextId,
        from: usize,
        mode: Mode,
    ) -> Result<Option<(usize, usize)>, Halt> {
        self.gas.charge(gas::PATTERN_SEARCH)?;
        let Self {
            heap, gas, patterns, ..
        } = self;
        pattern.search(&mut patterns.scratch, heap.text(text), from, mode, |steps| {
            gas.charge(steps * gas::PATTERN_STEP)
        })
    }
}
