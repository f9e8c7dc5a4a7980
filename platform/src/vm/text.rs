//! The interner: each distinct text or byte string of a heap is kept once, so equality is equality of ids.
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use super::value::TextId;

const NOT_TEXT: u32 = u32::MAX;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u32,
    hash: u32,
    /// Code points of a text; [`NOT_TEXT`] marks a byte string.
    chars: u32,
}

/// Open addressing over two arenas. Entries leave only in the reverse of the order they came, so clearing a table
/// cell never breaks another entry's probe sequence.
#[derive(Clone, Debug, Default)]
pub(super) struct Interner {
    entries: Vec<Entry>,
    texts: String,
    bytes: Vec<u8>,
    /// Entry index + 1; 0 is free. Length is a power of two.
    table: Vec<u32>,
}

/// The seed differs in each process: it keeps chosen texts from colliding and can never be observed by a contract.
fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| RandomState::new().hash_one(0u8))
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

fn hash(content: &[u8], is_text: bool) -> u32 {
    let mut state = seed() ^ (content.len() as u64) << 1 ^ u64::from(is_text);
    let mut chunks = content.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = fold(state ^ u64::from_le_bytes(word), MULTIPLIER);
    }
    let mut word = [0; 8];
    word[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    state = fold(state ^ u64::from_le_bytes(word), MULTIPLIER);
    (state ^ (state >> 32)) as u32
}

impl Interner {
    pub(super) fn len(&self) -> u32 {
        self.entries.len() as u32
    }

    fn content(&self, entry: &Entry) -> &[u8] {
        let range = entry.start as usize..(entry.start + entry.len) as usize;
        if entry.chars == NOT_TEXT {
            &self.bytes[range]
        } else {
            &self.texts.as_bytes()[range]
        }
    }

    fn find(&self, content: &[u8], is_text: bool, hash: u32) -> Option<TextId> {
        if self.table.is_empty() {
            return None;
        }
        let mask = self.table.len() - 1;
        let mut cell = hash as usize & mask;
        while self.table[cell] != 0 {
            let id = self.table[cell] - 1;
            let entry = &self.entries[id as usize];
            if entry.hash == hash && (entry.chars != NOT_TEXT) == is_text && self.content(entry) == content {
                return Some(TextId(id));
            }
            cell = (cell + 1) & mask;
        }
        None
    }

    fn place(table: &mut [u32], hash: u32, id: u32) {
        let mask = table.len() - 1;
        let mut cell = hash as usize & mask;
        while table[cell] != 0 {
            cell = (cell + 1) & mask;
        }
        table[cell] = id + 1;
    }

    fn add(&mut self, entry: Entry) -> TextId {
        let id = self.len();
        self.entries.push(entry);
        if self.entries.len() * 2 > self.table.len() {
            self.table = vec![0; (self.table.len() * 2).max(64)];
            for (index, entry) in self.entries.iter().enumerate() {
                Self::place(&mut self.table, entry.hash, index as u32);
            }
        } else {
            Self::place(&mut self.table, entry.hash, id);
        }
        TextId(id)
    }

    pub(super) fn find_text(&self, text: &str) -> Option<TextId> {
        self.find(text.as_bytes(), true, hash(text.as_bytes(), true))
    }

    /// The caller keeps the arenas below 4 GiB.
    pub(super) fn text_id(&mut self, text: &str) -> TextId {
        let hash = hash(text.as_bytes(), true);
        if let Some(id) = self.find(text.as_bytes(), true, hash) {
            return id;
        }
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        let chars = if text.is_ascii() {
            text.len()
        } else {
            text.chars().count()
        };
        self.add(Entry {
            start,
            len: text.len() as u32,
            hash,
            chars: chars as u32,
        })
    }

    pub(super) fn bytes_id(&mut self, bytes: &[u8]) -> TextId {
        let hash = hash(bytes, false);
        if let Some(id) = self.find(bytes, false, hash) {
            return id;
        }
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        self.add(Entry {
            start,
            len: bytes.len() as u32,
            hash,
            chars: NOT_TEXT,
        })
    }

    pub(super) fn text(&self, id: TextId) -> &str {
        match self.entries.get(id.0 as usize) {
            Some(entry) if entry.chars != NOT_TEXT => {
                &self.texts[entry.start as usize..(entry.start + entry.len) as usize]
            }
            _ => "",
        }
    }

    pub(super) fn byte_string(&self, id: TextId) -> &[u8] {
        match self.entries.get(id.0 as usize) {
            Some(entry) if entry.chars == NOT_TEXT => self.content(entry),
            _ => &[],
        }
    }

    /// Length in code points of a text, in bytes of a byte string.
    pub(super) fn length(&self, id: TextId) -> u32 {
        match self.entries.get(id.0 as usize) {
            Some(entry) if entry.chars != NOT_TEXT => entry.chars,
            Some(entry) => entry.len,
            None => 0,
        }
    }

    /// Length in bytes.
    pub(super) fn size(&self, id: TextId) -> u32 {
        self.entries.get(id.0 as usize).map_or(0, |entry| entry.len)
    }

    pub(super) fn truncate(&mut self, len: u32) {
        while self.entries.len() > len as usize {
            let Some(entry) = self.entries.pop() else { return };
            let id = self.entries.len() as u32;
            let mask = self.table.len() - 1;
            let mut cell = entry.hash as usize & mask;
            while self.table[cell] != id + 1 {
                cell = (cell + 1) & mask;
            }
            self.table[cell] = 0;
            if entry.chars == NOT_TEXT {
                self.bytes.truncate(entry.start as usize);
            } else {
                self.texts.truncate(entry.start as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_ids_and_bytes_are_apart() {
        let mut interner = Interner::default();
        let a = interner.text_id("abc");
        assert_eq!(a, interner.text_id("abc"));
        let b = interner.bytes_id(b"abc");
        assert_ne!(a, b);
        assert_eq!(interner.text(a), "abc");
        assert_eq!(interner.byte_string(b), b"abc");
        assert_eq!(interner.text(b), "");
        let e = interner.text_id("é\u{1F600}");
        assert_eq!(interner.length(e), 2);
    }

    #[test]
    fn truncate_forgets_the_newest_only() {
        let mut interner = Interner::default();
        let ids: Vec<_> = (0..500).map(|n| interner.text_id(&format!("text {n}"))).collect();
        interner.truncate(100);
        for (n, id) in ids.iter().enumerate().take(100) {
            assert_eq!(interner.find_text(&format!("text {n}")), Some(*id));
        }
        assert_eq!(interner.find_text("text 100"), None);
        assert_eq!(interner.text_id("text 321"), TextId(100));
        for n in 0..500 {
            let id = interner.text_id(&format!("text {n}"));
            assert_eq!(interner.text(id), format!("text {n}"));
        }
    }
}
