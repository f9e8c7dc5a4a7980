//! The flushed part of the state: an ordered map in memory, or a table of the store's file.
use super::changes::Change;
use super::db::{failure, StateTable};
use super::err::Result;
use super::view::{Key, Source, Span, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An immutable snapshot of the flushed state.
#[derive(Clone)]
pub(super) enum Base {
    Memory(Arc<BTreeMap<Key, Value>>),
    /// The table, and the file's name for error messages.
    Table(Arc<StateTable>, Arc<Path>),
}

impl Base {
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        match self {
            Self::Memory(map) => Ok(map.get(key).cloned()),
            Self::Table(table, path) => {
                let found = table.get(key).map_err(|e| failure(path, e))?;
                Ok(found.map(|v| v.value().into()))
            }
        }
    }

    /// The rows of a span that is not empty, in its direction.
    pub fn range<'a>(&'a self, span: &Span) -> Result<Source<'a>> {
        match self {
            Self::Memory(map) => Ok(span.ordered(
                map.range::<[u8], _>(span.bounds())
                    .map(|(k, v)| Ok((k.clone(), Some(v.clone())))),
            )),
            Self::Table(table, path) => {
                let rows = table.range::<&[u8]>(span.bounds()).map_err(|e| failure(path, e))?;
                Ok(span.ordered(rows.map(|row| {
                    let (key, value) = row.map_err(|e| failure(path, e))?;
                    Ok((key.value().into(), Some(value.value().into())))
                })))
            }
        }
    }

    /// A base in memory without the heights whose changes these are, latest first.
    pub fn reverted(&self, changes: &[&[Change]]) -> Self {
        let Self::Memory(map) = self else { return self.clone() };
        let mut map = (**map).clone();
        for change in changes.iter().copied().flatten() {
            match &change.old {
                Some(value) => drop(map.insert(change.key.clone(), value.clone())),
                None => drop(map.remove(&change.key)),
            }
        }
        Self::Memory(Arc::new(map))
    }
}
