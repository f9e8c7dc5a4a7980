//! Dates and times: proleptic Gregorian calendar, no leap seconds, no named zones (ISO 8601 / RFC 3339 text).

/// Days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Date {
    pub days: i32,
}

/// Nanoseconds since midnight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Time {
    pub nanos: u64,
}

/// An instant with the UTC offset (minutes) it was written in. Equality is of instant *and* offset; order is by instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateTime {
    pub seconds: i64,
    pub nanos: u32,
    pub offset_minutes: i16,
}

/// An exact span of time; `nanos` is 0..10^9 and adds to `seconds`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Duration {
    pub seconds: i64,
    pub nanos: u32,
}

/// A calendar span: months and days (ISO 8601 `P1Y2M3D`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Period {
    pub months: i32,
    pub days: i32,
}
