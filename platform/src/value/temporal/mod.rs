//! Dates and times: proleptic Gregorian calendar, no leap seconds, no named zones (ISO 8601 / RFC 3339 text).
//!
//! - [`civil`] days and years
//! - [`date`], [`time`], [`date_time`], [`duration`], [`period`]: a type a file, with its text form and its arithmetic
//! - [`scan`]  the reader that their text forms share
//!
//! Years run from 1 to 9999. What would leave a type's range is `None`.
mod civil;
mod date;
mod date_time;
mod duration;
mod period;
mod scan;
mod time;

pub use date::Date;
pub use date_time::DateTime;
pub use duration::Duration;
pub use period::Period;
pub use time::Time;

pub const SECONDS_PER_DAY: i64 = 86_400;
pub const NANOS_PER_SECOND: u32 = 1_000_000_000;

#[cfg(test)]
mod tests;
