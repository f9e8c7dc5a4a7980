//! Operators and parts of temporal values.
use std::cmp::Ordering;

use super::halt::Halt;
use super::operators::number_trap;
use super::ops::Op;
use super::value::Value;
use crate::number::{Number, NumberError};
use crate::value::Duration;

/// A result outside the calendar.
pub(super) fn bad_time() -> Halt {
    Halt::trap("bad-time", "the result is outside the calendar")
}

fn made<T>(result: Option<T>, value: impl Fn(T) -> Value) -> Option<Result<Value, Halt>> {
    Some(result.map(value).ok_or_else(bad_time))
}

/// The result of an operator, if it is defined for these kinds.
pub(super) fn operate(op: Op, a: Value, b: Value) -> Option<Result<Value, Halt>> {
    use Value::{Date, DateTime, Duration, Num, Period, Time};
    match (op, a, b) {
        (Op::Add, Date(a), Period(b)) | (Op::Add, Period(b), Date(a)) => made(a.add_period(b), Date),
        (Op::Add, DateTime(a), Duration(b)) | (Op::Add, Duration(b), DateTime(a)) => made(a.add_duration(b), DateTime),
        (Op::Add, DateTime(a), Period(b)) | (Op::Add, Period(b), DateTime(a)) => made(a.add_period(b), DateTime),
        (Op::Add, Time(a), Duration(b)) | (Op::Add, Duration(b), Time(a)) => Some(Ok(Time(a.add_duration(b)))),
        (Op::Add, Duration(a), Duration(b)) => made(a.checked_add(b), Duration),
        (Op::Add, Period(a), Period(b)) => made(a.checked_add(b), Period),
        (Op::Sub, Date(a), Date(b)) => made(days(b.days_until(a)), Duration),
        (Op::Sub, Date(a), Period(b)) => made(b.checked_neg().and_then(|b| a.add_period(b)), Date),
        (Op::Sub, DateTime(a), DateTime(b)) => made(a.since(b), Duration),
        (Op::Sub, DateTime(a), Duration(b)) => made(b.checked_neg().and_then(|b| a.add_duration(b)), DateTime),
        (Op::Sub, DateTime(a), Period(b)) => made(b.checked_neg().and_then(|b| a.add_period(b)), DateTime),
        (Op::Sub, Time(a), Time(b)) => Some(Ok(Duration(a.since(b)))),
        (Op::Sub, Time(a), Duration(b)) => made(b.checked_neg(), |b| Time(a.add_duration(b))),
        (Op::Sub, Duration(a), Duration(b)) => made(a.checked_sub(b), Duration),
        (Op::Sub, Period(a), Period(b)) => made(a.checked_sub(b), Period),
        (Op::Mul, Duration(a), Num(Number::Int(b))) | (Op::Mul, Num(Number::Int(b)), Duration(a)) => {
            made(a.checked_mul(b), Duration)
        }
        (Op::Mul, Period(a), Num(Number::Int(b))) | (Op::Mul, Num(Number::Int(b)), Period(a)) => {
            made(i32::try_from(b).ok().and_then(|b| a.checked_mul(b)), Period)
        }
        (Op::Div, Duration(a), Duration(b)) => Some(ratio(a, b).map(Num).map_err(number_trap)),
        _ => None,
    }
}

fn days(count: i64) -> Option<Duration> {
    Duration::new(count.checked_mul(86_400)?, 0)
}

fn ratio(a: Duration, b: Duration) -> Result<Number, NumberError> {
    let nanos = |value: Duration| Number::from_i128(value.total_nanos()).ok_or(NumberError::Overflow);
    nanos(a)?.div(nanos(b)?)
}

pub(super) fn negate(value: Value) -> Option<Result<Value, Halt>> {
    match value {
        Value::Duration(value) => made(value.checked_neg(), Value::Duration),
        Value::Period(value) => made(value.checked_neg(), Value::Period),
        _ => None,
    }
}

/// The order of two temporal values of one kind; date-times by instant. Periods have none.
pub(super) fn order(a: Value, b: Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(&b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(&b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.compare(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}

/// A part of a temporal value by name.
pub(super) fn property(value: Value, name: &str) -> Option<Value> {
    let number = match value {
        Value::Date(date) => {
            let (year, month, day) = date.civil();
            match name {
                "year" => i64::from(year),
                "month" => i64::from(month),
                "day" => i64::from(day),
                "weekday" => i64::from(date.weekday()),
                "day_of_year" => i64::from(date.day_of_year()),
                _ => return None,
            }
        }
        Value::Time(time) => {
            let (hour, minute, second, nanos) = time.parts();
            match name {
                "hour" => i64::from(hour),
                "minute" => i64::from(minute),
                "second" => i64::from(second),
                "nanosecond" => i64::from(nanos),
                _ => return None,
            }
        }
        Value::DateTime(moment) => match name {
            "date" => return Some(Value::Date(moment.date())),
            "time" => return Some(Value::Time(moment.time())),
            "offset" => i64::from(moment.offset_minutes),
            _ => {
                let part = property(Value::Date(moment.date()), name);
                return part.or_else(|| property(Value::Time(moment.time()), name));
            }
        },
        Value::Duration(duration) => {
            let (negative, [days, hours, minutes, seconds, nanos]) = duration.parts();
            let part = match name {
                "days" => days,
                "hours" => hours,
                "minutes" => minutes,
                "seconds" => seconds,
                "nanoseconds" => nanos,
                _ => return None,
            };
            if negative {
                -part
            } else {
                part
            }
        }
        Value::Period(period) => {
            let (years, months, days) = period.parts();
            match name {
                "years" => i64::from(years),
                "months" => i64::from(months),
                "days" => i64::from(days),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Value::Num(Number::Int(number)))
}

/// The ISO 8601 text; empty for what is not temporal.
pub(super) fn text(value: Value) -> String {
    match value {
        Value::Date(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::DateTime(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        Value::Period(value) => value.to_string(),
        _ => String::new(),
    }
}
