//! The inputs that mutations start from.
use std::collections::hash_map::DefaultHasher;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use super::mutate::{mutate, Random};

/// Inputs that are kept at most.
const LARGEST: usize = 20_000;

pub struct Corpus {
    inputs: Vec<Vec<u8>>,
    seeds: usize,
    seen: HashSet<u64>,
}

impl Corpus {
    pub fn new(mut inputs: Vec<Vec<u8>>) -> Self {
        inputs.push(Vec::new());
        Self {
            seeds: inputs.len(),
            inputs,
            seen: HashSet::new(),
        }
    }

    pub fn seeds(&self) -> Vec<Vec<u8>> {
        self.inputs[..self.seeds].to_vec()
    }

    pub fn next(&self, random: &mut Random) -> Vec<u8> {
        let input = &self.inputs[random.below(self.inputs.len())];
        let other = &self.inputs[random.below(self.inputs.len())];
        mutate(random, input, other)
    }

    pub fn offer(&mut self, input: &[u8], outcome: u64) {
        if self.seen.insert(outcome) && self.inputs.len() < LARGEST {
            self.inputs.push(input.to_vec());
        }
    }

    pub fn outcomes(&self) -> usize {
        self.seen.len()
    }

    pub fn len(&self) -> usize {
        self.inputs.len()
    }
}

pub fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
