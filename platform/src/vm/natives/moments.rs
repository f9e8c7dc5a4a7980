//! Methods of dates, times and spans, named as those of `java.time`.
use super::common::{compare_to, equals, is_after, is_before, is_equal, to_string};
use super::{pure, Call, Native};
use crate::value::{Duration, Period};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::temporal::{bad_time, property};
use crate::vm::value::Value;

macro_rules! methods {
    ($($name:literal $arity:literal $run:ident;)*) => {
        &[$(pure(
            $name,
            ($arity, $arity),
            gas::PART,
            $run,
            concat!("as `", $name, "` of java.time"),
        ),)*]
    };
}

pub const DATES: &[Native] = methods! {
    "equals" 2 equals; "compareTo" 2 compare_to; "toString" 1 to_string;
    "isBefore" 2 is_before; "isAfter" 2 is_after; "isEqual" 2 is_equal; "before" 2 is_before; "after" 2 is_after;
    "getYear" 1 part; "getMonthValue" 1 part; "getDayOfMonth" 1 part; "getDayOfYear" 1 part;
    "plusDays" 2 plus; "plusWeeks" 2 plus; "plusMonths" 2 plus; "plusYears" 2 plus;
    "minusDays" 2 minus; "minusWeeks" 2 minus; "minusMonths" 2 minus; "minusYears" 2 minus;
};

pub const TIMES: &[Native] = methods! {
    "equals" 2 equals; "compareTo" 2 compare_to; "toString" 1 to_string;
    "isBefore" 2 is_before; "isAfter" 2 is_after;
    "getHour" 1 part; "getMinute" 1 part; "getSecond" 1 part;
    "plusHours" 2 plus; "plusMinutes" 2 plus; "plusSeconds" 2 plus;
    "minusHours" 2 minus; "minusMinutes" 2 minus; "minusSeconds" 2 minus;
};

pub const DATE_TIMES: &[Native] = methods! {
    "equals" 2 equals; "compareTo" 2 compare_to; "toString" 1 to_string;
    "isBefore" 2 is_before; "isAfter" 2 is_after; "isEqual" 2 is_equal; "before" 2 is_before; "after" 2 is_after;
    "getYear" 1 part; "getMonthValue" 1 part; "getDayOfMonth" 1 part; "getDayOfYear" 1 part;
    "getHour" 1 part; "getMinute" 1 part; "getSecond" 1 part; "toLocalDate" 1 part; "toLocalTime" 1 part;
    "plusDays" 2 plus; "plusWeeks" 2 plus; "plusMonths" 2 plus; "plusYears" 2 plus;
    "plusHours" 2 plus; "plusMinutes" 2 plus; "plusSeconds" 2 plus;
    "minusDays" 2 minus; "minusWeeks" 2 minus; "minusMonths" 2 minus; "minusYears" 2 minus;
    "minusHours" 2 minus; "minusMinutes" 2 minus; "minusSeconds" 2 minus;
};

pub const SPANS: &[Native] = methods! {
    "equals" 2 equals; "compareTo" 2 compare_to; "toString" 1 to_string;
    "toDays" 1 whole; "toHours" 1 whole; "toMinutes" 1 whole; "getSeconds" 1 whole; "toMillis" 1 whole;
};

pub const PERIODS: &[Native] = methods! {
    "equals" 2 equals; "toString" 1 to_string; "getYears" 1 part; "getMonths" 1 part; "getDays" 1 part;
};

/// A part by the name of its getter.
fn part(call: &mut Call) -> Result<Value, Halt> {
    let name = match call.name {
        "getYear" => "year",
        "getMonthValue" => "month",
        "getDayOfMonth" => "day",
        "getDayOfYear" => "day_of_year",
        "getHour" => "hour",
        "getMinute" => "minute",
        "getSecond" => "second",
        "toLocalDate" => "date",
        "toLocalTime" => "time",
        "getYears" => "years",
        "getMonths" => "months",
        _ => "days",
    };
    property(call.arg(0), name).ok_or_else(bad_time)
}

fn plus(call: &mut Call) -> Result<Value, Halt> {
    let unit = call.name.trim_start_matches("plus");
    shift(call, unit, 1)
}

fn minus(call: &mut Call) -> Result<Value, Halt> {
    let unit = call.name.trim_start_matches("minus");
    shift(call, unit, -1)
}

/// A moment some units later.
fn shift(call: &mut Call, unit: &str, sign: i64) -> Result<Value, Halt> {
    let count = call.integer(1)?.checked_mul(sign).ok_or_else(bad_time)?;
    let moved = match unit {
        "Hours" => by_seconds(call.arg(0), count.checked_mul(3_600)),
        "Minutes" => by_seconds(call.arg(0), count.checked_mul(60)),
        "Seconds" => by_seconds(call.arg(0), Some(count)),
        "Months" => by_period(call.arg(0), Some(count), Some(0)),
        "Years" => by_period(call.arg(0), count.checked_mul(12), Some(0)),
        "Weeks" => by_period(call.arg(0), Some(0), count.checked_mul(7)),
        _ => by_period(call.arg(0), Some(0), Some(count)),
    };
    moved.ok_or_else(bad_time)
}

fn by_seconds(moment: Value, seconds: Option<i64>) -> Option<Value> {
    let span = Duration::new(seconds?, 0)?;
    match moment {
        Value::Time(time) => Some(Value::Time(time.add_duration(span))),
        Value::DateTime(moment) => moment.add_duration(span).map(Value::DateTime),
        _ => None,
    }
}

fn by_period(moment: Value, months: Option<i64>, days: Option<i64>) -> Option<Value> {
    let span = Period {
        months: i32::try_from(months?).ok()?,
        days: i32::try_from(days?).ok()?,
    };
    match moment {
        Value::Date(date) => date.add_period(span).map(Value::Date),
        Value::DateTime(moment) => moment.add_period(span).map(Value::DateTime),
        _ => None,
    }
}

/// Whole units of a duration, without a fraction of one.
fn whole(call: &mut Call) -> Result<Value, Halt> {
    let nanos: i128 = match call.name {
        "toDays" => 86_400_000_000_000,
        "toHours" => 3_600_000_000_000,
        "toMinutes" => 60_000_000_000,
        "getSeconds" => 1_000_000_000,
        _ => 1_000_000,
    };
    let Value::Duration(duration) = call.arg(0) else {
        return Err(bad_time());
    };
    let count = crate::number::Number::from_i128(duration.total_nanos() / nanos);
    count.map(Value::Num).ok_or_else(bad_time)
}
