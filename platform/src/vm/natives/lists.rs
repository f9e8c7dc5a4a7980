//! Lists: functions and methods, named as in JavaScript. Items are compared as `==` does.
use super::{effect, pure, Call, Native, MANY};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "keys",
        (1, 1),
        gas::PART,
        keys,
        "keys(record) -> list of its field names in order",
    ),
    pure(
        "values",
        (1, 1),
        gas::PART,
        values,
        "values(record) -> list of its field values in order",
    ),
    pure(
        "range",
        (1, 2),
        gas::OBJECT,
        range,
        "range(end) or range(start, end) -> list of whole numbers, end excluded",
    ),
];

pub const METHODS: &[Native] = &[
    effect("push", (1, MANY), gas::METHOD, push, "list.push(v..) -> new length"),
    effect(
        "pop",
        (1, 1),
        gas::METHOD,
        pop,
        "list.pop() -> last item, removed; undefined if empty",
    ),
    effect(
        "shift",
        (1, 1),
        gas::METHOD,
        shift,
        "list.shift() -> first item, removed; undefined if empty",
    ),
    effect(
        "unshift",
        (1, MANY),
        gas::METHOD,
        unshift,
        "list.unshift(v..) -> new length",
    ),
    pure(
        "slice",
        (1, 3),
        gas::METHOD,
        slice,
        "list.slice(start?, end?) -> part; negative counts from the end",
    ),
    pure(
        "concat",
        (1, MANY),
        gas::METHOD,
        concat,
        "list.concat(v..) -> new list; lists among v are spread",
    ),
    effect(
        "reverse",
        (1, 1),
        gas::METHOD,
        reverse,
        "list.reverse() -> the list itself, reversed",
    ),
    pure(
        "includes",
        (2, 3),
        gas::METHOD,
        is_item,
        "list.includes(v, from?) -> boolean",
    ),
    pure(
        "indexOf",
        (2, 3),
        gas::METHOD,
        index_of,
        "list.indexOf(v, from?) -> position, -1 if absent",
    ),
    pure("contains", (2, 2), gas::METHOD, includes, "list.contains(v) -> boolean"),
    pure(
        "get",
        (2, 2),
        gas::METHOD,
        get,
        "list.get(i) -> item; trap index-range past the end",
    ),
    pure("size", (1, 1), gas::METHOD, size, "list.size() -> number of items"),
    pure("isEmpty", (1, 1), gas::METHOD, is_empty, "list.isEmpty() -> boolean"),
    effect(
        "add",
        (2, 3),
        gas::METHOD,
        add,
        "list.add(v) -> true, appends; list.add(i, v) -> null, inserts before the item i",
    ),
    effect(
        "addAll",
        (2, 2),
        gas::METHOD,
        add_all,
        "list.addAll(list) -> whether anything was appended",
    ),
    effect(
        "set",
        (3, 3),
        gas::METHOD,
        set,
        "list.set(i, v) -> the item before; trap index-range past the end",
    ),
    effect(
        "remove",
        (2, 2),
        gas::METHOD,
        remove,
        "list.remove(i) -> item, removed; list.remove(v) of what is no number -> whether the first `v` was removed",
    ),
    effect(
        "clear",
        (1, 1),
        gas::METHOD,
        clear,
        "list.clear() -> null; removes all items",
    ),
    pure(
        "containsAll",
        (2, 2),
        gas::METHOD,
        contains_all,
        "list.containsAll(list) -> boolean",
    ),
    pure(
        "subList",
        (3, 3),
        gas::METHOD,
        slice,
        "list.subList(start, end) -> part, as a new list",
    ),
    pure(
        "equals",
        (2, 2),
        gas::METHOD,
        super::common::equals,
        "list.equals(other) -> whether it is the same list",
    ),
    pure(
        "toString",
        (1, 1),
        gas::METHOD,
        super::common::to_string,
        "list.toString() -> items with commas between",
    ),
    pure("length", (1, 1), gas::METHOD, size, "list.length() -> number of items"),
    pure("join", (1, 2), gas::METHOD, join, "list.join(separator?) -> text"),
];

/// A start or end as in JavaScript's `slice`: absent gives `default`, negative counts from the end.
pub(super) fn bound(call: &Call, at: usize, len: usize, default: usize) -> Result<usize, Halt> {
    if crate::vm::operators::absent(call.arg(at)) {
        return Ok(default);
    }
    let value = call.whole(at, 0)?;
    let len_signed = i64::try_from(len).unwrap_or(i64::MAX);
    let position = if value < 0 {
        len_signed.saturating_add(value).max(0)
    } else {
        value.min(len_signed)
    };
    Ok(usize::try_from(position).unwrap_or(len))
}

pub(super) fn number(value: usize) -> Value {
    Value::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(super) fn keys(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    let keys: Vec<Value> = call
        .machine
        .heap
        .fields(object)
        .into_iter()
        .map(|(name, _)| Value::Text(name))
        .collect();
    call.make_list(keys)
}

pub(super) fn values(call: &mut Call) -> Result<Value, Halt> {
    let object = call.object(0)?;
    let values: Vec<Value> = call
        .machine
        .heap
        .fields(object)
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    call.make_list(values)
}

fn range(call: &mut Call) -> Result<Value, Halt> {
    let (start, end) = match call.args.len() {
        1 => (0, call.integer(0)?),
        _ => (call.integer(0)?, call.integer(1)?),
    };
    let len = u64::try_from(i128::from(end) - i128::from(start)).unwrap_or(0);
    call.machine.heap.can_hold(len.saturating_mul(24))?;
    call.make_list((start..end).map(|n| Value::Num(Number::Int(n))).collect())
}

fn push(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    for value in &call.args[1..] {
        call.machine.heap.push_item(list, *value)?;
    }
    Ok(number(call.machine.heap.count(list)))
}

fn add(call: &mut Call) -> Result<Value, Halt> {
    if call.args.len() == 2 {
        push(call)?;
        return Ok(Value::Bool(true));
    }
    let (list, at) = (call.list_id(0)?, call.integer(1)?);
    let count = call.machine.heap.count(list);
    let at = usize::try_from(at)
        .ok()
        .filter(|at| *at <= count)
        .ok_or_else(|| no_item(at))?;
    call.machine.gas.charge((count - at) as u64)?;
    call.machine.heap.push_item(list, call.arg(2))?;
    if let Some(tail) = call.machine.heap.list_mut(list)?.get_mut(at..) {
        tail.rotate_right(1);
    }
    Ok(Value::Null)
}

fn add_all(call: &mut Call) -> Result<Value, Halt> {
    let (list, more) = (call.list_id(0)?, call.items(1)?);
    for item in &more {
        call.machine.heap.push_item(list, *item)?;
    }
    Ok(Value::Bool(!more.is_empty()))
}

pub(super) fn no_item(at: i64) -> Halt {
    Halt::trap("index-range", format!("the list has no item `{at}`"))
}

fn set(call: &mut Call) -> Result<Value, Halt> {
    let (list, at) = (call.list_id(0)?, call.integer(1)?);
    let value = call.arg(2);
    let items = call.machine.heap.list_mut(list)?;
    let item = usize::try_from(at).ok().and_then(|at| items.get_mut(at));
    item.map(|item| std::mem::replace(item, value))
        .ok_or_else(|| no_item(at))
}

fn remove(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    call.machine.gas.charge(count as u64)?;
    if let Value::Num(_) = call.arg(1) {
        let at = call.integer(1)?;
        let place = usize::try_from(at).ok().filter(|at| *at < count);
        return match place {
            Some(place) => Ok(call.machine.heap.list_mut(list)?.remove(place)),
            None => Err(no_item(at)),
        };
    }
    let found = find(call)?;
    if let Some(at) = found {
        call.machine.heap.list_mut(list)?.remove(at);
    }
    Ok(Value::Bool(found.is_some()))
}

fn clear(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    call.machine.heap.list_mut(list)?.clear();
    Ok(Value::Null)
}

fn contains_all(call: &mut Call) -> Result<Value, Halt> {
    let (items, wanted) = (call.items(0)?, call.items(1)?);
    let work = (items.len() as u64).saturating_mul(wanted.len() as u64);
    call.machine.gas.charge(work)?;
    let machine = &call.machine;
    let all = wanted
        .iter()
        .all(|wanted| items.iter().any(|item| machine.equal(*item, *wanted)));
    Ok(Value::Bool(all))
}

fn get(call: &mut Call) -> Result<Value, Halt> {
    let (list, at) = (call.list_id(0)?, call.integer(1)?);
    let items = call.machine.heap.list(list).unwrap_or(&[]);
    usize::try_from(at)
        .ok()
        .and_then(|at| items.get(at).copied())
        .ok_or_else(|| no_item(at))
}

fn size(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    Ok(number(call.machine.heap.count(list)))
}

fn is_empty(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    Ok(Value::Bool(call.machine.heap.count(list) == 0))
}

fn pop(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    Ok(call.machine.heap.list_mut(list)?.pop().unwrap_or(Value::Undefined))
}

fn shift(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    call.machine.gas.charge(count as u64)?;
    let items = call.machine.heap.list_mut(list)?;
    Ok(if items.is_empty() {
        Value::Undefined
    } else {
        items.remove(0)
    })
}

fn unshift(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    call.machine.gas.charge(count as u64)?;
    for value in &call.args[1..] {
        call.machine.heap.push_item(list, *value)?;
    }
    call.machine.heap.list_mut(list)?.rotate_right(call.args.len() - 1);
    Ok(number(call.machine.heap.count(list)))
}

fn slice(call: &mut Call) -> Result<Value, Halt> {
    let items = call.items(0)?;
    let start = bound(call, 1, items.len(), 0)?;
    let end = bound(call, 2, items.len(), items.len())?;
    call.make_list(items.get(start..end).unwrap_or(&[]).to_vec())
}

fn concat(call: &mut Call) -> Result<Value, Halt> {
    let mut all = call.items(0)?;
    for at in 1..call.args.len() {
        match call.arg(at) {
            Value::Obj(object) if call.machine.is_list(object) => all.extend(call.items(at)?),
            value => all.push(value),
        }
        call.machine.heap.can_hold(24 * all.len() as u64)?;
    }
    call.make_list(all)
}

fn reverse(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    call.machine.gas.charge(count as u64)?;
    call.machine.heap.list_mut(list)?.reverse();
    Ok(call.arg(0))
}

fn find(call: &mut Call) -> Result<Option<usize>, Halt> {
    let (items, wanted) = (call.items(0)?, call.arg(1));
    Ok(items.iter().position(|item| call.machine.equal(*item, wanted)))
}

pub(super) fn includes(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(find(call)?.is_some()))
}

/// The first position at or after `from` of an item that is the very value: null and undefined are two.
fn position(call: &mut Call) -> Result<Option<usize>, Halt> {
    let (items, wanted) = (call.items(0)?, call.arg(1));
    let from = bound(call, 2, items.len(), 0)?;
    let found = items
        .get(from..)
        .and_then(|items| items.iter().position(|item| *item == wanted));
    Ok(found.map(|at| from + at))
}

fn is_item(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(position(call)?.is_some()))
}

fn index_of(call: &mut Call) -> Result<Value, Halt> {
    Ok(position(call)?.map_or(Value::Num(Number::Int(-1)), number))
}

fn join(call: &mut Call) -> Result<Value, Halt> {
    let items = call.items(0)?;
    let separator = match call.arg(1) {
        Value::Undefined => ",".to_owned(),
        _ => call.text(1)?,
    };
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(&separator);
        }
        if !crate::vm::operators::absent(*item) {
            text.push_str(&call.text_of(*item)?);
        }
        call.machine.heap.can_hold(text.len() as u64)?;
    }
    call.make_text(&text)
}
