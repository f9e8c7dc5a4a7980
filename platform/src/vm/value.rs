//! A value inside a call: a small `Copy` handle; texts, lists and records live in the call's [`super::Heap`].
use crate::number::Number;
use crate::value::{Date, DateTime, Duration, Period, Time};

/// An interned text: equal texts of one heap have equal ids.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TextId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ObjId(pub u32);
/// Number of a fact within its session, from 1, in the order of insertion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FactId(pub u32);

/// `Eq`/`Hash` are the language's `==`: structural for scalars, identity for objects, never equal across types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    /// Scripts only; stored it is an absent key, returned it is null.
    Undefined,
    Bool(bool),
    Num(Number),
    Text(TextId),
    /// Interned like texts.
    Bytes(TextId),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Duration(Duration),
    Period(Period),
    /// A list or a record.
    Obj(ObjId),
    /// A function of the module.
    Func(u32),
    /// A rule session opened in this call.
    Session(u32),
}
