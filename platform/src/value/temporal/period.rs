//! `P1Y2M3D`, `-P1M`, `P1M-3D`
use std::fmt;

use super::scan::Scan;

/// A calendar span: months and days.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Period {
    pub months: i32,
    pub days: i32,
}

impl Period {
    pub const ZERO: Period = Period { months: 0, days: 0 };

    /// Years, months, weeks, days in order, each at most once, each with a sign of its own or all with one; at least one.
    pub fn parse(text: &str) -> Option<Period> {
        let mut scan = Scan::new(text);
        let all = if scan.eat(b'-') { -1 } else { 1 };
        scan.expect(b'P')?;
        let mut units = [b'Y', b'M', b'W', b'D'].into_iter();
        let (mut months, mut days, mut any) = (0i64, 0i64, false);
        while !scan.at_end() {
            let sign = if scan.eat(b'-') { -all } else { all };
            let count = sign * scan.number()?;
            let letter = scan.peek()?;
            units.by_ref().find(|name| *name == letter)?;
            scan.expect(letter)?;
            match letter {
                b'Y' => months += count * 12,
                b'M' => months += count,
                b'W' => days += count * 7,
                _ => days += count,
            }
            any = true;
        }
        if !any {
            return None;
        }
        Some(Period {
            months: i32::try_from(months).ok()?,
            days: i32::try_from(days).ok()?,
        })
    }

    pub fn checked_add(self, other: Period) -> Option<Period> {
        Some(Period {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
        })
    }

    pub fn checked_neg(self) -> Option<Period> {
        Some(Period {
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
        })
    }

    pub fn checked_sub(self, other: Period) -> Option<Period> {
        self.checked_add(other.checked_neg()?)
    }

    pub fn checked_mul(self, factor: i32) -> Option<Period> {
        Some(Period {
            months: self.months.checked_mul(factor)?,
            days: self.days.checked_mul(factor)?,
        })
    }

    /// Years, months, days.
    pub fn parts(self) -> (i32, i32, i32) {
        (self.months / 12, self.months % 12, self.days)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (years, months, days) = self.parts();
        let parts = [(years, 'Y'), (months, 'M'), (days, 'D')].map(|(n, letter)| (i64::from(n), letter));
        let negative = parts.iter().all(|(n, _)| *n <= 0) && parts.iter().any(|(n, _)| *n < 0);
        f.write_str(if negative { "-P" } else { "P" })?;
        if *self == Self::ZERO {
            return f.write_str("0D");
        }
        for (count, letter) in parts {
            if count != 0 {
                write!(f, "{}{letter}", if negative { -count } else { count })?;
            }
        }
        Ok(())
    }
}
