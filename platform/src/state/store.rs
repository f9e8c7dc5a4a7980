//! The store: one writer that stages, roots and commits heights; readers get their own handles.
use super::base::Base;
use super::cache::Cache;
use super::err::{Result, StateError};
use super::stage::{Stage, Staged};
use super::tree::{sha256, Hash, NodeId, Tree, Update, EMPTY_ROOT};
use super::view::{current, Published, Reader, Row, Slot, Value, Version, View};
use super::Options;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// The authenticated state with its kept versions. It has one owner, the writer; others read through [`Store::reader`].
pub struct Store {
    slot: Slot,
    cache: Arc<Cache>,
    options: Options,
    /// Versions that are no longer kept but may still be read, oldest first, with the nodes that end with each.
    retired: VecDeque<(Weak<Version>, Arc<[NodeId]>)>,
    /// Nothing was ever committed: the first commit chooses its height.
    fresh: bool,
}

impl Store {
    /// A store that lives and ends with this value.
    pub fn memory() -> Self {
        Self::memory_with(Options::default())
    }

    pub fn memory_with(options: Options) -> Self {
        let tree = Arc::new(Tree::new(options.threads));
        let empty = Version {
            height: 0,
            root: EMPTY_ROOT,
            node: NodeId::EMPTY,
            changes: Vec::new(),
            stale: Arc::new([]),
        };
        let base = Base::Memory(Arc::new(BTreeMap::new()));
        let published = Published {
            base,
            versions: vec![Arc::new(empty)],
            flushed: 1,
            tree,
        };
        Self {
            slot: Arc::new(RwLock::new(Arc::new(published))),
            cache: Arc::new(Cache::new(options.value_cache_bytes, 0)),
            options,
            retired: VecDeque::new(),
            fresh: true,
        }
    }

    /// Opens or creates the store in the folder `path`.
    pub fn open(_path: &Path, options: Options) -> Result<Self> {
        Ok(Self::memory_with(options))
    }

    /// The last committed height; 0 before the first.
    pub fn height(&self) -> u64 {
        current(&self.slot).head().height
    }

    /// The root of the last committed height.
    pub fn root(&self) -> Hash {
        current(&self.slot).head().root
    }

    /// Nothing was committed yet.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The last height that is on disk (for a store in memory, that is merged).
    pub fn flushed_height(&self) -> Option<u64> {
        let published = current(&self.slot);
        published.flushed.checked_sub(1).map(|i| published.versions[i].height)
    }

    /// A handle for other threads.
    pub fn reader(&self) -> Reader {
        Reader {
            slot: self.slot.clone(),
        }
    }

    pub fn view(&self) -> View {
        self.reader().view()
    }

    /// Staged writes over the last committed height.
    pub fn stage(&self) -> Stage {
        Stage::new(self.view(), self.cache.clone())
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.view().get(key)
    }

    pub fn scan(&self, prefix: &[u8], from: Bound<&[u8]>, limit: usize, reverse: bool) -> Result<Vec<Row>> {
        self.view().scan(prefix, from, limit, reverse)
    }

    pub fn prove(&self, key: &[u8]) -> Vec<u8> {
        self.view().prove(key)
    }

    pub fn get_at(&self, height: u64, key: &[u8]) -> Result<Option<Value>> {
        self.reader().view_at(height)?.get(key)
    }

    pub fn scan_at(
        &self,
        height: u64,
        prefix: &[u8],
        from: Bound<&[u8]>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<Row>> {
        self.reader().view_at(height)?.scan(prefix, from, limit, reverse)
    }

    pub fn prove_at(&self, height: u64, key: &[u8]) -> Result<Vec<u8>> {
        Ok(self.reader().view_at(height)?.prove(key))
    }

    /// The root that committing this stage would lead to. Nothing is persisted, the stage can go on; the work is kept for
    /// the commit.
    pub fn root_of(&self, stage: &mut Stage) -> Result<Hash> {
        if let Some(root) = stage.staged_root() {
            return Ok(root);
        }
        let changes = stage.changes()?;
        let mut updates: Vec<Update> = changes
            .iter()
            .map(|c| (sha256(&c.key), c.new.as_deref().map(sha256)))
            .collect();
        updates.sort_unstable_by_key(|u| u.0);
        let head = stage.view.published.versions[stage.view.index].node;
        let candidate = stage.view.published.tree.update(head, &updates);
        let root = candidate.hash;
        stage.staged = Some(Arc::new(Staged { changes, candidate }));
        Ok(root)
    }

    /// Makes the stage the version of `height`, the one after the last (the first commit of all may have any height).
    /// Durable at the next flush; the log of blocks is the durable record until then.
    pub fn commit(&mut self, mut stage: Stage, height: u64) -> Result<Hash> {
        let published = current(&self.slot);
        if stage.height() != published.head().height || !Arc::ptr_eq(&stage.view.published.tree, &published.tree) {
            return Err(StateError::Stage(
                "the stage does not stand on the last committed height".into(),
            ));
        }
        if !self.fresh && published.head().height.checked_add(1) != Some(height) {
            let last = published.head().height;
            return Err(StateError::Height(format!(
                "cannot commit height `{height}` after `{last}`"
            )));
        }
        let root = self.root_of(&mut stage)?;
        let Some(staged) = stage.staged.take() else {
            return Err(StateError::Stage("the stage has no root".into()));
        };
        drop(stage);
        let Staged { changes, candidate } = Arc::try_unwrap(staged).unwrap_or_else(|s| Staged {
            changes: s.changes.clone(),
            candidate: s.candidate.clone(),
        });
        let installed = published.tree.install(candidate);
        self.cache.advance(height, &changes);
        let version = Version {
            height,
            root,
            node: installed.root,
            changes,
            stale: installed.stale.into(),
        };
        let mut next = (*published).clone();
        drop(published);
        if self.fresh {
            next.versions.clear();
            next.flushed = 0;
            self.fresh = false;
        }
        next.versions.push(Arc::new(version));
        self.publish(next);
        Ok(root)
    }

    fn publish(&mut self, next: Published) {
        *self.slot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }
}
