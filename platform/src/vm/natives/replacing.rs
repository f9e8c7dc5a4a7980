//! Texts: `replace`, `replaceAll` and `split`, by texts and by regular expressions, with functions and with `$1`.
use super::regexps::{needs_global, regexp_at, Search};
use super::texts::two;
use super::{pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::regexp::Found;
use crate::vm::value::Value;

pub const METHODS: &[Native] = &[
    pure(
        "split",
        (1, 3),
        gas::SEARCH,
        split,
        "text.split(separator, limit?) -> list of the parts between texts or matches; code points if it is empty",
    ),
    pure(
        "replace",
        (3, 3),
        gas::SEARCH,
        replace,
        "text.replace(part, by) -> with the first part replaced (all of a regexp with g); by: text with $1, $<name>, $&, or f(match, groups.., i, text)",
    ),
    pure(
        "replaceAll",
        (3, 3),
        gas::SEARCH,
        replace_all,
        "text.replaceAll(part, by) -> with each part replaced, as replace",
    ),
];

fn replace(call: &mut Call) -> Result<Value, Halt> {
    match regexp_at(call, 1) {
        Some(_) => by_pattern(call),
        None => by_text(call, 1),
    }
}

fn replace_all(call: &mut Call) -> Result<Value, Halt> {
    match regexp_at(call, 1) {
        Some(object) => {
            if !call.machine.regexp(object)?.flags.global {
                return Err(needs_global(call));
            }
            by_pattern(call)
        }
        None => by_text(call, usize::MAX),
    }
}

/// What parts are replaced by: a function, or a text with places for the match.
enum By {
    Function(Value),
    Text(String),
}

fn by(call: &mut Call) -> Result<By, Halt> {
    let value = call.arg(2);
    if call.callable(value) {
        return Ok(By::Function(value));
    }
    Ok(By::Text(match value {
        Value::Num(_) | Value::Bool(_) => call.text_of(value)?,
        _ => call.text(2)?,
    }))
}

/// A text that grows within memory.
#[derive(Default)]
struct Out(String);

impl Out {
    fn push(&mut self, call: &Call, text: &str) -> Result<(), Halt> {
        call.machine.heap.can_hold((self.0.len() + text.len()) as u64)?;
        self.0.push_str(text);
        Ok(())
    }
}

fn by_text(call: &mut Call, most: usize) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let by = by(call)?;
    let mut out = Out::default();
    let mut last = 0;
    // an empty part stands before each character, and at the end
    let places: Vec<usize> = text.match_indices(&part).take(most).map(|(at, _)| at).collect();
    call.machine.heap.count_work(places.len() as u64 * gas::METHOD);
    for at in places {
        out.push(call, &text[last..at])?;
        last = at + part.len();
        match &by {
            By::Function(function) => {
                let index = text[..at].chars().count();
                call.machine.gas.charge(at as u64 / gas::BYTES_READ)?;
                let args = [call.arg(1), super::lists::number(index), call.arg(0)];
                let value = call.invoke(*function, Value::Undefined, &args)?;
                let made = call.text_of(value)?;
                out.push(call, &made)?;
            }
            By::Text(by) => {
                let place = Place {
                    text: &text,
                    whole: (at, last),
                    groups: &[],
                    names: &[],
                };
                place.write(call, by, &mut out)?;
            }
        }
    }
    out.push(call, &text[last..])?;
    call.make_text(&out.0)
}

fn by_pattern(call: &mut Call) -> Result<Value, Halt> {
    let text_id = call.text_id(0)?;
    let text = call.text(0)?;
    let object = regexp_at(call, 1).ok_or_else(|| call.bad(1, "regexp"))?;
    let by = by(call)?;
    let search = Search::new(call, object, text_id)?;
    let found = if search.regexp.flags.global {
        call.machine.heap.set_last_index(object, 0);
        search.all(call)?
    } else {
        search.step(call)?.into_iter().collect()
    };
    let mut out = Out::default();
    let mut last = 0;
    for found in found {
        let whole = found.whole();
        out.push(call, &text[last..whole.0])?;
        last = whole.1;
        match &by {
            By::Function(function) => {
                let made = ask(call, &search, &found, *function)?;
                out.push(call, &made)?;
            }
            By::Text(by) => {
                let groups: Vec<_> = (1..search.regexp.groups as usize)
                    .map(|number| found.group(number))
                    .collect();
                call.machine.gas.charge(groups.len() as u64)?;
                let place = Place {
                    text: &text,
                    whole,
                    groups: &groups,
                    names: &search.regexp.names,
                };
                place.write(call, by, &mut out)?;
            }
        }
    }
    out.push(call, &text[last..])?;
    call.make_text(&out.0)
}

/// What a function makes of a match.
fn ask(call: &mut Call, search: &Search, found: &Found, function: Value) -> Result<String, Halt> {
    let mut args = search.parts(call, found)?;
    args.push(search.index(call, found.whole().0)?);
    args.push(Value::Text(search.text));
    let named = search.named(call, found)?;
    if named != Value::Undefined {
        args.push(named);
    }
    let value = call.invoke(function, Value::Undefined, &args)?;
    call.text_of(value)
}

/// A match that a text with `$` is filled in for.
struct Place<'a> {
    text: &'a str,
    whole: (usize, usize),
    /// From group 1.
    groups: &'a [Option<(usize, usize)>],
    names: &'a [(String, u32)],
}

impl Place<'_> {
    fn write(&self, call: &Call, by: &str, out: &mut Out) -> Result<(), Halt> {
        let mut rest = by;
        while let Some(at) = rest.find('$') {
            out.push(call, &rest[..at])?;
            rest = &rest[at..];
            let (part, taken) = self.part(&rest[1..]);
            out.push(call, part.unwrap_or(&rest[..1]))?;
            rest = &rest[1 + taken..];
        }
        out.push(call, rest)
    }

    fn group(&self, number: usize) -> &str {
        let place = self.groups.get(number - 1).copied().flatten();
        place.map_or("", |(start, end)| &self.text[start..end])
    }

    /// What stands for the characters after a `$`, and how many of them; nothing: the `$` stands for itself.
    fn part<'b>(&'b self, after: &'b str) -> (Option<&'b str>, usize) {
        match after.as_bytes() {
            [b'$', ..] => (Some("$"), 1),
            [b'&', ..] => (Some(&self.text[self.whole.0..self.whole.1]), 1),
            [b'`', ..] => (Some(&self.text[..self.whole.0]), 1),
            [b'\'', ..] => (Some(&self.text[self.whole.1..]), 1),
            [b'<', ..] if !self.names.is_empty() => match after[1..].split_once('>') {
                Some((name, _)) => {
                    let known = self.names.iter().find(|(known, _)| known == name);
                    let part = known.map_or("", |(_, number)| self.group(*number as usize));
                    (Some(part), name.len() + 2)
                }
                None => (None, 0),
            },
            [first @ b'0'..=b'9', others @ ..] => {
                let one = usize::from(first - b'0');
                let two = match others {
                    [second @ b'0'..=b'9', ..] => 10 * one + usize::from(second - b'0'),
                    _ => 0,
                };
                if (1..=self.groups.len()).contains(&two) {
                    (Some(self.group(two)), 2)
                } else if (1..=self.groups.len()).contains(&one) {
                    (Some(self.group(one)), 1)
                } else {
                    (None, 0)
                }
            }
            _ => (None, 0),
        }
    }
}

fn split(call: &mut Call) -> Result<Value, Halt> {
    let limit = if absent(call.arg(2)) {
        usize::MAX
    } else {
        usize::try_from(call.whole(2, 0)?).unwrap_or(usize::MAX)
    };
    let mut parts = Vec::new();
    if call.arg(1) == Value::Undefined {
        parts.push(Value::Text(call.text_id(0)?));
    } else if regexp_at(call, 1).is_some() {
        split_by_pattern(call, limit, &mut parts)?;
    } else {
        split_by_text(call, limit, &mut parts)?;
    }
    parts.truncate(limit);
    call.make_list(parts)
}

fn split_by_text(call: &mut Call, limit: usize, parts: &mut Vec<Value>) -> Result<(), Halt> {
    let (text, separator) = two(call)?;
    if separator.is_empty() {
        for char in text.chars().take(limit) {
            parts.push(call.make_text(char.encode_utf8(&mut [0; 4]))?);
        }
        return Ok(());
    }
    for part in text.split(&separator).take(limit) {
        parts.push(call.make_text(part)?);
    }
    Ok(())
}

fn split_by_pattern(call: &mut Call, limit: usize, parts: &mut Vec<Value>) -> Result<(), Halt> {
    let text = call.text_id(0)?;
    let object = regexp_at(call, 1).ok_or_else(|| call.bad(1, "regexp"))?;
    let search = Search::new(call, object, text)?;
    let size = call.machine.heap.text_size(text) as usize;
    let regexp = std::sync::Arc::clone(&search.regexp);
    if size == 0 {
        if call.machine.find_regexp(&regexp, text, 0, false)?.is_none() {
            parts.push(Value::Text(text));
        }
        return Ok(());
    }
    let (mut last, mut from) = (0, 0);
    while parts.len() < limit {
        let Some(found) = call.machine.find_regexp(&regexp, text, from, false)? else {
            break;
        };
        let (start, end) = found.whole();
        if start >= size {
            break;
        }
        if end == last {
            match search.after(call, start) {
                Some(after) => from = after,
                None => break,
            }
            continue;
        }
        parts.push(search.part(call, Some((last, start)))?);
        for number in 1..regexp.groups as usize {
            parts.push(search.part(call, found.group(number))?);
        }
        (last, from) = (end, end);
    }
    parts.push(search.part(call, Some((last, size)))?);
    Ok(())
}
