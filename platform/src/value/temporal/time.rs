//! `13:45:00.25`
use std::fmt;

use super::scan::{fraction, Scan};
use super::{Duration, NANOS_PER_SECOND, SECONDS_PER_DAY};

/// Nanoseconds since midnight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Time {
    pub nanos: u64,
}

const NANOS_PER_DAY: u64 = SECONDS_PER_DAY as u64 * NANOS_PER_SECOND as u64;

impl Time {
    pub fn from_nanos(nanos: u64) -> Option<Time> {
        (nanos < NANOS_PER_DAY).then_some(Time { nanos })
    }

    pub fn from_parts(hour: u32, minute: u32, second: u32, nanos: u32) -> Option<Time> {
        if hour > 23 || minute > 59 || second > 59 || nanos >= NANOS_PER_SECOND {
            return None;
        }
        let seconds = u64::from(hour * 3_600 + minute * 60 + second);
        Some(Time {
            nanos: seconds * u64::from(NANOS_PER_SECOND) + u64::from(nanos),
        })
    }

    /// Hour, minute, second, nanoseconds.
    pub fn parts(self) -> (u32, u32, u32, u32) {
        let seconds = (self.nanos / u64::from(NANOS_PER_SECOND)) as u32;
        let nanos = (self.nanos % u64::from(NANOS_PER_SECOND)) as u32;
        (seconds / 3_600, seconds / 60 % 60, seconds % 60, nanos)
    }

    pub fn parse(text: &str) -> Option<Time> {
        let mut scan = Scan::new(text);
        let time = Self::scan(&mut scan)?;
        scan.finish(time)
    }

    pub(super) fn scan(scan: &mut Scan) -> Option<Time> {
        let hour = scan.digits(2)?;
        scan.expect(b':')?;
        let minute = scan.digits(2)?;
        scan.expect(b':')?;
        let second = scan.digits(2)?;
        Self::from_parts(hour, minute, second, scan.nanos()?)
    }

    /// Around midnight, as a clock goes.
    pub fn add_duration(self, duration: Duration) -> Time {
        let day = i128::from(NANOS_PER_DAY);
        let nanos = (i128::from(self.nanos) + duration.total_nanos()).rem_euclid(day);
        Time { nanos: nanos as u64 }
    }

    pub fn since(self, other: Time) -> Duration {
        Duration::from_nanos(i128::from(self.nanos) - i128::from(other.nanos)).unwrap_or(Duration::ZERO)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, nanos) = self.parts();
        write!(f, "{hour:02}:{minute:02}:{second:02}{}", fraction(nanos))
    }
}
