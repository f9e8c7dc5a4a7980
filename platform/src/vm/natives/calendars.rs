//! Calendars: month ends, business days of a calendar that is data, and the ways in which finance counts days.
use super::{pure, Call, Native};
use crate::number::Number;
use crate::value::{Date, Period};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::temporal::bad_time;
use crate::vm::value::Value;

use super::temporals::date_arg;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "days_in_month",
        (1, 1),
        gas::CALENDAR,
        days_in_month,
        "days_in_month(date) -> 28 to 31",
    ),
    pure("is_leap_year", (1, 1), gas::METHOD, is_leap_year, "is_leap_year(year or date)"),
    pure(
        "start_of_month",
        (1, 1),
        gas::CALENDAR,
        start_of_month,
        "start_of_month(date) -> its month's first day",
    ),
    pure(
        "end_of_month",
        (1, 1),
        gas::CALENDAR,
        end_of_month,
        "end_of_month(date) -> its month's last day",
    ),
    pure(
        "is_end_of_month",
        (1, 1),
        gas::CALENDAR,
        is_end_of_month,
        "is_end_of_month(date) -> boolean",
    ),
    pure(
        "add_days",
        (2, 2),
        gas::METHOD,
        add_days,
        "add_days(date, n) -> date",
    ),
    pure(
        "add_months",
        (2, 3),
        gas::CALENDAR,
        add_months,
        "add_months(date, n, rule?) -> date; a day past the month's end becomes its last; with the rule \"end-of-month\" \
         the last day of a month stays the last",
    ),
    pure(
        "is_business_day",
        (1, 2),
        gas::CALENDAR,
        is_business_day,
        "is_business_day(date, calendar?) -> boolean; a calendar is a list of holidays (dates or ISO texts) or \
         {holidays, weekend}, weekend a list of weekdays (6 and 7 if absent)",
    ),
    pure(
        "next_business_day",
        (1, 2),
        gas::CALENDAR,
        next_business_day,
        "next_business_day(date, calendar?) -> first business day after the date",
    ),
    pure(
        "previous_business_day",
        (1, 2),
        gas::CALENDAR,
        previous_business_day,
        "previous_business_day(date, calendar?) -> last business day before the date",
    ),
    pure(
        "adjust_date",
        (2, 3),
        gas::CALENDAR,
        adjust_date,
        "adjust_date(date, convention, calendar?) -> business day; following, modified-following, preceding, \
         modified-preceding or unadjusted",
    ),
    pure(
        "add_business_days",
        (2, 3),
        gas::CALENDAR,
        add_business_days,
        "add_business_days(date, n, calendar?) -> n business days after the date, before it if n is negative",
    ),
    pure(
        "business_days_between",
        (2, 3),
        gas::CALENDAR,
        business_days_between,
        "business_days_between(from, to, calendar?) -> business days from `from`, without `to`; negative if `to` is \
         earlier",
    ),
    pure(
        "day_count",
        (3, 3),
        gas::CALENDAR,
        day_count,
        "day_count(from, to, convention) -> days; 30/360 (US), 30E/360, act/360, act/365 or act/act",
    ),
    pure(
        "year_fraction",
        (3, 3),
        gas::CALENDAR + gas::DECIMAL,
        year_fraction,
        "year_fraction(from, to, convention) -> years; conventions as in day_count, act/act as ISDA counts",
    ),
];

fn int(value: i64) -> Value {
    Value::Num(Number::Int(value))
}

// --- months ---

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn last_of_month(date: Date) -> Date {
    let (year, month, _) = date.civil();
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Date::from_civil(next.0, next.1, 1)
        .and_then(|first| first.add_days(-1))
        .unwrap_or(Date::MAX)
}

fn days_in_month(call: &mut Call) -> Result<Value, Halt> {
    Ok(int(i64::from(last_of_month(date_arg(call, 0)?).civil().2)))
}

fn is_leap_year(call: &mut Call) -> Result<Value, Halt> {
    let year = match call.arg(0) {
        Value::Num(_) => i32::try_from(call.integer(0)?).map_err(|_| bad_time())?,
        _ => date_arg(call, 0)?.civil().0,
    };
    Ok(Value::Bool(is_leap(year)))
}

fn start_of_month(call: &mut Call) -> Result<Value, Halt> {
    let date = date_arg(call, 0)?;
    let (year, month, _) = date.civil();
    Date::from_civil(year, month, 1).map(Value::Date).ok_or_else(bad_time)
}

fn end_of_month(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Date(last_of_month(date_arg(call, 0)?)))
}

fn is_end_of_month(call: &mut Call) -> Result<Value, Halt> {
    let date = date_arg(call, 0)?;
    Ok(Value::Bool(last_of_month(date) == date))
}

fn add_days(call: &mut Call) -> Result<Value, Halt> {
    let (date, days) = (date_arg(call, 0)?, call.integer(1)?);
    date.add_days(days).map(Value::Date).ok_or_else(bad_time)
}

fn add_months(call: &mut Call) -> Result<Value, Halt> {
    let (date, months) = (date_arg(call, 0)?, call.integer(1)?);
    let keeps_end = match call.arg(2) {
        value if absent(value) => false,
        _ => match name(call, 2)?.as_str() {
            "end-of-month" => true,
            "same-day" => false,
            other => return Err(unknown("rule", other, "end-of-month or same-day")),
        },
    };
    let months = i32::try_from(months).map_err(|_| bad_time())?;
    let moved = date.add_period(Period { months, days: 0 }).ok_or_else(bad_time)?;
    let ends = keeps_end && last_of_month(date) == date;
    Ok(Value::Date(if ends { last_of_month(moved) } else { moved }))
}

/// A name of a rule: case, `_` and spaces do not matter.
fn name(call: &mut Call, at: usize) -> Result<String, Halt> {
    let text = call.text(at)?;
    Ok(text.to_ascii_lowercase().replace(['_', ' '], "-"))
}

fn unknown(what: &str, name: &str, known: &str) -> Halt {
    let shown: String = name.chars().take(40).collect();
    Halt::trap(
        "bad-argument",
        format!("the {what} `{shown}` is unknown; there are {known}"),
    )
}

// --- business days ---

/// Days that are no business days.
struct Calendar {
    /// Sorted, each once.
    holidays: Vec<Date>,
    /// By weekday - 1.
    weekend: [bool; 7],
}

impl Calendar {
    /// The calendar that an argument describes; looking at its holidays is paid for.
    fn new(call: &mut Call, at: usize) -> Result<Self, Halt> {
        let mut calendar = Self {
            holidays: Vec::new(),
            weekend: [false, false, false, false, false, true, true],
        };
        let holidays = match call.arg(at) {
            value if absent(value) => return Ok(calendar),
            Value::Obj(object) if call.machine.is_list(object) => call.arg(at),
            _ => {
                let weekend = field(call, at, "weekend")?;
                if !absent(weekend) {
                    calendar.weekend = weekdays(call, weekend)?;
                }
                field(call, at, "holidays")?
            }
        };
        if absent(holidays) {
            return Ok(calendar);
        }
        for item in list(call, holidays)? {
            calendar.holidays.push(match item {
                Value::Date(date) => date,
                Value::DateTime(moment) => moment.date(),
                Value::Text(text) => {
                    call.machine.gas.charge(gas::SUM_ITEM)?;
                    let text = call.machine.heap.text(text);
                    Date::parse(text).ok_or_else(|| Halt::trap("bad-time", "a holiday is no date"))?
                }
                other => {
                    let kind = call.machine.heap.kind(other);
                    return Err(Halt::trap("bad-argument", format!("a holiday is a date, not a {kind}")));
                }
            });
        }
        if !calendar.holidays.is_sorted() {
            let count = calendar.holidays.len() as u64;
            call.machine.gas.charge(count * u64::from(count.max(2).ilog2()))?;
            calendar.holidays.sort_unstable();
        }
        calendar.holidays.dedup();
        Ok(calendar)
    }

    fn is_open(&self, date: Date) -> bool {
        !self.weekend[date.weekday() as usize - 1] && self.holidays.binary_search(&date).is_err()
    }

    /// The first open day from `date` on, in steps of `step` days; each is paid for.
    fn seek(&self, call: &mut Call, mut date: Date, step: i64) -> Result<Date, Halt> {
        while !self.is_open(date) {
            date = after(call, date, step)?;
        }
        Ok(date)
    }
}

fn after(call: &mut Call, date: Date, step: i64) -> Result<Date, Halt> {
    call.machine.gas.charge(gas::CALENDAR_DAY)?;
    date.add_days(step).ok_or_else(bad_time)
}

fn field(call: &mut Call, at: usize, name: &str) -> Result<Value, Halt> {
    let object = call.object(at)?;
    let name = call.machine.heap.make_text(name)?;
    Ok(call.machine.heap.field(object, name).unwrap_or(Value::Undefined))
}

fn list(call: &mut Call, value: Value) -> Result<Vec<Value>, Halt> {
    let items = match value {
        Value::Obj(object) => call.machine.heap.list(object).map(<[Value]>::to_vec),
        _ => None,
    };
    let items = items.ok_or_else(|| Halt::trap("bad-argument", "holidays and weekend are lists"))?;
    call.machine.gas.charge(items.len() as u64 * gas::SUM_ITEM)?;
    Ok(items)
}

fn weekdays(call: &mut Call, value: Value) -> Result<[bool; 7], Halt> {
    let mut weekend = [false; 7];
    for day in list(call, value)? {
        match day {
            Value::Num(Number::Int(day @ 1..=7)) => weekend[day as usize - 1] = true,
            _ => return Err(Halt::trap("bad-argument", "a weekday is 1 (Monday) to 7")),
        }
    }
    if weekend == [true; 7] {
        return Err(Halt::trap("bad-argument", "a week needs a business day"));
    }
    Ok(weekend)
}

fn is_business_day(call: &mut Call) -> Result<Value, Halt> {
    let date = date_arg(call, 0)?;
    Ok(Value::Bool(Calendar::new(call, 1)?.is_open(date)))
}

fn next_business_day(call: &mut Call) -> Result<Value, Halt> {
    step(call, 1)
}

fn previous_business_day(call: &mut Call) -> Result<Value, Halt> {
    step(call, -1)
}

fn step(call: &mut Call, by: i64) -> Result<Value, Halt> {
    let date = date_arg(call, 0)?;
    let calendar = Calendar::new(call, 1)?;
    let date = after(call, date, by)?;
    calendar.seek(call, date, by).map(Value::Date)
}

fn adjust_date(call: &mut Call) -> Result<Value, Halt> {
    let (date, convention) = (date_arg(call, 0)?, name(call, 1)?);
    let calendar = Calendar::new(call, 2)?;
    let (step, same_month) = match convention.as_str() {
        "following" => (1, false),
        "modified-following" => (1, true),
        "preceding" => (-1, false),
        "modified-preceding" => (-1, true),
        "unadjusted" => return Ok(Value::Date(date)),
        other => {
            let known = "following, modified-following, preceding, modified-preceding and unadjusted";
            return Err(unknown("convention", other, known));
        }
    };
    let found = calendar.seek(call, date, step)?;
    let month = |date: Date| (date.civil().0, date.civil().1);
    let back = same_month && month(found) != month(date);
    Ok(Value::Date(if back {
        calendar.seek(call, date, -step)?
    } else {
        found
    }))
}

fn add_business_days(call: &mut Call) -> Result<Value, Halt> {
    let (mut date, count) = (date_arg(call, 0)?, call.integer(1)?);
    let calendar = Calendar::new(call, 2)?;
    let step = count.signum();
    for _ in 0..count.unsigned_abs() {
        date = after(call, date, step)?;
        date = calendar.seek(call, date, step)?;
    }
    Ok(Value::Date(date))
}

fn business_days_between(call: &mut Call) -> Result<Value, Halt> {
    let (from, to) = (date_arg(call, 0)?, date_arg(call, 1)?);
    let calendar = Calendar::new(call, 2)?;
    let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
    let days = first.days_until(last);
    let (weeks, rest) = (days / 7, days % 7);
    let open = |day: usize| i64::from(!calendar.weekend[day % 7]);
    let start = first.weekday() as usize - 1;
    let mut count = weeks * (0..7).map(open).sum::<i64>() + (start..start + rest as usize).map(open).sum::<i64>();
    let below = |date: Date| calendar.holidays.partition_point(|holiday| *holiday < date);
    let closed = calendar.holidays.get(below(first)..below(last)).unwrap_or(&[]);
    count -= closed
        .iter()
        .filter(|holiday| !calendar.weekend[holiday.weekday() as usize - 1])
        .count() as i64;
    Ok(int(sign * count))
}

// --- day counts ---

#[derive(Clone, Copy)]
enum Convention {
    /// 30/360 with the rules of US bonds, the end of February among them.
    ThirtyUs,
    /// 30E/360: the 31st is the 30th.
    ThirtyEuropean,
    Actual360,
    Actual365,
    ActualActual,
}

impl Convention {
    fn new(call: &mut Call, at: usize) -> Result<Self, Halt> {
        let name = name(call, at)?;
        Ok(match name.as_str() {
            "30/360" | "30/360-us" | "30u/360" => Self::ThirtyUs,
            "30e/360" | "30/360-european" | "30/360-eu" => Self::ThirtyEuropean,
            "act/360" | "actual/360" => Self::Actual360,
            "act/365" | "actual/365" | "act/365f" => Self::Actual365,
            "act/act" | "actual/actual" | "act/act-isda" => Self::ActualActual,
            other => {
                let known = "30/360, 30E/360, act/360, act/365 and act/act";
                return Err(unknown("convention", other, known));
            }
        })
    }

    fn days(self, from: Date, to: Date) -> i64 {
        let (y1, m1, mut d1) = from.civil();
        let (y2, m2, mut d2) = to.civil();
        match self {
            Self::ThirtyUs => {
                let february_end = |date: Date, month: u32| month == 2 && last_of_month(date) == date;
                if february_end(from, m1) {
                    if february_end(to, m2) {
                        d2 = 30;
                    }
                    d1 = 30;
                }
                if d2 == 31 && d1 >= 30 {
                    d2 = 30;
                }
                d1 = d1.min(30);
            }
            Self::ThirtyEuropean => (d1, d2) = (d1.min(30), d2.min(30)),
            _ => return from.days_until(to),
        }
        let months = i64::from(y2 - y1) * 12 + i64::from(m2) - i64::from(m1);
        months * 30 + i64::from(d2) - i64::from(d1)
    }
}

fn day_count(call: &mut Call) -> Result<Value, Halt> {
    let (from, to) = (date_arg(call, 0)?, date_arg(call, 1)?);
    Ok(int(Convention::new(call, 2)?.days(from, to)))
}

/// Days before a date since the calendar's begin that lie in leap years.
fn leap_days(date: Date) -> i64 {
    let year = i64::from(date.civil().0);
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let within = if is_leap(date.civil().0) {
        i64::from(date.day_of_year()) - 1
    } else {
        0
    };
    leaps * 366 + within
}

fn year_fraction(call: &mut Call) -> Result<Value, Halt> {
    let (from, to) = (date_arg(call, 0)?, date_arg(call, 1)?);
    let convention = Convention::new(call, 2)?;
    let days = convention.days(from, to);
    let (part, whole) = match convention {
        Convention::ThirtyUs | Convention::ThirtyEuropean | Convention::Actual360 => (days, 360),
        Convention::Actual365 => (days, 365),
        // days in leap years / 366 + the others / 365, rounded once
        Convention::ActualActual => {
            let leap = leap_days(to) - leap_days(from);
            (leap * 365 + (days - leap) * 366, 365 * 366)
        }
    };
    super::numbers::result(Number::Int(part).div(Number::Int(whole)))
}
