//! Following all ways of an automaton at once, in the order of their preference (Pike's method).
use regex_automata::nfa::thompson::State;
use regex_automata::util::primitives::StateID;

use super::Pattern;
use crate::vm::halt::Halt;

/// What a search looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// The whole text.
    Whole,
    /// The first part, as long as the pattern prefers.
    First,
}

/// Transitions of a state that one step looks at.
const TRANSITIONS: u64 = 8;

/// Memory that searches share; nothing of one search is seen by another.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The round in which a state was last seen.
    seen: Vec<u64>,
    round: u64,
    /// States to go on from, each with the position where its way began.
    now: Vec<(StateID, usize)>,
    next: Vec<(StateID, usize)>,
    stack: Vec<StateID>,
}

impl Pattern {
    /// Start and end in bytes of the first match at or after `from`, which stands between characters. `spend` pays for
    /// so many steps; at each byte there are no more than the automaton has states and ways between them.
    ///
    /// # Errors
    /// Those of `spend`.
    pub fn search(
        &self,
        scratch: &mut Scratch,
        text: &str,
        from: usize,
        mode: Mode,
        mut spend: impl FnMut(u64) -> Result<(), Halt>,
    ) -> Result<Option<(usize, usize)>, Halt> {
        let bytes = text.as_bytes();
        if scratch.seen.len() < self.nfa.states().len() {
            scratch.seen.resize(self.nfa.states().len(), 0);
        }
        scratch.round += 1;
        scratch.now.clear();
        let mut found = None;
        let mut at = from;
        loop {
            let mut steps = 1;
            if found.is_none() && (at == from || (mode == Mode::First && text.is_char_boundary(at))) {
                let mut now = std::mem::take(&mut scratch.now);
                steps += self.follow(scratch, &mut now, self.nfa.start_anchored(), bytes, at, at);
                scratch.now = now;
            }
            scratch.round += 1;
            let (now, mut next) = (std::mem::take(&mut scratch.now), std::mem::take(&mut scratch.next));
            for (state, start) in &now {
                steps += 1;
                let to = match self.nfa.state(*state) {
                    State::ByteRange { trans } => trans.matches(bytes, at).then_some(trans.next),
                    State::Sparse(transitions) => {
                        steps += transitions.transitions.len() as u64 / TRANSITIONS;
                        transitions.matches(bytes, at)
                    }
                    State::Dense(transitions) => transitions.matches(bytes, at),
                    State::Match { .. } if mode == Mode::Whole => {
                        if at == bytes.len() {
                            found = Some((*start, at));
                        }
                        None
                    }
                    State::Match { .. } => {
                        // the ways after this one are less preferred
                        found = Some((*start, at));
                        break;
                    }
                    _ => None,
                };
                if let Some(to) = to {
                    steps += self.follow(scratch, &mut next, to, bytes, at + 1, *start);
                }
            }
            spend(steps)?;
            let over = next.is_empty() && (found.is_some() || mode == Mode::Whole);
            scratch.now = next;
            scratch.next = now;
            scratch.next.clear();
            at += 1;
            if over || at > bytes.len() {
                return Ok(found);
            }
        }
    }

    /// Adds the states that are reached from `state` without a byte. Returns how many were looked at.
    fn follow(
        &self,
        scratch: &mut Scratch,
        list: &mut Vec<(StateID, usize)>,
        state: StateID,
        bytes: &[u8],
        at: usize,
        start: usize,
    ) -> u64 {
        let mut steps = 0;
        scratch.stack.clear();
        scratch.stack.push(state);
        while let Some(state) = scratch.stack.pop() {
            steps += 1;
            let seen = &mut scratch.seen[state.as_usize()];
            if *seen == scratch.round {
                continue;
            }
            *seen = scratch.round;
            match self.nfa.state(state) {
                State::Union { alternates } => scratch.stack.extend(alternates.iter().rev()),
                State::BinaryUnion { alt1, alt2 } => scratch.stack.extend([*alt2, *alt1]),
                State::Capture { next, .. } => scratch.stack.push(*next),
                State::Look { look, next } => {
                    if self.nfa.look_matcher().matches(*look, bytes, at) {
                        scratch.stack.push(*next);
                    }
                }
                State::Fail => {}
                _ => list.push((state, start)),
            }
        }
        steps
    }
}
