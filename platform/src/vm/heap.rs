//! The arena of a call: interned texts, records and lists. Nothing is freed within a call; `rewind` frees all at once.
use super::value::{ObjId, Value};

#[derive(Clone, Default, Debug)]
pub struct Heap {
    _objects: Vec<()>,
}

/// A point to rewind to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub(crate) texts: u32,
    pub(crate) objects: u32,
    pub(crate) slots: u32,
}

impl Heap {
    /// The value of a record's slot; `Null` past its end.
    pub fn slot(&self, _object: ObjId, _slot: u32) -> Value {
        Value::Null
    }
}
