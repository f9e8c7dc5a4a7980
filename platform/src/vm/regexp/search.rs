//! All ways of a program at once, in the order of their preference, each with what its groups have matched.
use super::{Look, RegExp, Step};
use crate::vm::halt::Halt;

/// A group that has matched nothing.
const NONE: u32 = u32::MAX;
/// Slots that copying costs a step.
const SLOTS: u64 = 8;

/// Start and end in bytes of each group, the whole match first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    slots: Vec<u32>,
}

impl Found {
    /// Where a group matched, if it did.
    pub fn group(&self, number: usize) -> Option<(usize, usize)> {
        match self.slots.get(2 * number..2 * number + 2)? {
            [start, end] if *start != NONE && *end != NONE => Some((*start as usize, *end as usize)),
            _ => None,
        }
    }

    pub fn whole(&self) -> (usize, usize) {
        self.group(0).unwrap_or((0, 0))
    }
}

/// Ways at a place: the step that each stands at, and its slots one after the other.
#[derive(Default, Debug)]
struct Ways {
    steps: Vec<u32>,
    slots: Vec<u32>,
}

impl Ways {
    fn clear(&mut self) {
        self.steps.clear();
        self.slots.clear();
    }
}

/// What remains to be followed.
#[derive(Debug)]
enum Todo {
    Step(u32),
    /// A slot gets its value back.
    Restore(u32, u32),
}

/// Memory that searches share; nothing of one search is seen by another.
#[derive(Default, Debug)]
pub struct Scratch {
    /// The round in which a step was last seen.
    seen: Vec<u64>,
    round: u64,
    now: Ways,
    next: Ways,
    todo: Vec<Todo>,
    slots: Vec<u32>,
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn is_line_end(char: Option<char>) -> bool {
    matches!(char, Some('\n' | '\r' | '\u{2028}' | '\u{2029}'))
}

fn holds(look: Look, text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let border = || is_word(at.checked_sub(1).and_then(|before| bytes.get(before))) != is_word(bytes.get(at));
    match look {
        Look::Start => at == 0,
        Look::End => at == text.len(),
        Look::LineStart => at == 0 || is_line_end(text[..at].chars().next_back()),
        Look::LineEnd => at == text.len() || is_line_end(text[at..].chars().next()),
        Look::Word => border(),
        Look::NotWord => !border(),
    }
}

impl RegExp {
    /// The first match at or after `from` (with `here` only the one at `from`), as the pattern prefers. `spend` pays for
    /// so many steps; at each character there are no more than the program's, times the groups that a way carries.
    ///
    /// # Errors
    /// Those of `spend`.
    pub fn search(
        &self,
        scratch: &mut Scratch,
        text: &str,
        from: usize,
        here: bool,
        mut spend: impl FnMut(u64) -> Result<(), Halt>,
    ) -> Result<Option<Found>, Halt> {
        let width = 2 * self.groups as usize;
        let copy = 1 + width as u64 / SLOTS;
        if scratch.seen.len() < self.steps.len() {
            scratch.seen.resize(self.steps.len(), 0);
        }
        scratch.now.clear();
        scratch.round += 1;
        let mut found: Option<Found> = None;
        let mut at = from;
        loop {
            let mut steps = 1;
            if found.is_none() && (at == from || !here) {
                scratch.slots.clear();
                scratch.slots.resize(width, NONE);
                scratch.slots[0] = at as u32;
                let mut now = std::mem::take(&mut scratch.now);
                steps += self.follow(scratch, &mut now, 0, text, at) * copy;
                scratch.now = now;
            }
            scratch.round += 1;
            let (now, mut next) = (std::mem::take(&mut scratch.now), std::mem::take(&mut scratch.next));
            next.clear();
            let char = text[at..].chars().next();
            let after = at + char.map_or(1, char::len_utf8);
            for (way, step) in now.steps.iter().enumerate() {
                steps += 1;
                let slots = &now.slots[way * width..(way + 1) * width];
                let goes_on = match (&self.steps[*step as usize], char) {
                    (Step::Match, _) => {
                        let mut slots = slots.to_vec();
                        slots[1] = at as u32;
                        found = Some(Found { slots });
                        // the ways after this one are less preferred
                        break;
                    }
                    (Step::Char(wanted), Some(char)) => *wanted == char,
                    (Step::Class(class), Some(char)) => {
                        let class = &self.classes[*class as usize];
                        steps += u64::from(class.len().max(1).ilog2()) / 4;
                        let place = class.partition_point(|(_, end)| *end < char);
                        class.get(place).is_some_and(|(start, _)| *start <= char)
                    }
                    _ => false,
                };
                if goes_on {
                    scratch.slots.clear();
                    scratch.slots.extend_from_slice(slots);
                    steps += self.follow(scratch, &mut next, *step + 1, text, after) * copy;
                }
            }
            spend(steps)?;
            let over = next.steps.is_empty() && (found.is_some() || here);
            scratch.now = next;
            scratch.next = now;
            if over || char.is_none() {
                return Ok(found);
            }
            at = after;
        }
    }

    /// Adds the ways that are reached from a step without a character, with `scratch.slots`. Returns how many steps were
    /// looked at.
    fn follow(&self, scratch: &mut Scratch, ways: &mut Ways, step: u32, text: &str, at: usize) -> u64 {
        let mut looked = 0;
        scratch.todo.clear();
        scratch.todo.push(Todo::Step(step));
        while let Some(todo) = scratch.todo.pop() {
            looked += 1;
            let step = match todo {
                Todo::Restore(slot, value) => {
                    scratch.slots[slot as usize] = value;
                    continue;
                }
                Todo::Step(step) => step,
            };
            let seen = &mut scratch.seen[step as usize];
            if *seen == scratch.round {
                continue;
            }
            *seen = scratch.round;
            match &self.steps[step as usize] {
                Step::Jump(to) => scratch.todo.push(Todo::Step(*to)),
                Step::Split(first, second) => {
                    scratch.todo.push(Todo::Step(*second));
                    scratch.todo.push(Todo::Step(*first));
                }
                Step::Look(look) => {
                    if holds(*look, text, at) {
                        scratch.todo.push(Todo::Step(step + 1));
                    }
                }
                Step::Save(slot) => {
                    let before = std::mem::replace(&mut scratch.slots[*slot as usize], at as u32);
                    scratch.todo.push(Todo::Restore(*slot, before));
                    scratch.todo.push(Todo::Step(step + 1));
                }
                Step::Forget(first, last) => {
                    for slot in *first..*last {
                        let before = std::mem::replace(&mut scratch.slots[slot as usize], NONE);
                        scratch.todo.push(Todo::Restore(slot, before));
                    }
                    scratch.todo.push(Todo::Step(step + 1));
                }
                Step::Char(_) | Step::Class(_) | Step::Match => {
                    ways.steps.push(step);
                    ways.slots.extend_from_slice(&scratch.slots);
                }
            }
        }
        looked
    }
}
