//! What nodes do when a token comes to them; multi-instance activities, loops, called processes.
use super::code::See;
use super::data::stored;
use super::graph;
use super::instance::{Run, Work};
use super::state::{lost, Done, Id, Locals, Record, ScopeKind, Slot, Status, TokenState, Turns};
use super::timers;
use crate::module::process::{NodeKind, ProcessNode, Repeat, RepeatKind};
use crate::number::Number;
use crate::value::{Data, DateTime};
use crate::vm::Halt;

fn count(value: u64) -> Slot {
    Some(Data::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX))))
}

impl Run<'_> {
    /// A token has come to a node that it may enter.
    pub(super) fn activate(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let process = self.process(at.scope)?;
        let node = process.node(at.node)?;
        if node.kind.is_activity() {
            self.arm_host(token)?;
            if let Some(repeat) = &node.repeat {
                return self.begin_turns(token, node, repeat);
            }
        }
        self.perform(token)
    }

    /// The node itself, once.
    pub(super) fn perform(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (number, scope, branch) = (at.node, at.scope, at.branch);
        let process = self.process(scope)?;
        let node = process.node(number)?;
        self.enter_path(&node.id)?;
        self.execute(node.on_enter.as_ref(), token, &node.id, &[])?;
        match node.kind {
            NodeKind::Automatic => {
                self.execute(node.code.as_ref(), token, &node.id, &[])?;
                self.complete(token, None)
            }
            NodeKind::Wait => {
                let arrival = self.state.number();
                let due = self.due_of(token, node)?;
                let at = self.token_mut(token)?;
                at.state = TokenState::Wait;
                at.arrival = arrival;
                at.due = due;
                self.task_ready(token)
            }
            NodeKind::Receive | NodeKind::Catch => {
                self.token_mut(token)?.state = TokenState::Wait;
                self.arm(number, token)
            }
            NodeKind::EventGateway => {
                self.token_mut(token)?.state = TokenState::Wait;
                for flow in graph::outgoing(&process, number) {
                    let target = process.flows.get(flow as usize).ok_or_else(|| lost("flow"))?.target;
                    self.arm(target, token)?;
                }
                Ok(())
            }
            NodeKind::Scope => {
                let local = node.locals.iter().map(|name| (name.clone(), None)).collect();
                self.open_scope(
                    ScopeKind::Scope,
                    process.index,
                    Some(token),
                    local,
                    Some(number),
                    Some(branch),
                    None,
                )?;
                Ok(())
            }
            NodeKind::EventScope => self.begin_event_scope(token),
            NodeKind::Call => self.call(token, node),
            NodeKind::Throw | NodeKind::End if node.trigger.is_some() => self.throw(token),
            NodeKind::End => self.end(token),
            _ => self.leave(token, None),
        }
    }

    /// Until when a task that begins to wait should be done: a time, or so long from now.
    fn due_of(&mut self, token: Id, node: &ProcessNode) -> Done<Option<DateTime>> {
        let Some(code) = node.task.as_ref().and_then(|task| task.due.as_ref()) else {
            return Ok(None);
        };
        let see = self.at(token)?;
        match self.value(code, &see, Some(token))? {
            None | Some(Data::Null) => Ok(None),
            value @ Some(Data::Duration(_) | Data::Period(_)) => {
                timers::later(self.now, timers::every(value.as_ref())?).map(Some)
            }
            Some(Data::Text(text)) if text.trim_start().starts_with('P') => {
                timers::later(self.now, timers::every(Some(&Data::Text(text)))?).map(Some)
            }
            value => timers::instant(value.as_ref()).map(Some),
        }
    }

    /// An event sub-process begins at the start event that was triggered.
    fn begin_event_scope(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (number, branch, begin, given) = (at.node, at.branch, at.begin, at.event.clone());
        let process = self.process(at.scope)?;
        let node = process.node(number)?;
        let begin = match begin {
            Some(begin) => begin,
            // it undoes the sub-process around it
            None => (0..)
                .zip(&process.nodes)
                .find(|(_, inner)| inner.parent == Some(number) && inner.kind == NodeKind::Start)
                .map(|(begin, _)| begin)
                .ok_or_else(|| lost("start"))?,
        };
        let local = node.locals.iter().map(|name| (name.clone(), None)).collect();
        let scope = self.open_scope(
            ScopeKind::Scope,
            process.index,
            Some(token),
            local,
            Some(number),
            Some(branch),
            Some(begin),
        )?;
        let start = *self.inside(scope)?.first().ok_or_else(|| lost("token"))?;
        let Some((payload, event)) = given else { return Ok(()) };
        let at = process.node(begin)?;
        self.accept(start, &at.id, at.trigger.as_ref(), &payload, &event)
    }

    /// The event that a gateway waited for has come.
    pub(super) fn caught(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let process = self.process(at.scope)?;
        let node = at.node;
        self.enter_path(&process.node(node)?.id)?;
        self.resume(token)
    }

    /// What a token waited for has come.
    pub(super) fn resume(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let kind = self.process(at.scope)?.node(at.node)?.kind;
        if kind.is_activity() {
            self.complete(token, None)
        } else {
            self.leave(token, None)
        }
    }

    /// An activity has done its work.
    pub(super) fn complete(&mut self, token: Id, transition: Option<&str>) -> Done<()> {
        let at = self.token(token)?;
        if at.instance.is_some() {
            return self.turn_done(token, Locals::new(), Vec::new());
        }
        let (node, scope) = (at.node, at.scope);
        self.remember(node, scope, Locals::new(), Vec::new())?;
        self.disarm_token(token)?;
        self.leave(token, transition)
    }

    /// A completed activity can be compensated: what undoes it itself, or the activities inside it.
    fn remember(&mut self, node: u32, scope: Id, local: Locals, inner: Vec<Record>) -> Done<()> {
        let process = self.process(scope)?;
        let (_, handler) = graph::compensable(&process, node);
        if handler.is_some() || (!inner.is_empty() && process.node(node)?.kind == NodeKind::Scope) {
            self.scope_mut(scope)?.records.push(Record { node, local, inner });
        }
        Ok(())
    }

    /// No token is left in a scope.
    pub(super) fn scope_done(&mut self, scope: Id) -> Done<()> {
        let here = self.scope(scope)?;
        let (kind, root) = (here.kind, here.root);
        let Some(token) = here.token else {
            if self.state.status == Status::Waiting {
                self.state.status = Status::Completed;
            }
            return self.disarm_scope(scope);
        };
        let at = self.token(token)?;
        let (number, outside, instance) = (at.node, at.scope, at.instance);
        let process = self.process(outside)?;
        let node = process.node(number)?;
        let local = self.branch(root)?.local.clone().unwrap_or_default();
        let outputs = if kind == ScopeKind::Process {
            self.outputs(root, token, node)?
        } else {
            Vec::new()
        };
        let records = std::mem::take(&mut self.scope_mut(scope)?.records);
        self.close_scope(scope)?;
        for (name, value) in outputs {
            let branch = self.token(token)?.branch;
            self.write(branch, &name, value, &node.id)?;
        }
        let inner = if kind == ScopeKind::Scope { records } else { Vec::new() };
        match kind {
            ScopeKind::Compensation => self.next_compensation(token),
            ScopeKind::Scope if node.kind == NodeKind::EventScope => self.end(token),
            _ if instance.is_some() => self.turn_done(token, local, inner),
            _ => {
                self.remember(number, outside, local, inner)?;
                self.disarm_token(token)?;
                self.leave(token, None)
            }
        }
    }

    // --- called processes
    /// A called process begins with what the call passes; all variables, unless it says which.
    fn call(&mut self, token: Id, node: &ProcessNode) -> Done<()> {
        let called = node.called.ok_or_else(|| lost("called process"))?;
        let branch = self.token(token)?.branch;
        let mut given = self.initial(called)?;
        match &node.inputs {
            None => given.extend(self.visible(branch)?),
            Some(inputs) => {
                for input in inputs {
                    let see = self.at(token)?;
                    let value = self.value(&input.value, &see, Some(token))?;
                    given.insert(input.target.clone(), value);
                }
            }
        }
        self.open_scope(ScopeKind::Process, called, Some(token), given, None, None, None)?;
        Ok(())
    }

    /// What the variables of a process begin with.
    pub(super) fn initial(&mut self, process: u32) -> Done<Locals> {
        let graph = self.graph(process)?;
        let mut see = See::default();
        for given in &graph.initial {
            let value = self.value(&given.value, &see, None)?;
            see.before.insert(given.target.clone(), value);
        }
        Ok(see.before)
    }

    /// All variables that a branch sees.
    fn visible(&mut self, branch: Id) -> Done<Locals> {
        let mut found = Locals::new();
        for id in self.chain(branch) {
            let at = self.branch(id)?;
            let names = at.writes.keys().chain(at.seen.keys());
            let names: Vec<String> = names.chain(at.local.iter().flat_map(|l| l.keys())).cloned().collect();
            self.look(names.len())?;
            for name in names {
                let value = self.read(Some(branch), &name);
                found.insert(name, value);
            }
        }
        Ok(found)
    }

    /// What a called process gives back: all that is different now, unless the call says what.
    fn outputs(&mut self, root: Id, token: Id, node: &ProcessNode) -> Done<Vec<(String, Slot)>> {
        let mut found = Vec::new();
        match &node.outputs {
            None => {
                let branch = self.token(token)?.branch;
                let local = self.branch(root)?.local.clone().unwrap_or_default();
                for (name, value) in local {
                    if value != self.read(Some(branch), &name) {
                        found.push((name, value));
                    }
                }
            }
            Some(outputs) => {
                for output in outputs {
                    let value = self.value(&output.value, &See::branch(root), Some(token))?;
                    found.push((output.target.clone(), value));
                }
            }
        }
        Ok(found)
    }

    // --- multi-instance and loops
    /// The instances of an activity begin: all together, or the first.
    fn begin_turns(&mut self, token: Id, node: &ProcessNode, repeat: &Repeat) -> Done<()> {
        self.token_mut(token)?.state = TokenState::Host;
        let see = self.at(token)?;
        let is_loop = repeat.kind == RepeatKind::Loop;
        let mut turns = Turns::default();
        let counted = if is_loop { &repeat.maximum } else { &repeat.count };
        if let (Some(items), false) = (&repeat.items, is_loop) {
            let found = self.value(items, &see, Some(token))?;
            let Some(Data::List(items)) = found else {
                let absent = matches!(found, None | Some(Data::Null));
                let code = if absent { "null-operand" } else { "type-mismatch" };
                let kind = found.as_ref().map_or("undefined", Data::kind);
                let message = format!("`{}` runs for each item of a list, not of {kind}", node.id);
                return Err(Halt::trap(code, message).into());
            };
            turns.total = Some(items.len() as u64);
            turns.items = Some(items.into_iter().map(Some).collect());
        } else if let Some(code) = counted {
            let found = self.value(code, &see, Some(token))?;
            let whole = found
                .as_ref()
                .and_then(Data::as_int)
                .and_then(|n| u64::try_from(n).ok());
            let Some(total) = whole else {
                let message = format!("`{}` runs a whole number of times", node.id);
                return Err(Halt::trap("type-mismatch", message).into());
            };
            turns.total = Some(total);
        }
        let total = turns.total;
        self.token_mut(token)?.turns = Some(turns);
        if total == Some(0) || (is_loop && repeat.test_first && !self.goes_on(token, repeat)?) {
            return self.end_turns(token, node, repeat);
        }
        let first = if repeat.kind == RepeatKind::Parallel {
            total.unwrap_or(0)
        } else {
            1
        };
        let mut made = Vec::new();
        for _ in 0..first {
            made.push(self.begin_turn(token, repeat)?);
        }
        for instance in made.into_iter().rev() {
            self.later(Work::Perform, instance);
        }
        Ok(())
    }

    /// One more instance: a scope with its own variables, on a branch of its own if it runs beside others.
    fn begin_turn(&mut self, token: Id, repeat: &Repeat) -> Done<Id> {
        self.machine.gas.charge(crate::vm::gas::PROCESS_WORK)?;
        let at = self.token_mut(token)?;
        let (node, scope, branch) = (at.node, at.scope, at.branch);
        let turns = at.turns.as_mut().ok_or_else(|| lost("count of turns"))?;
        turns.begun += 1;
        let begun = turns.begun;
        let mut local = Locals::from([("loopCounter".to_owned(), count(begun))]);
        if repeat.kind != RepeatKind::Loop {
            local.insert("nrOfInstances".to_owned(), turns.total.and_then(count));
            local.insert("nrOfActiveInstances".to_owned(), count(0));
            local.insert("nrOfCompletedInstances".to_owned(), count(0));
            if !repeat.item.is_empty() {
                let at = usize::try_from(begun - 1).unwrap_or(usize::MAX);
                let item = turns.items.as_ref().and_then(|items| items.get(at).cloned().flatten());
                local.insert(repeat.item.clone(), item);
            }
        }
        let process = self.process(scope)?.index;
        let parent = if repeat.kind == RepeatKind::Parallel {
            self.add_branch(Some(branch), Some(node), None)
        } else {
            branch
        };
        let kind = ScopeKind::Instance;
        let scope = self.open_scope(kind, process, Some(token), local, Some(node), Some(parent), None)?;
        let root = self.scope(scope)?.root;
        let made = self.add_token(node, scope, root);
        self.token_mut(made)?.instance = Some(begun);
        self.count_turns(token)?;
        Ok(made)
    }

    /// Tells all instances how many there are.
    fn count_turns(&mut self, token: Id) -> Done<Locals> {
        let turns = self
            .token(token)?
            .turns
            .as_ref()
            .ok_or_else(|| lost("count of turns"))?;
        let total = turns.total.and_then(count);
        let counts = Locals::from([
            (
                "nrOfActiveInstances".to_owned(),
                count(turns.begun.saturating_sub(turns.ended)),
            ),
            ("nrOfCompletedInstances".to_owned(), count(turns.ended)),
        ]);
        for scope in self.scopes_of(token)? {
            let root = self.scope(scope)?.root;
            if let Some(local) = self.branch_mut(root)?.local.as_mut() {
                if local.contains_key("nrOfInstances") {
                    local.extend(counts.clone());
                }
            }
        }
        let mut all = counts;
        all.insert("nrOfInstances".to_owned(), total);
        Ok(all)
    }

    /// An instance has ended.
    fn turn_done(&mut self, token: Id, inner_local: Locals, inner: Vec<Record>) -> Done<()> {
        let at = self.token(token)?;
        let (scope, instance) = (at.scope, at.instance.unwrap_or(0));
        let here = self.scope(scope)?;
        let (host, root) = (here.token.ok_or_else(|| lost("token"))?, here.root);
        let host_at = self.token(host)?;
        let (number, outside, host_branch) = (host_at.node, host_at.scope, host_at.branch);
        let process = self.process(outside)?;
        let node = process.node(number)?;
        let repeat = node.repeat.as_ref().ok_or_else(|| lost("repetition"))?;
        let mut local = self.branch(root)?.local.clone().unwrap_or_default();
        if let Some(output) = &repeat.output {
            let see = self.at(token)?.with(inner_local.clone());
            let value = self.value(output, &see, Some(token))?;
            if let Some(turns) = &mut self.token_mut(host)?.turns {
                turns.outputs.insert(instance, value);
            }
        }
        if let Some(turns) = &mut self.token_mut(host)?.turns {
            turns.ended += 1;
        }
        let mut kept = local.clone();
        kept.extend(inner_local);
        self.remember(number, outside, kept, inner)?;
        self.disarm_token(token)?;
        self.state.tokens.remove(&token);
        let parent = self.branch(root)?.parent;
        self.close_scope(scope)?;
        if let (RepeatKind::Parallel, Some(parent)) = (repeat.kind, parent) {
            self.fold(parent, outside)?;
        }
        if repeat.kind != RepeatKind::Loop {
            local.extend(self.count_turns(host)?);
        }
        let over = match &repeat.until {
            None => false,
            Some(until) => {
                let mut before = self.outside(host_branch)?;
                before.extend(local);
                let see = See::branch(host_branch).with(before);
                self.holds(until, &see, Some(host))?
            }
        };
        let turns = self.token(host)?.turns.as_ref().ok_or_else(|| lost("count of turns"))?;
        let all = Some(turns.ended) == turns.total;
        if over || all || (repeat.kind == RepeatKind::Loop && !self.goes_on(host, repeat)?) {
            return self.end_turns(host, node, repeat);
        }
        if repeat.kind != RepeatKind::Parallel {
            let next = self.begin_turn(host, repeat)?;
            self.later(Work::Perform, next);
        }
        Ok(())
    }

    /// Does a loop take another turn?
    fn goes_on(&mut self, token: Id, repeat: &Repeat) -> Done<bool> {
        let Some(condition) = &repeat.while_ else {
            return Ok(true);
        };
        let ended = self.token(token)?.turns.as_ref().map_or(0, |turns| turns.ended);
        let counter = Locals::from([("loopCounter".to_owned(), count(ended))]);
        let see = self.at(token)?.with(counter);
        self.holds(condition, &see, Some(token))
    }

    /// All instances have ended, or the rest is cancelled.
    fn end_turns(&mut self, token: Id, node: &ProcessNode, repeat: &Repeat) -> Done<()> {
        let turns = self.token(token)?.turns.clone().unwrap_or_default();
        self.interrupt(token)?;
        if !repeat.result.is_empty() {
            let items = turns.outputs.into_values().map(Option::unwrap_or_default);
            let list = stored(Data::List(items.collect()));
            let branch = self.token(token)?.branch;
            self.write(branch, &repeat.result, Some(list), &node.id)?;
        }
        self.leave(token, None)
    }
}
