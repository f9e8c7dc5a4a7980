//! Texts: more methods of JavaScript's strings, and `String`. Positions are in code points.
use super::common::{itself, to_string};
use super::texts::{is_space, text};
use super::{pure, Call, Native, MANY};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::value::Value;

pub const METHODS: &[Native] = &[
    pure(
        "at",
        (1, 2),
        gas::METHOD,
        at,
        "text.at(i) -> text of one code point; negative counts from the end; undefined past the ends",
    ),
    pure(
        "codePointAt",
        (1, 2),
        gas::METHOD,
        code_point_at,
        "text.codePointAt(i) -> number of the code point, undefined past the end",
    ),
    pure(
        "charCodeAt",
        (1, 2),
        gas::METHOD,
        char_code_at,
        "text.charCodeAt(i) -> number of the code point; trap index-range past the end",
    ),
    pure(
        "substr",
        (1, 3),
        gas::PART,
        substr,
        "text.substr(start, length?) -> part; negative counts from the end",
    ),
    pure(
        "trimStart",
        (1, 1),
        gas::METHOD,
        trim_start,
        "text.trimStart() -> without white space at its start",
    ),
    pure(
        "trimEnd",
        (1, 1),
        gas::METHOD,
        trim_end,
        "text.trimEnd() -> without white space at its end",
    ),
    pure("valueOf", (1, 1), gas::METHOD, itself, "text.valueOf() -> the text"),
];

pub const FUNCTIONS: &[Native] = &[
    pure("String", (0, 1), gas::METHOD, string, "String(v) -> v as a text"),
    pure(
        "String.fromCodePoint",
        (0, MANY),
        gas::METHOD,
        from_code_point,
        "String.fromCodePoint(n..) -> text of these code points",
    ),
    pure(
        "String.fromCharCode",
        (0, MANY),
        gas::METHOD,
        from_code_point,
        "String.fromCharCode(n..) -> text of these code points",
    ),
];

/// The place of a position from either end.
fn place(call: &Call, index: i64) -> Result<Option<usize>, Halt> {
    let count = i64::from(call.machine.heap.text_length(call.text_id(0)?));
    let index = if index < 0 { index.saturating_add(count) } else { index };
    Ok(usize::try_from(index).ok())
}

fn at(call: &mut Call) -> Result<Value, Halt> {
    let id = call.text_id(0)?;
    let place = place(call, call.whole(1, 0)?)?;
    call.machine.character(id, place)
}

fn code_point(call: &mut Call) -> Result<Option<u32>, Halt> {
    let (id, at) = (call.text_id(0)?, call.whole(1, 0)?);
    let Value::Text(char) = call.machine.character(id, usize::try_from(at).ok())? else {
        return Ok(None);
    };
    Ok(call.machine.heap.text(char).chars().next().map(u32::from))
}

fn number(code: u32) -> Value {
    Value::Num(Number::Int(i64::from(code)))
}

fn code_point_at(call: &mut Call) -> Result<Value, Halt> {
    Ok(code_point(call)?.map_or(Value::Undefined, number))
}

fn char_code_at(call: &mut Call) -> Result<Value, Halt> {
    code_point(call)?
        .map(number)
        .ok_or_else(|| Halt::trap("index-range", "the text ends before this position (there is no NaN)"))
}

fn substr(call: &mut Call) -> Result<Value, Halt> {
    let count = call.machine.heap.text_length(call.text_id(0)?) as usize;
    let start = super::lists::bound(call, 1, count, 0)?;
    let len = if absent(call.arg(2)) {
        count
    } else {
        usize::try_from(call.whole(2, 0)?).unwrap_or(0)
    };
    let part: String = call.text(0)?.chars().skip(start).take(len).collect();
    call.make_text(&part)
}

fn trim_start(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.make_text(text.trim_start_matches(is_space))
}

fn trim_end(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.make_text(text.trim_end_matches(is_space))
}

fn string(call: &mut Call) -> Result<Value, Halt> {
    if call.args.is_empty() {
        return call.make_text("");
    }
    match call.arg(0) {
        Value::Num(_) => to_string(call),
        _ => text(call),
    }
}

fn from_code_point(call: &mut Call) -> Result<Value, Halt> {
    call.machine.gas.charge(call.args.len() as u64)?;
    let mut text = String::new();
    for at in 0..call.args.len() {
        let code = u32::try_from(call.integer(at)?).ok().and_then(char::from_u32);
        text.push(code.ok_or_else(|| {
            Halt::trap(
                "bad-argument",
                format!("`{}` takes code points, and no half of a pair", call.name),
            )
        })?);
    }
    call.make_text(&text)
}
