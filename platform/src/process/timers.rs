//! When timers are due: dates, durations, cycles.
use super::state::{Done, Every, Stop};
use crate::module::process::TimerKind;
use crate::value::{Data, DateTime, Duration, Period, Time};
use crate::vm::Halt;

fn bad(message: String) -> Stop {
    Stop::Halt(Halt::trap("bad-timer", message))
}

fn shown(value: Option<&Data>) -> String {
    value
        .and_then(Data::scalar_text)
        .unwrap_or_else(|| value.map_or("undefined", Data::kind).to_owned())
}

/// A date-time: a text without offset is UTC, a date its midnight.
pub fn instant(value: Option<&Data>) -> Done<DateTime> {
    let found = match value {
        Some(Data::DateTime(at)) => Some(*at),
        Some(Data::Date(date)) => Time::from_nanos(0).and_then(|time| DateTime::from_local(*date, time, 0)),
        Some(Data::Text(text)) => {
            let text = text.trim();
            ["", "Z", "T00:00:00Z"]
                .iter()
                .find_map(|end| DateTime::parse(&format!("{text}{end}")))
        }
        _ => None,
    };
    found.ok_or_else(|| bad(format!("`{}` is no date or date-time", shown(value))))
}

/// Digits before a letter, taken off the front.
fn part<'a>(text: &mut &'a str, letter: char) -> Option<&'a str> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    if end == 0 || !text[end..].starts_with(letter) {
        return None;
    }
    let digits = &text[..end];
    *text = &text[end + 1..];
    Some(digits)
}

/// ISO 8601: years, months, weeks and days, then a time.
fn length(text: &str) -> Option<Every> {
    let mut rest = text.strip_prefix('P')?;
    let mut numbers = [0i64; 4];
    let mut any = false;
    for (number, letter) in numbers.iter_mut().zip(['Y', 'M', 'W', 'D']) {
        if let Some(digits) = part(&mut rest, letter) {
            *number = digits.parse().ok()?;
            any = true;
        }
    }
    let [years, months, weeks, days] = numbers;
    let days = weeks.checked_mul(7)?.checked_add(days)?;
    let period = Period::parse(&format!("P{years}Y{months}M{days}D"))?;
    let time = match rest {
        "" => None,
        time => Some(Duration::parse(&format!("P{time}"))?),
    };
    (any || time.is_some()).then_some(Every { period, time })
}

pub fn every(value: Option<&Data>) -> Done<Every> {
    let text = match value {
        Some(Data::Text(text)) => text.trim().to_owned(),
        Some(Data::Duration(length)) => length.to_string(),
        Some(Data::Period(length)) => length.to_string(),
        _ => String::new(),
    };
    length(&text).ok_or_else(|| bad(format!("`{}` is no duration", shown(value))))
}

/// A date-time so much later.
pub fn later(begin: DateTime, every: Every) -> Done<DateTime> {
    let found = begin.add_period(every.period).and_then(|at| match every.time {
        Some(time) => at.add_duration(time),
        None => Some(at),
    });
    found.ok_or_else(|| Stop::Halt(Halt::trap("bad-time", "a timer is due outside of the calendar")))
}

/// When a timer is first due, how often (`None`: for ever), and the time between two turns.
pub fn schedule(kind: TimerKind, value: Option<&Data>, now: DateTime) -> Done<(DateTime, Option<u64>, Option<Every>)> {
    match kind {
        TimerKind::Date => return Ok((instant(value)?, Some(1), None)),
        TimerKind::Duration => return Ok((later(now, every(value)?)?, Some(1), None)),
        TimerKind::Cycle => {}
    }
    let text = shown(value);
    let wrong = || bad(format!("`{text}` is no cycle (R3/PT1H)"));
    let parts: Vec<&str> = text.trim().split('/').collect();
    let (turns, start, length) = match parts[..] {
        [turns, length] => (turns, None, length),
        [turns, start, length] => (turns, Some(start), length),
        _ => return Err(wrong()),
    };
    let count = turns.strip_prefix('R').ok_or_else(wrong)?;
    let left = match count {
        "" => None,
        count => Some(count.parse::<u64>().map_err(|_| wrong())?),
    };
    let between = every(Some(&Data::Text(length.to_owned())))?;
    let first = match start {
        Some(start) => instant(Some(&Data::Text(start.to_owned())))?,
        None => later(now, between)?,
    };
    Ok((first, left, Some(between)))
}
