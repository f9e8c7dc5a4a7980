//! `P1DT2H30M`, `PT0.5S`, `-PT1H`: days are of 24 hours.
use std::fmt;

use super::scan::{fraction, Scan};
use super::{NANOS_PER_SECOND, SECONDS_PER_DAY};

/// An exact span of time; `nanos` is 0..10^9 and adds to `seconds`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Duration {
    pub seconds: i64,
    pub nanos: u32,
}

/// Bound of the magnitude of `seconds`.
const MAX_SECONDS: i64 = 100_000_000_000_000_000;

impl Duration {
    pub const ZERO: Duration = Duration { seconds: 0, nanos: 0 };

    /// A span of over about three billion years is refused.
    pub fn new(seconds: i64, nanos: u32) -> Option<Duration> {
        let fits = nanos < NANOS_PER_SECOND && (-MAX_SECONDS..MAX_SECONDS).contains(&seconds);
        fits.then_some(Duration { seconds, nanos })
    }

    pub fn from_nanos(nanos: i128) -> Option<Duration> {
        let unit = i128::from(NANOS_PER_SECOND);
        Self::new(
            i64::try_from(nanos.div_euclid(unit)).ok()?,
            nanos.rem_euclid(unit) as u32,
        )
    }

    pub fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    pub fn checked_add(self, other: Duration) -> Option<Duration> {
        Self::from_nanos(self.total_nanos() + other.total_nanos())
    }

    pub fn checked_sub(self, other: Duration) -> Option<Duration> {
        Self::from_nanos(self.total_nanos() - other.total_nanos())
    }

    pub fn checked_neg(self) -> Option<Duration> {
        Self::from_nanos(-self.total_nanos())
    }

    pub fn checked_mul(self, factor: i64) -> Option<Duration> {
        Self::from_nanos(self.total_nanos().checked_mul(i128::from(factor))?)
    }

    /// Days, hours, minutes, seconds, nanoseconds of the magnitude, and whether it is negative.
    pub fn parts(self) -> (bool, [i64; 5]) {
        let total = self.total_nanos();
        let magnitude = total.unsigned_abs();
        let unit = u128::from(NANOS_PER_SECOND);
        let seconds = (magnitude / unit) as i64;
        let nanos = (magnitude % unit) as i64;
        let days = seconds / SECONDS_PER_DAY;
        let rest = seconds % SECONDS_PER_DAY;
        (total < 0, [days, rest / 3_600, rest / 60 % 60, rest % 60, nanos])
    }

    /// Components in order, each at most once, only seconds with a fraction; at least one.
    pub fn parse(text: &str) -> Option<Duration> {
        let mut scan = Scan::new(text);
        let negative = scan.eat(b'-');
        scan.expect(b'P')?;
        let mut total: i128 = 0;
        let mut any = false;
        let unit = i128::from(NANOS_PER_SECOND);
        if scan.peek().is_some_and(|b| b.is_ascii_digit()) {
            total += i128::from(scan.number()?) * i128::from(SECONDS_PER_DAY) * unit;
            scan.expect(b'D')?;
            any = true;
        }
        if scan.eat(b'T') {
            any = false;
            let mut units = [(b'H', 3_600), (b'M', 60), (b'S', 1)].into_iter();
            while !scan.at_end() {
                let count = scan.number()?;
                let has_fraction = scan.peek() == Some(b'.');
                let nanos = scan.nanos()?;
                let letter = scan.peek()?;
                let (_, seconds) = units.by_ref().find(|(name, _)| *name == letter)?;
                scan.expect(letter)?;
                if has_fraction && letter != b'S' {
                    return None;
                }
                total += i128::from(count) * seconds * unit + i128::from(nanos);
                any = true;
            }
        }
        if !any || !scan.at_end() {
            return None;
        }
        Self::from_nanos(if negative { -total } else { total })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, [days, hours, minutes, seconds, nanos]) = self.parts();
        f.write_str(if negative { "-P" } else { "P" })?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if hours + minutes + seconds + nanos > 0 || days == 0 {
            f.write_str("T")?;
        }
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if seconds + nanos > 0 || days + hours + minutes == 0 {
            write!(f, "{seconds}{}S", fraction(nanos as u32))?;
        }
        Ok(())
    }
}
