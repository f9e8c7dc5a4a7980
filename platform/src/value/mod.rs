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

impl Data {
    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Data::Null => "null",
            Data::Bool(_) => "boolean",
            Data::Num(_) => "number",
            Data::Text(_) => "text",
            Data::Bytes(_) => "bytes",
            Data::Date(_) => "date",
            Data::Time(_) => "time",
            Data::DateTime(_) => "date-time",
            Data::Duration(_) => "duration",
            Data::Period(_) => "period",
            Data::List(_) => "list",
            Data::Record(_) => "record",
        }
    }

    /// A record's entry.
    pub fn get(&self, key: &str) -> Option<&Data> {
        self.as_record()?
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub fn as_record(&self) -> Option<&[(String, Data)]> {
        match self {
            Data::Record(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Data]> {
        match self {
            Data::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Data::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<Number> {
        match self {
            Data::Num(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number of 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        self.as_number()?.to_i64()
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Data::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The plain text of a scalar that has one: a number, a text, a date ...
    pub fn scalar_text(&self) -> Option<String> {
        Some(match self {
            Data::Num(value) => value.to_string(),
            Data::Text(text) => text.clone(),
            Data::Date(value) => value.to_string(),
            Data::Time(value) => value.to_string(),
            Data::DateTime(value) => value.to_string(),
            Data::Duration(value) => value.to_string(),
            Data::Period(value) => value.to_string(),
            _ => return None,
        })
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Data::Bool(value)
    }
}

impl From<Number> for Data {
    fn from(value: Number) -> Self {
        Data::Num(value)
    }
}

impl From<i64> for Data {
    fn from(value: i64) -> Self {
        Data::Num(Number::Int(value))
    }
}

impl From<&str> for Data {
    fn from(value: &str) -> Self {
        Data::Text(value.to_owned())
    }
}

impl From<String> for Data {
    fn from(value: String) -> Self {
        Data::Text(value)
    }
}

impl From<Vec<Data>> for Data {
    fn from(items: Vec<Data>) -> Self {
        Data::List(items)
    }
}
