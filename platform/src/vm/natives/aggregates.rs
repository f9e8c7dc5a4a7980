//! What lists come to: sums, averages, extremes, order, distinct items.
use std::cmp::Ordering;

use rustc_hash::FxHashSet;

use super::common::order;
use super::numbers::{numbers, result};
use super::{pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, number_trap};
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "sum",
        (1, 8),
        gas::ROUND,
        sum,
        "sum(list) or sum(x..) -> sum of numbers; 0 of none",
    ),
    pure(
        "avg",
        (1, 8),
        gas::ROUND,
        avg,
        "avg(list) or avg(x..) -> mean of numbers; null of none",
    ),
    pure(
        "earliest",
        (1, 8),
        gas::ROUND,
        earliest,
        "earliest(list) or earliest(v..) -> least of dates, times or texts; null of none",
    ),
    pure(
        "latest",
        (1, 8),
        gas::ROUND,
        latest,
        "latest(list) or latest(v..) -> greatest of dates, times or texts; null of none",
    ),
    pure(
        "sort",
        (1, 2),
        gas::PART,
        sort,
        "sort(list, descending?) -> new list in order; numbers, texts or temporals; equal items keep their order",
    ),
    pure(
        "sort_by",
        (2, 3),
        gas::PART,
        sort_by,
        "sort_by(list, field, descending?) -> new list of records in the order of a field",
    ),
    pure(
        "distinct",
        (1, 1),
        gas::PART,
        distinct,
        "distinct(list) -> new list with each item once, as `==` tells them apart",
    ),
    pure(
        "reversed",
        (1, 1),
        gas::PART,
        reversed,
        "reversed(list) -> new list from the last item to the first",
    ),
];

pub const METHODS: &[Native] = &[pure(
    "distinct",
    (1, 1),
    gas::PART,
    distinct,
    "list.distinct() -> new list with each item once",
)];

fn sum(call: &mut Call) -> Result<Value, Halt> {
    total(call).map(|(total, _)| Value::Num(total))
}

fn total(call: &mut Call) -> Result<(Number, usize), Halt> {
    let numbers = numbers(call)?;
    let total = numbers
        .iter()
        .try_fold(Number::ZERO, |total, number| total.add(*number));
    Ok((total.map_err(number_trap)?, numbers.len()))
}

fn avg(call: &mut Call) -> Result<Value, Halt> {
    match total(call)? {
        (_, 0) => Ok(Value::Null),
        (total, count) => {
            call.machine.gas.charge(gas::DECIMAL)?;
            result(total.div(Number::Int(count as i64)))
        }
    }
}

fn earliest(call: &mut Call) -> Result<Value, Halt> {
    extreme(call, Ordering::Less)
}

fn latest(call: &mut Call) -> Result<Value, Halt> {
    extreme(call, Ordering::Greater)
}

fn extreme(call: &mut Call, wanted: Ordering) -> Result<Value, Halt> {
    let values = match call.arg(0) {
        Value::Obj(_) if call.args.len() == 1 => call.items(0)?,
        _ => call.args.to_vec(),
    };
    call.machine.gas.charge(values.len() as u64 * gas::COMPARE_ITEM)?;
    let mut values = values.into_iter();
    let Some(mut best) = values.next() else {
        return Ok(Value::Null);
    };
    order(call, best, best)?;
    for value in values {
        if order(call, value, best)? == wanted {
            best = value;
        }
    }
    Ok(best)
}

fn descends(call: &Call, at: usize) -> Result<bool, Halt> {
    match call.arg(at) {
        Value::Bool(value) => Ok(value),
        value if absent(value) => Ok(false),
        _ => Err(call.bad(at, "boolean")),
    }
}

/// Sorts values by their keys, stably; comparisons are paid for before.
fn in_order(call: &mut Call, mut pairs: Vec<(Value, Value)>, descending: bool) -> Result<Vec<Value>, Halt> {
    let count = pairs.len() as u64;
    let rounds = u64::from(count.max(2).next_power_of_two().ilog2());
    call.machine.gas.charge(count * rounds * gas::COMPARE_ITEM)?;
    if let [(key, _)] = pairs[..] {
        order(call, key, key)?;
    }
    let mut failed = None;
    pairs.sort_by(|(a, _), (b, _)| match order(call, *a, *b) {
        Ok(order) if descending => order.reverse(),
        Ok(order) => order,
        Err(halt) => {
            failed.get_or_insert(halt);
            Ordering::Equal
        }
    });
    match failed {
        Some(halt) => Err(halt),
        None => Ok(pairs.into_iter().map(|(_, value)| value).collect()),
    }
}

/// The items of the list in their natural order.
pub(super) fn sorted(call: &mut Call) -> Result<Vec<Value>, Halt> {
    let descending = descends(call, 1)?;
    let pairs = call.items(0)?.into_iter().map(|item| (item, item)).collect();
    in_order(call, pairs, descending)
}

fn sort(call: &mut Call) -> Result<Value, Halt> {
    let items = sorted(call)?;
    call.make_list(items)
}

fn sort_by(call: &mut Call) -> Result<Value, Halt> {
    let (field, descending) = (call.text_id(1)?, descends(call, 2)?);
    let items = call.items(0)?;
    call.machine.gas.charge(items.len() as u64 * gas::FIELD)?;
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        pairs.push((call.machine.get_field(item, field)?, item));
    }
    let items = in_order(call, pairs, descending)?;
    call.make_list(items)
}

fn distinct(call: &mut Call) -> Result<Value, Halt> {
    let mut items = call.items(0)?;
    call.machine.gas.charge(items.len() as u64 * gas::COMPARE_ITEM)?;
    call.machine.heap.can_hold(2 * 24 * items.len() as u64)?;
    let mut seen = FxHashSet::default();
    items.retain(|item| seen.insert(if absent(*item) { Value::Null } else { *item }));
    call.make_list(items)
}

fn reversed(call: &mut Call) -> Result<Value, Halt> {
    let mut items = call.items(0)?;
    items.reverse();
    call.make_list(items)
}
