//! Immutable versions and reading them: what the writer, its stages and any number of readers share without blocking.
use super::base::Base;
use super::changes::{Change, Changes};
use super::err::{Result, StateError};
use super::tree::{sha256, Hash, NodeId, Tree};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

pub type Key = Arc<[u8]>;
pub type Value = Arc<[u8]>;
/// Key and value, in key order.
pub type Row = (Key, Value);

/// A committed height.
pub(super) struct Version {
    pub height: u64,
    pub root: Hash,
    pub node: NodeId,
    pub changes: Changes,
    /// Nodes of the version before that this one has no more.
    pub stale: Arc<[NodeId]>,
}

/// What the writer has published: the kept versions over one base.
#[derive(Clone)]
pub(super) struct Published {
    pub base: Base,
    /// Consecutive heights, oldest first, never empty.
    pub versions: Vec<Arc<Version>>,
    /// How many of them the base contains.
    pub flushed: usize,
    pub tree: Arc<Tree>,
}

impl Published {
    pub fn head(&self) -> &Arc<Version> {
        self.versions.last().expect("there is always a version")
    }

    pub fn index(&self, height: u64) -> Result<usize> {
        let first = self.versions[0].height;
        height
            .checked_sub(first)
            .and_then(|i| usize::try_from(i).ok())
            .filter(|i| *i < self.versions.len())
            .ok_or_else(|| {
                let last = self.head().height;
                StateError::Height(format!("height `{height}` is not kept; kept are `{first}` to `{last}`"))
            })
    }
}

/// The place where the writer publishes and readers look.
pub(super) type Slot = Arc<RwLock<Arc<Published>>>;

pub(super) fn current(slot: &Slot) -> Arc<Published> {
    slot.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Reads of one version: consistent for as long as it is held, whatever the writer does.
#[derive(Clone)]
pub struct View {
    pub(super) published: Arc<Published>,
    index: usize,
}

impl View {
    pub(super) fn at(published: Arc<Published>, index: usize) -> Self {
        Self { published, index }
    }

    pub(super) fn version(&self) -> &Arc<Version> {
        &self.published.versions[self.index]
    }

    pub fn height(&self) -> u64 {
        self.version().height
    }

    pub fn root(&self) -> Hash {
        self.version().root
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        let Published {
            versions,
            flushed,
            base,
            ..
        } = &*self.published;
        let (later, mut earlier) = if self.index >= *flushed {
            (versions[*flushed..=self.index].iter(), [].iter())
        } else {
            ([].iter(), versions[self.index + 1..*flushed].iter())
        };
        if later.len() + earlier.len() == 0 {
            return base.get(key);
        }
        let hash = sha256(key);
        let new = later.rev().find_map(|v| v.changes.find(key, &hash)).map(|c| &c.new);
        let found = new.or_else(|| earlier.find_map(|v| v.changes.find(key, &hash)).map(|c| &c.old));
        found.map_or_else(|| base.get(key), |value| Ok(value.clone()))
    }

    /// At most `limit` rows whose keys start with `prefix`, beginning at `from`, in key order (or the reverse order, where
    /// `from` is the upper end).
    pub fn scan(&self, prefix: &[u8], from: Bound<&[u8]>, limit: usize, reverse: bool) -> Result<Vec<Row>> {
        self.scan_over(Vec::new(), &Span::new(prefix, from, reverse), limit)
    }

    /// All rows, read as they are asked for.
    pub(super) fn rows(&self) -> Result<Rows<'_>> {
        self.rows_over(Vec::new(), &Span::new(b"", Bound::Unbounded, false))
    }

    /// As `scan`, under `layers` of later writes, the latest first.
    pub(super) fn scan_over(&self, layers: Vec<Source<'_>>, span: &Span, limit: usize) -> Result<Vec<Row>> {
        if span.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        self.rows_over(layers, span)?.take(limit).collect()
    }

    fn rows_over<'a>(&'a self, mut layers: Vec<Source<'a>>, span: &Span) -> Result<Rows<'a>> {
        let Published {
            versions,
            flushed,
            base,
            ..
        } = &*self.published;
        let layer = |v: &'a Arc<Version>, pick: fn(&Change) -> &Option<Value>| -> Source<'a> {
            let start = v.changes.partition_point(|c| span.before(&c.key));
            let end = v.changes.partition_point(|c| !span.after(&c.key));
            let part = &v.changes[start..end.max(start)];
            span.ordered(part.iter().map(move |c| Ok((c.key.clone(), pick(c).clone()))))
        };
        if self.index >= *flushed {
            layers.extend(
                versions[*flushed..=self.index]
                    .iter()
                    .rev()
                    .map(|v| layer(v, |c| &c.new)),
            );
        } else {
            layers.extend(versions[self.index + 1..*flushed].iter().map(|v| layer(v, |c| &c.old)));
        }
        layers.push(base.range(span)?);
        Rows::new(layers, span.reverse)
    }

    /// The encoded proof that the key has its value, or none, under this version's root.
    pub fn prove(&self, key: &[u8]) -> Vec<u8> {
        self.published.tree.prove(self.version().node, &sha256(key)).encode()
    }
}

/// A range of keys and a direction.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub lower: Bound<Vec<u8>>,
    pub upper: Bound<Vec<u8>>,
    pub reverse: bool,
}

impl Span {
    pub fn new(prefix: &[u8], from: Bound<&[u8]>, reverse: bool) -> Self {
        let mut span = Self {
            lower: Bound::Included(prefix.to_vec()),
            upper: successor(prefix).map_or(Bound::Unbounded, Bound::Excluded),
            reverse,
        };
        let from = from.map(<[u8]>::to_vec);
        match &from {
            Bound::Unbounded => {}
            Bound::Included(k) | Bound::Excluded(k) if reverse => {
                if !span.after(k) {
                    span.upper = from;
                }
            }
            Bound::Included(k) | Bound::Excluded(k) => {
                if !span.before(k) {
                    span.lower = from;
                }
            }
        }
        span
    }

    fn before(&self, key: &[u8]) -> bool {
        match &self.lower {
            Bound::Unbounded => false,
            Bound::Included(k) => key < &k[..],
            Bound::Excluded(k) => key <= &k[..],
        }
    }

    fn after(&self, key: &[u8]) -> bool {
        match &self.upper {
            Bound::Unbounded => false,
            Bound::Included(k) => key > &k[..],
            Bound::Excluded(k) => key >= &k[..],
        }
    }

    /// No key can be inside (standard ranges panic on some of these).
    pub fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(a), Bound::Included(b)) => a > b,
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        }
    }

    pub fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (self.lower.as_ref().map(|k| &k[..]), self.upper.as_ref().map(|k| &k[..]))
    }

    pub fn ordered<'a>(&self, rows: impl DoubleEndedIterator<Item = Result<Written>> + 'a) -> Source<'a> {
        if self.reverse {
            Box::new(rows.rev())
        } else {
            Box::new(rows)
        }
    }
}

/// The first key after all keys with this prefix.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|b| *b != 0xff)?;
    let mut next = prefix[..=last].to_vec();
    next[last] += 1;
    Some(next)
}

/// A key and its value, or its removal.
pub(super) type Written = (Key, Option<Value>);
pub(super) type Source<'a> = Box<dyn Iterator<Item = Result<Written>> + 'a>;

/// Rows of several ordered sources; for a key in more than one the earlier source holds.
pub(super) struct Rows<'a> {
    sources: Vec<Source<'a>>,
    /// The next of each source.
    heads: Vec<Option<Written>>,
    reverse: bool,
}

impl<'a> Rows<'a> {
    fn new(mut sources: Vec<Source<'a>>, reverse: bool) -> Result<Self> {
        let heads = sources
            .iter_mut()
            .map(|s| s.next().transpose())
            .collect::<Result<_>>()?;
        Ok(Self {
            sources,
            heads,
            reverse,
        })
    }

    /// The source whose head comes first.
    fn best(&self) -> Option<usize> {
        let heads = self
            .heads
            .iter()
            .enumerate()
            .filter_map(|(i, head)| Some((i, &head.as_ref()?.0)));
        let first = |a: &(usize, &Key), b: &(usize, &Key)| {
            let keys = a.1.cmp(b.1);
            let keys = if self.reverse { keys.reverse() } else { keys };
            keys.then(a.0.cmp(&b.0))
        };
        heads.min_by(first).map(|(i, _)| i)
    }

    fn advance(&mut self) -> Result<Option<Row>> {
        while let Some(best) = self.best() {
            let Some((key, value)) = self.heads[best].take() else {
                break;
            };
            self.heads[best] = self.sources[best].next().transpose()?;
            for (head, source) in self.heads.iter_mut().zip(&mut self.sources).skip(best + 1) {
                if head.as_ref().is_some_and(|(other, _)| *other == key) {
                    *head = source.next().transpose()?;
                }
            }
            if let Some(value) = value {
                return Ok(Some((key, value)));
            }
        }
        Ok(None)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row>;
    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

/// A handle for readers of any thread: cheap to clone, never blocks the writer.
#[derive(Clone)]
pub struct Reader {
    pub(super) slot: Slot,
}

impl Reader {
    /// The last committed version.
    pub fn view(&self) -> View {
        let published = current(&self.slot);
        let index = published.versions.len() - 1;
        View::at(published, index)
    }

    /// A kept version.
    pub fn view_at(&self, height: u64) -> Result<View> {
        let published = current(&self.slot);
        let index = published.index(height)?;
        Ok(View::at(published, index))
    }

    /// The oldest and the newest kept height.
    pub fn heights(&self) -> (u64, u64) {
        let published = current(&self.slot);
        (published.versions[0].height, published.head().height)
    }
}
