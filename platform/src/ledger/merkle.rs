//! A plain binary Merkle tree over a list (a block's receipts): leaf = H(0 || bytes), inner = H(1 || left || right);
//! an odd node rises as it is; the root of nothing is 32 zero bytes.
use sha2::{Digest, Sha256};

use crate::contracts::address::Hash;

pub const EMPTY: Hash = [0; 32];

pub fn leaf(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

fn rise(level: &[Hash]) -> Vec<Hash> {
    level
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => inner(left, right),
            alone => alone[0],
        })
        .collect()
}

pub fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = rise(&level);
    }
    level.first().copied().unwrap_or(EMPTY)
}

/// The siblings of leaf `index`, from the leaf up. `None` past the end.
pub fn path(leaves: &[Hash], mut index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let mut level = leaves.to_vec();
    let mut path = Vec::new();
    while level.len() > 1 {
        path.extend(level.get(index ^ 1));
        level = rise(&level);
        index /= 2;
    }
    Some(path)
}

/// True if `bytes` is leaf `index` of `count` under `root`.
pub fn verify(bytes: &[u8], mut index: usize, mut count: usize, path: &[Hash], root: &Hash) -> bool {
    if index >= count {
        return false;
    }
    let mut node = leaf(bytes);
    let mut siblings = path.iter();
    while count > 1 {
        if index % 2 == 1 || index + 1 < count {
            let Some(sibling) = siblings.next() else {
                return false;
            };
            node = if index % 2 == 1 {
                inner(sibling, &node)
            } else {
                inner(&node, sibling)
            };
        }
        index /= 2;
        count = count.div_ceil(2);
    }
    siblings.next().is_none() && node == *root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_of_every_size_is_provable_and_nothing_else() {
        for count in 1..20usize {
            let items: Vec<Vec<u8>> = (0..count).map(|at| vec![at as u8; 3]).collect();
            let leaves: Vec<Hash> = items.iter().map(|item| leaf(item)).collect();
            let top = root(&leaves);
            for (at, item) in items.iter().enumerate() {
                let way = path(&leaves, at).unwrap();
                assert!(verify(item, at, count, &way, &top));
                assert!(!verify(b"other", at, count, &way, &top));
                assert!(!verify(item, at + 1, count, &way, &top) || count == 1 && at + 1 < count);
                let mut longer = way.clone();
                longer.push([9; 32]);
                assert!(!verify(item, at, count, &longer, &top));
            }
            assert!(path(&leaves, count).is_none());
        }
        assert_eq!(root(&[]), EMPTY);
    }
}
