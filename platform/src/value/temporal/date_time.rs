//! `2026-03-01T13:45:00Z`, `2026-03-01T13:45:00.25+02:00`
use std::cmp::Ordering;
use std::fmt;

use super::scan::Scan;
use super::{Date, Duration, Period, Time, NANOS_PER_SECOND, SECONDS_PER_DAY};

/// An instant with the UTC offset (minutes) it was written in. Equality is of instant *and* offset; order is by instant
/// ([`DateTime::instant`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateTime {
    pub seconds: i64,
    pub nanos: u32,
    pub offset_minutes: i16,
}

/// Offsets are below a day.
const MAX_OFFSET: i16 = 24 * 60 - 1;

impl DateTime {
    pub const EPOCH: DateTime = DateTime {
        seconds: 0,
        nanos: 0,
        offset_minutes: 0,
    };

    /// Seconds and nanoseconds since 1970-01-01T00:00:00Z. The local date must be in the years 1 to 9999.
    pub fn new(seconds: i64, nanos: u32, offset_minutes: i16) -> Option<DateTime> {
        if nanos >= NANOS_PER_SECOND || !(-MAX_OFFSET..=MAX_OFFSET).contains(&offset_minutes) {
            return None;
        }
        let local = seconds.checked_add(i64::from(offset_minutes) * 60)?;
        let day = i32::try_from(local.div_euclid(SECONDS_PER_DAY)).ok()?;
        Date::from_days(day)?;
        Some(DateTime {
            seconds,
            nanos,
            offset_minutes,
        })
    }

    /// The instant at which local clocks at this offset show this date and time.
    pub fn from_local(date: Date, time: Time, offset_minutes: i16) -> Option<DateTime> {
        let of_day = (time.nanos / u64::from(NANOS_PER_SECOND)) as i64;
        let nanos = (time.nanos % u64::from(NANOS_PER_SECOND)) as u32;
        let local = i64::from(date.days) * SECONDS_PER_DAY + of_day;
        Self::new(local - i64::from(offset_minutes) * 60, nanos, offset_minutes)
    }

    fn local_seconds(self) -> i64 {
        self.seconds + i64::from(self.offset_minutes) * 60
    }

    /// The local date.
    pub fn date(self) -> Date {
        Date {
            days: self.local_seconds().div_euclid(SECONDS_PER_DAY) as i32,
        }
    }

    /// The local time.
    pub fn time(self) -> Time {
        let of_day = self.local_seconds().rem_euclid(SECONDS_PER_DAY) as u64;
        Time {
            nanos: of_day * u64::from(NANOS_PER_SECOND) + u64::from(self.nanos),
        }
    }

    /// What date-times are ordered by.
    pub fn instant(self) -> (i64, u32) {
        (self.seconds, self.nanos)
    }

    pub fn compare(self, other: DateTime) -> Ordering {
        self.instant().cmp(&other.instant())
    }

    /// RFC 3339; the offset is `Z` or `+hh:mm`, never `-00:00`.
    pub fn parse(text: &str) -> Option<DateTime> {
        let mut scan = Scan::new(text);
        let date = Date::scan(&mut scan)?;
        scan.expect(b'T')?;
        let time = Time::scan(&mut scan)?;
        let offset = scan_offset(&mut scan)?;
        scan.finish(Self::from_local(date, time, offset)?)
    }

    /// The same instant at another offset.
    pub fn at_offset(self, offset_minutes: i16) -> Option<DateTime> {
        Self::new(self.seconds, self.nanos, offset_minutes)
    }

    pub fn add_duration(self, duration: Duration) -> Option<DateTime> {
        let sum = Duration::new(self.seconds, self.nanos)?.checked_add(duration)?;
        Self::new(sum.seconds, sum.nanos, self.offset_minutes)
    }

    /// Moves the local date; the local time stays.
    pub fn add_period(self, period: Period) -> Option<DateTime> {
        Self::from_local(self.date().add_period(period)?, self.time(), self.offset_minutes)
    }

    pub fn since(self, other: DateTime) -> Option<Duration> {
        Duration::new(self.seconds, self.nanos)?.checked_sub(Duration::new(other.seconds, other.nanos)?)
    }
}

fn scan_offset(scan: &mut Scan) -> Option<i16> {
    if scan.eat(b'Z') {
        return Some(0);
    }
    let west = scan.eat(b'-');
    if !west {
        scan.expect(b'+')?;
    }
    let hours = scan.digits(2)?;
    scan.expect(b':')?;
    let minutes = scan.digits(2)?;
    if hours > 23 || minutes > 59 || (west && hours + minutes == 0) {
        return None;
    }
    let offset = (hours * 60 + minutes) as i16;
    Some(if west { -offset } else { offset })
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())?;
        match self.offset_minutes {
            0 => f.write_str("Z"),
            offset => {
                let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
                write!(f, "{sign}{:02}:{:02}", size / 60, size % 60)
            }
        }
    }
}
