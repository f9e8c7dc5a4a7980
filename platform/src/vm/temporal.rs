//! Operators and parts of temporal values.
use std::cmp::Ordering;

use super::halt::Halt;
use super::ops::Op;
use super::value::Value;

/// The result of an operator, if it is defined for these kinds.
pub(super) fn operate(_op: Op, _a: Value, _b: Value) -> Option<Result<Value, Halt>> {
    None
}

/// The order of two temporal values of one kind; date-times by instant. Periods have none.
pub(super) fn order(a: Value, b: Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(&b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(&b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some((a.seconds, a.nanos).cmp(&(b.seconds, b.nanos))),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}

/// A part of a temporal value by name.
pub(super) fn property(_value: Value, _name: &str) -> Option<Value> {
    None
}

/// The ISO 8601 text.
pub(super) fn text(value: Value) -> String {
    format!("{value:?}")
}
