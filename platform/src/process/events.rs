//! Events: what is waited for, what happens when it comes, what is thrown, and what is undone.
use super::code::See;
use super::graph;
use super::instance::{Run, Work};
use super::state::{lost, Done, Id, Kept, Record, ScopeKind, Slot, Status, Stop, TokenState, Wait};
use super::timers;
use crate::module::process::{NodeKind, Process, ProcessNode, Trigger, TriggerKind};
use crate::value::{Data, DateTime};

impl Run<'_> {
    // --- arming
    /// An event may happen from now on.
    pub(super) fn listen(&mut self, node: u32, scope: Id, token: Option<Id>, see: &See) -> Done<()> {
        let process = self.process(scope)?;
        let Some(trigger) = &process.node(node)?.trigger else {
            return Ok(());
        };
        let armed = [
            TriggerKind::Message,
            TriggerKind::Signal,
            TriggerKind::Timer,
            TriggerKind::Condition,
        ];
        if !armed.contains(&trigger.kind) {
            return Ok(());
        }
        let id = self.state.number();
        let mut made = Wait {
            node,
            scope,
            token,
            keys: Vec::with_capacity(trigger.keys.len()),
            due: None,
            left: Some(1),
            every: None,
            was: false,
        };
        for key in &trigger.keys {
            made.keys.push(self.value(&key.value, see, token)?);
        }
        if let (TriggerKind::Timer, Some(value)) = (trigger.kind, &trigger.value) {
            let value = self.value(value, see, token)?;
            let (due, left, every) = timers::schedule(trigger.timer, value.as_ref(), self.now)?;
            made.due = Some(due);
            made.left = left;
            made.every = every;
        }
        if made.left != Some(0) {
            self.state.waits.insert(id, made);
        }
        Ok(())
    }

    pub(super) fn arm(&mut self, node: u32, token: Id) -> Done<()> {
        let scope = self.token(token)?.scope;
        let see = self.at(token)?;
        self.listen(node, scope, Some(token), &see)
    }

    /// The boundary events of an activity begin to listen.
    pub(super) fn arm_host(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (node, process) = (at.node, self.process(at.scope)?);
        for event in graph::attached(&process, node) {
            self.arm(event, token)?;
        }
        Ok(())
    }

    /// Event sub-processes of a new scope begin to listen.
    pub(super) fn arm_scope(&mut self, scope: Id) -> Done<()> {
        let see = See::branch(self.scope(scope)?.root);
        for (_, start) in self.handlers(scope)? {
            self.listen(start, scope, None, &see)?;
        }
        Ok(())
    }

    /// The event sub-processes of a scope, each with its start.
    fn handlers(&self, scope: Id) -> Done<Vec<(u32, u32)>> {
        let at = self.scope(scope)?;
        match at.kind {
            ScopeKind::Process | ScopeKind::Scope => Ok(graph::handlers(&*self.process(scope)?, at.node)),
            ScopeKind::Instance | ScopeKind::Compensation => Ok(Vec::new()),
        }
    }

    pub(super) fn disarm_token(&mut self, token: Id) -> Done<()> {
        self.look(self.state.waits.len())?;
        self.state.waits.retain(|_, wait| wait.token != Some(token));
        Ok(())
    }

    pub(super) fn disarm_scope(&mut self, scope: Id) -> Done<()> {
        self.look(self.state.waits.len())?;
        self.state
            .waits
            .retain(|_, wait| wait.token.is_some() || wait.scope != scope);
        Ok(())
    }

    // --- what is waited for has come
    /// An event happens.
    pub(super) fn trigger(&mut self, id: Id, payload: Slot, event: Slot) -> Done<()> {
        let wait = self.state.waits.get(&id).ok_or_else(|| lost("subscription"))?.clone();
        let process = self.process(wait.scope)?;
        let node = process.node(wait.node)?;
        let kind = node.trigger.as_ref().map_or(TriggerKind::None, |trigger| trigger.kind);
        match (kind, wait.every, wait.due) {
            (TriggerKind::Timer, Some(every), Some(due)) if wait.left.is_none_or(|left| left > 1) => {
                let next = timers::later(due, every)?;
                if let Some(kept) = self.state.waits.get_mut(&id) {
                    kept.left = wait.left.map(|left| left - 1);
                    kept.due = Some(next);
                }
            }
            _ => {
                // the non-interrupting ones may happen any number of times, but for timers
                let again = kind != TriggerKind::Timer
                    && matches!(node.kind, NodeKind::Boundary | NodeKind::Start)
                    && !node.interrupting;
                if kind != TriggerKind::Condition && !again {
                    self.state.waits.remove(&id);
                }
            }
        }
        let Some(token) = wait.token else {
            return self.start_handler(wait.scope, node.parent, wait.node, payload, event);
        };
        if node.kind == NodeKind::Boundary {
            return self.leave_host(token, wait.node, payload, event);
        }
        if self.token(token)?.node == wait.node {
            self.state.waits.remove(&id);
            self.accept(token, &node.id, node.trigger.as_ref(), &payload, &event)?;
            self.token_mut(token)?.state = TokenState::Ready;
            self.later(Work::Resume, token);
        } else {
            self.disarm_token(token)?;
            let at = self.token_mut(token)?;
            at.node = wait.node;
            at.state = TokenState::Ready;
            at.flow = None;
            self.accept(token, &node.id, node.trigger.as_ref(), &payload, &event)?;
            self.later(Work::Caught, token);
        }
        Ok(())
    }

    /// A boundary event happens: instead of the activity, or beside it.
    fn leave_host(&mut self, token: Id, boundary: u32, payload: Slot, event: Slot) -> Done<()> {
        let at = self.token(token)?;
        let (host, scope, branch) = (at.node, at.scope, at.branch);
        let process = self.process(scope)?;
        let node = process.node(boundary)?;
        let token = if node.interrupting {
            self.interrupt(token)?;
            self.token_mut(token)?.node = boundary;
            token
        } else {
            let branch = self.beside(branch, host)?;
            self.add_token(boundary, scope, branch)
        };
        self.accept(token, &node.id, node.trigger.as_ref(), &payload, &event)?;
        self.later(Work::Perform, token);
        Ok(())
    }

    /// An event sub-process begins: instead of all else in its scope, or beside it. Outside of one, the process.
    fn start_handler(&mut self, scope: Id, handler: Option<u32>, start: u32, payload: Slot, event: Slot) -> Done<()> {
        let process = self.process(scope)?;
        let of = handler.filter(|at| process.node(*at).is_ok_and(|node| node.kind == NodeKind::EventScope));
        let Some(handler) = of else {
            self.disarm_scope(scope)?;
            self.arm_scope(scope)?;
            let token = *self.begin(scope, &[start])?.first().ok_or_else(|| lost("token"))?;
            let node = process.node(start)?;
            return self.accept(token, &node.id, node.trigger.as_ref(), &payload, &event);
        };
        let root = self.scope(scope)?.root;
        let branch = if process.node(start)?.interrupting {
            self.interrupt_scope(scope, None)?;
            self.disarm_scope(scope)?;
            self.scope_mut(scope)?.interrupted = true;
            root
        } else {
            self.beside(root, handler)?
        };
        let token = self.add_token(handler, scope, branch);
        let at = self.token_mut(token)?;
        at.begin = Some(start);
        at.event = Some((payload, event));
        self.later(Work::Perform, token);
        Ok(())
    }

    // --- messages, signals, conditions, timers
    fn trigger_of(&self, wait: &Wait) -> Option<(TriggerKind, String)> {
        let process = self.process(wait.scope).ok()?;
        let trigger = process.node(wait.node).ok()?.trigger.as_ref()?;
        Some((trigger.kind, trigger.name.clone()))
    }

    /// The oldest subscription that a message fits takes it.
    fn deliver(&mut self, name: &str, payload: &Slot, correlation: &Data) -> Done<bool> {
        self.look(self.state.waits.len())?;
        let ids: Vec<Id> = self.state.waits.keys().copied().collect();
        for id in ids {
            let Some(wait) = self.state.waits.get(&id) else {
                continue;
            };
            let process = self.process(wait.scope)?;
            let Some(trigger) = &process.node(wait.node)?.trigger else {
                continue;
            };
            if trigger.kind != TriggerKind::Message || trigger.name != name {
                continue;
            }
            let fits = trigger.keys.iter().zip(&wait.keys).all(|(key, value)| {
                let given = correlation.get(&key.target);
                let given = given.or_else(|| payload.as_ref().and_then(|payload| payload.get(&key.target)));
                given == value.as_ref()
            });
            if fits {
                self.trigger(id, payload.clone(), payload.clone())?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A message: somebody takes it, or it is kept, or it is lost.
    pub(super) fn correlate(&mut self, name: &str, payload: &Slot, correlation: &Data) -> Done<bool> {
        if self.deliver(name, payload, correlation)? {
            return Ok(true);
        }
        let keeps = self
            .module
            .processes
            .iter()
            .flat_map(|process| &process.nodes)
            .any(|node| {
                let trigger = node.trigger.as_ref();
                trigger.is_some_and(|t| t.kind == TriggerKind::Message && t.name == name && t.keep)
            });
        if keeps && self.state.status == Status::Waiting {
            self.state.kept.push(Kept {
                name: name.to_owned(),
                payload: payload.clone(),
                correlation: correlation.clone(),
            });
            return Ok(true);
        }
        Ok(false)
    }

    /// A message that was kept finds somebody who waits for it.
    pub(super) fn kept_message(&mut self) -> Done<bool> {
        for at in 0..self.state.kept.len() {
            let Some(kept) = self.state.kept.get(at).cloned() else {
                break;
            };
            if self.deliver(&kept.name, &kept.payload, &kept.correlation)? {
                self.state.kept.remove(at);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A signal: all that wait for it get it, the oldest first; their work runs in that order.
    pub(super) fn signal(&mut self, name: &str, payload: &Slot) -> Done<bool> {
        self.look(self.state.waits.len())?;
        let waits = self.state.waits.iter();
        let found: Vec<Id> = waits
            .filter(|(_, wait)| {
                self.trigger_of(wait)
                    .is_some_and(|of| of == (TriggerKind::Signal, name.to_owned()))
            })
            .map(|(id, _)| *id)
            .collect();
        let below = self.stack.len();
        let mut parts = Vec::new();
        for id in &found {
            if self.state.waits.contains_key(id) {
                let done = self.trigger(*id, payload.clone(), payload.clone());
                self.guard(done)?;
            }
            parts.push(self.stack.split_off(below.min(self.stack.len())));
        }
        for part in parts.into_iter().rev() {
            self.stack.extend(part);
        }
        Ok(!found.is_empty())
    }

    /// A condition that was false or unknown is true now.
    pub(super) fn condition(&mut self) -> Done<bool> {
        let waits = self.state.waits.iter();
        let mut waiting: Vec<(u32, Id)> = waits
            .filter(|(_, wait)| {
                self.trigger_of(wait)
                    .is_some_and(|(kind, _)| kind == TriggerKind::Condition)
            })
            .map(|(id, wait)| (wait.node, *id))
            .collect();
        waiting.sort_unstable();
        for (_, id) in waiting {
            let Some(wait) = self.state.waits.get(&id).cloned() else {
                continue;
            };
            let process = self.process(wait.scope)?;
            let node = process.node(wait.node)?;
            let branch = match wait.token {
                None => self.scope(wait.scope)?.root,
                Some(token) => self.token(token)?.branch,
            };
            let is = match node.trigger.as_ref().and_then(|trigger| trigger.value.as_ref()) {
                None => false,
                Some(value) => {
                    let see = See::branch(branch).with(self.outside(branch)?);
                    self.holds(value, &see, None)?
                }
            };
            if let Some(kept) = self.state.waits.get_mut(&id) {
                kept.was = is;
            }
            if is && !wait.was {
                self.trigger(id, None, Some(Data::Null))?;
                if !matches!(node.kind, NodeKind::Boundary | NodeKind::Start) || node.interrupting {
                    self.state.waits.remove(&id);
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// When the next timer is due, and which.
    pub fn next_due(&self) -> Option<(DateTime, Id)> {
        let due = self
            .state
            .waits
            .iter()
            .filter_map(|(id, wait)| wait.due.map(|due| (due, *id)));
        due.min_by(|(a, first), (b, second)| a.compare(*b).then(first.cmp(second)))
    }

    /// The next timer whose time has come.
    pub(super) fn due(&mut self) -> Done<bool> {
        match self.next_due() {
            Some((due, id)) if due.compare(self.now).is_le() => {
                self.trigger(id, None, Some(Data::Null))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    // --- throwing
    /// A throwing or end event does what its trigger says.
    pub(super) fn throw(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let process = self.process(at.scope)?;
        let node = process.node(at.node)?;
        let trigger = node.trigger.as_ref().ok_or_else(|| lost("trigger"))?;
        let see = self.at(token)?;
        let payload = match &trigger.value {
            None => None,
            Some(value) => self.value(value, &see, Some(token))?,
        };
        match trigger.kind {
            TriggerKind::Error => return self.throw_error(token, &trigger.name, "", payload),
            TriggerKind::Terminate => return self.terminate(token),
            TriggerKind::Cancel => return self.cancel(token),
            TriggerKind::Compensate => {
                let queue = self.take_records(token, &trigger.name)?;
                let at = self.token_mut(token)?;
                at.state = TokenState::Host;
                at.queue = Some(queue);
                return self.next_compensation(token);
            }
            _ => {}
        }
        let go_on = if node.kind == NodeKind::End {
            Work::End
        } else {
            Work::Leave
        };
        self.later(go_on, token);
        match trigger.kind {
            TriggerKind::Signal => self.signal(&trigger.name, &payload).map(drop),
            TriggerKind::Message => {
                let mut keys = Vec::new();
                for key in &trigger.keys {
                    if let Some(value) = self.value(&key.value, &see, Some(token))? {
                        keys.push((key.target.clone(), value));
                    }
                }
                self.correlate(&trigger.name, &payload, &Data::Record(keys)).map(drop)
            }
            TriggerKind::Escalation => {
                let event = event_of(&trigger.name, "");
                let kind = TriggerKind::Escalation;
                self.catch(token, kind, &trigger.name, payload, event).map(drop)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn throw_error(&mut self, token: Id, code: &str, message: &str, payload: Slot) -> Done<()> {
        let at = self.token(token)?;
        let element = self.process(at.scope)?.node(at.node)?.id.clone();
        if self.catch(token, TriggerKind::Error, code, payload, event_of(code, message))? {
            return Ok(());
        }
        let message = if message.is_empty() {
            format!("nothing catches the error `{code}`")
        } else {
            message.to_owned()
        };
        Err(Stop::failure(code, message, &element))
    }

    /// An error or escalation goes outwards to the first that catches it: at each level a boundary event, then an event
    /// sub-process of the scope, but not the one that threw; an equal code before none.
    fn catch(&mut self, token: Id, kind: TriggerKind, code: &str, payload: Slot, event: Slot) -> Done<bool> {
        let event = match &payload {
            Some(Data::Record(_)) => payload.clone(),
            _ => event,
        };
        let (mut at, mut inner) = (token, None);
        loop {
            let here = self.token(at)?;
            let (number, scope, instance) = (here.node, here.scope, here.instance);
            let process = self.process(scope)?;
            if process.node(number)?.kind.is_activity() && instance.is_none() {
                let events = graph::attached(&process, number);
                if let Some(found) = catcher(&process, &events, kind, code) {
                    self.leave_host(at, found, payload, event)?;
                    return Ok(true);
                }
            }
            let around = self.scope(scope)?;
            let (interrupted, outside, node) = (around.interrupted, around.token, around.node);
            if !interrupted {
                let handlers: Vec<(u32, u32)> = self
                    .handlers(scope)?
                    .into_iter()
                    .filter(|(handler, _)| Some(*handler) != inner)
                    .collect();
                let starts: Vec<u32> = handlers.iter().map(|(_, start)| *start).collect();
                if let Some(found) = catcher(&process, &starts, kind, code) {
                    let handler = handlers.iter().find(|(_, start)| *start == found);
                    let handler = handler.map(|(handler, _)| *handler);
                    self.start_handler(scope, handler, found, payload, event)?;
                    return Ok(true);
                }
            }
            let Some(outside) = outside else { return Ok(false) };
            (at, inner) = (outside, node);
        }
    }

    /// All in the scope ends.
    fn terminate(&mut self, token: Id) -> Done<()> {
        let scope = self.token(token)?.scope;
        self.interrupt_scope(scope, Some(token))?;
        if self.scope(scope)?.token.is_none() {
            self.state.status = Status::Terminated;
        }
        self.end(token)
    }

    // --- compensation
    /// Takes what a throw compensates, the last that completed first: all of the scope (of the one around an event
    /// sub-process), or an activity by name in the nearest scope that knows it.
    fn take_records(&mut self, token: Id, name: &str) -> Done<Vec<Record>> {
        let mut id = self.token(token)?.scope;
        loop {
            let scope = self.scope(id)?;
            match (scope.node, scope.parent) {
                (Some(node), Some(parent)) if self.process(id)?.node(node)?.kind == NodeKind::EventScope => id = parent,
                _ => break,
            }
        }
        let named = |process: &Process, record: &Record| {
            let node = process.nodes.get(record.node as usize);
            node.is_some_and(|node| node.id == name)
        };
        if !name.is_empty() {
            loop {
                let scope = self.scope(id)?;
                let process = self.process(id)?;
                if scope.records.iter().any(|record| named(&process, record)) {
                    break;
                }
                match scope.parent {
                    Some(parent) => id = parent,
                    None => break,
                }
            }
        }
        let process = self.process(id)?;
        let scope = self.scope_mut(id)?;
        let records = std::mem::take(&mut scope.records);
        let (mut found, kept): (Vec<Record>, Vec<Record>) = records
            .into_iter()
            .partition(|record| name.is_empty() || named(&process, record));
        scope.records = kept;
        found.reverse();
        Ok(found)
    }

    /// Undoes the next activity; when none is left the throwing event goes on.
    pub(super) fn next_compensation(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (number, branch) = (at.node, at.branch);
        let process = self.process(at.scope)?;
        let mut queue = self.token_mut(token)?.queue.take().unwrap_or_default();
        while !queue.is_empty() {
            let record = queue.remove(0);
            self.machine.gas.charge(crate::vm::gas::PROCESS_WORK)?;
            let (event, handler) = graph::compensable(&process, record.node);
            let inner = graph::compensation_handler(&process, record.node);
            if handler.is_none() && inner.is_none() {
                let within = record.inner.into_iter().rev().map(|inner| {
                    let mut local = record.local.clone();
                    local.extend(inner.local);
                    Record { local, ..inner }
                });
                queue.splice(0..0, within.collect::<Vec<_>>());
                continue;
            }
            self.token_mut(token)?.queue = Some(queue);
            let scope = self.open_scope(
                ScopeKind::Compensation,
                process.index,
                Some(token),
                record.local,
                Some(record.node),
                Some(branch),
                None,
            )?;
            let opened = self.scope_mut(scope)?;
            opened.records = record.inner;
            let root = opened.root;
            if let Some(handler) = handler {
                if let Some(event) = event {
                    self.enter_path(&process.node(event)?.id)?;
                }
                let undo = self.add_token(handler, scope, root);
                self.later(Work::Activate, undo);
            } else if let Some((handler, start)) = inner {
                let undo = self.add_token(handler, scope, root);
                let at = self.token_mut(undo)?;
                at.begin = Some(start);
                at.event = Some((None, Some(Data::Null)));
                self.later(Work::Perform, undo);
            }
            return Ok(());
        }
        let node = process.node(number)?;
        let kind = node.trigger.as_ref().map(|trigger| trigger.kind);
        match (kind, node.kind) {
            (Some(TriggerKind::Cancel), _) => self.cancelled(token),
            (_, NodeKind::End) => self.end(token),
            _ => self.leave(token, None),
        }
    }

    /// A transaction is cancelled: all in it ends and what it has done is undone, then it is left.
    fn cancel(&mut self, token: Id) -> Done<()> {
        let at = self.token(token)?;
        let (scope, node) = (at.scope, at.node);
        let process = self.process(scope)?;
        let of = self.scope(scope)?.node;
        let transaction = of.is_some_and(|at| process.node(at).is_ok_and(|node| node.transaction));
        if !transaction {
            let message = "a cancel end event outside of a transaction".to_owned();
            return Err(Stop::failure("no-transaction", message, &process.node(node)?.id));
        }
        self.interrupt_scope(scope, Some(token))?;
        self.disarm_scope(scope)?;
        let here = self.scope_mut(scope)?;
        here.interrupted = true;
        let mut queue = std::mem::take(&mut here.records);
        queue.reverse();
        let at = self.token_mut(token)?;
        at.state = TokenState::Host;
        at.queue = Some(queue);
        self.next_compensation(token)
    }

    /// The transaction is left by its cancel boundary event; without one its token ends.
    fn cancelled(&mut self, token: Id) -> Done<()> {
        let scope = self.token(token)?.scope;
        let host = self.scope(scope)?.token.ok_or_else(|| lost("token"))?;
        let at = self.token(host)?;
        let process = self.process(at.scope)?;
        let events = graph::attached(&process, at.node);
        let boundary = catcher(&process, &events, TriggerKind::Cancel, "");
        self.interrupt(host)?;
        match boundary {
            None => self.end(host),
            Some(boundary) => self.leave_host(host, boundary, None, Some(Data::Null)),
        }
    }
}

fn event_of(code: &str, message: &str) -> Slot {
    Some(Data::Record(vec![
        ("code".to_owned(), Data::Text(code.to_owned())),
        ("message".to_owned(), Data::Text(message.to_owned())),
    ]))
}

/// The first of these events that catches a code: an equal one before one that catches all.
fn catcher(process: &Process, nodes: &[u32], kind: TriggerKind, code: &str) -> Option<u32> {
    let trigger = |number: u32| -> Option<&Trigger> {
        let node: &ProcessNode = process.nodes.get(number as usize)?;
        node.trigger.as_ref().filter(|trigger| trigger.kind == kind)
    };
    [code, ""].iter().find_map(|name| {
        let caught = |number: &&u32| trigger(**number).is_some_and(|trigger| trigger.name == *name);
        nodes.iter().find(caught).copied()
    })
}
