//! Texts: functions, and methods named as in JavaScript (and the few of Java that rules use). Positions and lengths are
//! in code points; the case tables are those of one pinned Unicode version.
use super::common::{compare_to, equals};
use super::lists::bound;
use super::{pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure("text", (1, 1), gas::METHOD, text, "text(v) -> v as a text"),
    pure(
        "is_kind",
        (2, 2),
        gas::METHOD,
        is_kind,
        "is_kind(v, kind) -> whether v is a `number`, `text`, `list`, `record` ...",
    ),
    pure("upper", (1, 1), gas::METHOD, upper, "upper(text) -> in upper case"),
    pure("lower", (1, 1), gas::METHOD, lower, "lower(text) -> in lower case"),
    pure(
        "trim",
        (1, 1),
        gas::METHOD,
        trim,
        "trim(text) -> without white space at its ends",
    ),
    pure(
        "starts_with",
        (2, 2),
        gas::METHOD,
        starts_with,
        "starts_with(text, start) -> boolean",
    ),
    pure(
        "ends_with",
        (2, 2),
        gas::METHOD,
        ends_with,
        "ends_with(text, end) -> boolean",
    ),
    pure(
        "contains",
        (2, 2),
        gas::METHOD,
        contains,
        "contains(text or list, part or item) -> boolean; false for null",
    ),
];

pub const METHODS: &[Native] = &[
    pure("toUpperCase", (1, 1), gas::METHOD, upper, "text.toUpperCase()"),
    pure("toLowerCase", (1, 1), gas::METHOD, lower, "text.toLowerCase()"),
    pure("trim", (1, 1), gas::METHOD, trim, "text.trim()"),
    pure(
        "startsWith",
        (2, 3),
        gas::METHOD,
        starts_with,
        "text.startsWith(start, from?) -> boolean",
    ),
    pure(
        "endsWith",
        (2, 3),
        gas::METHOD,
        ends_with,
        "text.endsWith(end, until?) -> boolean",
    ),
    pure(
        "includes",
        (2, 3),
        gas::METHOD,
        includes,
        "text.includes(part, from?) -> boolean",
    ),
    pure(
        "contains",
        (2, 2),
        gas::METHOD,
        contains,
        "text.contains(part) -> boolean",
    ),
    pure(
        "indexOf",
        (2, 3),
        gas::SEARCH,
        index_of,
        "text.indexOf(part, from?) -> position, -1 if absent",
    ),
    pure(
        "lastIndexOf",
        (2, 3),
        gas::SEARCH,
        last_index_of,
        "text.lastIndexOf(part, from?) -> position, -1 if absent",
    ),
    pure(
        "charAt",
        (1, 2),
        gas::METHOD,
        char_at,
        "text.charAt(i) -> text of one code point, empty past the end",
    ),
    pure(
        "slice",
        (1, 3),
        gas::PART,
        slice,
        "text.slice(start, end?) -> part; negative counts from the end",
    ),
    pure(
        "substring",
        (1, 3),
        gas::PART,
        substring,
        "text.substring(start, end?) -> part; swapped if reversed",
    ),
    pure("repeat", (2, 2), gas::PART, repeat, "text.repeat(n)"),
    pure("padStart", (2, 3), gas::SEARCH, pad_start, "text.padStart(length, by?)"),
    pure("padEnd", (2, 3), gas::SEARCH, pad_end, "text.padEnd(length, by?)"),
    pure("concat", (1, 9), gas::PART, concat, "text.concat(v..) -> joined"),
    pure("equals", (2, 2), gas::METHOD, equals, "text.equals(other) -> boolean"),
    pure(
        "equalsIgnoreCase",
        (2, 2),
        gas::PART,
        equals_ignore_case,
        "text.equalsIgnoreCase(other) -> boolean",
    ),
    pure(
        "compareTo",
        (2, 2),
        gas::METHOD,
        compare_to,
        "text.compareTo(other) -> -1, 0 or 1, by code points",
    ),
    pure(
        "isBlank",
        (1, 1),
        gas::METHOD,
        is_blank,
        "text.isBlank() -> whether it is empty or white space",
    ),
    pure("strip", (1, 1), gas::METHOD, trim, "text.strip() -> as trim"),
    pure(
        "replaceFirst",
        (3, 3),
        gas::SEARCH,
        replace_first,
        "text.replaceFirst(part, by) -> with the first part replaced",
    ),
    pure("isEmpty", (1, 1), gas::METHOD, is_empty, "text.isEmpty() -> boolean"),
    pure("length", (1, 1), gas::METHOD, length, "text.length() -> code points"),
    pure("toString", (1, 1), gas::METHOD, text, "text.toString()"),
    pure(
        "matches",
        (2, 2),
        gas::METHOD,
        super::patterns::matches,
        "text.matches(pattern) -> boolean; the whole text",
    ),
];

pub(super) fn int(value: usize) -> Value {
    Value::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(super) fn text(call: &mut Call) -> Result<Value, Halt> {
    if let Value::Text(_) = call.arg(0) {
        return Ok(call.arg(0));
    }
    let text = call.text_of(call.arg(0))?;
    call.make_text(&text)
}

/// The mapped characters of a text; zeros fill a mapping.
fn map_case(call: &mut Call, map: impl Fn(char) -> [u32; 3]) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.machine.heap.count_work(3 * text.len() as u64);
    let mut mapped = String::with_capacity(text.len());
    for char in text.chars() {
        match map(char) {
            [0, 0, 0] => mapped.push(char),
            codes => mapped.extend(codes.into_iter().filter(|code| *code != 0).filter_map(char::from_u32)),
        }
    }
    call.make_text(&mapped)
}

fn is_kind(call: &mut Call) -> Result<Value, Halt> {
    let kind = call.machine.heap.kind(call.arg(0));
    let wanted = call.text_id(1)?;
    Ok(Value::Bool(call.machine.heap.text(wanted) == kind))
}

fn upper(call: &mut Call) -> Result<Value, Halt> {
    map_case(call, unicode_case_mapping::to_uppercase)
}

fn lower(call: &mut Call) -> Result<Value, Halt> {
    map_case(call, |char| {
        let [first, second] = unicode_case_mapping::to_lowercase(char);
        [first, second, 0]
    })
}

/// JavaScript's white space.
pub(super) fn is_space(char: char) -> bool {
    matches!(char, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
        | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

fn trim(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.make_text(text.trim_matches(is_space))
}

pub(super) fn two(call: &mut Call) -> Result<(String, String), Halt> {
    Ok((call.text(0)?, call.text(1)?))
}

/// The byte where the code point of a position in the argument begins: the ends of the text are the ends of positions.
fn offset(call: &Call, at: usize, text: &str, default: usize) -> Result<usize, Halt> {
    if absent(call.arg(at)) {
        return Ok(default);
    }
    let position = usize::try_from(call.whole(at, 0)?.max(0)).unwrap_or(usize::MAX);
    Ok(text
        .char_indices()
        .nth(position)
        .map_or(text.len(), |(offset, _)| offset))
}

fn starts_with(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let start = offset(call, 2, &text, 0)?;
    Ok(Value::Bool(text[start..].starts_with(&part)))
}

fn ends_with(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let end = offset(call, 2, &text, text.len())?;
    Ok(Value::Bool(text[..end].ends_with(&part)))
}

fn includes(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let start = offset(call, 2, &text, 0)?;
    Ok(Value::Bool(text[start..].contains(&part)))
}

fn contains(call: &mut Call) -> Result<Value, Halt> {
    match call.arg(0) {
        Value::Obj(_) => super::lists::includes(call),
        value if absent(value) => Ok(Value::Bool(false)),
        _ => two(call).map(|(text, part)| Value::Bool(text.contains(&part))),
    }
}

/// Code points before a byte offset.
fn chars_before(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(0, |before| before.chars().count())
}

fn found(text: &str, offset: Option<usize>) -> Value {
    offset.map_or(Value::Num(Number::Int(-1)), |offset| int(chars_before(text, offset)))
}

fn index_of(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let start = offset(call, 2, &text, 0)?;
    let place = text[start..].find(&part);
    Ok(found(&text, place.map(|offset| start + offset)))
}

fn last_index_of(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let last = offset(call, 2, &text, text.len())?;
    let end = last.saturating_add(part.len()).min(text.len());
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Ok(found(&text, text[..end].rfind(&part)))
}

fn char_at(call: &mut Call) -> Result<Value, Halt> {
    let (id, at) = (call.text_id(0)?, call.whole(1, 0)?);
    match call.machine.character(id, usize::try_from(at).ok())? {
        Value::Undefined => call.make_text(""),
        char => Ok(char),
    }
}

/// The part of a text between two positions.
fn part(call: &mut Call, text: &str, start: usize, end: usize) -> Result<Value, Halt> {
    let part: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
    call.make_text(&part)
}

fn slice(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    let len = text.chars().count();
    let (start, end) = (bound(call, 1, len, 0)?, bound(call, 2, len, len)?);
    part(call, &text, start, end)
}

fn substring(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    let len = text.chars().count();
    let at = |at: usize, default: usize| -> Result<usize, Halt> {
        if absent(call.arg(at)) {
            return Ok(default);
        }
        Ok(usize::try_from(call.whole(at, 0)?.max(0)).unwrap_or(len).min(len))
    };
    let (start, end) = (at(1, 0)?, at(2, len)?);
    part(call, &text, start.min(end), start.max(end))
}

/// Trap `memory-limit` before a text with a part replaced is built.
fn replace_first(call: &mut Call) -> Result<Value, Halt> {
    let (text, part) = two(call)?;
    let by = call.text(2)?;
    call.machine.heap.can_hold((text.len() + by.len()) as u64)?;
    call.make_text(&text.replacen(&part, &by, 1))
}

/// So many copies of a text, within memory.
fn copies(call: &mut Call, text: &str, count: u64) -> Result<String, Halt> {
    let size = (text.len() as u64).saturating_mul(count);
    call.machine.heap.can_hold(size)?;
    Ok(text.repeat(if text.is_empty() { 0 } else { count as usize }))
}

fn repeat(call: &mut Call) -> Result<Value, Halt> {
    let (text, count) = (call.text(0)?, call.whole(1, 0)?);
    let count =
        u64::try_from(count).map_err(|_| Halt::trap("bad-argument", "`repeat` takes a number that is not negative"))?;
    let text = copies(call, &text, count)?;
    call.make_text(&text)
}

/// The text and its padding to a length.
fn padding(call: &mut Call) -> Result<(String, String), Halt> {
    let (text, wanted) = (call.text(0)?, call.whole(1, 0)?);
    let by = if absent(call.arg(2)) {
        " ".to_owned()
    } else {
        call.text(2)?
    };
    let missing = u64::try_from(wanted)
        .unwrap_or(0)
        .saturating_sub(text.chars().count() as u64);
    let unit = by.chars().count() as u64;
    if missing == 0 || unit == 0 {
        return Ok((text, String::new()));
    }
    let padding = copies(call, &by, missing.div_ceil(unit))?;
    Ok((text, padding.chars().take(missing as usize).collect()))
}

fn pad_start(call: &mut Call) -> Result<Value, Halt> {
    let (text, padding) = padding(call)?;
    call.make_text(&(padding + &text))
}

fn pad_end(call: &mut Call) -> Result<Value, Halt> {
    let (text, padding) = padding(call)?;
    call.make_text(&(text + &padding))
}

fn concat(call: &mut Call) -> Result<Value, Halt> {
    let mut text = String::new();
    for value in call.args {
        text.push_str(&call.text_of(*value)?);
        call.machine.heap.can_hold(text.len() as u64)?;
    }
    call.make_text(&text)
}

fn equals_ignore_case(call: &mut Call) -> Result<Value, Halt> {
    if absent(call.arg(1)) {
        return Ok(Value::Bool(false));
    }
    let (a, b) = two(call)?;
    call.machine.heap.count_work(3 * (a.len() + b.len()) as u64);
    let folded = |text: &str| {
        let lower = text.chars().flat_map(|char| {
            let [first, second] = unicode_case_mapping::to_lowercase(char);
            let whole = if first == 0 { u32::from(char) } else { first };
            [whole, second]
        });
        lower.filter(|code| *code != 0).collect::<Vec<u32>>()
    };
    Ok(Value::Bool(folded(&a) == folded(&b)))
}

fn is_blank(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(call.text(0)?.chars().all(is_space)))
}

fn is_empty(call: &mut Call) -> Result<Value, Halt> {
    let id = call.text_id(0)?;
    Ok(Value::Bool(call.machine.heap.text_size(id) == 0))
}

fn length(call: &mut Call) -> Result<Value, Halt> {
    call.machine.length(call.arg(0))
}
