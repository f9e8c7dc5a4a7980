//! The hash index of a node: each key that facts or tuples have has a number, and under it a chain of left and a chain of
//! right entries. Both sides share it, so an arrival looks up once and a removal not at all.
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::number::Number;
use crate::vm::value::Value;

use super::memory::NONE;

/// Entries with one key, first and last.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    pub head: u32,
    pub tail: u32,
}

const EMPTY: Chain = Chain { head: NONE, tail: NONE };

#[derive(Clone, Copy, Debug)]
struct Key {
    left: Chain,
    right: Chain,
}

/// The keys of a node, each of `width` values.
#[derive(Debug)]
pub struct Keys {
    width: usize,
    keys: Vec<Key>,
    /// `width` values for each key.
    values: Vec<Value>,
    /// Numbers that no key has any more.
    free: Vec<u32>,
    /// Keys without entries; they stay until the table would grow.
    idle: usize,
    /// Hash and number of each key, open addressing; a power of two.
    slots: Vec<(u32, u32)>,
}

const FIRST_SLOTS: usize = 16;

impl Keys {
    pub fn new(width: usize) -> Keys {
        let mut keys = Keys {
            width,
            keys: Vec::new(),
            values: Vec::new(),
            free: Vec::new(),
            idle: 0,
            slots: Vec::new(),
        };
        keys.clear();
        keys
    }

    pub fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
        self.free.clear();
        self.slots.clear();
        self.idle = 0;
        if self.width == 0 {
            self.push();
        }
    }

    fn push(&mut self) {
        self.idle += 1;
        self.keys.push(Key {
            left: EMPTY,
            right: EMPTY,
        });
    }

    /// The number of a key, which is made if it is new.
    #[inline]
    pub fn number_of(&mut self, key: &[Value]) -> u32 {
        if self.width == 0 {
            return 0;
        }
        let hash = hash_of(key);
        if !self.slots.is_empty() {
            let mask = self.slots.len() - 1;
            let mut at = hash as usize & mask;
            loop {
                let (found, number) = self.slots[at];
                if number == NONE {
                    break;
                }
                if found == hash && self.holds(number as usize, key) {
                    return number;
                }
                at = (at + 1) & mask;
            }
        }
        self.add(hash, key)
    }

    #[inline]
    fn holds(&self, number: usize, key: &[Value]) -> bool {
        let at = number * self.width;
        self.values[at..at + self.width]
            .iter()
            .zip(key)
            .all(|(a, b)| same(a, b))
    }

    fn add(&mut self, hash: u32, key: &[Value]) -> u32 {
        if (self.keys.len() - self.free.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let number = match self.free.pop() {
            Some(number) => {
                let at = number as usize;
                self.values[at * self.width..(at + 1) * self.width].copy_from_slice(key);
                self.idle += 1;
                number
            }
            None => {
                self.values.extend_from_slice(key);
                self.push();
                self.keys.len() as u32 - 1
            }
        };
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
        let kept = self.keys.len() - self.free.len();
        let size = if self.idle * 2 > kept && kept >= FIRST_SLOTS {
            self.slots.len()
        } else {
            (self.slots.len() * 2).max(FIRST_SLOTS)
        };
        let held: Vec<(u32, u32)> = self.slots.iter().copied().filter(|slot| slot.1 != NONE).collect();
        self.slots.clear();
        self.slots.resize(size, (0, NONE));
        for (hash, number) in held {
            if self.keys[number as usize].is_idle() {
                self.free.push(number);
                self.idle -= 1;
            } else {
                self.place(hash, number);
            }
        }
    }

    #[inline]
    pub fn first_left(&self, number: u32) -> u32 {
        self.keys[number as usize].left.head
    }

    #[inline]
    pub fn first_right(&self, number: u32) -> u32 {
        self.keys[number as usize].right.head
    }

    /// Changes the chain of left entries.
    #[inline]
    pub fn change_left(&mut self, number: u32, change: impl FnOnce(&mut Chain)) {
        let key = &mut self.keys[number as usize];
        let before = key.is_idle();
        change(&mut key.left);
        let after = key.is_idle();
        self.idle = self.idle + usize::from(after) - usize::from(before);
    }

    /// Changes the chain of right entries.
    #[inline]
    pub fn change_right(&mut self, number: u32, change: impl FnOnce(&mut Chain)) {
        let key = &mut self.keys[number as usize];
        let before = key.is_idle();
        change(&mut key.right);
        let after = key.is_idle();
        self.idle = self.idle + usize::from(after) - usize::from(before);
    }
}

impl Key {
    #[inline]
    fn is_idle(&self) -> bool {
        self.left.head == NONE && self.right.head == NONE
    }
}

#[inline]
fn hash_of(key: &[Value]) -> u32 {
    let mut hasher = FxHasher::default();
    for value in key {
        match value {
            Value::Text(text) => hasher.write_u32(text.0),
            Value::Num(Number::Int(whole)) => whole.hash(&mut hasher),
            value => value.hash(&mut hasher),
        }
    }
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

#[inline]
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Num(Number::Int(a)), Value::Num(Number::Int(b))) => a == b,
        (a, b) => a == b,
    }
}
