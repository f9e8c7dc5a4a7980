//! Records as maps: methods named as those of Java's `Map`. Keys are texts; another scalar stands for its text.
use super::common::equals;
use super::{effect, pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::value::{TextId, Value};

pub const METHODS: &[Native] = &[
    pure(
        "get",
        (2, 2),
        gas::METHOD,
        get,
        "record.get(key) -> value, null if absent",
    ),
    pure(
        "getOrDefault",
        (3, 3),
        gas::METHOD,
        get_or_default,
        "record.getOrDefault(key, v) -> value, v if absent",
    ),
    effect(
        "put",
        (3, 3),
        gas::PART,
        put,
        "record.put(key, v) -> the value before, null if there was none",
    ),
    effect(
        "putIfAbsent",
        (3, 3),
        gas::PART,
        put_if_absent,
        "record.putIfAbsent(key, v) -> the value before",
    ),
    effect("putAll", (2, 2), gas::PART, put_all, "record.putAll(other) -> null"),
    effect(
        "remove",
        (2, 2),
        gas::PART,
        remove,
        "record.remove(key) -> the value before, null if there was none",
    ),
    pure(
        "containsKey",
        (2, 2),
        gas::METHOD,
        contains_key,
        "record.containsKey(key) -> boolean",
    ),
    pure(
        "containsValue",
        (2, 2),
        gas::PART,
        contains_value,
        "record.containsValue(v) -> boolean",
    ),
    pure(
        "keySet",
        (1, 1),
        gas::PART,
        super::lists::keys,
        "record.keySet() -> list of the names",
    ),
    pure(
        "keys",
        (1, 1),
        gas::PART,
        super::lists::keys,
        "record.keys() -> list of the names",
    ),
    pure(
        "values",
        (1, 1),
        gas::PART,
        super::lists::values,
        "record.values() -> list of the values",
    ),
    pure("size", (1, 1), gas::METHOD, size, "record.size() -> number of fields"),
    pure("isEmpty", (1, 1), gas::METHOD, is_empty, "record.isEmpty() -> boolean"),
    pure(
        "equals",
        (2, 2),
        gas::METHOD,
        equals,
        "record.equals(other) -> whether it is the same record",
    ),
];

fn key(call: &mut Call) -> Result<TextId, Halt> {
    match call.arg(1) {
        Value::Text(id) => Ok(id),
        value if absent(value) => Err(call.bad(1, "text")),
        value => {
            call.machine.gas.charge(gas::FORMAT)?;
            let text = call.machine.text_of(value)?;
            call.machine.heap.make_text(&text)
        }
    }
}

/// The field of the key; null if there is none.
fn get(call: &mut Call) -> Result<Value, Halt> {
    let (object, key) = (call.object(0)?, key(call)?);
    Ok(match call.machine.heap.field(object, key) {
        None | Some(Value::Undefined) => Value::Null,
        Some(value) => value,
    })
}

fn get_or_default(call: &mut Call) -> Result<Value, Halt> {
    Ok(match get(call)? {
        Value::Null => call.arg(2),
        value => value,
    })
}

fn put(call: &mut Call) -> Result<Value, Halt> {
    let before = get(call)?;
    let (object, key) = (call.object(0)?, key(call)?);
    call.machine.heap.set_field(object, key, call.arg(2))?;
    Ok(before)
}

fn put_if_absent(call: &mut Call) -> Result<Value, Halt> {
    match get(call)? {
        Value::Null => put(call),
        value => Ok(value),
    }
}

fn put_all(call: &mut Call) -> Result<Value, Halt> {
    let (object, other) = (call.object(0)?, call.object(1)?);
    let fields = call.machine.heap.fields(other);
    call.machine.gas.charge(fields.len() as u64 * gas::FIELD)?;
    for (name, value) in fields {
        call.machine.heap.set_field(object, name, value)?;
    }
    Ok(Value::Null)
}

fn remove(call: &mut Call) -> Result<Value, Halt> {
    let before = get(call)?;
    let (object, key) = (call.object(0)?, key(call)?);
    call.machine.gas.charge(call.machine.heap.count(object) as u64)?;
    call.machine.heap.delete_field(object, key)?;
    Ok(before)
}

fn contains_key(call: &mut Call) -> Result<Value, Halt> {
    let (object, key) = (call.object(0)?, key(call)?);
    Ok(Value::Bool(call.machine.heap.has_field(object, key)))
}

fn contains_value(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    let fields = call.machine.heap.fields(object);
    call.machine.gas.charge(fields.len() as u64)?;
    let wanted = call.arg(1);
    let found = fields.iter().any(|(_, value)| call.machine.equal(*value, wanted));
    Ok(Value::Bool(found))
}

fn size(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    let count = call.machine.heap.count(object);
    Ok(Value::Num(Number::Int(i64::try_from(count).unwrap_or(i64::MAX))))
}

fn is_empty(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    Ok(Value::Bool(call.machine.heap.count(object) == 0))
}
