//! The store: one writer that stages, roots and commits heights; readers get their own handles.
use super::base::Base;
use super::cache::Cache;
use super::changes::{Change, Changes};
use super::db::{Db, Undo};
use super::err::{Result, StateError};
use super::load::grow;
use super::stage::{Stage, Staged};
use super::tree::{Hash, NodeId, Tree, EMPTY_ROOT};
use super::view::{current, Published, Reader, Row, Slot, Value, Version, View};
use super::Options;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::thread::JoinHandle;

/// So many times `flush_every` heights may wait in memory before a commit waits for the disk.
const MAX_BEHIND: usize = 4;

/// The authenticated state with its kept versions. It has one owner, the writer; others read through [`Store::reader`].
pub struct Store {
    slot: Slot,
    cache: Arc<Cache>,
    options: Options,
    /// None for a store in memory.
    db: Option<Arc<Db>>,
    /// The flush that runs beside, with the height it ends at.
    flushing: Option<(JoinHandle<Result<Base>>, u64)>,
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
        let base = Base::Memory(Arc::new(BTreeMap::new()));
        Self::new(options, None, base, None)
    }

    /// Opens or creates the store in the folder `path`. Everything read is checked: the root recomputed from the values must
    /// be the stored one, for the last flushed height and for every kept one before.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        let db = Arc::new(Db::open(
            path,
            options.page_cache_bytes,
            options.verify,
            options.failpoints.clone(),
        )?);
        let base = db.base()?;
        let loaded = match db.head()? {
            Some(head) => Some(grow(&base, head, db.undo()?, options.threads)?),
            None if db.undo()?.is_empty() => None,
            None => return Err(StateError::Corrupt("the record of the last height is missing".into())),
        };
        Ok(Self::new(options, Some(db), base, loaded))
    }

    fn new(options: Options, db: Option<Arc<Db>>, base: Base, loaded: Option<(Tree, Vec<Version>)>) -> Self {
        let fresh = loaded.is_none();
        let (tree, versions) = loaded.unwrap_or_else(|| (Tree::new(options.threads), vec![Version::empty()]));
        let versions: Vec<Arc<Version>> = versions.into_iter().map(Arc::new).collect();
        let published = Published {
            base,
            flushed: versions.len(),
            versions,
            tree: Arc::new(tree),
        };
        let cache = Arc::new(Cache::new(options.value_cache_bytes, published.head().height));
        let slot = Arc::new(RwLock::new(Arc::new(published)));
        Self {
            slot,
            cache,
            options,
            db,
            flushing: None,
            retired: VecDeque::new(),
            fresh,
        }
    }

    /// The last committed height; 0 before the first.
    pub fn height(&self) -> u64 {
        current(&self.slot).head().height
    }

    /// The root of the last committed height.
    pub fn root(&self) -> Hash {
        current(&self.slot).head().root
    }

    /// The oldest and the newest kept height.
    pub fn heights(&self) -> (u64, u64) {
        self.reader().heights()
    }

    /// Nothing was committed yet.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The last height that is on disk (for a store in memory: merged), where replay begins after a crash.
    pub fn flushed_height(&self) -> Option<u64> {
        let published = current(&self.slot);
        published
            .flushed
            .checked_sub(1)
            .filter(|_| !self.fresh)
            .map(|i| published.versions[i].height)
    }

    /// A handle for other threads.
    pub fn reader(&self) -> Reader {
        Reader {
            slot: self.slot.clone(),
        }
    }

    /// The last committed version.
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
        Ok(Self::staged(stage)?.candidate.hash)
    }

    fn staged(stage: &mut Stage) -> Result<Arc<Staged>> {
        if let Some(staged) = &stage.staged {
            return Ok(staged.clone());
        }
        let (changes, order) = Changes::new(stage.changes()?);
        let updates = changes.updates(&order, |c| &c.new);
        let candidate = stage.view.published.tree.update(stage.view.version().node, &updates);
        let staged = Arc::new(Staged { changes, candidate });
        stage.staged = Some(staged.clone());
        Ok(staged)
    }

    /// Makes the stage the version of `height`, the one after the last (the first commit of all may have any height).
    /// It is durable at the next flush; until then the log of blocks is the durable record. A flush that failed is reported
    /// here, before anything is committed (without `background`: after).
    pub fn commit(&mut self, mut stage: Stage, height: u64) -> Result<Hash> {
        self.check_commit(&stage, height)?;
        let behind = self.behind();
        self.take_flush(behind >= self.options.flush_every.max(1) * MAX_BEHIND)?;
        self.options.failpoints.hit("commit:before-install")?;
        let staged = Self::staged(&mut stage)?;
        drop(stage);
        let Staged { changes, candidate } = Arc::try_unwrap(staged).unwrap_or_else(|staged| (*staged).clone());
        let root = candidate.hash;
        let installed = current(&self.slot).tree.install(candidate);
        self.cache.advance(height, &changes);
        let version = Version {
            height,
            root,
            node: installed.root,
            changes,
            stale: installed.stale.into(),
        };
        let first = std::mem::replace(&mut self.fresh, false);
        self.publish(|published| {
            if first {
                published.versions.clear();
                published.flushed = 0;
            }
            published.versions.push(Arc::new(version));
        });
        self.prune();
        self.options.failpoints.hit("commit:after-publish")?;
        if self.behind() >= self.options.flush_every {
            self.start_flush()?;
        }
        Ok(root)
    }

    fn check_commit(&self, stage: &Stage, height: u64) -> Result<()> {
        let published = current(&self.slot);
        if !Arc::ptr_eq(stage.view.version(), published.head()) {
            return Err(StateError::Stage(
                "the stage does not stand on the last committed height".into(),
            ));
        }
        let last = published.head().height;
        if !self.fresh && last.checked_add(1) != Some(height) {
            return Err(StateError::Height(format!(
                "cannot commit height `{height}` after `{last}`"
            )));
        }
        Ok(())
    }

    fn publish(&self, change: impl FnOnce(&mut Published)) {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut slot));
    }

    /// Lets go of versions beyond the kept ones; their nodes are free once nobody reads them any more.
    fn prune(&mut self) {
        let (keep, mut retired) = (self.options.keep, Vec::new());
        self.publish(|published| {
            while published.versions.len() > keep + 1 && published.flushed > 1 {
                let gone = published.versions.remove(0);
                published.flushed -= 1;
                retired.push((Arc::downgrade(&gone), published.versions[0].stale.clone()));
            }
        });
        self.retired.extend(retired);
        let tree = current(&self.slot).tree.clone();
        while self
            .retired
            .front()
            .is_some_and(|(version, _)| version.strong_count() == 0)
        {
            if let Some((_, nodes)) = self.retired.pop_front() {
                tree.free(&nodes);
            }
        }
    }

    /// Heights that are not flushed.
    fn behind(&self) -> usize {
        let published = current(&self.slot);
        published.versions.len() - published.flushed
    }

    fn start_flush(&mut self) -> Result<()> {
        let Some(db) = &self.db else {
            self.publish(Published::merge_into_memory);
            return Ok(());
        };
        if self.flushing.is_some() {
            return Ok(());
        }
        let published = current(&self.slot);
        let upto = published.head().height;
        let versions = published.versions[published.flushed..].to_vec();
        let (db, keep_from) = (db.clone(), upto.saturating_sub(self.options.keep as u64));
        let work = move || {
            db.flush(&versions, keep_from)?;
            db.base()
        };
        if self.options.background {
            // if there is no thread to be had, the next commit tries again
            let thread = std::thread::Builder::new().name("state-flush".into()).spawn(work);
            self.flushing = thread.ok().map(|thread| (thread, upto));
            return Ok(());
        }
        let base = work()?;
        self.flushed(base, upto);
        Ok(())
    }

    /// Takes over the result of the flush that runs beside, if it is done (or, with `wait`, when it is).
    fn take_flush(&mut self, wait: bool) -> Result<()> {
        let Some((thread, upto)) = self.flushing.take_if(|(thread, _)| wait || thread.is_finished()) else {
            return Ok(());
        };
        let base = thread
            .join()
            .unwrap_or_else(|_| Err(StateError::Io("the flush ended in a panic".into())))?;
        self.flushed(base, upto);
        Ok(())
    }

    fn flushed(&self, base: Base, upto: u64) {
        self.publish(|published| {
            published.flushed = published.versions.partition_point(|v| v.height <= upto);
            published.base = base;
        });
    }

    /// Brings every committed height to disk; durable on return.
    pub fn flush(&mut self) -> Result<()> {
        self.take_flush(true)?;
        if self.behind() > 0 {
            self.start_flush()?;
            self.take_flush(true)?;
        }
        match self.behind() {
            0 => Ok(()),
            behind => Err(StateError::Io(format!("`{behind}` heights could not be flushed"))),
        }
    }

    /// Goes back to a kept height; the heights above it are forgotten. Durable on return.
    pub fn rollback(&mut self, height: u64) -> Result<()> {
        if self.fresh {
            return Err(StateError::Height("nothing was committed yet".into()));
        }
        current(&self.slot).index(height)?;
        self.flush()?;
        let published = current(&self.slot);
        let index = published.index(height)?;
        let root = published.versions[index].root;
        let gone: Vec<&[Change]> = published.versions[index + 1..]
            .iter()
            .rev()
            .map(|v| &v.changes[..])
            .collect();
        let base = match (&self.db, &published.base) {
            (Some(db), _) => {
                db.revert(&gone, height, &root)?;
                db.base()?
            }
            (None, base) => base.reverted(&gone),
        };
        let kept = published.versions[..=index].iter();
        let undo = kept
            .map(|v| Undo {
                height: v.height,
                root: v.root,
                changes: v.changes.to_vec(),
            })
            .collect();
        let (tree, versions) = grow(&base, (height, root), undo, self.options.threads)?;
        let versions: Vec<_> = versions.into_iter().map(Arc::new).collect();
        // readers of the versions before go on with the tree before, which ends with them
        self.retired.clear();
        self.cache.clear(height);
        self.publish(|p| {
            *p = Published {
                base,
                flushed: versions.len(),
                versions,
                tree: Arc::new(tree),
            }
        });
        Ok(())
    }

    /// Flushes and closes. Dropping a store does the same but cannot tell of a failure.
    pub fn close(mut self) -> Result<()> {
        self.flush()
    }

    /// Nodes in the tree's memory (inner, leaves), all kept versions together.
    pub fn nodes(&self) -> (usize, usize) {
        current(&self.slot).tree.nodes()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.db.is_some() {
            // a failure loses nothing: the heights are in the log of blocks
            drop(self.flush());
        }
    }
}

impl Version {
    fn empty() -> Self {
        Self {
            height: 0,
            root: EMPTY_ROOT,
            node: NodeId::EMPTY,
            changes: Changes::default(),
            stale: Arc::new([]),
        }
    }
}

impl Published {
    fn merge_into_memory(&mut self) {
        if let Base::Memory(map) = &mut self.base {
            let map = Arc::make_mut(map);
            for change in self.versions[self.flushed..].iter().flat_map(|v| v.changes.iter()) {
                match &change.new {
                    Some(value) => drop(map.insert(change.key.clone(), value.clone())),
                    None => drop(map.remove(&change.key)),
                }
            }
            self.flushed = self.versions.len();
        }
    }
}
