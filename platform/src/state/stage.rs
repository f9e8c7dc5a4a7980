//! Staged writes over a version: nested savepoints, reads and ordered scans that see them.
use super::cache::Cache;
use super::changes::{Change, Changes};
use super::err::{Result, StateError};
use super::tree::{Candidate, Hash};
use super::view::{Key, Row, Span, Value, View};
use super::{MAX_KEY, MAX_VALUE};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// Writes that nobody else sees until the store commits them. Cloning one forks it.
///
/// Savepoints nest (block > transaction > call): [`Stage::begin`] opens one, [`Stage::commit`] keeps what was written since,
/// [`Stage::rollback`] takes it back. The writes outside any savepoint are the block's.
#[derive(Clone)]
pub struct Stage {
    pub(super) view: View,
    cache: Arc<Cache>,
    writes: BTreeMap<Key, Option<Value>>,
    /// What stood in `writes` before each write since the outermost savepoint.
    journal: Vec<(Key, Option<Option<Value>>)>,
    /// Length of the journal at each open savepoint.
    marks: Vec<usize>,
    /// The outcome of the last `root_of`, until the next write.
    pub(super) staged: Option<Arc<Staged>>,
}

/// A stage's effect, computed once and used by the commit.
#[derive(Clone)]
pub(super) struct Staged {
    pub changes: Changes,
    pub candidate: Candidate,
}

impl Stage {
    pub(super) fn new(view: View, cache: Arc<Cache>) -> Self {
        Self {
            view,
            cache,
            writes: BTreeMap::new(),
            journal: Vec::new(),
            marks: Vec::new(),
            staged: None,
        }
    }

    /// The committed height that this stage stands on.
    pub fn height(&self) -> u64 {
        self.view.height()
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => self.cache.get(&self.view, key),
        }
    }

    pub fn contains(&self, key: &[u8]) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// At most `limit` rows whose keys start with `prefix`, beginning at `from`, in key order (or the reverse order, where
    /// `from` is the upper end).
    pub fn scan(&self, prefix: &[u8], from: Bound<&[u8]>, limit: usize, reverse: bool) -> Result<Vec<Row>> {
        let span = Span::new(prefix, from, reverse);
        if span.is_empty() {
            return Ok(Vec::new());
        }
        let own = self
            .writes
            .range::<[u8], _>(span.bounds())
            .map(|(k, v)| Ok((k.clone(), v.clone())));
        self.view.scan_over(vec![span.ordered(own)], &span, limit)
    }

    /// An empty value is a value. The key has 1 to [`MAX_KEY`] bytes, the value at most [`MAX_VALUE`].
    pub fn set(&mut self, key: &[u8], value: impl Into<Value>) -> Result<()> {
        let value = value.into();
        if value.len() > MAX_VALUE {
            return Err(StateError::Limit(format!(
                "a value has `{}` bytes; at most {MAX_VALUE} are allowed",
                value.len()
            )));
        }
        self.write(key, Some(value))
    }

    /// Removing what is not there is no error.
    pub fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.write(key, None)
    }

    fn write(&mut self, key: &[u8], value: Option<Value>) -> Result<()> {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(StateError::Limit(format!(
                "a key has `{}` bytes; 1 to {MAX_KEY} are allowed",
                key.len()
            )));
        }
        self.staged = None;
        let recorded = !self.marks.is_empty();
        if let Some(written) = self.writes.get_mut(key) {
            let before = std::mem::replace(written, value);
            if recorded {
                self.journal.push((key.into(), Some(before)));
            }
        } else {
            let key: Key = key.into();
            self.writes.insert(key.clone(), value);
            if recorded {
                self.journal.push((key, None));
            }
        }
        Ok(())
    }

    /// Opens a savepoint; returns how many are open now.
    pub fn begin(&mut self) -> usize {
        self.marks.push(self.journal.len());
        self.marks.len()
    }

    /// Closes the innermost savepoint and keeps its writes.
    pub fn commit(&mut self) -> Result<()> {
        self.close()?;
        if self.marks.is_empty() {
            self.journal.clear();
        }
        Ok(())
    }

    /// Closes the innermost savepoint and takes its writes back.
    pub fn rollback(&mut self) -> Result<()> {
        let mark = self.close()?;
        self.staged = None;
        while self.journal.len() > mark {
            match self.journal.pop() {
                Some((key, Some(before))) => drop(self.writes.insert(key, before)),
                Some((key, None)) => drop(self.writes.remove(&key)),
                None => break,
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<usize> {
        self.marks
            .pop()
            .ok_or_else(|| StateError::Stage("no savepoint is open".into()))
    }

    /// How many savepoints are open.
    pub fn depth(&self) -> usize {
        self.marks.len()
    }

    /// How many keys are written.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The root that a commit would lead to, if `root_of` was asked since the last write.
    pub fn staged_root(&self) -> Option<Hash> {
        self.staged.as_ref().map(|s| s.candidate.hash)
    }

    /// What a commit would change, by key.
    pub(super) fn changes(&self) -> Result<Vec<Change>> {
        if !self.marks.is_empty() {
            return Err(StateError::Stage(format!(
                "`{}` savepoints are still open",
                self.marks.len()
            )));
        }
        let mut changes = Vec::with_capacity(self.writes.len());
        for (key, new) in &self.writes {
            let old = self.cache.get(&self.view, key)?;
            if old != *new {
                changes.push(Change {
                    key: key.clone(),
                    old,
                    new: new.clone(),
                });
            }
        }
        Ok(changes)
    }
}
