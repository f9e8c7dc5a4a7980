//! `Set` of JavaScript: values of any kind, each once, told apart as `===` does, in the order they came.
use super::maps::{clear, delete, entries, for_each, has, keys, table};
use super::{effect, pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[pure(
    "new Set",
    (0, 1),
    gas::PART,
    new,
    "new Set(v?) -> Set of the elements of v",
)];

pub const METHODS: &[Native] = &[
    effect("add", (2, 2), gas::PART, add, "set.add(v) -> the set itself"),
    pure("has", (2, 2), gas::METHOD, has, "set.has(v) -> boolean"),
    effect(
        "delete",
        (2, 2),
        gas::METHOD,
        delete,
        "set.delete(v) -> whether it was there",
    ),
    effect(
        "clear",
        (1, 1),
        gas::METHOD,
        clear,
        "set.clear() -> undefined; removes all",
    ),
    effect(
        "forEach",
        (2, 3),
        gas::METHOD,
        for_each,
        "set.forEach(f, this?) -> undefined; calls f(v, v, set) for each",
    ),
    pure("keys", (1, 1), gas::METHOD, keys, "set.keys() -> list of the values"),
    pure(
        "values",
        (1, 1),
        gas::METHOD,
        keys,
        "set.values() -> list of the values",
    ),
    pure(
        "entries",
        (1, 1),
        gas::METHOD,
        entries,
        "set.entries() -> list of [v, v]",
    ),
];

fn new(call: &mut Call) -> Result<Value, Halt> {
    let set = call.machine.heap.new_set()?;
    if !crate::vm::operators::absent(call.arg(0)) {
        for value in call.elements(call.arg(0))? {
            call.machine.gas.charge(gas::PART)?;
            call.machine.heap.table_set(set, value, value)?;
        }
    }
    Ok(Value::Obj(set))
}

fn add(call: &mut Call) -> Result<Value, Halt> {
    let set = table(call)?;
    call.machine.heap.table_set(set, call.arg(1), call.arg(1))?;
    Ok(call.arg(0))
}
