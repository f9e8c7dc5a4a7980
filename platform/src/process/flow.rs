//! How tokens move: flows, gateways, joins, scopes that open and close. Work is depth first, on a stack.
use std::collections::{BTreeMap, BTreeSet};

use super::data::stored;
use super::graph;
use super::instance::{Run, Work};
use super::state::{lost, Done, Id, Locals, Scope, ScopeKind, Status, Stop, Token, TokenState, Writes};
use crate::module::process::NodeKind;
use crate::vm::Halt;

/// Scopes inside scopes, called processes included.
const MAX_DEPTH: usize = 200;

impl Run<'_> {
    // --- the stack
    /// Puts work on the stack; it is dropped if the token has gone by then.
    pub(super) fn later(&mut self, work: Work, token: Id) {
        self.stack.push((work, token));
    }

    /// Does what is ready until nothing is.
    pub(super) fn work(&mut self) -> Done<()> {
        while self.state.status == Status::Waiting {
            let Some((work, token)) = self.stack.pop() else { break };
            self.machine.gas.charge(crate::vm::gas::PROCESS_WORK)?;
            if self.state.tokens.contains_key(&token) {
                let done = self.do_work(work, token);
                self.guard(done)?;
            }
        }
        Ok(())
    }

    fn do_work(&mut self, work: Work, token: Id) -> Done<()> {
        match work {
            Work::Enter => self.enter(token),
            Work::Activate => self.activate(token),
            Work::Perform => self.perform(token),
            Work::Leave => self.leave(token, None),
            Work::End => self.end(token),
            Work::Resume => self.resume(token),
            Work::Caught => self.caught(token),
        }
    }

    /// An error of the process's own that came out goes to whatever catches it.
    pub(super) fn guard(&mut self, done: Done<()>) -> Done<()> {
        match done {
            Err(Stop::Thrown {
                token,
                code,
                message,
                payload,
            }) => self.throw_error(token, &code, &message, payload),
            done => done,
        }
    }

    // --- tokens
    pub(super) fn token(&self, id: Id) -> Done<&Token> {
        self.state.tokens.get(&id).ok_or_else(|| lost("token"))
    }

    pub(super) fn token_mut(&mut self, id: Id) -> Done<&mut Token> {
        self.state.tokens.get_mut(&id).ok_or_else(|| lost("token"))
    }

    pub(super) fn add_token(&mut self, node: u32, scope: Id, branch: Id) -> Id {
        let id = self.state.number();
        let made = Token {
            node,
            scope,
            branch,
            flow: None,
            state: TokenState::Ready,
            arrival: 0,
            due: None,
            instance: None,
            turns: None,
            queue: None,
            begin: None,
            event: None,
        };
        self.state.tokens.insert(id, made);
        id
    }

    /// The tokens directly in a scope.
    pub(super) fn inside(&mut self, scope: Id) -> Done<Vec<Id>> {
        self.look(self.state.tokens.len())?;
        let tokens = self.state.tokens.iter().filter(|(_, token)| token.scope == scope);
        Ok(tokens.map(|(id, _)| *id).collect())
    }

    /// The scopes for which a token waits.
    pub(super) fn scopes_of(&mut self, token: Id) -> Done<Vec<Id>> {
        self.look(self.state.scopes.len())?;
        let scopes = self.state.scopes.iter().filter(|(_, scope)| scope.token == Some(token));
        Ok(scopes.map(|(id, _)| *id).collect())
    }

    /// A token comes to a node along a flow.
    fn enter(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (node, scope, flow) = (at.node, at.scope, at.flow);
        let process = self.process(scope)?;
        if let Some(flow) = flow.and_then(|flow| process.flows.get(flow as usize)) {
            let element = match flow.id.as_str() {
                "" => &process.node(flow.source)?.id,
                id => id,
            };
            self.execute(flow.action.as_ref(), token, element, &[])?;
        }
        let kind = process.node(node)?.kind;
        let incoming = graph::incoming(&process, node);
        if !matches!(kind, NodeKind::Parallel | NodeKind::Inclusive) || incoming.len() < 2 {
            return self.activate(token);
        }
        let arrival = self.state.number();
        let at = self.token_mut(token)?;
        at.state = TokenState::Join;
        at.arrival = arrival;
        if kind == NodeKind::Parallel {
            let filled: BTreeSet<u32> = self.filled(node, scope)?;
            if filled == incoming {
                self.join(node, scope)?;
            }
        }
        Ok(())
    }

    /// A token goes on: to the one flow that is taken, or split over several.
    pub(super) fn leave(&mut self, token: Id, transition: Option<&str>) -> Done<()> {
        let at = self.token(token)?;
        let (node, scope, branch) = (at.node, at.scope, at.branch);
        let process = self.process(scope)?;
        let here = process.node(node)?;
        self.execute(here.on_leave.as_ref(), token, &here.id, &[])?;
        let flows = self.taken(token, transition)?;
        let target = |flow: u32| process.flows.get(flow as usize).map(|flow| flow.target);
        match flows[..] {
            [] => self.end(token),
            [flow] => {
                let at = self.token_mut(token)?;
                at.flow = Some(flow);
                at.node = target(flow).ok_or_else(|| lost("flow"))?;
                at.state = TokenState::Ready;
                self.later(Work::Enter, token);
                Ok(())
            }
            _ => {
                self.state.tokens.remove(&token);
                let mut made = Vec::with_capacity(flows.len());
                for flow in flows {
                    let branch = self.add_branch(Some(branch), Some(node), None);
                    let split = self.add_token(target(flow).ok_or_else(|| lost("flow"))?, scope, branch);
                    self.token_mut(split)?.flow = Some(flow);
                    made.push(split);
                }
                for split in made.into_iter().rev() {
                    self.later(Work::Enter, split);
                }
                Ok(())
            }
        }
    }

    /// The flows that a token takes.
    fn taken(&mut self, token: Id, transition: Option<&str>) -> Done<Vec<u32>> {
        let at = self.token(token)?;
        let (number, scope) = (at.node, at.scope);
        let process = self.process(scope)?;
        let node = process.node(number)?;
        let flows = graph::outgoing(&process, number);
        if flows.is_empty() || node.kind == NodeKind::Parallel {
            return Ok(flows);
        }
        let name = |flow: u32| process.flows.get(flow as usize).map_or("", |flow| flow.name.as_str());
        if process.jpdl && node.kind != NodeKind::Exclusive {
            let found = flows
                .into_iter()
                .find(|flow| transition.is_none_or(|wanted| name(*flow) == wanted));
            return match found {
                Some(flow) => Ok(vec![flow]),
                None => {
                    let message = format!("`{}` has no transition `{}`", node.id, transition.unwrap_or_default());
                    Err(Halt::trap("no-transition", message).into())
                }
            };
        }
        let mut found = Vec::new();
        let see = self.at(token)?;
        for number in flows {
            if Some(number) == node.default {
                continue;
            }
            let flow = process.flows.get(number as usize).ok_or_else(|| lost("flow"))?;
            let holds = match &flow.condition {
                None => true,
                Some(condition) => self.holds(condition, &see, Some(token))?,
            };
            if holds {
                found.push(number);
                if node.kind == NodeKind::Exclusive {
                    break;
                }
            }
        }
        if found.is_empty() {
            found.extend(node.default);
        }
        if found.is_empty() {
            let message = format!("no flow out of `{}` is true and none is the default", node.id);
            return Err(Stop::failure("no-flow", message, &node.id));
        }
        Ok(found)
    }

    /// A token ends; its scope does when it was the last.
    pub(super) fn end(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (scope, branch) = (at.scope, at.branch);
        self.disarm_token(token)?;
        self.state.tokens.remove(&token);
        self.fold(branch, scope)?;
        if self.inside(scope)?.is_empty() {
            self.scope_done(scope)?;
        }
        Ok(())
    }

    // --- joins
    /// The tokens that wait at a joining gateway, in order of arrival.
    fn joining(&mut self, node: u32, scope: Id) -> Done<Vec<Id>> {
        self.look(self.state.tokens.len())?;
        let waits = |token: &Token| token.node == node && token.scope == scope && token.state == TokenState::Join;
        let tokens = self.state.tokens.iter().filter(|(_, token)| waits(token));
        let mut found: Vec<(Id, Id)> = tokens.map(|(id, token)| (token.arrival, *id)).collect();
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// The incoming flows of a gateway that have a token.
    fn filled(&mut self, node: u32, scope: Id) -> Done<BTreeSet<u32>> {
        let tokens = self.joining(node, scope)?;
        let flow = |id: &Id| self.state.tokens.get(id).and_then(|token| token.flow);
        Ok(tokens.iter().filter_map(flow).collect())
    }

    /// A joining gateway fires: it takes the first token of each incoming flow that has one.
    fn join(&mut self, node: u32, scope: Id) -> Done<()> {
        let mut first: BTreeMap<Option<u32>, ()> = BTreeMap::new();
        let mut leaves = Vec::new();
        for id in self.joining(node, scope)? {
            let token = self.token(id)?;
            if first.insert(token.flow, ()).is_none() {
                leaves.push(token.branch);
                self.state.tokens.remove(&id);
            }
        }
        let branch = self.unite(&leaves, scope, node)?;
        let made = self.add_token(node, scope, branch);
        self.later(Work::Activate, made);
        Ok(())
    }

    /// Fires the first inclusive join that may fire.
    pub(super) fn inclusive_join(&mut self) -> Done<bool> {
        let mut waiting = BTreeSet::new();
        for token in self.state.tokens.values() {
            if token.state == TokenState::Join {
                let node = self.process(token.scope)?.node(token.node)?.kind;
                if node == NodeKind::Inclusive {
                    waiting.insert((token.node, token.scope));
                }
            }
        }
        for (node, scope) in waiting {
            if self.may_fire(node, scope)? {
                self.join(node, scope)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// BPMN 2.0.2, 13.4.3: no token elsewhere has a path to an incoming flow without a token, unless it also has one to
    /// an incoming flow with a token; paths do not visit the gateway.
    fn may_fire(&mut self, node: u32, scope: Id) -> Done<bool> {
        let process = self.process(scope)?;
        let filled = self.filled(node, scope)?;
        let incoming = graph::incoming(&process, node);
        let mut asked = BTreeSet::new();
        for id in self.inside(scope)? {
            let token = self.token(id)?;
            let at = token.node;
            if (at == node && token.state == TokenState::Join) || !asked.insert(at) {
                continue;
            }
            self.look(process.flows.len() + process.nodes.len())?;
            let reached = graph::reachable_flows(&process, at, node);
            let empty = incoming
                .iter()
                .any(|flow| reached.contains(flow) && !filled.contains(flow));
            if empty && !filled.iter().any(|flow| reached.contains(flow)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    // --- scopes
    pub(super) fn scope(&self, id: Id) -> Done<&Scope> {
        self.state.scopes.get(&id).ok_or_else(|| lost("scope"))
    }

    pub(super) fn scope_mut(&mut self, id: Id) -> Done<&mut Scope> {
        self.state.scopes.get_mut(&id).ok_or_else(|| lost("scope"))
    }

    /// A new scope with tokens at its starts (at `begin`, if it is given). They begin on the scope's root.
    #[allow(clippy::too_many_arguments, reason = "the parts of a scope")]
    pub(super) fn open_scope(
        &mut self,
        kind: ScopeKind,
        process: u32,
        token: Option<Id>,
        local: Locals,
        node: Option<u32>,
        root_parent: Option<Id>,
        begin: Option<u32>,
    ) -> Done<Id> {
        let root = self.add_branch(root_parent, node, Some(local));
        let parent = token
            .map(|token| self.token(token).map(|token| token.scope))
            .transpose()?;
        let id = self.state.number();
        let made = Scope {
            kind,
            process,
            node,
            parent,
            token,
            root,
            interrupted: false,
            records: Vec::new(),
        };
        self.state.scopes.insert(id, made);
        let mut depth = 0;
        let mut above = parent;
        while let Some(scope) = above {
            depth += 1;
            above = self.scope(scope)?.parent;
        }
        if depth > MAX_DEPTH {
            let message = "sub-processes and called processes are nested too deep";
            return Err(Halt::trap("call-depth", message).into());
        }
        if let Some(token) = token {
            self.token_mut(token)?.state = TokenState::Host;
        }
        if matches!(kind, ScopeKind::Process | ScopeKind::Scope) {
            let graph = self.process(id)?;
            let nodes = begin.map_or_else(|| graph::starts(&graph, node), |begin| vec![begin]);
            if !nodes.is_empty() {
                self.arm_scope(id)?;
                self.begin(id, &nodes)?;
            } else if token.is_some() {
                self.scope_done(id)?;
            }
        }
        Ok(id)
    }

    /// The tokens with which a scope starts; several are a split.
    pub(super) fn begin(&mut self, scope: Id, nodes: &[u32]) -> Done<Vec<Id>> {
        let root = self.scope(scope)?.root;
        let branches: Vec<Id> = match nodes {
            [_] => vec![root],
            _ => nodes.iter().map(|_| self.add_branch(Some(root), None, None)).collect(),
        };
        let pairs = nodes.iter().zip(branches);
        let made: Vec<Id> = pairs
            .map(|(node, branch)| self.add_token(*node, scope, branch))
            .collect();
        for token in made.iter().rev() {
            self.later(Work::Activate, *token);
        }
        Ok(made)
    }

    /// A scope goes with all that is in it; what ended branches wrote is kept.
    pub(super) fn close_scope(&mut self, scope: Id) -> Done<()> {
        self.empty(scope, None)?;
        self.disarm_scope(scope)?;
        let root = self.scope(scope)?.root;
        self.keep_gathered(root)?;
        self.state.branches.remove(&root);
        self.state.scopes.remove(&scope);
        Ok(())
    }

    /// All tokens of a scope go, and the scopes inside them. The branches stay.
    fn empty(&mut self, scope: Id, but: Option<Id>) -> Done<()> {
        for token in self.inside(scope)? {
            if Some(token) != but {
                self.drop_scopes(token)?;
                self.disarm_token(token)?;
                self.state.tokens.remove(&token);
            }
        }
        Ok(())
    }

    /// What runs inside a token's activity goes. The branches stay, but for those of a called process.
    fn drop_scopes(&mut self, token: Id) -> Done<()> {
        for inner in self.scopes_of(token)? {
            self.empty(inner, None)?;
            self.disarm_scope(inner)?;
            let root = self.scope(inner)?.root;
            if self.branch(root)?.parent.is_none() {
                for (branch, _) in self.subtree(root)? {
                    self.state.branches.remove(&branch);
                }
            }
            self.state.scopes.remove(&inner);
        }
        Ok(())
    }

    /// What goes on inside an activity ends; its token stays. The activity waits for nothing any more.
    pub(super) fn interrupt(&mut self, token: Id) -> Done<()> {
        self.drop_scopes(token)?;
        self.disarm_token(token)?;
        let branch = self.token(token)?.branch;
        self.keep_gathered(branch)?;
        let at = self.token_mut(token)?;
        at.turns = None;
        at.queue = None;
        at.flow = None;
        at.state = TokenState::Ready;
        Ok(())
    }

    /// All that goes on in a scope ends, but for the token that ends it, which is then alone in it.
    pub(super) fn interrupt_scope(&mut self, scope: Id, by: Option<Id>) -> Done<()> {
        let root = self.scope(scope)?.root;
        let mut writes = Writes::new();
        if let Some(by) = by {
            let chain = self.chain(self.token(by)?.branch);
            let below = chain.iter().position(|id| *id == root).unwrap_or(chain.len());
            for branch in chain.iter().take(below).rev() {
                writes.extend(self.branch(*branch)?.writes.clone());
            }
        }
        self.empty(scope, by)?;
        if let Some(by) = by {
            self.token_mut(by)?.branch = root;
        }
        self.keep_gathered(root)?;
        for (name, write) in writes {
            self.write(root, &name, write.value.map(stored), &write.element)?;
        }
        Ok(())
    }
}
