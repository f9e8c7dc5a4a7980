//! The flow of data: each branch sees what it wrote and what stood before the split; joins and ends unite.
use std::collections::{BTreeMap, BTreeSet};

use super::instance::Run;
use super::state::{lost, Branch, Done, Id, Locals, Slot, Stop, Write, Writes};
use crate::module::process::{Merge, Policy};
use crate::number::Number;
use crate::value::Data;

/// A value as it is stored: keys in code-point order.
pub fn stored(data: Data) -> Data {
    match data {
        Data::List(items) => Data::List(items.into_iter().map(stored).collect()),
        Data::Record(mut entries) => {
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Data::Record(entries.into_iter().map(|(key, value)| (key, stored(value))).collect())
        }
        data => data,
    }
}

impl Run<'_> {
    // --- one branch
    pub(super) fn branch(&self, id: Id) -> Done<&Branch> {
        self.state.branches.get(&id).ok_or_else(|| lost("branch"))
    }

    pub(super) fn branch_mut(&mut self, id: Id) -> Done<&mut Branch> {
        self.state.branches.get_mut(&id).ok_or_else(|| lost("branch"))
    }

    /// A variable as a branch sees it.
    pub(super) fn read(&self, branch: Option<Id>, name: &str) -> Slot {
        let mut at = branch.and_then(|id| self.state.branches.get(&id));
        while let Some(branch) = at {
            if let Some(write) = branch.writes.get(name) {
                return write.value.clone();
            }
            let local = branch.local.as_ref().and_then(|local| local.get(name));
            if let Some(value) = branch.seen.get(name).or(local) {
                return value.clone();
            }
            at = branch.parent.and_then(|id| self.state.branches.get(&id));
        }
        None
    }

    /// A variable gets a value. The root of a scope keeps its own variables and passes on all others.
    pub(super) fn write(&mut self, branch: Id, name: &str, value: Slot, element: &str) -> Done<()> {
        let mut id = branch;
        loop {
            let at = self.branch_mut(id)?;
            let parent = at.parent;
            match (&mut at.local, parent) {
                (Some(local), None) => {
                    local.insert(name.to_owned(), value);
                    return Ok(());
                }
                (Some(local), Some(_)) if local.contains_key(name) => {
                    local.insert(name.to_owned(), value);
                    return Ok(());
                }
                (Some(_), Some(parent)) => id = parent,
                (None, _) => {
                    let element = element.to_owned();
                    at.writes.insert(name.to_owned(), Write { value, element });
                    return Ok(());
                }
            }
        }
    }

    /// A new branch; with `local` the root of a scope.
    pub(super) fn add_branch(&mut self, parent: Option<Id>, split: Option<u32>, local: Option<Locals>) -> Id {
        let id = self.state.number();
        let made = Branch {
            parent,
            split,
            local,
            ..Branch::default()
        };
        self.state.branches.insert(id, made);
        id
    }

    /// The living branches directly below.
    pub(super) fn children(&mut self, branch: Id) -> Done<Vec<Id>> {
        self.look(self.state.branches.len())?;
        let below = self.state.branches.iter().filter(|(_, at)| at.parent == Some(branch));
        Ok(below.map(|(id, _)| *id).collect())
    }

    /// A branch and those above it.
    pub(super) fn chain(&self, branch: Id) -> Vec<Id> {
        let mut found = vec![branch];
        let mut at = branch;
        while let Some(parent) = self.state.branches.get(&at).and_then(|branch| branch.parent) {
            found.push(parent);
            at = parent;
        }
        found
    }

    /// A branch and all below it, oldest first, each with the branches between.
    pub(super) fn subtree(&mut self, branch: Id) -> Done<Vec<(Id, Vec<Id>)>> {
        let ids: Vec<Id> = self.state.branches.keys().copied().collect();
        let mut found = Vec::new();
        for id in ids {
            let mut chain = self.chain(id);
            self.look(chain.len())?;
            if let Some(at) = chain.iter().position(|above| *above == branch) {
                chain.truncate(at);
                found.push((id, chain));
            }
        }
        Ok(found)
    }

    // --- what can be seen from outside
    /// What ended branches at and below a branch wrote, oldest branch first, without what is local further down.
    pub(super) fn gathered(&mut self, branch: Id) -> Done<Vec<(String, Write)>> {
        let mut found = Vec::new();
        for (id, between) in self.subtree(branch)? {
            for (name, write) in &self.branch(id)?.gathered {
                let hidden = between.iter().any(|inner| {
                    let inner = self.state.branches.get(inner).and_then(|inner| inner.local.as_ref());
                    inner.is_some_and(|local| local.contains_key(name))
                });
                if !hidden {
                    found.push((name.clone(), write.clone()));
                }
            }
        }
        Ok(found)
    }

    /// What ended branches wrote, as handlers and completion conditions see it before what stands.
    pub(super) fn outside(&mut self, branch: Id) -> Done<Locals> {
        let gathered = self.gathered(branch)?;
        Ok(gathered.into_iter().map(|(name, write)| (name, write.value)).collect())
    }

    // --- ends and joins
    /// A branch has ended: what it wrote goes to its parent.
    pub(super) fn fold(&mut self, branch: Id, scope: Id) -> Done<()> {
        let mut id = branch;
        loop {
            let at = self.branch(id)?;
            let (Some(parent), None) = (at.parent, at.local.as_ref()) else {
                return Ok(());
            };
            let (writes, split) = (at.writes.clone(), at.split);
            for (name, write) in writes {
                let base = self.read(Some(parent), &name);
                let before = self.before(id, &name);
                let old = self.branch_mut(parent)?.gathered.get(&name).cloned();
                let merged = self.merged(old, &name, write, base, before, scope, &[split])?;
                if let Some(merged) = merged {
                    self.branch_mut(parent)?.gathered.insert(name, merged);
                }
            }
            self.state.branches.remove(&id);
            // the last child has ended: what was gathered is written; if nothing sits there, the branch ends too
            if !self.children(parent)?.is_empty() {
                return Ok(());
            }
            self.absorb(parent)?;
            self.look(self.state.tokens.len())?;
            if self.state.tokens.values().any(|token| token.branch == parent) {
                return Ok(());
            }
            id = parent;
        }
    }

    /// The branch on which the one token goes on that takes the place of these branches', in order of arrival.
    pub(super) fn unite(&mut self, leaves: &[Id], scope: Id, node: u32) -> Done<Id> {
        let first = *leaves.first().ok_or_else(|| lost("token"))?;
        if leaves.len() == 1 {
            return Ok(first);
        }
        let chains: Vec<Vec<Id>> = leaves.iter().map(|leaf| self.chain(*leaf)).collect();
        self.look(chains.iter().map(Vec::len).sum::<usize>() * leaves.len())?;
        let chain = chains.first().ok_or_else(|| lost("branch"))?;
        let top = *chain
            .iter()
            .find(|id| chains.iter().all(|chain| chain.contains(id)))
            .ok_or_else(|| lost("branch"))?;
        let mut known = BTreeMap::new();
        let mut complete = BTreeSet::new();
        let mut seen = Locals::new();
        for chain in &chains {
            let below: Vec<Id> = chain.iter().copied().take_while(|id| *id != top).collect();
            for (at, id) in below.iter().enumerate().rev() {
                if self.is_complete(*id, leaves, &mut known)? {
                    complete.insert(*id);
                } else if at > 0 {
                    let writes = self.branch(*id)?.writes.iter();
                    seen.extend(writes.map(|(name, write)| (name.clone(), write.value.clone())));
                }
            }
        }
        let alone = self.children(top)?.iter().all(|child| complete.contains(child));
        let mut union = Writes::new();
        if alone {
            union = std::mem::take(&mut self.branch_mut(top)?.gathered);
        }
        for leaf in leaves {
            let mut id = *leaf;
            loop {
                let at = self.branch(id)?;
                let (parent, split) = (at.parent.ok_or_else(|| lost("branch"))?, at.split);
                let inner = parent != top && complete.contains(&parent);
                for (name, write) in at.writes.clone() {
                    let base = match seen.get(&name) {
                        Some(value) if !inner => value.clone(),
                        _ => self.read(Some(if inner { parent } else { top }), &name),
                    };
                    let before = self.before(id, &name);
                    let old = if inner {
                        self.branch(parent)?.gathered.get(&name).cloned()
                    } else {
                        union.get(&name).cloned()
                    };
                    if let Some(merged) = self.merged(old, &name, write, base, before, scope, &[Some(node), split])? {
                        if inner {
                            self.branch_mut(parent)?.gathered.insert(name, merged);
                        } else {
                            union.insert(name, merged);
                        }
                    }
                }
                self.state.branches.remove(&id);
                if !inner || !self.children(parent)?.is_empty() {
                    break;
                }
                self.absorb(parent)?;
                id = parent;
            }
        }
        if alone {
            self.branch_mut(top)?.gathered = union;
            self.absorb(top)?;
            return Ok(top);
        }
        let made = self.add_branch(Some(top), Some(node), None);
        let branch = self.branch_mut(made)?;
        branch.writes = union;
        branch.seen = seen;
        Ok(made)
    }

    /// Is all that lives in a branch joined?
    fn is_complete(&mut self, branch: Id, leaves: &[Id], known: &mut BTreeMap<Id, bool>) -> Done<bool> {
        let mut todo = vec![(branch, false)];
        while let Some((id, looked)) = todo.pop() {
            if known.contains_key(&id) {
                continue;
            }
            if leaves.contains(&id) {
                known.insert(id, true);
                continue;
            }
            let below = self.children(id)?;
            if looked || below.is_empty() {
                let all = !below.is_empty() && below.iter().all(|child| known.get(child) == Some(&true));
                known.insert(id, all);
            } else {
                todo.push((id, true));
                todo.extend(below.into_iter().map(|child| (child, false)));
            }
        }
        Ok(known.get(&branch) == Some(&true))
    }

    fn before(&self, branch: Id, name: &str) -> Slot {
        let at = self.state.branches.get(&branch);
        match at.and_then(|at| at.seen.get(name)) {
            Some(value) => value.clone(),
            None => self.read(at.and_then(|at| at.parent), name),
        }
    }

    fn absorb(&mut self, branch: Id) -> Done<()> {
        let gathered = std::mem::take(&mut self.branch_mut(branch)?.gathered);
        for (name, write) in gathered {
            self.write(branch, &name, write.value, &write.element)?;
        }
        Ok(())
    }

    /// One more branch's write to a variable beside those of others (`old`), which began from `base`; it had found
    /// `before`. `None`: nothing changes.
    #[allow(clippy::too_many_arguments, reason = "the parts of one rule")]
    fn merged(
        &mut self,
        old: Option<Write>,
        name: &str,
        write: Write,
        base: Slot,
        before: Slot,
        scope: Id,
        nodes: &[Option<u32>],
    ) -> Done<Option<Write>> {
        let conflict = |message: String, element: &str| Err(Stop::failure("merge-conflict", message, element));
        match (self.policy(name, scope, nodes)?, old) {
            (Some(policy @ (Policy::Sum | Policy::Append)), old) => {
                let begun = old.map_or(base, |old| old.value);
                let united = if policy == Policy::Sum {
                    sum(&begun, &write.value, &before)
                } else {
                    append(begun, &write.value, before)
                };
                match united {
                    Some(value) => Ok(Some(Write {
                        value: Some(value),
                        element: write.element,
                    })),
                    None => {
                        let message = format!(
                            "`{name}` cannot be merged by `{}`: the value of `{}` does not fit",
                            policy.text(),
                            write.element
                        );
                        conflict(message, &write.element)
                    }
                }
            }
            (Some(Policy::Last), _) | (_, None) => Ok(Some(write)),
            (Some(Policy::First), Some(_)) => Ok(None),
            (None, Some(old)) if old.value == write.value => Ok(None),
            (None, Some(old)) => {
                let message = format!(
                    "`{}` and `{}` gave `{name}` different values",
                    old.element, write.element
                );
                conflict(message, &write.element)
            }
        }
    }

    /// How a variable is merged: as the join says, the split, the activities around, the process.
    fn policy(&self, name: &str, scope: Id, nodes: &[Option<u32>]) -> Done<Option<Policy>> {
        let process = self.process(scope)?;
        let mut around: Vec<u32> = nodes.iter().copied().flatten().collect();
        let mut at = self.state.scopes.get(&scope);
        while let Some(scope) = at.filter(|at| at.process == process.index) {
            around.extend(scope.node);
            at = scope.parent.and_then(|parent| self.state.scopes.get(&parent));
        }
        let of = |merges: &[Merge]| {
            let found = merges.iter().find(|merge| merge.variable == name);
            found.map(|merge| merge.policy)
        };
        let nodes = around.iter().filter_map(|node| process.nodes.get(*node as usize));
        let found = nodes.filter_map(|node| of(&node.merge)).next();
        Ok(found.or_else(|| of(&process.merge)))
    }

    // --- interruptions
    /// What ended branches in and below a branch wrote is written; the branches below go.
    pub(super) fn keep_gathered(&mut self, branch: Id) -> Done<()> {
        for (name, write) in self.gathered(branch)? {
            self.write(branch, &name, write.value, &write.element)?;
        }
        for (id, _) in self.subtree(branch)? {
            self.branch_mut(id)?.gathered.clear();
            if id != branch {
                self.state.branches.remove(&id);
            }
        }
        Ok(())
    }

    /// A new branch for a handler beside one that goes on; both begin where they part.
    pub(super) fn beside(&mut self, branch: Id, split: u32) -> Done<Id> {
        let seen = self.outside(branch)?;
        let at = self.branch(branch)?;
        let made = if at.local.is_none() && at.writes.is_empty() {
            let parent = at.parent;
            self.add_branch(parent, Some(split), None)
        } else {
            let occupant = self.state.tokens.iter().find(|(_, token)| token.branch == branch);
            if let Some(occupant) = occupant.map(|(id, _)| *id) {
                let below = self.children(branch)?;
                let own = self.add_branch(Some(branch), Some(split), None);
                let gathered = std::mem::take(&mut self.branch_mut(branch)?.gathered);
                self.branch_mut(own)?.gathered = gathered;
                self.token_mut(occupant)?.branch = own;
                for child in below {
                    self.branch_mut(child)?.parent = Some(own);
                }
            }
            self.add_branch(Some(branch), Some(split), None)
        };
        self.branch_mut(made)?.seen = seen;
        Ok(made)
    }
}

fn sum(base: &Slot, value: &Slot, before: &Slot) -> Option<Data> {
    let number = |slot: &Slot| match slot {
        None => Some(Number::Int(0)),
        Some(data) => data.as_number(),
    };
    let added = number(value)?.sub(number(before)?).ok()?;
    Some(Data::Num(number(base)?.add(added).ok()?))
}

fn append(base: Slot, value: &Slot, before: Slot) -> Option<Data> {
    let list = |slot: Slot| match slot {
        None => Some(Vec::new()),
        Some(Data::List(items)) => Some(items),
        Some(_) => None,
    };
    let (mut all, value, before) = (list(base)?, list(value.clone())?, list(before)?);
    all.extend(value.strip_prefix(before.as_slice())?.iter().cloned());
    Some(Data::List(all))
}
