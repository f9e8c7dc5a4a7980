//! The hash index of a node: each key that facts or tuples have has a number, and under it a chain of left and a chain of
//! right entries. Both sides share it, so an arrival looks up once and a removal not at all. Values are packed into words,
//! so that a key and its chains mostly lie in one line of the cache.
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::number::Number;
use crate::vm::value::Value;

use super::memory::NONE;

/// Entries with one key, first and last.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    pub head: u32,
    pub tail: u32,
}

const EMPTY: u64 = pack(Chain { head: NONE, tail: NONE });

const fn pack(chain: Chain) -> u64 {
    (chain.head as u64) << 32 | chain.tail as u64
}

const fn unpack(word: u64) -> Chain {
    Chain {
        head: (word >> 32) as u32,
        tail: word as u32,
    }
}

/// Where a key's record holds its chains; its words follow.
const LEFT: usize = 0;
const RIGHT: usize = 1;
const WORDS: usize = 2;

/// The keys of a node, each of `width` values.
#[derive(Debug)]
pub struct Keys {
    width: usize,
    /// For each key its two chains and a word for each value.
    records: Vec<u64>,
    /// The values of keys that words cannot hold, by the key's number.
    wide: FxHashMap<u32, Box<[Value]>>,
    /// Numbers that no key has any more.
    free: Vec<u32>,
    /// Keys without entries; they stay until the table would grow.
    idle: usize,
    /// Hash and number of each key, open addressing; a power of two.
    slots: Vec<(u32, u32)>,
    packed: Vec<u64>,
}

const FIRST_SLOTS: usize = 16;

impl Keys {
    pub fn new(width: usize) -> Keys {
        let mut keys = Keys {
            width,
            records: Vec::new(),
            wide: FxHashMap::default(),
            free: Vec::new(),
            idle: 0,
            slots: Vec::new(),
            packed: Vec::new(),
        };
        keys.clear();
        keys
    }

    pub fn clear(&mut self) {
        self.records.clear();
        self.wide.clear();
        self.free.clear();
        self.slots.clear();
        self.idle = 0;
        if self.width == 0 {
            self.records.extend([EMPTY, EMPTY]);
            self.idle = 1;
        }
    }

    fn count(&self) -> usize {
        self.records.len() / (self.width + WORDS)
    }

    #[inline]
    fn at(&self, number: u32) -> usize {
        number as usize * (self.width + WORDS)
    }

    /// The number of a key, which is made if it is new.
    #[inline]
    pub fn number_of(&mut self, key: &[Value]) -> u32 {
        if self.width == 0 {
            return 0;
        }
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        let mut wide = false;
        let mut hasher = FxHasher::default();
        for value in key {
            let word = word_of(value);
            wide |= word >> TAG == WIDE;
            hasher.write_u64(word);
            packed.push(word);
        }
        let hash = hasher.finish();
        let hash = (hash ^ (hash >> 32)) as u32;
        let number = match self.find(hash, &packed, wide.then_some(key)) {
            Some(number) => number,
            None => self.add(hash, &packed, wide.then_some(key)),
        };
        self.packed = packed;
        number
    }

    #[inline]
    fn find(&self, hash: u32, packed: &[u64], wide: Option<&[Value]>) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let (found, number) = self.slots[at];
            if number == NONE {
                return None;
            }
            let words = self.at(number) + WORDS;
            if found == hash
                && self.records[words..words + self.width]
                    .iter()
                    .zip(packed)
                    .all(|(a, b)| a == b)
                && wide.is_none_or(|key| self.wide.get(&number).is_some_and(|values| **values == *key))
            {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, hash: u32, packed: &[u64], wide: Option<&[Value]>) -> u32 {
        if (self.count() - self.free.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let number = match self.free.pop() {
            Some(number) => {
                let words = self.at(number) + WORDS;
                self.records[words..words + self.width].copy_from_slice(packed);
                number
            }
            None => {
                let number = self.count() as u32;
                self.records.extend([EMPTY, EMPTY]);
                self.records.extend_from_slice(packed);
                number
            }
        };
        if let Some(key) = wide {
            self.wide.insert(number, key.into());
        }
        self.idle += 1;
        self.place(hash, number);
        number
    }

    fn place(&mut self, hash: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != NONE {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash, number);
    }

    /// Makes room: lets go of keys without entries if they are many, else doubles the table.
    fn grow(&mut self) {
        let kept = self.count() - self.free.len();
        let size = if self.idle * 2 > kept && kept >= FIRST_SLOTS {
            self.slots.len()
        } else {
            (self.slots.len() * 2).max(FIRST_SLOTS)
        };
        let held: Vec<(u32, u32)> = self.slots.iter().copied().filter(|slot| slot.1 != NONE).collect();
        self.slots.clear();
        self.slots.resize(size, (0, NONE));
        for (hash, number) in held {
            if self.is_idle(number) {
                self.free.push(number);
                self.wide.remove(&number);
                self.idle -= 1;
            } else {
                self.place(hash, number);
            }
        }
    }

    #[inline]
    fn is_idle(&self, number: u32) -> bool {
        let at = self.at(number);
        self.records[at + LEFT] == EMPTY && self.records[at + RIGHT] == EMPTY
    }

    #[inline]
    pub fn first_left(&self, number: u32) -> u32 {
        unpack(self.records[self.at(number) + LEFT]).head
    }

    #[inline]
    pub fn first_right(&self, number: u32) -> u32 {
        unpack(self.records[self.at(number) + RIGHT]).head
    }

    /// Changes the chain of left entries.
    #[inline]
    pub fn change_left(&mut self, number: u32, change: impl FnOnce(&mut Chain)) {
        self.change(number, LEFT, change);
    }

    /// Changes the chain of right entries.
    #[inline]
    pub fn change_right(&mut self, number: u32, change: impl FnOnce(&mut Chain)) {
        self.change(number, RIGHT, change);
    }

    #[inline]
    fn change(&mut self, number: u32, side: usize, change: impl FnOnce(&mut Chain)) {
        let before = self.is_idle(number);
        let at = self.at(number) + side;
        let mut chain = unpack(self.records[at]);
        change(&mut chain);
        self.records[at] = pack(chain);
        let after = self.is_idle(number);
        self.idle = self.idle + usize::from(after) - usize::from(before);
    }
}

/// Bits of a word below its tag.
const TAG: u32 = 56;
/// The word only begins to tell: it holds a part of the value's hash.
const WIDE: u64 = 15;

/// A value as a word: equal values have equal words, and but for `WIDE` equal words are equal values.
#[inline]
fn word_of(value: &Value) -> u64 {
    let tagged = |tag: u64, payload: u32| tag << TAG | u64::from(payload);
    match value {
        Value::Null => 0,
        Value::Bool(holds) => tagged(1, u32::from(*holds)),
        Value::Text(text) => tagged(2, text.0),
        Value::Obj(object) => tagged(3, object.0),
        Value::Num(Number::Int(whole)) if (*whole << 8) >> 8 == *whole => 4 << TAG | (*whole as u64) << 8 >> 8,
        value => {
            let mut hasher = FxHasher::default();
            value.hash(&mut hasher);
            WIDE << TAG | hasher.finish() >> 8
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(keys: &mut Keys, number: u32, entry: u32) {
        keys.change_left(number, |chain| {
            *chain = Chain {
                head: entry,
                tail: entry,
            }
        });
    }

    fn value(n: u32) -> Value {
        // texts and whole numbers fit a word; dates and whole numbers beyond it do not
        match n % 3 {
            0 => Value::Text(crate::vm::value::TextId(n)),
            1 => Value::Num(Number::Int(i64::from(n))),
            _ => Value::Num(Number::Int(i64::MAX - i64::from(n))),
        }
    }

    #[test]
    fn a_key_keeps_its_number_while_others_come_and_go() {
        let mut keys = Keys::new(2);
        let key = |n: u32| [value(n), value(n / 2)];
        let mut held = Vec::new();
        for n in 0..100 {
            let number = keys.number_of(&key(n));
            hold(&mut keys, number, n);
            held.push(number);
        }
        for n in 100..10_000 {
            let number = keys.number_of(&key(n));
            hold(&mut keys, number, n);
            keys.change_left(number, |chain| *chain = Chain { head: NONE, tail: NONE });
        }
        for (n, number) in held.iter().enumerate() {
            assert_eq!(keys.number_of(&key(n as u32)), *number);
            assert_eq!(keys.first_left(*number), n as u32);
        }
        assert!(keys.count() < 1_000, "idle keys make room: {}", keys.count());
    }

    #[test]
    fn equal_words_of_wide_values_are_told_apart() {
        let mut keys = Keys::new(1);
        let (a, b) = (Value::Num(Number::Int(i64::MAX)), Value::Num(Number::Int(i64::MAX - 1)));
        let first = keys.number_of(&[a]);
        assert_ne!(first, keys.number_of(&[b]));
        assert_eq!(first, keys.number_of(&[a]));
        assert_ne!(keys.number_of(&[Value::Null]), keys.number_of(&[Value::Bool(false)]));
        assert_ne!(
            keys.number_of(&[Value::Num(Number::Int(-1))]),
            keys.number_of(&[Value::Num(Number::Int(1))])
        );
    }

    #[test]
    fn without_values_there_is_one_key() {
        let mut keys = Keys::new(0);
        assert_eq!(keys.number_of(&[]), 0);
        hold(&mut keys, 0, 7);
        assert_eq!((keys.first_left(0), keys.first_right(0)), (7, NONE));
    }
}
