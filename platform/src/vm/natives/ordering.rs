//! Lists in order: `sort` and `toSorted`, stable, by a function, by the text of the items as in JavaScript, or (with a
//! boolean that says whether downwards) in the natural order of numbers, texts or temporals, as rules sort.
use std::cmp::Ordering;

use super::{effect, pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::{TextId, Value};

pub const METHODS: &[Native] = &[
    effect(
        "sort",
        (1, 2),
        gas::PART,
        sort,
        "list.sort(f?) -> the list itself in order: by f(a, b) < 0, else by the items' texts; list.sort(false) by their natural order, list.sort(true) downwards",
    ),
    pure(
        "toSorted",
        (1, 2),
        gas::PART,
        to_sorted,
        "list.toSorted(f?) -> new list in order, as sort",
    ),
];

fn sort(call: &mut Call) -> Result<Value, Halt> {
    let list = call.list_id(0)?;
    let items = ordered(call)?;
    call.machine.heap.set_items(list, items)?;
    Ok(call.arg(0))
}

fn to_sorted(call: &mut Call) -> Result<Value, Halt> {
    let items = ordered(call)?;
    call.make_list(items)
}

fn ordered(call: &mut Call) -> Result<Vec<Value>, Halt> {
    match call.arg(1) {
        Value::Bool(_) => super::aggregates::sorted(call),
        Value::Undefined => by_text(call),
        _ => by_function(call),
    }
}

/// The items that are not undefined, and how many are: those come last and are not compared.
fn defined(call: &mut Call) -> Result<(Vec<Value>, usize), Halt> {
    let mut items = call.items(0)?;
    let count = items.len();
    items.retain(|item| *item != Value::Undefined);
    let missing = count - items.len();
    Ok((items, missing))
}

fn by_text(call: &mut Call) -> Result<Vec<Value>, Halt> {
    let (items, missing) = defined(call)?;
    let mut keyed: Vec<(TextId, Value)> = Vec::with_capacity(items.len());
    for item in items {
        keyed.push((super::objects::name_of(call, item)?, item));
    }
    let sorted = merged(keyed, &mut |a, b| {
        let size = call.machine.heap.text_size(a.0).min(call.machine.heap.text_size(b.0));
        call.machine
            .gas
            .charge(gas::COMPARE_ITEM + u64::from(size) / gas::BYTES_READ)?;
        Ok(call.machine.heap.text(a.0).cmp(call.machine.heap.text(b.0)))
    })?;
    let texts = sorted.into_iter().map(|(_, item)| item);
    Ok(texts.chain(std::iter::repeat_n(Value::Undefined, missing)).collect())
}

fn by_function(call: &mut Call) -> Result<Vec<Value>, Halt> {
    let function = call.callback(1)?;
    let (items, missing) = defined(call)?;
    let mut sorted = merged(items, &mut |a, b| {
        call.machine.gas.charge(gas::COMPARE_ITEM)?;
        match call.invoke(function, Value::Undefined, &[a, b])? {
            Value::Num(number) => Ok(number.cmp(&Number::ZERO)),
            Value::Bool(greater) => Ok(greater.cmp(&false)),
            Value::Undefined => Ok(Ordering::Equal),
            other => {
                let kind = call.machine.heap.kind(other);
                Err(Halt::trap(
                    "type-mismatch",
                    format!("the function of `sort` gives a number, not a {kind}"),
                ))
            }
        }
    })?;
    sorted.extend(std::iter::repeat_n(Value::Undefined, missing));
    Ok(sorted)
}

/// A stable merge sort: whatever the comparison says, it ends and loses nothing.
fn merged<T: Copy>(mut items: Vec<T>, compare: &mut dyn FnMut(T, T) -> Result<Ordering, Halt>) -> Result<Vec<T>, Halt> {
    let mut width = 1;
    while width < items.len() {
        let mut next = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, rest @ ..], [b, others @ ..]) = (left, right) {
                if compare(*a, *b)? == Ordering::Greater {
                    next.push(*b);
                    right = others;
                } else {
                    next.push(*a);
                    left = rest;
                }
            }
            next.extend_from_slice(left);
            next.extend_from_slice(right);
        }
        items = next;
        width *= 2;
    }
    Ok(items)
}
