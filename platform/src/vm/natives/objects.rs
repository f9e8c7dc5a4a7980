//! `Object` of JavaScript: names, values and entries of records, copies, freezing.
use super::invoke::array_index;
use super::{effect, pure, Call, Native, MANY};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, null_operand};
use crate::vm::value::{ObjId, TextId, Value};

pub const FUNCTIONS: &[Native] = &[
    pure(
        "Object.keys",
        (1, 1),
        gas::PART,
        keys,
        "Object.keys(v) -> list of the names of its fields; positions of a list or text",
    ),
    pure(
        "Object.values",
        (1, 1),
        gas::PART,
        values,
        "Object.values(v) -> list of its values",
    ),
    pure(
        "Object.entries",
        (1, 1),
        gas::PART,
        entries,
        "Object.entries(v) -> list of [name, value]",
    ),
    effect(
        "Object.assign",
        (1, MANY),
        gas::PART,
        assign,
        "Object.assign(target, v..) -> the target, with the fields of the others set in it",
    ),
    pure(
        "Object.fromEntries",
        (1, 1),
        gas::PART,
        from_entries,
        "Object.fromEntries(pairs) -> record of [name, value] pairs or of a Map",
    ),
    pure(
        "Object.hasOwn",
        (2, 2),
        gas::METHOD,
        has_own,
        "Object.hasOwn(v, name) -> whether v has a field of the name",
    ),
    effect(
        "delete_key",
        (2, 2),
        gas::PART,
        delete_key,
        "delete_key(record, name) -> true; `delete record[name]`",
    ),
    pure(
        "has_key",
        (2, 2),
        gas::METHOD,
        has_key,
        "has_key(record, name) -> boolean; `name in record`",
    ),
    pure(
        "is_object",
        (1, 1),
        gas::METHOD,
        is_object,
        "is_object(v) -> whether v is a record, list, map, set, regexp or function",
    ),
    pure(
        "Object.is",
        (0, 2),
        gas::METHOD,
        is,
        "Object.is(a, b) -> whether they are the very same value",
    ),
    effect(
        "Object.freeze",
        (1, 1),
        gas::METHOD,
        freeze,
        "Object.freeze(v) -> v, whose fields or items can no longer be changed; trap frozen",
    ),
    pure(
        "Object.isFrozen",
        (1, 1),
        gas::METHOD,
        is_frozen,
        "Object.isFrozen(v) -> whether it was frozen; true of what is no object",
    ),
];

/// Names and values of what has such.
fn parts(call: &mut Call) -> Result<Vec<(Value, Value)>, Halt> {
    match call.arg(0) {
        Value::Obj(object) if !call.machine.is_list(object) => {
            let mut parts = Vec::new();
            for name in call.names(object)? {
                call.machine.gas.charge(gas::FIELD)?;
                parts.push((Value::Text(name), call.get(object, name)?));
            }
            Ok(parts)
        }
        value @ (Value::Obj(_) | Value::Text(_)) => {
            let mut parts = Vec::new();
            for (at, item) in call.elements(value)?.into_iter().enumerate() {
                call.machine.gas.charge(gas::PART)?;
                parts.push((call.make_text(&at.to_string())?, item));
            }
            Ok(parts)
        }
        _ => Err(call.bad(0, "record")),
    }
}

fn keys(call: &mut Call) -> Result<Value, Halt> {
    match call.arg(0) {
        Value::Obj(object) if !call.machine.is_list(object) => {
            let names = call.names(object)?.into_iter().map(Value::Text).collect();
            call.make_list(names)
        }
        _ => {
            let names = parts(call)?.into_iter().map(|(name, _)| name).collect();
            call.make_list(names)
        }
    }
}

fn values(call: &mut Call) -> Result<Value, Halt> {
    let values = parts(call)?.into_iter().map(|(_, value)| value).collect();
    call.make_list(values)
}

fn entries(call: &mut Call) -> Result<Value, Halt> {
    let mut pairs = Vec::new();
    for (name, value) in parts(call)? {
        call.machine.gas.charge(gas::OBJECT)?;
        pairs.push(call.make_list(vec![name, value])?);
    }
    call.make_list(pairs)
}

/// A field's name as JavaScript makes one of a value.
pub(super) fn name_of(call: &mut Call, value: Value) -> Result<TextId, Halt> {
    match value {
        Value::Text(id) => Ok(id),
        value => {
            let text = call.text_of(value)?;
            call.machine.heap.make_text(&text)
        }
    }
}

fn assign(call: &mut Call) -> Result<Value, Halt> {
    let target = call.object(0)?;
    for at in 1..call.args.len() {
        let source = match call.arg(at) {
            Value::Obj(source) if !call.machine.is_list(source) => source,
            value if absent(value) => continue,
            _ => return Err(call.bad(at, "record")),
        };
        for name in call.names(source)? {
            call.machine.gas.charge(2 * gas::FIELD)?;
            let value = call.get(source, name)?;
            call.set(target, name, value)?;
        }
    }
    Ok(call.arg(0))
}

fn from_entries(call: &mut Call) -> Result<Value, Halt> {
    let record = call.machine.heap.new_object()?;
    for pair in call.elements(call.arg(0))? {
        let (name, value) = pair_of(call, pair)?;
        let name = name_of(call, name)?;
        call.machine.gas.charge(gas::FIELD)?;
        call.machine.heap.set_field(record, name, value)?;
    }
    Ok(Value::Obj(record))
}

/// The first two items of a list.
pub(super) fn pair_of(call: &Call, pair: Value) -> Result<(Value, Value), Halt> {
    let items = match pair {
        Value::Obj(object) => call.machine.heap.list(object),
        _ => None,
    };
    let items =
        items.ok_or_else(|| Halt::trap("type-mismatch", format!("`{}` takes [name, value] pairs", call.name)))?;
    let item = |at: usize| items.get(at).copied().unwrap_or(Value::Undefined);
    Ok((item(0), item(1)))
}

/// Has a list an item, or a record a field, of this name?
pub(super) fn has(call: &Call, object: ObjId, name: TextId) -> bool {
    match call.machine.heap.list(object) {
        Some(items) => {
            let text = call.machine.heap.text(name);
            text == "length" || array_index(text).is_some_and(|at| (at as usize) < items.len())
        }
        None => call.machine.heap.has_own(object, name),
    }
}

fn has_own(call: &mut Call) -> Result<Value, Halt> {
    let object = match call.arg(0) {
        Value::Obj(object) => object,
        value if absent(value) => return Err(null_operand("`Object.hasOwn`")),
        _ => return Err(call.bad(0, "record")),
    };
    let name = name_of(call, call.arg(1))?;
    Ok(Value::Bool(has(call, object, name)))
}

/// A list's item would leave a gap.
fn delete_key(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    let name = name_of(call, call.arg(1))?;
    call.machine.delete_field(Value::Obj(object), name)?;
    Ok(Value::Bool(true))
}

fn is_object(call: &mut Call) -> Result<Value, Halt> {
    let value = call.arg(0);
    Ok(Value::Bool(matches!(value, Value::Obj(_)) || call.callable(value)))
}

fn has_key(call: &mut Call) -> Result<Value, Halt> {
    let name = name_of(call, call.arg(1))?;
    call.machine.has_field(call.arg(0), name).map(Value::Bool)
}

fn is(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(call.arg(0) == call.arg(1)))
}

fn freeze(call: &mut Call) -> Result<Value, Halt> {
    if let Value::Obj(object) = call.arg(0) {
        call.machine.heap.freeze(object);
    }
    Ok(call.arg(0))
}

fn is_frozen(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(match call.arg(0) {
        Value::Obj(object) => call.machine.heap.is_frozen(object),
        _ => true,
    }))
}
