//! One run of an instance from outside: it begins, events come, it can be looked at after each.
use std::ops::Deref;
use std::sync::Arc;

use super::code::See;
use super::data::stored;
use super::graph;
use super::state::{lost, Done, Failure, Id, Locals, ScopeKind, State, Status, Stop, TokenState};
use super::timers;
use crate::module::process::{NodeKind, Process, ProcessNode};
use crate::module::Module;
use crate::number::Number;
use crate::value::{Data, DateTime};
use crate::vm::gas;
use crate::vm::{Halt, Host, Machine};

/// What a token does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Work {
    Enter,
    Activate,
    Perform,
    Leave,
    End,
    Resume,
    Caught,
}

/// A process of the module, at hand while the run changes.
pub(super) struct Graph {
    module: Arc<Module>,
    pub index: u32,
    empty: Process,
}

impl Deref for Graph {
    type Target = Process;
    fn deref(&self) -> &Process {
        self.module.processes.get(self.index as usize).unwrap_or(&self.empty)
    }
}

impl Graph {
    pub fn node(&self, number: u32) -> Done<&ProcessNode> {
        self.nodes.get(number as usize).ok_or_else(|| lost("node"))
    }
}

/// What happens from outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A task is completed: by the number of its token, or by an id or name (then the earliest, or that of an
    /// instance).
    Task {
        task: Task,
        result: Vec<(String, Data)>,
        transition: Option<String>,
    },
    Message {
        name: String,
        payload: Option<Data>,
        correlation: Data,
    },
    Signal {
        name: String,
        payload: Option<Data>,
    },
    /// The next timer that is due by now.
    Timer,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Task {
    Token(Id),
    Named { name: String, instance: Option<u64> },
}

pub struct Run<'a> {
    pub state: State,
    pub machine: &'a mut Machine,
    pub host: &'a mut dyn Host,
    /// Elements in the order in which they were entered, in this run.
    pub path: Vec<String>,
    /// Tasks that began to wait in this run.
    pub ready: Vec<Id>,
    /// Only the timer that the event is about fires; others that are due are steps of their own.
    pub one_timer: bool,
    pub(super) module: Arc<Module>,
    pub(super) now: DateTime,
    pub(super) stack: Vec<(Work, Id)>,
}

impl<'a> Run<'a> {
    pub fn new(state: State, machine: &'a mut Machine, host: &'a mut dyn Host, now: DateTime) -> Self {
        let module = Arc::clone(&machine.module);
        Self {
            state,
            machine,
            host,
            path: Vec::new(),
            ready: Vec::new(),
            one_timer: false,
            module,
            now,
            stack: Vec::new(),
        }
    }

    /// Begins at the none starts; without any it waits for what triggers its starts.
    pub fn start(&mut self, given: Vec<(String, Data)>) -> Result<(), Halt> {
        self.step(|run| {
            let index = run.state.process;
            let mut local = run.initial(index)?;
            local.extend(given.into_iter().map(|(name, value)| (name, Some(stored(value)))));
            let scope = run.open_scope(ScopeKind::Process, index, None, local, None, None, None)?;
            let process = run.graph(index)?;
            if graph::starts(&process, None).is_empty() {
                let see = See::branch(run.scope(scope)?.root);
                for start in graph::triggered_starts(&process) {
                    run.listen(start, scope, None, &see)?;
                }
                if run.state.waits.is_empty() {
                    run.state.status = Status::Completed;
                }
            }
            Ok(true)
        })?;
        Ok(())
    }

    /// Whether anything waited for the event. If not, nothing has changed.
    pub fn event(&mut self, event: &Event) -> Result<bool, Halt> {
        if self.state.status != Status::Waiting {
            return Ok(false);
        }
        self.step(|run| match event {
            Event::Task {
                task,
                result,
                transition,
            } => run.complete_task(task, result, transition.as_deref()),
            Event::Message {
                name,
                payload,
                correlation,
            } => run.correlate(name, &payload.clone().map(stored), correlation),
            Event::Signal { name, payload } => run.signal(name, &payload.clone().map(stored)),
            Event::Timer => run.due(),
        })
    }

    /// Does something, then works until the process waits for something from outside. A failure becomes the status.
    pub(super) fn step(&mut self, begin: impl FnOnce(&mut Self) -> Done<bool>) -> Result<bool, Halt> {
        let mut taken = false;
        let worked = self.work_on(begin, &mut taken);
        match worked {
            Ok(()) => {}
            Err(Stop::Halt(halt)) => return Err(halt),
            Err(Stop::Failure(failure)) => {
                taken = true;
                self.fail(failure);
            }
            Err(Stop::Thrown { code, message, .. }) => {
                let element = String::new();
                taken = true;
                self.fail(Failure { code, message, element });
            }
        }
        if self.state.status != Status::Waiting {
            self.state.tokens.clear();
            self.state.waits.clear();
            self.stack.clear();
        }
        Ok(taken)
    }

    fn fail(&mut self, failure: Failure) {
        self.state.status = Status::Failed;
        self.state.failure = Some(failure);
    }

    fn work_on(&mut self, begin: impl FnOnce(&mut Self) -> Done<bool>, taken: &mut bool) -> Done<()> {
        let done = begin(self);
        *taken = self.guarded(done)?;
        self.work()?;
        while self.state.status == Status::Waiting {
            let idle = self.idle();
            if !self.guarded(idle)? {
                break;
            }
            self.work()?;
        }
        Ok(())
    }

    fn guarded(&mut self, done: Done<bool>) -> Done<bool> {
        match done {
            Err(stop @ Stop::Thrown { .. }) => self.guard(Err(stop)).map(|()| true),
            done => done,
        }
    }

    /// No token is ready: what goes on by itself now, in this order.
    fn idle(&mut self) -> Done<bool> {
        self.machine.gas.charge(gas::PROCESS_WORK)?;
        Ok(self.kept_message()? || self.inclusive_join()? || self.condition()? || (!self.one_timer && self.due()?))
    }

    fn complete_task(&mut self, task: &Task, result: &[(String, Data)], transition: Option<&str>) -> Done<bool> {
        let Some(token) = self.find_task(task)? else {
            return Ok(false);
        };
        let at = self.token(token)?;
        let branch = at.branch;
        let element = self.process(at.scope)?.node(at.node)?.id.clone();
        for (name, value) in result {
            self.write(branch, name, Some(stored(value.clone())), &element)?;
        }
        self.complete(token, transition)?;
        Ok(true)
    }

    /// The token of a task that waits.
    pub fn find_task(&mut self, task: &Task) -> Done<Option<Id>> {
        let (name, wanted) = match task {
            Task::Token(id) => {
                let waits = |id: &Id| self.waiting_task(*id);
                return Ok(Some(*id).filter(waits));
            }
            Task::Named { name, instance } => (name, instance),
        };
        self.look(self.state.tokens.len())?;
        let mut found: Vec<(Id, Id, Option<u64>)> = Vec::new();
        for (id, token) in &self.state.tokens {
            if self.waiting_task(*id) {
                let process = self.process(token.scope)?;
                let node = process.node(token.node)?;
                if node.id == *name || node.name == *name {
                    found.push((token.arrival, *id, token.instance));
                }
            }
        }
        found.sort_unstable();
        let numbered = found.iter().zip(1..);
        let fits =
            |number: u64, instance: Option<u64>| wanted.is_none_or(|wanted| wanted == instance.unwrap_or(number));
        let mut fitting = numbered.filter(|((_, _, instance), number)| fits(*number, *instance));
        Ok(fitting.next().map(|((_, id, _), _)| *id))
    }

    fn waiting_task(&self, id: Id) -> bool {
        let waits = |token: &super::state::Token| {
            token.state == TokenState::Wait
                && self
                    .process(token.scope)
                    .is_ok_and(|process| process.node(token.node).is_ok_and(|node| node.kind == NodeKind::Wait))
        };
        self.state.tokens.get(&id).is_some_and(waits)
    }

    pub(super) fn task_ready(&mut self, token: Id) -> Done<()> {
        self.ready.push(token);
        Ok(())
    }

    // --- what all parts need
    pub(super) fn graph(&self, index: u32) -> Done<Graph> {
        if self.module.processes.len() <= index as usize {
            return Err(lost("process"));
        }
        Ok(Graph {
            module: Arc::clone(&self.module),
            index,
            empty: Process::default(),
        })
    }

    /// The process that a scope belongs to.
    pub(super) fn process(&self, scope: Id) -> Done<Graph> {
        self.graph(self.scope(scope)?.process)
    }

    /// Pays for looking through so many parts.
    pub(super) fn look(&mut self, parts: usize) -> Done<()> {
        Ok(self.machine.gas.charge(parts as u64 / gas::PROCESS_LOOKED)?)
    }

    pub(super) fn enter_path(&mut self, element: &str) -> Done<()> {
        self.machine.heap.can_hold(element.len() as u64)?;
        self.path.push(element.to_owned());
        Ok(())
    }

    // --- looked at
    /// The process's variables: what stands, and what ended branches wrote.
    pub fn variables(&mut self) -> Result<Data, Halt> {
        self.all_variables().map_err(halted)
    }

    fn all_variables(&mut self) -> Done<Data> {
        let root = self.state.branches.iter().find(|(_, branch)| branch.parent.is_none());
        let Some((root, branch)) = root else {
            return Ok(Data::Record(Vec::new()));
        };
        let (root, mut values): (Id, Locals) = (*root, branch.local.clone().unwrap_or_default());
        values.extend(self.outside(root)?);
        let entries = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Ok(Data::Record(entries.collect()))
    }

    /// What the process waits for, the oldest first.
    pub fn waiting(&self) -> Result<Data, Halt> {
        self.all_waiting().map_err(halted)
    }

    fn all_waiting(&self) -> Done<Data> {
        let mut found: Vec<(Id, Data)> = Vec::new();
        for (id, token) in &self.state.tokens {
            if self.waiting_task(*id) {
                let process = self.process(token.scope)?;
                let node = process.node(token.node)?;
                found.push((token.arrival, item(&node.id, "task", &node.name, None)));
            }
        }
        for (id, wait) in &self.state.waits {
            let process = self.process(wait.scope)?;
            let node = process.node(wait.node)?;
            let handler = wait.token.is_none() && node.parent.is_some();
            if let (Some(trigger), false) = (&node.trigger, node.kind == NodeKind::Boundary || handler) {
                found.push((*id, item(&node.id, trigger.kind.text(), &trigger.name, wait.due)));
            }
        }
        found.sort_by_key(|(age, _)| *age);
        Ok(Data::List(found.into_iter().map(|(_, item)| item).collect()))
    }

    /// The elements where tokens are.
    pub fn places(&self) -> Vec<String> {
        let place = |token: &super::state::Token| {
            let process = self.process(token.scope).ok()?;
            process.node(token.node).ok().map(|node| node.id.clone())
        };
        let mut found: Vec<String> = self.state.tokens.values().filter_map(place).collect();
        found.sort_unstable();
        found
    }

    /// What people may do, the oldest first: `{task, element, process, name, instance?, due?, priority?, assignee?}`.
    pub fn tasks(&mut self) -> Result<Data, Halt> {
        self.all_tasks().map_err(halted)
    }

    fn all_tasks(&mut self) -> Done<Data> {
        let tokens = self.state.tokens.iter();
        let mut waiting: Vec<(Id, Id)> = tokens
            .filter(|(id, _)| self.waiting_task(**id))
            .map(|(id, token)| (token.arrival, *id))
            .collect();
        waiting.sort_unstable();
        let mut found = Vec::new();
        for (_, id) in waiting {
            found.push(self.task(id)?);
        }
        Ok(Data::List(found))
    }

    pub fn task(&mut self, id: Id) -> Done<Data> {
        let token = self.token(id)?;
        let (number, scope, instance, due) = (token.node, token.scope, token.instance, token.due);
        let process = self.process(scope)?;
        let node = process.node(number)?;
        let whole = |value: u64| Data::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)));
        let mut entries = vec![
            ("task".to_owned(), whole(id)),
            ("element".to_owned(), Data::Text(node.id.clone())),
            ("process".to_owned(), Data::Text(process.key())),
            ("name".to_owned(), Data::Text(node.name.clone())),
        ];
        if let Some(instance) = instance {
            entries.push(("instance".to_owned(), whole(instance)));
        }
        if let Some(due) = due {
            entries.push(("due".to_owned(), Data::DateTime(due)));
        }
        if let Some(task) = &node.task {
            let see = self.at(id)?;
            for (name, code) in [("priority", &task.priority), ("assignee", &task.assignee)] {
                if let Some(code) = code {
                    if let Some(value) = self.value(code, &see, None)? {
                        entries.push((name.to_owned(), value));
                    }
                }
            }
        }
        Ok(Data::Record(entries))
    }

    /// `{status, variables, waiting, failure?}`.
    pub fn where_(&mut self) -> Result<Vec<(String, Data)>, Halt> {
        let mut entries = vec![
            ("status".to_owned(), Data::Text(self.state.status.text().to_owned())),
            ("variables".to_owned(), self.variables()?),
            ("waiting".to_owned(), self.waiting()?),
        ];
        if let Some(failure) = &self.state.failure {
            let text = |text: &str| Data::Text(text.to_owned());
            let fields = vec![
                ("code".to_owned(), text(&failure.code)),
                ("message".to_owned(), text(&failure.message)),
                ("element".to_owned(), text(&failure.element)),
            ];
            entries.push(("failure".to_owned(), Data::Record(fields)));
        }
        Ok(entries)
    }
}

pub(super) fn halted(stop: Stop) -> Halt {
    match stop {
        Stop::Halt(halt) => halt,
        Stop::Failure(Failure { message, .. }) | Stop::Thrown { message, .. } => Halt::Fault { message },
    }
}

fn item(element: &str, kind: &str, name: &str, due: Option<DateTime>) -> Data {
    let text = |text: &str| Data::Text(text.to_owned());
    let mut entries = vec![("element".to_owned(), text(element)), ("kind".to_owned(), text(kind))];
    if !name.is_empty() {
        entries.push(("name".to_owned(), text(name)));
    }
    if let Some(due) = due {
        entries.push(("due".to_owned(), text(&due.to_string())));
    }
    Data::Record(entries)
}

/// The time of a `timer` event's text.
pub fn instant(text: &str) -> Result<DateTime, Halt> {
    timers::instant(Some(&Data::Text(text.to_owned()))).map_err(halted)
}
