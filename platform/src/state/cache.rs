//! Values that the writer's stages read or wrote lately. Only speed depends on it.
use super::changes::Change;
use super::err::Result;
use super::view::{Key, Value, View};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What an entry costs beside its bytes, roughly.
const OVERHEAD: usize = 96;

/// Two generations: what is used moves to the young one; when that is full, the old one is forgotten.
pub(super) struct Cache {
    limit: usize,
    inner: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    /// The height whose values these are; other heights go past the cache.
    height: u64,
    young: HashMap<Key, Option<Value>>,
    old: HashMap<Key, Option<Value>>,
    young_bytes: usize,
}

impl Cache {
    pub fn new(limit: usize, height: u64) -> Self {
        Self {
            limit,
            inner: Mutex::new(Generations {
                height,
                ..Generations::default()
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, view: &View, key: &[u8]) -> Result<Option<Value>> {
        {
            let mut inner = self.lock();
            if inner.height != view.height() {
                drop(inner);
                return view.get(key);
            }
            if let Some(value) = inner.young.get(key) {
                return Ok(value.clone());
            }
            if let Some((key, value)) = inner.old.remove_entry(key) {
                inner.put(key, value.clone(), self.limit);
                return Ok(value);
            }
        }
        let value = view.get(key)?;
        let mut inner = self.lock();
        if inner.height == view.height() {
            inner.put(key.into(), value.clone(), self.limit);
        }
        Ok(value)
    }

    /// The next height was committed.
    pub fn advance(&self, height: u64, changes: &[Change]) {
        let mut inner = self.lock();
        inner.height = height;
        for change in changes {
            inner.old.remove(&change.key);
            inner.put(change.key.clone(), change.new.clone(), self.limit);
        }
    }

    pub fn clear(&self, height: u64) {
        *self.lock() = Generations {
            height,
            ..Generations::default()
        };
    }
}

impl Generations {
    fn put(&mut self, key: Key, value: Option<Value>, limit: usize) {
        self.young_bytes += key.len() + value.as_ref().map_or(0, |v| v.len()) + OVERHEAD;
        self.young.insert(key, value);
        if self.young_bytes > limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }
}
