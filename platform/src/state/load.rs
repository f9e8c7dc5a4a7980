//! Rebuilding the tree of a base and of the kept versions before it, with every root checked.
use super::base::Base;
use super::changes::Changes;
use super::db::Undo;
use super::err::{Result, StateError};
use super::tree::{sha256, Hash, Tree, Update};
use super::view::{Span, Version};
use std::ops::Bound;

/// The versions whose undo records these are, over a base that is the last one's state.
pub(super) fn grow(
    base: &Base,
    (height, root): (u64, Hash),
    undo: Vec<Undo>,
    threads: usize,
) -> Result<(Tree, Vec<Version>)> {
    let corrupt = |m: String| Err(StateError::Corrupt(m));
    let consecutive = undo.windows(2).all(|w| w[0].height.checked_add(1) == Some(w[1].height));
    if !consecutive
        || undo
            .last()
            .is_none_or(|last| last.height != height || last.root != root)
    {
        return corrupt(format!("the undo records do not lead to height `{height}`"));
    }
    let (tree, mut node, found) = Tree::build(threads, &leaves(base, threads)?);
    if found != root {
        return corrupt(format!(
            "the values of height `{height}` have root {}, stored is {}",
            hex(&found),
            hex(&root)
        ));
    }
    let mut versions: Vec<Version> = Vec::with_capacity(undo.len());
    // from the last height down: each one's nodes that the next has no more are those that undoing the next makes
    let (mut expected, mut changes) = (root, None::<Vec<Update>>);
    for record in undo.into_iter().rev() {
        if let Some(updates) = changes.take() {
            let candidate = tree.update(node, &updates);
            expected = candidate.hash;
            let installed = tree.install(candidate);
            node = installed.root;
            if let Some(next) = versions.last_mut() {
                next.stale = installed.fresh.into();
            }
        }
        if expected != record.root {
            return corrupt(format!(
                "the undo records do not lead to the root of height `{}`",
                record.height
            ));
        }
        let Undo {
            height,
            root,
            changes: rows,
        } = record;
        let (rows, order) = Changes::new(rows);
        changes = Some(rows.updates(&order, |c| &c.old));
        versions.push(Version {
            height,
            root,
            node,
            changes: rows,
            stale: [].into(),
        });
    }
    versions.reverse();
    Ok((tree, versions))
}

/// (key hash, value hash) of every key, sorted.
fn leaves(base: &Base, threads: usize) -> Result<Vec<Update>> {
    const PART: usize = 1 << 16;
    let all = Span {
        lower: Bound::Unbounded,
        upper: Bound::Unbounded,
        reverse: false,
    };
    let (mut leaves, mut rows) = (Vec::new(), base.range(&all)?);
    loop {
        let part = rows.by_ref().take(PART).collect::<Result<Vec<_>>>()?;
        if part.is_empty() {
            break;
        }
        let hash = |rows: &[super::view::Written]| -> Vec<Update> {
            rows.iter()
                .map(|(k, v)| (sha256(k), v.as_deref().map(sha256)))
                .collect()
        };
        let (first, second) = part.split_at(if threads > 1 { part.len() / 2 } else { 0 });
        let half = std::thread::scope(|scope| {
            let half = scope.spawn(|| hash(first));
            leaves.extend(hash(second));
            half.join()
        });
        leaves.extend(half.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    }
    leaves.sort_unstable_by_key(|u| u.0);
    Ok(leaves)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
