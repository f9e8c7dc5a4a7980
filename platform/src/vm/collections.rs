//! What scripts make with `new Map`, `new Set` and `/pattern/`: tables with keys in the order they came, and patterns.
use std::collections::HashMap;

use super::halt::Halt;
use super::heap::{Heap, Shape};
use super::value::{ObjId, TextId, Value};

/// Bytes of an entry, its place in the index included.
const ENTRY: u64 = 96;

/// Keys and values in the order the keys came. A removed entry leaves a gap, so a walk by position goes on.
///
/// Keys are as equal as `===` says. The index has a random seed, so keys cannot be chosen to collide; its order is
/// never seen.
#[derive(Clone, Default, Debug)]
pub(super) struct Table {
    entries: Vec<Option<(Value, Value)>>,
    index: HashMap<Value, u32>,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }
}

/// A regular expression as a value.
#[derive(Clone, Copy, Debug)]
pub struct RegExp {
    pub source: TextId,
    /// In the order of the letters.
    pub flags: TextId,
    /// Code points before the place where the next search of a `g` or `y` pattern begins.
    pub last_index: u64,
}

impl Heap {
    /// An empty Map.
    pub fn new_map(&mut self) -> Result<ObjId, Halt> {
        self.new_table(Shape::Map)
    }

    /// An empty Set: its values are its keys.
    pub fn new_set(&mut self) -> Result<ObjId, Halt> {
        self.new_table(Shape::Set)
    }

    fn table(&self, object: ObjId) -> Option<&Table> {
        self.tables.get(self.table_index(object)?)
    }

    fn table_mut(&mut self, object: ObjId) -> Option<&mut Table> {
        let at = self.table_index(object)?;
        self.tables.get_mut(at)
    }

    /// Keys of a Map or Set.
    pub fn table_len(&self, object: ObjId) -> usize {
        self.table(object).map_or(0, Table::len)
    }

    /// Entries that a walk looks at, gaps included.
    pub fn table_places(&self, object: ObjId) -> usize {
        self.table(object).map_or(0, |table| table.entries.len())
    }

    /// The value of a key.
    pub fn table_get(&self, object: ObjId, key: Value) -> Option<Value> {
        let table = self.table(object)?;
        let at = *table.index.get(&key)? as usize;
        table.entries.get(at).copied().flatten().map(|(_, value)| value)
    }

    /// Sets the value of a key; a new key comes last.
    pub fn table_set(&mut self, object: ObjId, key: Value, value: Value) -> Result<(), Halt> {
        if self.table_get(object, key).is_none() {
            self.account(ENTRY)?;
        }
        let Some(table) = self.table_mut(object) else {
            return Ok(());
        };
        let next = table.entries.len() as u32;
        let at = *table.index.entry(key).or_insert(next);
        match table.entries.get_mut(at as usize) {
            Some(entry) => *entry = Some((key, value)),
            None => table.entries.push(Some((key, value))),
        }
        Ok(())
    }

    /// Removes a key. Returns whether it was there.
    pub fn table_delete(&mut self, object: ObjId, key: Value) -> bool {
        let Some(table) = self.table_mut(object) else {
            return false;
        };
        let Some(at) = table.index.remove(&key) else {
            return false;
        };
        if let Some(entry) = table.entries.get_mut(at as usize) {
            *entry = None;
        }
        true
    }

    pub fn table_clear(&mut self, object: ObjId) {
        if let Some(table) = self.table_mut(object) {
            table.index.clear();
            table.entries.fill(None);
        }
    }

    /// The first entry at or after a position: its position, key and value.
    pub fn next_entry(&self, object: ObjId, from: usize) -> Option<(usize, Value, Value)> {
        let entries = self.table(object)?.entries.get(from..)?;
        let mut found = entries.iter().enumerate();
        found.find_map(|(at, entry)| entry.map(|(key, value)| (from + at, key, value)))
    }

    pub fn regexp(&self, object: ObjId) -> Option<RegExp> {
        self.regexps.get(self.regexp_index(object)?).copied()
    }

    pub fn set_last_index(&mut self, object: ObjId, last_index: u64) {
        if let Some(regexp) = self.regexp_index(object).and_then(|at| self.regexps.get_mut(at)) {
            regexp.last_index = last_index;
        }
    }
}
