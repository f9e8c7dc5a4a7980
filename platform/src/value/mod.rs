//! Owned data: what crosses the border of a call (arguments, results, events, stored variables, constants).
use crate::number::Number;

pub mod temporal;
pub use temporal::{Date, DateTime, Duration, Period, Time};

/// A data tree. A typed record is a `Record` whose `"$type"` entry names the type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Data {
    #[default]
    Null,
    Bool(bool),
    Num(Number),
    Text(String),
    Bytes(Vec<u8>),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Duration(Duration),
    Period(Period),
    List(Vec<Data>),
    /// Entries in the order they were made; the codec writes them in canonical key order.
    Record(Vec<(String, Data)>),
}
