//! `Map` of JavaScript: keys of any kind, told apart as `===` does, in the order they came.
use super::objects::pair_of;
use super::{effect, pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::Shape;
use crate::vm::value::{ObjId, Value};

pub const FUNCTIONS: &[Native] = &[pure(
    "new Map",
    (0, 1),
    gas::PART,
    new,
    "new Map(pairs?) -> Map of [key, value] pairs",
)];

pub const METHODS: &[Native] = &[
    pure(
        "get",
        (2, 2),
        gas::METHOD,
        get,
        "map.get(key) -> value, undefined if absent",
    ),
    effect("set", (3, 3), gas::PART, set, "map.set(key, v) -> the map itself"),
    pure("has", (2, 2), gas::METHOD, has, "map.has(key) -> boolean"),
    effect(
        "delete",
        (2, 2),
        gas::METHOD,
        delete,
        "map.delete(key) -> whether it was there",
    ),
    effect(
        "clear",
        (1, 1),
        gas::METHOD,
        clear,
        "map.clear() -> undefined; removes all",
    ),
    effect(
        "forEach",
        (2, 3),
        gas::METHOD,
        for_each,
        "map.forEach(f, this?) -> undefined; calls f(value, key, map) for each",
    ),
    pure("keys", (1, 1), gas::METHOD, keys, "map.keys() -> list of the keys"),
    pure(
        "values",
        (1, 1),
        gas::METHOD,
        values,
        "map.values() -> list of the values",
    ),
    pure(
        "entries",
        (1, 1),
        gas::METHOD,
        entries,
        "map.entries() -> list of [key, value]",
    ),
];

fn new(call: &mut Call) -> Result<Value, Halt> {
    let map = call.machine.heap.new_map()?;
    if !crate::vm::operators::absent(call.arg(0)) {
        for pair in call.elements(call.arg(0))? {
            let (key, value) = pair_of(call, pair)?;
            call.machine.gas.charge(gas::PART)?;
            call.machine.heap.table_set(map, key, value)?;
        }
    }
    Ok(Value::Obj(map))
}

/// The Map or Set in the first argument.
pub(super) fn table(call: &Call) -> Result<ObjId, Halt> {
    match call.arg(0) {
        Value::Obj(object) if matches!(call.machine.heap.shape(object), Shape::Map | Shape::Set) => Ok(object),
        _ => Err(call.bad(0, "map or set")),
    }
}

fn get(call: &mut Call) -> Result<Value, Halt> {
    let found = call.machine.heap.table_get(table(call)?, call.arg(1));
    Ok(found.unwrap_or(Value::Undefined))
}

fn set(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    call.machine.heap.table_set(map, call.arg(1), call.arg(2))?;
    Ok(call.arg(0))
}

pub(super) fn has(call: &mut Call) -> Result<Value, Halt> {
    let found = call.machine.heap.table_get(table(call)?, call.arg(1));
    Ok(Value::Bool(found.is_some()))
}

pub(super) fn delete(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    Ok(Value::Bool(call.machine.heap.table_delete(map, call.arg(1))))
}

pub(super) fn clear(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    call.machine.gas.charge(call.machine.heap.table_places(map) as u64)?;
    call.machine.heap.table_clear(map);
    Ok(Value::Undefined)
}

/// Entries that come while the walk goes on are seen too.
pub(super) fn for_each(call: &mut Call) -> Result<Value, Halt> {
    let (map, function) = (table(call)?, call.callback(1)?);
    let mut from = 0;
    while let Some((at, key, value)) = call.machine.heap.next_entry(map, from) {
        call.machine.gas.charge((at - from) as u64)?;
        call.invoke(function, call.arg(2), &[value, key, Value::Obj(map)])?;
        from = at + 1;
    }
    Ok(Value::Undefined)
}

/// Keys and values in order, paid for.
pub(super) fn pairs(call: &mut Call, map: ObjId) -> Result<Vec<(Value, Value)>, Halt> {
    call.machine.gas.charge(call.machine.heap.table_places(map) as u64)?;
    let mut pairs = Vec::with_capacity(call.machine.heap.table_len(map));
    let mut from = 0;
    while let Some((at, key, value)) = call.machine.heap.next_entry(map, from) {
        pairs.push((key, value));
        from = at + 1;
    }
    Ok(pairs)
}

pub(super) fn keys(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    let keys = pairs(call, map)?.into_iter().map(|(key, _)| key).collect();
    call.make_list(keys)
}

fn values(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    let values = pairs(call, map)?.into_iter().map(|(_, value)| value).collect();
    call.make_list(values)
}

pub(super) fn entries(call: &mut Call) -> Result<Value, Halt> {
    let map = table(call)?;
    let mut made = Vec::new();
    for (key, value) in pairs(call, map)? {
        call.machine.gas.charge(gas::OBJECT)?;
        made.push(call.make_list(vec![key, value])?);
    }
    call.make_list(made)
}
