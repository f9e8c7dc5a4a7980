//! What one height changed: in key order for scans, with an index by key hash for single reads.
use super::tree::{sha256, Hash, Update};
use super::view::{Key, Value};
use std::ops::Deref;

/// One key's change from a version to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub key: Key,
    pub old: Option<Value>,
    /// Of heights loaded from disk this is not known; the base has it.
    pub new: Option<Value>,
}

#[derive(Clone, Default)]
pub(super) struct Changes {
    /// By key.
    rows: Vec<Change>,
    /// First eight bytes of each key's hash, sorted, and the row it belongs to.
    prefixes: Vec<u64>,
    places: Vec<u32>,
}

/// Key hashes in order, each with its row.
pub(super) type Order = Vec<(Hash, u32)>;

impl Changes {
    pub fn new(rows: Vec<Change>) -> (Self, Order) {
        let mut order: Order = rows.iter().zip(0..).map(|(c, i)| (sha256(&c.key), i)).collect();
        order.sort_unstable();
        let prefixes = order.iter().map(|(hash, _)| prefix(hash)).collect();
        let places = order.iter().map(|(_, i)| *i).collect();
        (Self { rows, prefixes, places }, order)
    }

    /// What these changes, or with `old` their undoing, mean for the tree.
    pub fn updates(&self, order: &Order, pick: fn(&Change) -> &Option<Value>) -> Vec<Update> {
        let value = |i: u32| pick(&self.rows[i as usize]).as_deref().map(sha256);
        order.iter().map(|(hash, i)| (*hash, value(*i))).collect()
    }

    /// The change of a key with this hash.
    pub fn find(&self, key: &[u8], hash: &Hash) -> Option<&Change> {
        let (wanted, n) = (prefix(hash), self.prefixes.len());
        // hashes are spread evenly: begin where this one should be, and widen
        let guess = ((u128::from(wanted) * n as u128) >> 64) as usize;
        let (mut low, mut high, mut step) = (guess, guess, 1);
        while low > 0 && self.prefixes[low - 1] >= wanted {
            low = low.saturating_sub(step);
            step *= 2;
        }
        step = 1;
        while high < n && self.prefixes[high] < wanted {
            high = (high + step).min(n);
            step *= 2;
        }
        let first = low + self.prefixes[low..high].partition_point(|p| *p < wanted);
        let same = self.prefixes[first..].iter().take_while(|p| **p == wanted).count();
        self.places[first..first + same]
            .iter()
            .map(|i| &self.rows[*i as usize])
            .find(|c| *c.key == *key)
    }
}

fn prefix(hash: &Hash) -> u64 {
    u64::from_be_bytes(std::array::from_fn(|i| hash[i]))
}

impl Deref for Changes {
    type Target = [Change];
    fn deref(&self) -> &[Change] {
        &self.rows
    }
}
