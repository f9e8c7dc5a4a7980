//! The regular expressions that a call has made ready. Each is paid for at its first use in the call.
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::gas;
use super::halt::Halt;
use super::machine::Machine;
use super::regexp::{Flags, Found, RegExp, Scratch, MAX_SIZE};
use super::value::{ObjId, TextId, Value};

/// Bytes of the arena that an instruction of a program counts for.
const STEP_SIZE: u64 = 32;

#[derive(Debug, Default)]
pub(super) struct RegExps {
    used: FxHashMap<(TextId, TextId), Arc<RegExp>>,
    scratch: Scratch,
}

impl RegExps {
    pub(super) fn forget(&mut self) {
        self.used.clear();
    }
}

impl Machine {
    /// A new regular expression. Trap `bad-pattern`.
    pub fn new_regexp(&mut self, source: TextId, flags: &str) -> Result<Value, Halt> {
        let parsed = Flags::parse(flags).map_err(|error| Halt::trap("bad-pattern", error.to_string()))?;
        let flags = parsed.text();
        let object = self.heap.new_regexp(source, &flags)?;
        self.regexp(object)?;
        Ok(Value::Obj(object))
    }

    /// What a regular expression was made ready as, paid for at its first use in the call.
    pub(super) fn regexp(&mut self, object: ObjId) -> Result<Arc<RegExp>, Halt> {
        let Some(value) = self.heap.regexp(object) else {
            return Err(Halt::Fault {
                message: "no regular expression".into(),
            });
        };
        if let Some(regexp) = self.regexps.used.get(&(value.source, value.flags)) {
            return Ok(Arc::clone(regexp));
        }
        let (source, flags) = (self.heap.text(value.source), self.heap.text(value.flags));
        let size = source.len().min(MAX_SIZE) as u64;
        self.gas.charge(gas::PATTERN + gas::REGEXP_BYTE * size)?;
        let (regexp, weight) =
            RegExp::new(source, flags).map_err(|error| Halt::trap("bad-pattern", error.to_string()))?;
        self.gas.charge(
            weight.classes * gas::REGEXP_CLASS + weight.folded * gas::REGEXP_FOLD + weight.steps * gas::REGEXP_STEP,
        )?;
        self.heap.account(weight.steps * STEP_SIZE)?;
        let regexp = Arc::new(regexp);
        self.regexps
            .used
            .insert((value.source, value.flags), Arc::clone(&regexp));
        Ok(regexp)
    }

    /// The first match at or after a byte of a text (with `here` only the one there), each step paid for.
    pub(super) fn find_regexp(
        &mut self,
        regexp: &RegExp,
        text: TextId,
        from: usize,
        here: bool,
    ) -> Result<Option<Found>, Halt> {
        self.gas.charge(gas::PATTERN_SEARCH)?;
        let Self { heap, gas, regexps, .. } = self;
        regexp.search(&mut regexps.scratch, heap.text(text), from, here, |steps| {
            gas.charge(steps * gas::PATTERN_STEP)
        })
    }
}
