//! `2026-03-01`
use std::fmt;

use super::civil::{civil_from_days, days_from_civil, days_in_month};
use super::scan::Scan;
use super::Period;

/// Days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Date {
    pub days: i32,
}

impl Date {
    /// 0001-01-01
    pub const MIN: Date = Date { days: -719_162 };
    /// 9999-12-31
    pub const MAX: Date = Date { days: 2_932_896 };

    pub fn from_days(days: i32) -> Option<Date> {
        let date = Date { days };
        (Self::MIN..=Self::MAX).contains(&date).then_some(date)
    }

    /// A date that exists.
    pub fn from_civil(year: i32, month: u32, day: u32) -> Option<Date> {
        let exists =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        exists.then(|| Date {
            days: days_from_civil(year, month, day),
        })
    }

    /// Year, month, day.
    pub fn civil(self) -> (i32, u32, u32) {
        civil_from_days(self.days)
    }

    pub fn parse(text: &str) -> Option<Date> {
        let mut scan = Scan::new(text);
        let date = Self::scan(&mut scan)?;
        scan.finish(date)
    }

    pub(super) fn scan(scan: &mut Scan) -> Option<Date> {
        let year = scan.digits(4)?;
        scan.expect(b'-')?;
        let month = scan.digits(2)?;
        scan.expect(b'-')?;
        let day = scan.digits(2)?;
        Self::from_civil(year as i32, month, day)
    }

    /// 1 is Monday, 7 is Sunday.
    pub fn weekday(self) -> u32 {
        (self.days + 3).rem_euclid(7) as u32 + 1
    }

    /// From 1.
    pub fn day_of_year(self) -> u32 {
        (self.days - days_from_civil(self.civil().0, 1, 1)) as u32 + 1
    }

    pub fn add_days(self, days: i64) -> Option<Date> {
        let days = i64::from(self.days).checked_add(days)?;
        Self::from_days(i32::try_from(days).ok()?)
    }

    /// The months first, the day then held to the month's length; then the days.
    pub fn add_period(self, period: Period) -> Option<Date> {
        let (year, month, day) = self.civil();
        let months = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(period.months);
        let year = i32::try_from(months.div_euclid(12)).ok()?;
        let month = months.rem_euclid(12) as u32 + 1;
        Self::from_civil(year, month, day.min(days_in_month(year, month)))?.add_days(i64::from(period.days))
    }

    pub fn days_until(self, other: Date) -> i64 {
        i64::from(other.days) - i64::from(self.days)
    }

    /// Whole months, then days, both of one sign: adding it to `self` gives `other` if `self <= other`.
    pub fn period_until(self, other: Date) -> Period {
        let (from, to) = (self.civil(), other.civil());
        let mut months = (to.0 - from.0) * 12 + to.1 as i32 - from.1 as i32;
        let mut days = to.2 as i32 - from.2 as i32;
        if months > 0 && days < 0 {
            months -= 1;
            let start = self.add_period(Period { months, days: 0 }).unwrap_or(self);
            days = other.days - start.days;
        } else if months < 0 && days > 0 {
            months += 1;
            days -= days_in_month(to.0, to.1) as i32;
        }
        Period { months, days }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
