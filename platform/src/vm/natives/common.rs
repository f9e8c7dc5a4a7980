//! Methods that values of several kinds have, and those of booleans.
use std::cmp::Ordering;

use super::{pure, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, null_operand};
use crate::vm::value::Value;

/// Methods of booleans.
pub const BOOLEANS: &[Native] = &[
    pure("booleanValue", (1, 1), gas::METHOD, itself, "boolean.booleanValue()"),
    pure(
        "equals",
        (2, 2),
        gas::METHOD,
        equals,
        "boolean.equals(other) -> boolean",
    ),
    pure(
        "compareTo",
        (2, 2),
        gas::METHOD,
        compare_to,
        "boolean.compareTo(other) -> -1, 0 or 1",
    ),
    pure("toString", (1, 1), gas::METHOD, to_string, "boolean.toString()"),
];

pub(super) fn itself(call: &mut Call) -> Result<Value, Halt> {
    Ok(call.arg(0))
}

pub(super) fn equals(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(call.machine.equal(call.arg(0), call.arg(1))))
}

pub(super) fn to_string(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text_of(call.arg(0))?;
    call.make_text(&text)
}

/// The order of two values of one kind. Traps `null-operand`, `type-mismatch`.
pub(super) fn order(call: &mut Call, a: Value, b: Value) -> Result<Ordering, Halt> {
    let order = match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        _ => call.machine.order_of(a, b),
    };
    order.ok_or_else(|| {
        if absent(a) || absent(b) {
            return null_operand(&format!("`{}`", call.name));
        }
        let (a, b) = (call.machine.heap.kind(a), call.machine.heap.kind(b));
        Halt::trap("type-mismatch", format!("`{}` cannot order a {a} and a {b}", call.name))
    })
}

/// -1, 0 or 1.
pub(super) fn compare_to(call: &mut Call) -> Result<Value, Halt> {
    let order = order(call, call.arg(0), call.arg(1))?;
    Ok(Value::Num(Number::Int(order as i64)))
}

pub(super) fn is_before(call: &mut Call) -> Result<Value, Halt> {
    let order = order(call, call.arg(0), call.arg(1))?;
    Ok(Value::Bool(order == Ordering::Less))
}

pub(super) fn is_after(call: &mut Call) -> Result<Value, Halt> {
    let order = order(call, call.arg(0), call.arg(1))?;
    Ok(Value::Bool(order == Ordering::Greater))
}

pub(super) fn is_equal(call: &mut Call) -> Result<Value, Halt> {
    let order = order(call, call.arg(0), call.arg(1))?;
    Ok(Value::Bool(order == Ordering::Equal))
}
