//! Texts and regular expressions (see [`crate::vm::pattern`]).
use super::{pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::pattern::Mode;
use crate::vm::value::{TextId, Value};

pub const FUNCTIONS: &[Native] = &[
    pure(
        "matches",
        (2, 2),
        gas::METHOD,
        matches,
        "matches(text, pattern) -> whether the whole text is as the regular expression says; false for null",
    ),
    pure(
        "find",
        (2, 2),
        gas::METHOD,
        find,
        "find(text, pattern) -> the first part that matches the regular expression, null if there is none",
    ),
    pure(
        "find_all",
        (2, 2),
        gas::METHOD,
        find_all,
        "find_all(text, pattern) -> list of the parts that match, none overlapping",
    ),
    pure(
        "replace_all",
        (3, 3),
        gas::METHOD,
        replace_all,
        "replace_all(text, pattern, by) -> text with each part that matches replaced; `by` is taken as it is",
    ),
    pure(
        "split_at",
        (2, 2),
        gas::METHOD,
        split_at,
        "split_at(text, pattern) -> list of the parts between those that match; empty matches do not split",
    ),
];

pub(super) fn matches(call: &mut Call) -> Result<Value, Halt> {
    if absent(call.arg(0)) {
        return Ok(Value::Bool(false));
    }
    let (text, pattern) = (call.text_id(0)?, call.text_id(1)?);
    let pattern = call.machine.pattern(pattern)?;
    let found = call.machine.search(&pattern, text, 0, Mode::Whole)?;
    Ok(Value::Bool(found.is_some()))
}

fn cut(call: &mut Call, text: TextId, (start, end): (usize, usize)) -> Result<Value, Halt> {
    let part = call.machine.heap.text(text).get(start..end).unwrap_or("").to_owned();
    call.make_text(&part)
}

fn find(call: &mut Call) -> Result<Value, Halt> {
    let (text, pattern) = (call.text_id(0)?, call.text_id(1)?);
    let pattern = call.machine.pattern(pattern)?;
    match call.machine.search(&pattern, text, 0, Mode::First)? {
        Some(part) => cut(call, text, part),
        None => Ok(Value::Null),
    }
}

/// All matches from left to right; after an empty one the search goes on a character later, as in Java.
fn parts(call: &mut Call) -> Result<(TextId, Vec<(usize, usize)>), Halt> {
    let (text, pattern) = (call.text_id(0)?, call.text_id(1)?);
    let pattern = call.machine.pattern(pattern)?;
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = call.machine.search(&pattern, text, from, Mode::First)? {
        parts.push((start, end));
        call.machine.heap.can_hold(16 * parts.len() as u64)?;
        from = end;
        if start == end {
            let rest = call.machine.heap.text(text).get(end..).unwrap_or("");
            match rest.chars().next() {
                Some(char) => from += char.len_utf8(),
                None => break,
            }
        }
    }
    Ok((text, parts))
}

fn find_all(call: &mut Call) -> Result<Value, Halt> {
    let (text, parts) = parts(call)?;
    let mut found = Vec::new();
    for part in parts {
        found.push(cut(call, text, part)?);
    }
    call.make_list(found)
}

/// The places between the matches.
fn between(parts: &[(usize, usize)], size: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let starts = std::iter::once(0).chain(parts.iter().map(|(_, end)| *end));
    let ends = parts.iter().map(|(start, _)| *start).chain(std::iter::once(size));
    starts.zip(ends)
}

fn replace_all(call: &mut Call) -> Result<Value, Halt> {
    let by = call.text(2)?;
    let (text, parts) = parts(call)?;
    let size = u64::from(call.machine.heap.text_size(text));
    call.machine
        .heap
        .can_hold(size + (parts.len() as u64).saturating_mul(by.len() as u64))?;
    let subject = call.machine.heap.text(text);
    let kept: Vec<&str> = between(&parts, subject.len())
        .map(|(start, end)| subject.get(start..end).unwrap_or(""))
        .collect();
    let replaced = kept.join(&by);
    call.make_text(&replaced)
}

fn split_at(call: &mut Call) -> Result<Value, Halt> {
    let (text, mut parts) = parts(call)?;
    parts.retain(|(start, end)| end > start);
    let size = call.machine.heap.text_size(text) as usize;
    let mut between: Vec<(usize, usize)> = between(&parts, size).collect();
    let mut found = Vec::new();
    for part in between.drain(..) {
        found.push(cut(call, text, part)?);
    }
    call.make_list(found)
}
