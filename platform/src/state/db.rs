//! The store's file: state, undo records and the last height in one redb database, written atomically.
//!
//! ```text
//! state  key -> value
//! undo   height -> root (32 bytes), then for each key that the height changed:
//!        key length, 2 bytes | key | 0, or 1 and value length, 4 bytes, and value: what the key had before
//! meta   "head" -> format, 4 bytes | height, 8 bytes | root, 32 bytes | sha256 of these
//! ```
use super::base::Base;
use super::changes::Change;
use super::err::{Result, StateError};
use super::fail::Failpoints;
use super::tree::{sha256, Hash};
use super::view::{Key, Value, Version};
use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition, WriteTransaction};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) const FILE: &str = "state.redb";
/// Version of the layout of the file.
const FORMAT: u32 = 1;

const STATE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("state");
const UNDO: TableDefinition<u64, &[u8]> = TableDefinition::new("undo");
const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");

pub(super) type StateTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;

/// What a kept height changed, as far as undoing needs it.
pub(super) struct Undo {
    pub height: u64,
    pub root: Hash,
    /// By key; `new` is not known.
    pub changes: Vec<Change>,
}

pub(super) struct Db {
    database: Database,
    path: PathBuf,
    failpoints: Failpoints,
}

impl Db {
    /// Opens or creates the file in this folder. With `verify` every page's checksum is checked.
    pub fn open(folder: &Path, cache_bytes: usize, verify: bool, failpoints: Failpoints) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| StateError::io("create", folder, &e))?;
        let path = folder.join(FILE);
        let mut builder = Database::builder();
        builder.set_cache_size(cache_bytes).set_check_integrity_on_open(verify);
        let database = builder.create(&path).map_err(|e| match e {
            DatabaseError::Storage(e @ StorageError::Corrupted(_)) => failure(&path, e),
            DatabaseError::Storage(StorageError::Io(e)) if is_damage(&e) => failure(&path, StorageError::Io(e)),
            DatabaseError::DatabaseAlreadyOpen => {
                StateError::Io(format!("`{}` is in use by another process", path.display()))
            }
            e => StateError::io("open", &path, &e),
        })?;
        let db = Self {
            database,
            path,
            failpoints,
        };
        super::log::sync_folder(folder)?;
        // readers expect the tables
        let txn = db.begin()?;
        db.ok(txn.open_table(STATE).map(drop))?;
        db.ok(txn.open_table(UNDO).map(drop))?;
        db.ok(txn.open_table(META).map(drop))?;
        db.ok(txn.commit())?;
        Ok(db)
    }

    fn ok<T, E: Into<redb::Error>>(&self, result: std::result::Result<T, E>) -> Result<T> {
        result.map_err(|e| failure(&self.path, e))
    }

    fn begin(&self) -> Result<WriteTransaction> {
        self.ok(self.database.begin_write())
    }

    /// The state as it is now, for as long as it is held.
    pub fn base(&self) -> Result<Base> {
        let txn = self.ok(self.database.begin_read())?;
        Ok(Base::Table(
            Arc::new(self.ok(txn.open_table(STATE))?),
            self.path.clone().into(),
        ))
    }

    /// The last flushed height and its root; `None` if nothing was ever flushed.
    pub fn head(&self) -> Result<Option<(u64, Hash)>> {
        let txn = self.ok(self.database.begin_read())?;
        let meta = self.ok(txn.open_table(META))?;
        let Some(record) = self.ok(meta.get("head"))? else {
            return Ok(None);
        };
        let damaged = || StateError::Corrupt("the record of the last height is not intact".into());
        let (body, sum) = record.value().split_at_checked(44).ok_or_else(damaged)?;
        if sha256(body) != sum {
            return Err(damaged());
        }
        let (format, rest) = body.split_first_chunk::<4>().ok_or_else(damaged)?;
        let format = u32::from_be_bytes(*format);
        if format != FORMAT {
            return Err(StateError::Io(format!(
                "the store has format `{format}`; this program reads format {FORMAT}"
            )));
        }
        let (height, root) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        Ok(Some((
            u64::from_be_bytes(*height),
            *root.first_chunk().ok_or_else(damaged)?,
        )))
    }

    /// The kept heights' undo records, oldest first.
    pub fn undo(&self) -> Result<Vec<Undo>> {
        let txn = self.ok(self.database.begin_read())?;
        let table = self.ok(txn.open_table(UNDO))?;
        let mut records = Vec::new();
        for row in self.ok(table.iter())? {
            let (height, record) = self.ok(row)?;
            let height = height.value();
            let undo = decode_undo(height, record.value())
                .ok_or_else(|| StateError::Corrupt(format!("the undo record of height `{height}` is not intact")))?;
            records.push(undo);
        }
        Ok(records)
    }

    /// Writes the changes of these consecutive heights, their undo records and the last one's height and root, and drops
    /// undo records below `keep_from`: all or nothing, durable on return.
    pub fn flush(&self, versions: &[Arc<Version>], keep_from: u64) -> Result<()> {
        let Some(last) = versions.last() else { return Ok(()) };
        self.failpoints.hit("flush:before-write")?;
        let mut merged: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
        for change in versions.iter().flat_map(|v| v.changes.iter()) {
            merged.insert(&change.key, change.new.as_deref());
        }
        let txn = self.begin()?;
        self.write_state(&txn, merged)?;
        {
            let mut undo = self.ok(txn.open_table(UNDO))?;
            for version in versions.iter().filter(|v| v.height >= keep_from) {
                self.ok(undo.insert(version.height, &encode_undo(version)[..]))?;
            }
            self.ok(undo.retain_in(..keep_from, |_, _| false))?;
        }
        self.write_head(&txn, last.height, &last.root)?;
        self.failpoints.hit("flush:before-commit")?;
        self.ok(txn.commit())?;
        self.failpoints.hit("flush:after-commit")
    }

    /// Takes back the heights whose changes these are, latest first; `height` and `root` are what is left.
    pub fn revert(&self, changes: &[&[Change]], height: u64, root: &Hash) -> Result<()> {
        let mut merged: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
        for change in changes.iter().copied().flatten() {
            merged.insert(&change.key, change.old.as_deref());
        }
        let txn = self.begin()?;
        self.write_state(&txn, merged)?;
        self.ok(self.ok(txn.open_table(UNDO))?.retain_in(height + 1.., |_, _| false))?;
        self.write_head(&txn, height, root)?;
        self.failpoints.hit("rollback:before-commit")?;
        self.ok(txn.commit())
    }

    /// Adds rows to a store that is being built (import); durable only with [`Db::finish_load`].
    pub fn load(&self, rows: &[(Key, Value)]) -> Result<()> {
        let mut txn = self.begin()?;
        txn.set_durability(redb::Durability::None)
            .map_err(|e| StateError::io("write", &self.path, &e))?;
        self.write_state(&txn, rows.iter().map(|(k, v)| (&k[..], Some(&v[..]))))?;
        self.ok(txn.commit())
    }

    pub fn finish_load(&self, version: &Version) -> Result<()> {
        let txn = self.begin()?;
        self.ok(self
            .ok(txn.open_table(UNDO))?
            .insert(version.height, &encode_undo(version)[..])
            .map(drop))?;
        self.write_head(&txn, version.height, &version.root)?;
        self.ok(txn.commit())
    }

    fn write_state<'a>(
        &self,
        txn: &WriteTransaction,
        rows: impl IntoIterator<Item = (&'a [u8], Option<&'a [u8]>)>,
    ) -> Result<()> {
        let mut state = self.ok(txn.open_table(STATE))?;
        for (key, value) in rows {
            match value {
                Some(value) => drop(self.ok(state.insert(key, value))?),
                None => drop(self.ok(state.remove(key))?),
            }
        }
        Ok(())
    }

    fn write_head(&self, txn: &WriteTransaction, height: u64, root: &Hash) -> Result<()> {
        let mut record = Vec::with_capacity(76);
        record.extend_from_slice(&FORMAT.to_be_bytes());
        record.extend_from_slice(&height.to_be_bytes());
        record.extend_from_slice(root);
        let sum = sha256(&record);
        record.extend_from_slice(&sum);
        self.ok(self.ok(txn.open_table(META))?.insert("head", &record[..]).map(drop))
    }
}

pub(super) fn failure(path: &Path, error: impl Into<redb::Error>) -> StateError {
    match error.into() {
        redb::Error::Corrupted(m) => StateError::Corrupt(format!("`{}` is damaged: {m}", path.display())),
        redb::Error::Io(e) if is_damage(&e) => StateError::Corrupt(format!("`{}` is damaged: {e}", path.display())),
        e => StateError::io("use", path, &e),
    }
}

fn is_damage(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
    )
}

fn encode_undo(version: &Version) -> Vec<u8> {
    let mut out = version.root.to_vec();
    for change in version.changes.iter() {
        // keys and values are bounded by MAX_KEY and MAX_VALUE
        out.extend_from_slice(&(change.key.len() as u16).to_be_bytes());
        out.extend_from_slice(&change.key);
        match &change.old {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                out.extend_from_slice(&(value.len() as u32).to_be_bytes());
                out.extend_from_slice(value);
            }
        }
    }
    out
}

fn decode_undo(height: u64, bytes: &[u8]) -> Option<Undo> {
    let (root, mut rest) = bytes.split_first_chunk::<32>()?;
    let mut changes: Vec<Change> = Vec::new();
    while !rest.is_empty() {
        let (length, tail) = rest.split_first_chunk::<2>()?;
        let (key, tail) = tail.split_at_checked(u16::from_be_bytes(*length).into())?;
        let (old, tail) = match tail.split_first()? {
            (0, tail) => (None, tail),
            (1, tail) => {
                let (length, tail) = tail.split_first_chunk::<4>()?;
                let (value, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize)?;
                (Some(value.into()), tail)
            }
            _ => return None,
        };
        if changes.last().is_some_and(|c| *c.key >= *key) {
            return None;
        }
        changes.push(Change {
            key: key.into(),
            old,
            new: None,
        });
        rest = tail;
    }
    Some(Undo {
        height,
        root: *root,
        changes,
    })
}
