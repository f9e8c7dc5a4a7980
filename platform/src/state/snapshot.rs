//! Snapshots: one version's rows in chunks with a manifest of their hashes, for state sync and backups (docs/state.md).
//!
//! ```text
//! manifest  "CMS1" | height, 8 bytes | root, 32 bytes | keys, 8 bytes | bytes of all chunks, 8 bytes | chunks, 4 bytes |
//!           sha256 of each chunk
//! chunk     rows in key order: key length, 2 bytes | key | value length, 4 bytes | value
//! ```
//! Integers are big-endian. A chunk ends with the first row that brings it to [`CHUNK`] bytes, so that the same state always
//! gives the same bytes. The importer trusts nothing: it takes no more memory than one chunk and the tree need, and the
//! state counts only if its recomputed root is the manifest's and the caller's.
use super::changes::Changes;
use super::db::{Db, FILE};
use super::err::{Result, StateError};
use super::load::hex;
use super::log::sync_folder;
use super::tree::{sha256, Hash, NodeId, Tree, Update};
use super::view::{Key, Value, Version, View};
use super::{Failpoints, MAX_KEY, MAX_VALUE};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A chunk is closed when it has this many bytes.
pub const CHUNK: usize = 1 << 20;
/// No chunk is longer.
pub const MAX_CHUNK: usize = CHUNK + 6 + MAX_KEY + MAX_VALUE;
/// No manifest lists more.
pub const MAX_CHUNKS: u32 = 1 << 17;

const MAGIC: [u8; 4] = *b"CMS1";
const FIXED: usize = 64;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    pub height: u64,
    pub root: Hash,
    pub keys: u64,
    pub bytes: u64,
    pub chunks: Vec<Hash>,
}

fn invalid<T>(message: impl Into<String>) -> Result<T> {
    Err(StateError::Snapshot(message.into()))
}

impl Manifest {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&self.root);
        out.extend_from_slice(&self.keys.to_be_bytes());
        out.extend_from_slice(&self.bytes.to_be_bytes());
        out.extend_from_slice(&(self.chunks.len() as u32).to_be_bytes());
        self.chunks.iter().for_each(|hash| out.extend_from_slice(hash));
        out
    }

    /// Accepts exactly what [`Manifest::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let Some((fixed, hashes)) = bytes.split_first_chunk::<FIXED>() else {
            return invalid("the manifest is truncated");
        };
        let number = |at: usize| u64::from_be_bytes(std::array::from_fn(|i| fixed[at + i]));
        let count = u32::from_be_bytes(std::array::from_fn(|i| fixed[60 + i]));
        if fixed[..4] != MAGIC {
            return invalid("the manifest begins with unknown bytes");
        }
        if count > MAX_CHUNKS || hashes.len() != count as usize * 32 {
            return invalid("the manifest's list of chunks has the wrong length");
        }
        Ok(Self {
            height: number(4),
            root: std::array::from_fn(|i| fixed[12 + i]),
            keys: number(44),
            bytes: number(52),
            chunks: hashes.chunks_exact(32).map(|h| std::array::from_fn(|i| h[i])).collect(),
        })
    }
}

/// Gives each chunk of a version to `sink`, in order; returns the manifest.
pub fn export(view: &View, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<Manifest> {
    let mut manifest = Manifest {
        height: view.height(),
        root: view.root(),
        keys: 0,
        bytes: 0,
        chunks: Vec::new(),
    };
    let mut chunk = Vec::with_capacity(CHUNK + 1024);
    let mut close = |manifest: &mut Manifest, chunk: &mut Vec<u8>| {
        manifest.bytes += chunk.len() as u64;
        manifest.chunks.push(sha256(chunk));
        if manifest.chunks.len() > MAX_CHUNKS as usize {
            return Err(StateError::Limit(format!(
                "the state needs more than {MAX_CHUNKS} chunks"
            )));
        }
        sink(chunk)?;
        chunk.clear();
        Ok(())
    };
    for row in view.rows()? {
        let (key, value) = row?;
        chunk.extend_from_slice(&(key.len() as u16).to_be_bytes());
        chunk.extend_from_slice(&key);
        chunk.extend_from_slice(&(value.len() as u32).to_be_bytes());
        chunk.extend_from_slice(&value);
        manifest.keys += 1;
        if chunk.len() >= CHUNK {
            close(&mut manifest, &mut chunk)?;
        }
    }
    if !chunk.is_empty() {
        close(&mut manifest, &mut chunk)?;
    }
    Ok(manifest)
}

/// File name of a chunk in a snapshot's folder.
pub fn chunk_name(index: usize) -> String {
    format!("chunk-{index:06}")
}

/// Writes a snapshot into a new folder; the folder has its name only when it is complete and on disk.
pub fn export_to(view: &View, folder: &Path) -> Result<Manifest> {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = folder.with_file_name(name);
    if part.exists() {
        fs::remove_dir_all(&part).map_err(|e| StateError::io("remove", &part, &e))?;
    }
    fs::create_dir_all(&part).map_err(|e| StateError::io("create", &part, &e))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = part.join(name);
        let done = File::create_new(&path).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()));
        done.map_err(|e| StateError::io("write", &path, &e))
    };
    let mut index = 0;
    let manifest = export(view, |chunk| {
        index += 1;
        write(&chunk_name(index - 1), chunk)
    })?;
    write("manifest", &manifest.encode())?;
    sync_folder(&part)?;
    fs::rename(&part, folder).map_err(|e| StateError::io("rename", &part, &e))?;
    Ok(manifest)
}

/// Builds a store's file from a snapshot, chunk by chunk.
pub struct Importer {
    manifest: Manifest,
    target: PathBuf,
    part: PathBuf,
    db: Option<Db>,
    next: usize,
    last: Option<Key>,
    bytes: u64,
    leaves: Vec<Update>,
}

impl Importer {
    /// Begins an import into the folder of a store that does not exist yet. `root` is what the caller trusts (from a light
    /// client); `max_bytes` bounds what the manifest may announce.
    pub fn new(manifest: &[u8], root: Option<&Hash>, folder: &Path, max_bytes: u64) -> Result<Self> {
        let manifest = Manifest::decode(manifest)?;
        if root.is_some_and(|root| *root != manifest.root) {
            return invalid("the manifest is of another root");
        }
        // the least a row takes is 7 bytes
        let most = manifest.chunks.len() as u64 * MAX_CHUNK as u64;
        if manifest.bytes > max_bytes || manifest.bytes > most || manifest.keys > manifest.bytes / 7 {
            return invalid(format!("the manifest announces `{}` bytes", manifest.bytes));
        }
        let target = folder.join(FILE);
        if target.exists() {
            return Err(StateError::Io(format!("`{}` exists already", target.display())));
        }
        let part = folder.join("import");
        if part.exists() {
            fs::remove_dir_all(&part).map_err(|e| StateError::io("remove", &part, &e))?;
        }
        let db = Db::open(&part, 64 << 20, false, Failpoints::default())?;
        Ok(Self {
            manifest,
            target,
            part,
            db: Some(db),
            next: 0,
            last: None,
            bytes: 0,
            leaves: Vec::new(),
        })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The index of the chunk that must come next.
    pub fn next_chunk(&self) -> usize {
        self.next
    }

    /// Takes the next chunk. A refused chunk changes nothing: it can be fetched again from somebody else.
    pub fn add(&mut self, chunk: &[u8]) -> Result<()> {
        let Some(hash) = self.manifest.chunks.get(self.next) else {
            return invalid("there are no more chunks");
        };
        if chunk.len() > MAX_CHUNK || sha256(chunk) != *hash {
            return invalid(format!("chunk `{}` does not have the manifest's hash", self.next));
        }
        let bad = |why: &str| StateError::Snapshot(format!("chunk `{}`: {why}", self.next));
        let is_last = self.next + 1 == self.manifest.chunks.len();
        let rows = rows(chunk, self.last.as_ref(), is_last).map_err(bad)?;
        if self.leaves.len() + rows.len() > self.manifest.keys as usize {
            return Err(bad("more keys than the manifest announces"));
        }
        let Some(db) = &self.db else {
            return invalid("the import is finished");
        };
        db.load(&rows)?;
        self.leaves
            .extend(rows.iter().map(|(k, v)| (sha256(k), Some(sha256(v)))));
        self.last = rows.into_iter().last().map(|(key, _)| key);
        self.bytes += chunk.len() as u64;
        self.next += 1;
        Ok(())
    }

    /// Checks the whole and gives the store its file; open it with `Store::open`.
    pub fn finish(mut self) -> Result<Hash> {
        let manifest = &self.manifest;
        if self.next != manifest.chunks.len() {
            return invalid(format!(
                "`{}` of {} chunks are missing",
                manifest.chunks.len() - self.next,
                manifest.chunks.len()
            ));
        }
        if self.bytes != manifest.bytes || self.leaves.len() as u64 != manifest.keys {
            return invalid("the chunks are not what the manifest announces");
        }
        self.leaves.sort_unstable_by_key(|u| u.0);
        let (_, _, root) = Tree::build(2, &self.leaves);
        if root != manifest.root {
            return invalid(format!(
                "the rows have root {}, the manifest says {}",
                hex(&root),
                hex(&manifest.root)
            ));
        }
        let version = Version {
            height: manifest.height,
            root,
            node: NodeId::EMPTY,
            changes: Changes::default(),
            stale: [].into(),
        };
        if let Some(db) = self.db.take() {
            db.finish_load(&version)?;
        }
        let built = self.part.join(FILE);
        fs::rename(&built, &self.target).map_err(|e| StateError::io("rename", &built, &e))?;
        if let Some(folder) = self.target.parent() {
            sync_folder(folder)?;
        }
        Ok(root)
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        self.db = None;
        drop(fs::remove_dir_all(&self.part));
    }
}

/// The rows of a chunk: as an exporter writes them, after the key `last`.
fn rows(chunk: &[u8], last: Option<&Key>, is_last: bool) -> std::result::Result<Vec<(Key, Value)>, &'static str> {
    let (mut rows, mut rest) = (Vec::<(Key, Value)>::new(), chunk);
    while !rest.is_empty() {
        if chunk.len() - rest.len() >= CHUNK {
            return Err("it goes on beyond its end");
        }
        let (length, tail) = rest.split_first_chunk::<2>().ok_or("truncated")?;
        let (key, tail) = tail
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or("truncated")?;
        let (length, tail) = tail.split_first_chunk::<4>().ok_or("truncated")?;
        let (value, tail) = tail
            .split_at_checked(u32::from_be_bytes(*length) as usize)
            .ok_or("truncated")?;
        if key.is_empty() || key.len() > MAX_KEY || value.len() > MAX_VALUE {
            return Err("a key or a value is beyond the limits");
        }
        if rows
            .last()
            .map(|(k, _)| k)
            .or(last)
            .is_some_and(|before| **before >= *key)
        {
            return Err("the keys are not in order");
        }
        rows.push((key.into(), value.into()));
        rest = tail;
    }
    if rows.is_empty() || (chunk.len() < CHUNK && !is_last) {
        return Err("it ends too early");
    }
    Ok(rows)
}

/// Builds a store from a snapshot's folder, as `export_to` writes it.
pub fn import_from(folder: &Path, root: Option<&Hash>, target: &Path, max_bytes: u64) -> Result<Manifest> {
    let read = |name: &str, most: u64| {
        let path = folder.join(name);
        let size = fs::metadata(&path)
            .map_err(|e| StateError::io("read", &path, &e))?
            .len();
        if size > most {
            return invalid(format!("`{}` is too long", path.display()));
        }
        fs::read(&path).map_err(|e| StateError::io("read", &path, &e))
    };
    let manifest = read("manifest", FIXED as u64 + u64::from(MAX_CHUNKS) * 32)?;
    let mut importer = Importer::new(&manifest, root, target, max_bytes)?;
    for index in 0..importer.manifest.chunks.len() {
        importer.add(&read(&chunk_name(index), MAX_CHUNK as u64)?)?;
    }
    let manifest = importer.manifest.clone();
    importer.finish()?;
    Ok(manifest)
}
