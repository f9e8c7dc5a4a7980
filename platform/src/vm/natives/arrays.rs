//! Lists: the methods of JavaScript's arrays that call no function. There are no gaps in a list, so what would make one
//! is refused. `keys`, `values` and `entries` give lists, which `for..of` and spread read as they read iterators.
use super::lists::bound;
use super::{effect, pure, Call, Native, MANY};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::MAX_DEPTH;
use crate::vm::operators::absent;
use crate::vm::value::Value;

pub const METHODS: &[Native] = &[
    pure(
        "at",
        (1, 2),
        gas::METHOD,
        at,
        "list.at(i) -> item; negative counts from the end; undefined past the ends",
    ),
    effect(
        "splice",
        (1, MANY),
        gas::METHOD,
        splice,
        "list.splice(start, count?, v..) -> the items removed; `v..` take their place",
    ),
    pure(
        "toSpliced",
        (1, MANY),
        gas::METHOD,
        to_spliced,
        "list.toSpliced(start, count?, v..) -> new list, as splice changes it",
    ),
    effect(
        "fill",
        (1, 4),
        gas::METHOD,
        fill,
        "list.fill(v, start?, end?) -> the list itself, those items set to v",
    ),
    effect(
        "copyWithin",
        (1, 4),
        gas::METHOD,
        copy_within,
        "list.copyWithin(target, start, end?) -> the list itself, a part of it copied over another",
    ),
    pure(
        "lastIndexOf",
        (2, 3),
        gas::METHOD,
        last_index_of,
        "list.lastIndexOf(v, from?) -> last position, -1 if absent",
    ),
    pure(
        "with",
        (3, 3),
        gas::METHOD,
        with,
        "list.with(i, v) -> new list with the item i replaced; trap index-range past the ends",
    ),
    pure(
        "toReversed",
        (1, 1),
        gas::METHOD,
        to_reversed,
        "list.toReversed() -> new list from the last item to the first",
    ),
    pure(
        "flat",
        (1, 2),
        gas::METHOD,
        flat,
        "list.flat(depth?) -> new list with the items of lists in it, so deep (1)",
    ),
    pure(
        "keys",
        (1, 1),
        gas::METHOD,
        keys,
        "list.keys() -> list of the positions",
    ),
    pure(
        "values",
        (1, 1),
        gas::METHOD,
        values,
        "list.values() -> list of the items",
    ),
    pure(
        "entries",
        (1, 1),
        gas::METHOD,
        entries,
        "list.entries() -> list of [position, item]",
    ),
];

pub const FUNCTIONS: &[Native] = &[
    pure(
        "Array.isArray",
        (1, 1),
        gas::METHOD,
        is_array,
        "Array.isArray(v) -> whether v is a list",
    ),
    pure(
        "new Array",
        (0, MANY),
        gas::METHOD,
        new_array,
        "new Array(v..) -> list of the values; one number, which would ask for gaps, is the trap index-range",
    ),
    pure(
        "Array.of",
        (0, MANY),
        gas::METHOD,
        of,
        "Array.of(v..) -> list of the values",
    ),
];

/// `new Array()`, `new Array(a, b)`; one number would ask for gaps.
fn new_array(call: &mut Call) -> Result<Value, Halt> {
    if let [Value::Num(number)] = call.args {
        if !number.is_zero() {
            let message = "a list has no gaps; write `Array.from({length: n}, () => 0)`";
            return Err(Halt::trap("index-range", message));
        }
        return call.make_list(Vec::new());
    }
    of(call)
}

fn is_array(call: &mut Call) -> Result<Value, Halt> {
    let is_list = matches!(call.arg(0), Value::Obj(object) if call.machine.is_list(object));
    Ok(Value::Bool(is_list))
}

fn of(call: &mut Call) -> Result<Value, Halt> {
    call.machine.gas.charge(call.args.len() as u64)?;
    call.make_list(call.args.to_vec())
}

/// The item that a position counted from either end names.
fn place(index: i64, count: usize) -> Option<usize> {
    let index = if index < 0 {
        index.checked_add(i64::try_from(count).ok()?)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|at| *at < count)
}

fn at(call: &mut Call) -> Result<Value, Halt> {
    let (list, index) = (call.list_id(0)?, call.whole(1, 0)?);
    let items = call.machine.heap.list(list).unwrap_or(&[]);
    let item = place(index, items.len()).and_then(|at| items.get(at));
    Ok(item.copied().unwrap_or(Value::Undefined))
}

/// The items after a splice, and those removed.
fn spliced(call: &mut Call) -> Result<(Vec<Value>, Vec<Value>), Halt> {
    let mut items = call.items(0)?;
    let count = items.len();
    let start = bound(call, 1, count, 0)?;
    let most = count - start;
    let remove = match call.args.len() {
        1 => 0,
        2 => most,
        _ => usize::try_from(call.whole(2, 0)?.max(0)).unwrap_or(most).min(most),
    };
    let added = call.args.get(3..).unwrap_or(&[]).to_vec();
    call.machine.gas.charge(added.len() as u64)?;
    let removed = items.splice(start..start + remove, added).collect();
    Ok((items, removed))
}

fn splice(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let (items, removed) = spliced(call)?;
    call.machine.heap.set_items(list, items)?;
    call.make_list(removed)
}

fn to_spliced(call: &mut Call) -> Result<Value, Halt> {
    let (items, _) = spliced(call)?;
    call.make_list(items)
}

fn fill(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    let (start, end) = (bound(call, 2, count, 0)?, bound(call, 3, count, count)?);
    let value = call.arg(1);
    call.machine.gas.charge(end.saturating_sub(start) as u64)?;
    if let Some(part) = call.machine.heap.list_mut(list)?.get_mut(start..end) {
        part.fill(value);
    }
    Ok(call.arg(0))
}

fn copy_within(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let count = call.machine.heap.count(list);
    let target = bound(call, 1, count, 0)?;
    let (start, end) = (bound(call, 2, count, 0)?, bound(call, 3, count, count)?);
    let len = end.saturating_sub(start).min(count - target);
    call.machine.gas.charge(len as u64)?;
    let items = call.machine.heap.list_mut(list)?;
    if len > 0 {
        items.copy_within(start..start + len, target);
    }
    Ok(call.arg(0))
}

fn last_index_of(call: &mut Call) -> Result<Value, Halt> {
    let (items, wanted) = (call.items(0)?, call.arg(1));
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from = call.whole(2, count - 1)?;
    let last = if from < 0 {
        count.saturating_add(from)
    } else {
        from.min(count - 1)
    };
    let searched = usize::try_from(last.saturating_add(1)).unwrap_or(0);
    let found = items
        .get(..searched)
        .and_then(|items| items.iter().rposition(|item| *item == wanted));
    Ok(found.map_or(Value::Num(Number::Int(-1)), super::lists::number))
}

fn with(call: &mut Call) -> Result<Value, Halt> {
    let (mut items, index) = (call.items(0)?, call.whole(1, 0)?);
    let value = call.arg(2);
    match place(index, items.len()) {
        Some(at) => items[at] = value,
        None => return Err(super::lists::no_item(index)),
    }
    call.make_list(items)
}

fn to_reversed(call: &mut Call) -> Result<Value, Halt> {
    let mut items = call.items(0)?;
    items.reverse();
    call.make_list(items)
}

fn flat(call: &mut Call) -> Result<Value, Halt> {
    let depth = if absent(call.arg(1)) { 1 } else { call.whole(1, 1)? };
    let mut made = Vec::new();
    let items = call.items(0)?;
    flatten(call, &items, depth, MAX_DEPTH, &mut made)?;
    call.make_list(made)
}

/// Appends items; those that are lists are taken apart `depth` times.
fn flatten(call: &mut Call, items: &[Value], depth: i64, room: u32, made: &mut Vec<Value>) -> Result<(), Halt> {
    let room = room.checked_sub(1).ok_or_else(|| {
        Halt::trap(
            "too-deep",
            format!("lists are nested more than {MAX_DEPTH} deep or contain themselves"),
        )
    })?;
    call.machine.gas.charge(items.len() as u64)?;
    for item in items {
        let inner = match item {
            Value::Obj(object) if depth > 0 => call.machine.heap.list(*object).map(<[Value]>::to_vec),
            _ => None,
        };
        match inner {
            Some(inner) => flatten(call, &inner, depth - 1, room, made)?,
            None => made.push(*item),
        }
        call.machine.heap.can_hold(24 * made.len() as u64)?;
    }
    Ok(())
}

fn keys(call: &mut Call) -> Result<Value, Halt> {
    let count = call.items(0)?.len();
    call.make_list((0..count).map(super::lists::number).collect())
}

fn values(call: &mut Call) -> Result<Value, Halt> {
    let items = call.items(0)?;
    call.make_list(items)
}

fn entries(call: &mut Call) -> Result<Value, Halt> {
    let mut pairs = Vec::new();
    for (at, item) in call.items(0)?.into_iter().enumerate() {
        call.machine.gas.charge(gas::OBJECT)?;
        pairs.push(call.make_list(vec![super::lists::number(at), item])?);
    }
    call.make_list(pairs)
}
