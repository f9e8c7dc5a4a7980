//! Dates, times and spans: making them from texts or parts, and taking parts of them.
use super::{pure, Call, Native};
use crate::number::Number;
use crate::value::{Date, DateTime, Duration, Period, Time};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, null_operand};
use crate::vm::temporal::{bad_time, property};
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "date",
        (1, 3),
        gas::PARSE,
        date,
        "date(text), date(year, month, day) or date(datetime) -> date",
    ),
    pure(
        "time",
        (1, 3),
        gas::PARSE,
        time,
        "time(text), time(hour, minute, second) or time(datetime) -> time",
    ),
    pure(
        "datetime",
        (1, 3),
        gas::PARSE,
        datetime,
        "datetime(text) or datetime(date, time, offset minutes?) -> datetime",
    ),
    pure(
        "duration",
        (1, 1),
        gas::PARSE,
        duration,
        "duration(text) -> duration; ISO 8601 as in `P1DT2H`",
    ),
    pure(
        "period",
        (1, 1),
        gas::PARSE,
        period,
        "period(text) -> period; ISO 8601 as in `P1Y2M`",
    ),
    pure("year", (1, 1), gas::METHOD, part, "year(date or datetime)"),
    pure("month", (1, 1), gas::METHOD, part, "month(date or datetime), from 1"),
    pure("day", (1, 1), gas::METHOD, part, "day(date or datetime), from 1"),
    pure(
        "weekday",
        (1, 1),
        gas::METHOD,
        part,
        "weekday(date or datetime), 1 is Monday",
    ),
    pure(
        "day_of_year",
        (1, 1),
        gas::METHOD,
        part,
        "day_of_year(date or datetime), from 1",
    ),
    pure("hour", (1, 1), gas::METHOD, part, "hour(time or datetime)"),
    pure("minute", (1, 1), gas::METHOD, part, "minute(time or datetime)"),
    pure("second", (1, 1), gas::METHOD, part, "second(time or datetime)"),
    pure(
        "days_between",
        (2, 2),
        gas::METHOD,
        days_between,
        "days_between(from, to) -> whole days between two dates",
    ),
    pure(
        "period_between",
        (2, 2),
        gas::METHOD,
        period_between,
        "period_between(from, to) -> years, months and days",
    ),
    pure(
        "total_seconds",
        (1, 1),
        gas::METHOD,
        total_seconds,
        "total_seconds(duration) -> number",
    ),
];

/// A text as a value, or the trap `bad-time`.
fn parsed<T>(call: &mut Call, parse: fn(&str) -> Option<T>) -> Result<T, Halt> {
    let text = call.text(0)?;
    let name = call.name;
    parse(&text).ok_or_else(|| Halt::trap("bad-time", format!("the text is no {name}")))
}

fn small<T: TryFrom<i64>>(call: &Call, at: usize) -> Result<T, Halt> {
    T::try_from(call.integer(at)?).map_err(|_| bad_time())
}

fn date(call: &mut Call) -> Result<Value, Halt> {
    let date = match call.arg(0) {
        Value::Date(date) => date,
        Value::DateTime(moment) => moment.date(),
        Value::Num(_) => Date::from_civil(small(call, 0)?, small(call, 1)?, small(call, 2)?).ok_or_else(bad_time)?,
        _ => parsed(call, Date::parse)?,
    };
    Ok(Value::Date(date))
}

fn time(call: &mut Call) -> Result<Value, Halt> {
    let time = match call.arg(0) {
        Value::Time(time) => time,
        Value::DateTime(moment) => moment.time(),
        Value::Num(_) => {
            let second = if absent(call.arg(2)) { 0 } else { small(call, 2)? };
            Time::from_parts(small(call, 0)?, small(call, 1)?, second, 0).ok_or_else(bad_time)?
        }
        _ => parsed(call, Time::parse)?,
    };
    Ok(Value::Time(time))
}

fn datetime(call: &mut Call) -> Result<Value, Halt> {
    let moment = match (call.arg(0), call.arg(1)) {
        (Value::DateTime(moment), _) => moment,
        (Value::Date(date), Value::Time(time)) => {
            let offset = if absent(call.arg(2)) { 0 } else { small(call, 2)? };
            DateTime::from_local(date, time, offset).ok_or_else(bad_time)?
        }
        _ => parsed(call, DateTime::parse)?,
    };
    Ok(Value::DateTime(moment))
}

fn duration(call: &mut Call) -> Result<Value, Halt> {
    parsed(call, Duration::parse).map(Value::Duration)
}

fn period(call: &mut Call) -> Result<Value, Halt> {
    parsed(call, Period::parse).map(Value::Period)
}

fn part(call: &mut Call) -> Result<Value, Halt> {
    property(call.arg(0), call.name).ok_or_else(|| {
        if absent(call.arg(0)) {
            return null_operand(&format!("`{}`", call.name));
        }
        let kind = call.machine.heap.kind(call.arg(0));
        Halt::trap("bad-argument", format!("a {kind} has no {}", call.name))
    })
}

pub(super) fn date_arg(call: &Call, at: usize) -> Result<Date, Halt> {
    match call.arg(at) {
        Value::Date(date) => Ok(date),
        Value::DateTime(moment) => Ok(moment.date()),
        value if absent(value) => Err(null_operand(&format!("`{}`", call.name))),
        value => {
            let kind = call.machine.heap.kind(value);
            Err(Halt::trap(
                "bad-argument",
                format!("`{}` takes dates, not a {kind}", call.name),
            ))
        }
    }
}

fn days_between(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Num(Number::Int(
        date_arg(call, 0)?.days_until(date_arg(call, 1)?),
    )))
}

fn period_between(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Period(date_arg(call, 0)?.period_until(date_arg(call, 1)?)))
}

fn total_seconds(call: &mut Call) -> Result<Value, Halt> {
    let Value::Duration(duration) = call.arg(0) else {
        return part(call);
    };
    let nanos = Number::from_i128(duration.total_nanos()).ok_or_else(bad_time)?;
    nanos
        .div(Number::Int(1_000_000_000))
        .map(Value::Num)
        .map_err(|_| bad_time())
}
