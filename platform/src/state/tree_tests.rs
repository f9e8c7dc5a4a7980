use super::proof::{Proof, ProofError, Terminal};
use super::store_tests::Random;
use super::tree::{bit, inner_hash, leaf_hash, sha256, Hash, NodeId, Tree, Update, EMPTY_ROOT};
use std::collections::BTreeMap;

type Leaves = BTreeMap<Hash, Hash>;

/// The definition, word by word.
fn naive(leaves: &[(Hash, Hash)], depth: usize) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [(key, value)] => leaf_hash(key, value),
        _ => {
            let middle = leaves.partition_point(|(key, _)| !bit(key, depth));
            inner_hash(
                &naive(&leaves[..middle], depth + 1),
                &naive(&leaves[middle..], depth + 1),
            )
        }
    }
}

/// A key that shares long paths with others: few bytes differ, at either end.
fn key(random: &mut Random) -> Hash {
    let mut key = [0u8; 32];
    key[random.below(2) as usize * 30] = random.below(16) as u8;
    key[random.below(31) as usize] ^= 1 << random.below(8);
    if random.below(4) == 0 {
        key = sha256(&random.below(300).to_be_bytes());
    }
    key
}

fn batch(random: &mut Random, live: &mut Leaves, size: u64) -> Vec<Update> {
    let mut batch: BTreeMap<Hash, Option<Hash>> = BTreeMap::new();
    for _ in 0..random.below(size) {
        let value = (random.below(3) > 0).then(|| sha256(&random.below(5).to_be_bytes()));
        batch.insert(key(random), value);
    }
    for (key, value) in &batch {
        match value {
            Some(value) => drop(live.insert(*key, *value)),
            None => drop(live.remove(key)),
        }
    }
    batch.into_iter().collect()
}

fn check(tree: &Tree, root: NodeId, hash: &Hash, live: &Leaves, random: &mut Random) {
    let leaves: Vec<_> = live.iter().map(|(k, v)| (*k, *v)).collect();
    assert_eq!(*hash, naive(&leaves, 0));
    for _ in 0..20 {
        let key = key(random);
        let proof = tree.prove(root, &key);
        assert_eq!(Proof::decode(&proof.encode()), Ok(proof.clone()));
        assert_eq!(proof.root(&key, live.get(&key)), Ok(*hash));
        assert_ne!(proof.root(&key, Some(&[9; 32])), Ok(*hash));
    }
}

#[test]
fn versions_live_side_by_side_and_end_without_a_trace() {
    let (mut random, tree) = (Random(11), Tree::new(1));
    let mut live = Leaves::new();
    let mut versions = vec![(NodeId::EMPTY, EMPTY_ROOT, live.clone(), vec![])];
    for _ in 0..50 {
        let updates = batch(&mut random, &mut live, 40);
        let (root, ..) = versions[versions.len() - 1];
        let candidate = tree.update(root, &updates);
        let hash = candidate.hash;
        assert_eq!(tree.update(root, &updates).hash, hash); // a candidate changes nothing
        let installed = tree.install(candidate);
        versions.push((installed.root, hash, live.clone(), installed.stale));
        if versions.len() > 6 {
            versions.remove(0);
            tree.free(&versions[0].3);
        }
        for (root, hash, live, _) in &versions {
            check(&tree, *root, hash, live, &mut random);
        }
    }
    while versions.len() > 1 {
        versions.remove(0);
        tree.free(&versions[0].3);
    }
    let alone = Tree::build(1, &live.iter().map(|(k, v)| (*k, Some(*v))).collect::<Vec<_>>());
    assert_eq!((tree.nodes(), versions[0].1), (alone.0.nodes(), alone.2));
}

#[test]
fn two_threads_make_the_same_tree() {
    let mut random = Random(3);
    let (one, two) = (Tree::new(1), Tree::new(2));
    let (mut a, mut b, mut live) = (NodeId::EMPTY, NodeId::EMPTY, Leaves::new());
    for round in 0..6u64 {
        let mut updates: Vec<Update> = (0..3000u64)
            .map(|i| {
                (
                    sha256(&(i * (round + 1)).to_be_bytes()),
                    (i % 5 > 0).then(|| sha256(&round.to_be_bytes())),
                )
            })
            .collect();
        if round == 4 {
            updates.iter_mut().for_each(|u| u.0[0] |= 0x80); // all in one half
        }
        updates.sort_unstable();
        updates.dedup_by_key(|u| u.0);
        for (key, value) in &updates {
            match value {
                Some(value) => drop(live.insert(*key, *value)),
                None => drop(live.remove(key)),
            }
        }
        let (first, second) = (one.update(a, &updates), two.update(b, &updates));
        assert_eq!(first.hash, second.hash);
        let hash = first.hash;
        (a, b) = (one.install(first).root, two.install(second).root);
        assert_eq!(one.nodes(), two.nodes());
        check(&two, b, &hash, &live, &mut random);
    }
}

#[test]
fn forged_absence_is_refused() {
    let (here, there) = ([0x10; 32], [0x90; 32]);
    let leaves = [(here, Some([1; 32])), (there, Some([2; 32]))];
    let (tree, root, hash) = Tree::build(1, &leaves);
    let honest = tree.prove(root, &here);
    assert_eq!(honest.root(&here, Some(&[1; 32])), Ok(hash));
    // the key's own leaf as somebody else's
    let own = Proof {
        terminal: Terminal::Other {
            key: here,
            value: [1; 32],
        },
        ..honest.clone()
    };
    assert!(matches!(own.root(&here, None), Err(ProofError::Unrelated(_))));
    // a leaf from another place
    let siblings = vec![leaf_hash(&here, &[1; 32])];
    let moved = Proof {
        siblings,
        terminal: Terminal::Other {
            key: there,
            value: [2; 32],
        },
    };
    assert!(matches!(moved.root(&here, None), Err(ProofError::Unrelated(_))));
    // an empty place where the leaf is
    let empty = Proof {
        terminal: Terminal::Empty,
        ..honest
    };
    assert_ne!(empty.root(&here, None), Ok(hash));
    // an inner node as a leaf: domains keep them apart
    assert_ne!(leaf_hash(&here, &there), inner_hash(&here, &there));
}
