//! Regular expressions as values (see [`crate::vm::regexp`]), and the methods of texts that look for them.
use std::sync::Arc;

use super::{effect, pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::regexp::{Found, RegExp};
use crate::vm::value::{ObjId, TextId, Value};

pub const FUNCTIONS: &[Native] = &[pure(
    "new RegExp",
    (0, 2),
    gas::METHOD,
    new,
    "new RegExp(pattern, flags?) -> RegExp; trap bad-pattern",
)];

pub const METHODS: &[Native] = &[
    effect(
        "test",
        (2, 2),
        gas::METHOD,
        test,
        "regexp.test(text) -> whether a part of the text matches; with g or y it goes on from lastIndex",
    ),
    effect(
        "exec",
        (2, 2),
        gas::METHOD,
        exec,
        "regexp.exec(text) -> list of the match and its groups, with index, input and groups; null if there is none",
    ),
    pure(
        "toString",
        (1, 1),
        gas::SEARCH,
        super::common::to_string,
        "regexp.toString() -> its literal",
    ),
];

pub const TEXT_METHODS: &[Native] = &[
    effect(
        "match",
        (2, 2),
        gas::METHOD,
        matched,
        "text.match(regexp) -> as regexp.exec; with g the list of all matches; null if there is none",
    ),
    effect(
        "matchAll",
        (2, 2),
        gas::METHOD,
        match_all,
        "text.matchAll(regexp) -> list of all matches, each as regexp.exec gives it; the flag g is needed",
    ),
    effect(
        "search",
        (2, 2),
        gas::METHOD,
        search,
        "text.search(regexp) -> position of the first match, -1 if there is none",
    ),
];

fn new(call: &mut Call) -> Result<Value, Halt> {
    let (source, known) = match call.arg(0) {
        Value::Obj(object) => match call.machine.heap.regexp(object) {
            Some(regexp) => (regexp.source, Some(regexp.flags)),
            None => return Err(call.bad(0, "text or regexp")),
        },
        Value::Undefined => (call.machine.heap.make_text("")?, None),
        _ => (call.text_id(0)?, None),
    };
    let flags = match (call.arg(1), known) {
        (Value::Undefined, Some(flags)) => call.machine.heap.text(flags).to_owned(),
        (Value::Undefined, None) => String::new(),
        _ => call.text(1)?,
    };
    call.machine.new_regexp(source, &flags)
}

/// A pattern, the text that is looked at, and places in it by bytes and by code points.
pub(super) struct Search {
    pub object: ObjId,
    pub regexp: Arc<RegExp>,
    pub text: TextId,
    /// Each code point is a byte.
    ascii: bool,
}

impl Search {
    /// A search for the pattern of an object.
    pub fn new(call: &mut Call, object: ObjId, text: TextId) -> Result<Search, Halt> {
        let regexp = call.machine.regexp(object)?;
        Ok(Search {
            object,
            regexp,
            text,
            ascii: call.machine.heap.text_length(text) == call.machine.heap.text_size(text),
        })
    }

    /// Code points before a byte.
    pub fn index(&self, call: &mut Call, offset: usize) -> Result<Value, Halt> {
        let index = if self.ascii {
            offset
        } else {
            call.machine.gas.charge(offset as u64 / gas::BYTES_READ)?;
            call.machine.heap.text(self.text)[..offset].chars().count()
        };
        Ok(super::lists::number(index))
    }

    /// The byte after so many code points; `None` past the end.
    fn offset(&self, call: &mut Call, index: u64) -> Result<Option<usize>, Halt> {
        let count = call.machine.heap.text_length(self.text);
        let Some(index) = usize::try_from(index).ok().filter(|index| *index <= count as usize) else {
            return Ok(None);
        };
        if self.ascii {
            return Ok(Some(index));
        }
        call.machine.gas.charge(index as u64 / gas::BYTES_READ)?;
        let text = call.machine.heap.text(self.text);
        Ok(Some(
            text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset),
        ))
    }

    pub fn find(&self, call: &mut Call, from: usize) -> Result<Option<Found>, Halt> {
        let here = self.regexp.flags.sticky;
        call.machine.find_regexp(&self.regexp, self.text, from, here)
    }

    /// What `exec` finds: from `lastIndex`, which it moves, if the pattern is global or sticky.
    pub fn step(&self, call: &mut Call) -> Result<Option<Found>, Halt> {
        let flags = self.regexp.flags;
        let moves = flags.global || flags.sticky;
        let last = call
            .machine
            .heap
            .regexp(self.object)
            .map_or(0, |regexp| regexp.last_index);
        let from = if moves { self.offset(call, last)? } else { Some(0) };
        let found = match from {
            Some(from) => self.find(call, from)?,
            None => None,
        };
        if moves {
            let next = match &found {
                Some(found) => match self.index(call, found.whole().1)? {
                    Value::Num(Number::Int(at)) => at as u64,
                    _ => 0,
                },
                None => 0,
            };
            call.machine.heap.set_last_index(self.object, next);
        }
        Ok(found)
    }

    /// All matches from the start of the text; after an empty one the search goes on a character later.
    pub fn all(&self, call: &mut Call) -> Result<Vec<Found>, Halt> {
        self.all_from(call, 0)
    }

    fn all_from(&self, call: &mut Call, from: usize) -> Result<Vec<Found>, Halt> {
        let mut all = Vec::new();
        let mut from = Some(from);
        while let Some(start) = from {
            let Some(found) = self.find(call, start)? else { break };
            let (start, end) = found.whole();
            from = if start == end { self.after(call, end) } else { Some(end) };
            all.push(found);
            call.machine
                .heap
                .can_hold(16 * u64::from(self.regexp.groups) * all.len() as u64)?;
        }
        Ok(all)
    }

    /// The byte after the character at a place; `None` at the end.
    pub fn after(&self, call: &Call, at: usize) -> Option<usize> {
        let rest = call.machine.heap.text(self.text).get(at..)?;
        rest.chars().next().map(|char| at + char.len_utf8())
    }

    /// A part of the text; undefined for a group that has matched nothing.
    pub fn part(&self, call: &mut Call, place: Option<(usize, usize)>) -> Result<Value, Halt> {
        let Some((start, end)) = place else {
            return Ok(Value::Undefined);
        };
        let part = call.machine.heap.text(self.text)[start..end].to_owned();
        call.make_text(&part)
    }

    /// The whole match and its groups.
    pub fn parts(&self, call: &mut Call, found: &Found) -> Result<Vec<Value>, Halt> {
        (0..self.regexp.groups as usize)
            .map(|number| self.part(call, found.group(number)))
            .collect()
    }

    /// A record of the groups that have names; undefined if none has.
    pub fn named(&self, call: &mut Call, found: &Found) -> Result<Value, Halt> {
        if self.regexp.names.is_empty() {
            return Ok(Value::Undefined);
        }
        let groups = call.machine.heap.new_object()?;
        for (name, number) in &self.regexp.names {
            let part = self.part(call, found.group(*number as usize))?;
            let name = call.machine.heap.make_text(name)?;
            call.machine.heap.set_field(groups, name, part)?;
        }
        Ok(Value::Obj(groups))
    }

    /// A match as a list with `index`, `input` and `groups`.
    fn listed(&self, call: &mut Call, found: &Found) -> Result<Value, Halt> {
        let parts = self.parts(call, found)?;
        let list = call.machine.heap.new_list(parts)?;
        let index = self.index(call, found.whole().0)?;
        call.machine.heap.set_extra(list, "index", index)?;
        call.machine.heap.set_extra(list, "input", Value::Text(self.text))?;
        let named = self.named(call, found)?;
        call.machine.heap.set_extra(list, "groups", named)?;
        Ok(Value::Obj(list))
    }
}

/// The RegExp in an argument, if it is one.
pub(super) fn regexp_at(call: &Call, at: usize) -> Option<ObjId> {
    match call.arg(at) {
        Value::Obj(object) => call.machine.heap.regexp(object).map(|_| object),
        _ => None,
    }
}

fn search_in(call: &mut Call) -> Result<Search, Halt> {
    let object = regexp_at(call, 0).ok_or_else(|| call.bad(0, "regexp"))?;
    let text = call.text_id(1)?;
    Search::new(call, object, text)
}

fn test(call: &mut Call) -> Result<Value, Halt> {
    let search = search_in(call)?;
    Ok(Value::Bool(search.step(call)?.is_some()))
}

fn exec(call: &mut Call) -> Result<Value, Halt> {
    let search = search_in(call)?;
    match search.step(call)? {
        Some(found) => search.listed(call, &found),
        None => Ok(Value::Null),
    }
}

/// A search for the second argument in the first; a text is a pattern too.
fn search_of(call: &mut Call) -> Result<Search, Halt> {
    let text = call.text_id(0)?;
    let object = match (regexp_at(call, 1), call.arg(1)) {
        (Some(object), _) => object,
        (None, Value::Text(source)) => match call.machine.new_regexp(source, "")? {
            Value::Obj(object) => object,
            _ => return Err(call.bad(1, "regexp")),
        },
        _ => return Err(call.bad(1, "regexp")),
    };
    Search::new(call, object, text)
}

fn matched(call: &mut Call) -> Result<Value, Halt> {
    let search = search_of(call)?;
    if !search.regexp.flags.global {
        return match search.step(call)? {
            Some(found) => search.listed(call, &found),
            None => Ok(Value::Null),
        };
    }
    call.machine.heap.set_last_index(search.object, 0);
    let mut wholes = Vec::new();
    for found in search.all(call)? {
        wholes.push(search.part(call, Some(found.whole()))?);
    }
    if wholes.is_empty() {
        return Ok(Value::Null);
    }
    call.make_list(wholes)
}

fn match_all(call: &mut Call) -> Result<Value, Halt> {
    let search = search_of(call)?;
    if !search.regexp.flags.global {
        return Err(needs_global(call));
    }
    let last = call
        .machine
        .heap
        .regexp(search.object)
        .map_or(0, |regexp| regexp.last_index);
    let mut all = Vec::new();
    if let Some(from) = search.offset(call, last)? {
        for found in search.all_from(call, from)? {
            all.push(search.listed(call, &found)?);
        }
    }
    call.make_list(all)
}

/// A pattern without the flag g where all matches are asked for.
pub(super) fn needs_global(call: &Call) -> Halt {
    let message = format!("`{}` takes a regexp with the flag g", call.name);
    Halt::trap("bad-argument", message)
}

fn search(call: &mut Call) -> Result<Value, Halt> {
    let search = search_of(call)?;
    match search.find(call, 0)? {
        Some(found) => search.index(call, found.whole().0),
        None => Ok(Value::Num(Number::Int(-1))),
    }
}
