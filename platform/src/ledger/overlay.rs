//! The contracts' store over a stage of the state. A disk that fails is remembered here and stops the block; it is
//! never mistaken for a missing key.
use std::ops::Bound;
use std::sync::Arc;

use crate::contracts::kv::Kv;
use crate::state::{Row, Stage, StateError};

pub struct Overlay {
    pub stage: Stage,
    failure: Option<StateError>,
}

impl Overlay {
    pub fn new(stage: Stage) -> Self {
        Self { stage, failure: None }
    }

    /// What failed, if anything did: nothing computed since can be trusted.
    pub fn failure(&self) -> Result<(), StateError> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn note<T: Default>(&mut self, result: Result<T, StateError>) -> T {
        result.unwrap_or_else(|error| {
            self.failure.get_or_insert(error);
            T::default()
        })
    }

    pub fn begin(&mut self) {
        self.stage.begin();
    }

    pub fn keep(&mut self) {
        let result = self.stage.commit();
        self.note(result);
    }

    pub fn rollback(&mut self) {
        let result = self.stage.rollback();
        self.note(result);
    }

    pub fn scan(&mut self, prefix: &[u8], from: Option<&[u8]>, limit: usize) -> Vec<Row> {
        let from = from.map_or(Bound::Unbounded, Bound::Included);
        let result = self.stage.scan(prefix, from, limit, false);
        self.note(result)
    }
}

impl Kv for Overlay {
    fn get(&mut self, key: &[u8]) -> Option<Arc<[u8]>> {
        let result = self.stage.get(key);
        self.note(result)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let result = self.stage.set(key, value);
        self.note(result);
    }

    fn delete(&mut self, key: &[u8]) {
        let result = self.stage.delete(key);
        self.note(result);
    }
}
