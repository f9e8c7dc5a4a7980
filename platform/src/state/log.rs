//! The append-only log of blocks: the durable record of a solo chain (docs/state.md).
//!
//! ```text
//! file      blocks-HHHHHHHHHHHHHHHHHHHH.log, named by its first height; consecutive records
//! record    4 bytes "CMB1" | height, 8 bytes | length, 4 bytes | check, 8 bytes | digest, 32 bytes | payload
//! check     first 8 bytes of sha256 of the 16 bytes before it
//! digest    sha256 of the first 24 bytes and the payload
//! ```
//! Integers are big-endian. A record is durable when `append` returns. An incomplete record at the very end is what a crash
//! leaves; it is set aside in `torn-HEIGHT.bin` and cut off. Anything else that is not as written is corruption, named by
//! its height.
use super::err::{Result, StateError};
use super::fail::Failpoints;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Largest payload.
pub const MAX_BLOCK: usize = 64 << 20;
const MAGIC: [u8; 4] = *b"CMB1";
const HEADER: usize = 24;
const DIGEST: usize = 32;

#[derive(Clone, Debug)]
pub struct LogOptions {
    /// A file that has reached this size is followed by a new one.
    pub segment_bytes: u64,
    pub failpoints: Failpoints,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            failpoints: Failpoints::default(),
        }
    }
}

/// What `open` cut off the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Torn {
    /// The height that the record would have had.
    pub height: u64,
    pub bytes: u64,
    /// Where the bytes were put aside.
    pub saved: PathBuf,
}

struct Segment {
    path: PathBuf,
    file: File,
    first: u64,
    /// Where each record begins; the last entry is the file's end.
    offsets: Vec<u64>,
}

impl Segment {
    fn end(&self) -> u64 {
        self.offsets.last().copied().unwrap_or(0)
    }
    fn records(&self) -> u64 {
        self.offsets.len() as u64 - 1
    }
}

pub struct BlockLog {
    folder: PathBuf,
    options: LogOptions,
    /// Oldest first; consecutive heights.
    segments: Vec<Segment>,
    torn: Option<Torn>,
    /// A write failed in a way that leaves the file's end unknown.
    broken: bool,
}

fn header(height: u64, length: u32) -> [u8; HEADER] {
    let mut out = [0u8; HEADER];
    out[..4].copy_from_slice(&MAGIC);
    out[4..12].copy_from_slice(&height.to_be_bytes());
    out[12..16].copy_from_slice(&length.to_be_bytes());
    let check = Sha256::digest(&out[..16]);
    out[16..].copy_from_slice(&check[..8]);
    out
}

/// Height and length of a header, if it is one.
fn parse(bytes: &[u8; HEADER]) -> Option<(u64, u32)> {
    let height = u64::from_be_bytes(*bytes[4..].first_chunk()?);
    let length = u32::from_be_bytes(*bytes[12..].first_chunk()?);
    (header(height, length) == *bytes && length as usize <= MAX_BLOCK).then_some((height, length))
}

fn digest(header: &[u8; HEADER], payload: &[u8]) -> [u8; DIGEST] {
    let mut hash = Sha256::new();
    hash.update(header);
    hash.update(payload);
    hash.finalize().into()
}

fn corrupt(height: u64, message: impl Into<String>) -> StateError {
    StateError::LogCorrupt {
        height,
        message: message.into(),
    }
}

/// Makes a file's name, or its end, survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| StateError::io("sync", folder, &e))
}

impl BlockLog {
    /// Opens or creates the log in this folder: checks every header, and every byte of the last file.
    pub fn open(folder: &Path, options: LogOptions) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| StateError::io("create", folder, &e))?;
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(|e| StateError::io("read", folder, &e))? {
            let name = entry.map_err(|e| StateError::io("read", folder, &e))?.file_name();
            let first = name
                .to_str()
                .and_then(|n| n.strip_prefix("blocks-")?.strip_suffix(".log")?.parse::<u64>().ok());
            names.extend(first.map(|first| (first, folder.join(&name))));
        }
        names.sort();
        let mut log = Self {
            folder: folder.to_owned(),
            options,
            segments: Vec::new(),
            torn: None,
            broken: false,
        };
        let count = names.len();
        for (i, (first, path)) in names.into_iter().enumerate() {
            if let Some(expected) = log.next_height().filter(|n| *n != first) {
                return Err(corrupt(expected, format!("the next file is `{}`", path.display())));
            }
            log.load(first, path, i + 1 == count)?;
        }
        Ok(log)
    }

    fn load(&mut self, first: u64, path: PathBuf, last: bool) -> Result<()> {
        let fail = |e: std::io::Error| StateError::io("read", &path, &e);
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(fail)?;
        let length = file.metadata().map_err(fail)?.len();
        let (mut offsets, mut height) = (vec![0u64], first);
        loop {
            let at = offsets[offsets.len() - 1];
            if at == length {
                break;
            }
            match record_at(&file, at, length, height, last).map_err(fail)? {
                Found::Record { next } => offsets.push(next),
                Found::Torn { .. } if last => {
                    self.torn = Some(self.cut(&file, &path, at, length, height)?);
                    break;
                }
                Found::Torn { message } => return Err(corrupt(height, message)),
                Found::Corrupt { message } => return Err(corrupt(height, message)),
            }
            height += 1;
        }
        self.segments.push(Segment {
            path,
            file,
            first,
            offsets,
        });
        Ok(())
    }

    /// Puts the bytes after `at` aside and cuts them off.
    fn cut(&self, file: &File, path: &Path, at: u64, length: u64, height: u64) -> Result<Torn> {
        let fail = |e: std::io::Error| StateError::io("cut the torn end of", path, &e);
        let saved = self.folder.join(format!("torn-{height}.bin"));
        let mut source = file;
        source.seek(SeekFrom::Start(at)).map_err(fail)?;
        let mut copy = File::create(&saved).map_err(fail)?;
        std::io::copy(&mut source.take(length - at), &mut copy).map_err(fail)?;
        copy.sync_all().map_err(fail)?;
        file.set_len(at).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        Ok(Torn {
            height,
            bytes: length - at,
            saved,
        })
    }

    /// What was cut off the end when the log was opened.
    pub fn torn(&self) -> Option<&Torn> {
        self.torn.as_ref()
    }

    /// The oldest and the newest height, if there is any.
    pub fn heights(&self) -> Option<(u64, u64)> {
        let first = self.segments.iter().find(|s| s.records() > 0)?.first;
        self.next_height().map(|next| (first, next - 1))
    }

    /// The height that must be appended next; any, if the log is empty.
    fn next_height(&self) -> Option<u64> {
        self.segments.last().map(|s| s.first + s.records())
    }

    /// Appends the block of the next height; when this returns it is on disk.
    pub fn append(&mut self, height: u64, payload: &[u8]) -> Result<()> {
        if self.broken {
            return Err(StateError::Io("the block log failed before; reopen it".into()));
        }
        let length = u32::try_from(payload.len())
            .ok()
            .filter(|_| payload.len() <= MAX_BLOCK)
            .ok_or_else(|| {
                StateError::Limit(format!(
                    "a block has `{}` bytes; at most {MAX_BLOCK} are allowed",
                    payload.len()
                ))
            })?;
        if let Some(next) = self.next_height().filter(|n| *n != height) {
            return Err(StateError::Height(format!(
                "cannot append height `{height}`; the next is `{next}`"
            )));
        }
        if self
            .segments
            .last()
            .is_none_or(|s| s.end() >= self.options.segment_bytes)
        {
            self.start_segment(height)?;
        }
        let head = header(height, length);
        let mut record = Vec::with_capacity(HEADER + DIGEST + payload.len());
        record.extend_from_slice(&head);
        record.extend_from_slice(&digest(&head, payload));
        record.extend_from_slice(payload);
        let failpoints = self.options.failpoints.clone();
        let Some(segment) = self.segments.last_mut() else {
            return Ok(());
        };
        let at = segment.end();
        let written = (|| {
            failpoints.hit("log:before-write")?;
            if failpoints.reached("log:half-written") {
                segment
                    .file
                    .write_all_at(&record[..record.len() / 2], at)
                    .map_err(|e| segment.error("write", &e))?;
                failpoints.act("log:half-written")?;
            }
            segment
                .file
                .write_all_at(&record, at)
                .map_err(|e| segment.error("write", &e))?;
            failpoints.hit("log:before-sync")
        })();
        if let Err(error) = written {
            // nothing was acknowledged: take the half-written record back, or refuse to go on
            self.broken = segment.file.set_len(at).is_err();
            return Err(error);
        }
        if let Err(error) = segment.file.sync_data() {
            self.broken = true; // after a failed sync nobody knows what is on disk
            return Err(segment.error("sync", &error));
        }
        segment.offsets.push(at + record.len() as u64);
        failpoints.hit("log:after-sync")
    }

    fn start_segment(&mut self, height: u64) -> Result<()> {
        let path = self.folder.join(format!("blocks-{height:020}.log"));
        let mut open = OpenOptions::new();
        let file = open.read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|e| StateError::io("create", &path, &e))?;
        sync_folder(&self.folder)?;
        self.segments.push(Segment {
            path,
            file,
            first: height,
            offsets: vec![0],
        });
        Ok(())
    }

    /// The block of a height; `None` if the log does not hold it.
    pub fn read(&self, height: u64) -> Result<Option<Vec<u8>>> {
        let after = self.segments.partition_point(|s| s.first <= height);
        let Some(segment) = after.checked_sub(1).map(|i| &self.segments[i]) else {
            return Ok(None);
        };
        let record = (height - segment.first) as usize;
        let (Some(at), Some(end)) = (segment.offsets.get(record), segment.offsets.get(record + 1)) else {
            return Ok(None);
        };
        let mut bytes = vec![0u8; usize::try_from(end - at).map_err(|_| corrupt(height, "impossible length"))?];
        match segment.file.read_exact_at(&mut bytes, *at) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Err(corrupt(height, "the file is too short")),
            Err(e) => return Err(segment.error("read", &e)),
        }
        let intact = bytes.split_first_chunk::<HEADER>().and_then(|(head, body)| {
            let (sum, payload) = body.split_first_chunk::<DIGEST>()?;
            let length = parse(head).filter(|(found, _)| *found == height)?.1;
            (length as usize == payload.len() && digest(head, payload) == *sum).then_some(())
        });
        if intact.is_none() {
            return Err(corrupt(height, "the checksum does not match"));
        }
        bytes.drain(..HEADER + DIGEST);
        Ok(Some(bytes))
    }

    /// Reads and checks every record.
    pub fn verify(&self) -> Result<()> {
        for segment in &self.segments {
            for record in 0..segment.records() {
                self.read(segment.first + record)?;
            }
        }
        Ok(())
    }

    /// Deletes the files all of whose heights are below `height`. Returns the oldest height that is left.
    pub fn prune(&mut self, height: u64) -> Result<Option<u64>> {
        while self.segments.len() > 1 && self.segments[1].first <= height {
            let path = &self.segments[0].path;
            fs::remove_file(path).map_err(|e| StateError::io("remove", path, &e))?;
            self.segments.remove(0);
        }
        sync_folder(&self.folder)?;
        Ok(self.heights().map(|(first, _)| first))
    }

    /// Forgets all heights above `height`.
    pub fn truncate(&mut self, height: u64) -> Result<()> {
        while let Some(segment) = self.segments.last() {
            if segment.first <= height {
                break;
            }
            fs::remove_file(&segment.path).map_err(|e| segment.error("remove", &e))?;
            sync_folder(&self.folder)?;
            self.segments.pop();
        }
        let Some(segment) = self.segments.last_mut() else {
            return Ok(());
        };
        let records = (height - segment.first).saturating_add(1);
        if records < segment.records() {
            segment.offsets.truncate(records as usize + 1);
            let end = segment.end();
            let cut = segment.file.set_len(end).and_then(|()| segment.file.sync_all());
            cut.map_err(|e| segment.error("cut", &e))?;
        }
        Ok(())
    }
}

impl Segment {
    fn error(&self, what: &str, error: &std::io::Error) -> StateError {
        StateError::io(what, &self.path, error)
    }
}

enum Found {
    Record {
        next: u64,
    },
    /// What a crash during the last append may leave.
    Torn {
        message: &'static str,
    },
    Corrupt {
        message: String,
    },
}

/// What stands at `at`; `whole` also checks the payload.
fn record_at(file: &File, at: u64, end: u64, height: u64, whole: bool) -> std::io::Result<Found> {
    if end - at < (HEADER + DIGEST) as u64 {
        return Ok(Found::Torn {
            message: "the file ends within a record's head",
        });
    }
    let mut head = [0u8; HEADER];
    file.read_exact_at(&mut head, at)?;
    let Some((found, length)) = parse(&head) else {
        // only the last record can be torn: is there another one behind it?
        let message = "the record's head is not intact";
        return Ok(match head_after(file, at + 1, end)? {
            true => Found::Corrupt {
                message: message.into(),
            },
            false => Found::Torn { message },
        });
    };
    if found != height {
        return Ok(Found::Corrupt {
            message: format!("the record says height `{found}`"),
        });
    }
    let next = at + (HEADER + DIGEST) as u64 + u64::from(length);
    if next > end {
        return Ok(Found::Torn {
            message: "the file ends within a record",
        });
    }
    if whole {
        let mut body = vec![0u8; DIGEST + length as usize];
        file.read_exact_at(&mut body, at + HEADER as u64)?;
        if digest(&head, &body[DIGEST..]) != body[..DIGEST] {
            let message = "the checksum does not match";
            return Ok(if next == end {
                Found::Torn { message }
            } else {
                Found::Corrupt {
                    message: message.into(),
                }
            });
        }
    }
    Ok(Found::Record { next })
}

/// Is there an intact record's head at or after `from`?
fn head_after(file: &File, from: u64, end: u64) -> std::io::Result<bool> {
    const WINDOW: usize = 1 << 20;
    let mut at = from;
    let mut window = vec![0u8; WINDOW + HEADER];
    while at + (HEADER as u64) <= end {
        let size = window.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
        file.read_exact_at(&mut window[..size], at)?;
        let is_head = |w: &[u8]| w[..4] == MAGIC && w.first_chunk().is_some_and(|h| parse(h).is_some());
        if window[..size].windows(HEADER).any(is_head) {
            return Ok(true);
        }
        at += WINDOW as u64;
    }
    Ok(false)
}
