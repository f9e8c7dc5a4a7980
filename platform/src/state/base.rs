//! The flushed part of the state: an ordered map in memory, or a table of the key-value store.
use super::err::Result;
use super::view::{Key, Source, Span, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An immutable snapshot of the flushed state.
#[derive(Clone)]
pub(super) enum Base {
    Memory(Arc<BTreeMap<Key, Value>>),
}

impl Base {
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        match self {
            Self::Memory(map) => Ok(map.get(key).cloned()),
        }
    }

    /// The rows of a span that is not empty, in its direction.
    pub fn range<'a>(&'a self, span: &Span) -> Result<Source<'a>> {
        match self {
            Self::Memory(map) => Ok(span.ordered(
                map.range::<[u8], _>(span.bounds())
                    .map(|(k, v)| Ok((k.clone(), Some(v.clone())))),
            )),
        }
    }
}
