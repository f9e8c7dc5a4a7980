//! Instances of a contract: what the functions and methods of scripts do, and what a block does with timers.
//!
//! An instance is a record in a contract variable of its own, and for each message and signal that somebody waits for
//! there is a list of who does. No variable that a contract declares has a space in its name.
use super::codec;
use super::instance::{halted, Event, Run, Task};
use super::repair;
use super::state::{Failure, Id, Slot, State, Status};
use crate::codec::cbor;
use crate::contracts::address::sha256;
use crate::module::process::{NodeKind, TriggerKind};
use crate::module::Module;
use crate::number::Number;
use crate::value::{Data, DateTime};
use crate::vm::heap::Heap;
use crate::vm::machine::ProcessEngine;
use crate::vm::{Halt, Host, Machine, Value};

/// Elements that an instance remembers of its path; all of them are in the receipts.
const PATH: usize = 100;
/// Elements that one event lists.
const EVENT_PATH: usize = 200;

#[derive(Debug)]
pub struct Doors;
pub static DOORS: Doors = Doors;

/// An instance at hand.
pub(super) struct Instance {
    pub id: String,
    pub state: State,
    /// The last elements that were entered.
    pub path: Vec<String>,
    pub incidents: Vec<Incident>,
    /// Incidents that there ever were.
    pub count: u64,
    due: Option<DateTime>,
    waits: Vec<Subscription>,
}

/// What an instance waits for: a message (with the values that it must bring, as a digest) or a signal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Subscription {
    kind: u8,
    name: String,
    /// Empty: no keys.
    keys: String,
}

/// A timer step that failed: its subscription waits for a person.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Incident {
    pub number: u64,
    pub wait: Id,
    pub element: String,
    pub code: String,
    pub message: String,
    pub at: DateTime,
}

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

fn whole(value: u64) -> Data {
    Data::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

fn record<const N: usize>(entries: [(&str, Data); N]) -> Data {
    Data::Record(entries.map(|(key, value)| (key.to_owned(), value)).into())
}

fn texts(items: &[String]) -> Data {
    Data::List(items.iter().map(|item| text(item)).collect())
}

fn named(data: Option<&Data>) -> Vec<String> {
    let items = data.and_then(Data::as_list).unwrap_or(&[]);
    items.iter().filter_map(Data::as_text).map(str::to_owned).collect()
}

fn variable(id: &str) -> String {
    format!("process {id}")
}

impl Subscription {
    fn new(kind: TriggerKind, name: &str, keys: &[Slot]) -> Self {
        Self {
            kind: kind as u8,
            name: name.to_owned(),
            keys: digest(keys),
        }
    }

    /// The variable that lists who waits so: a correlated message is found without a look at those who wait for others.
    fn variable(&self) -> String {
        let kind = if self.kind == TriggerKind::Message as u8 {
            "message"
        } else {
            "signal"
        };
        match self.keys.as_str() {
            "" => format!("waits {kind} {}", self.name),
            keys => format!("waits {kind} {}\n{keys}", self.name),
        }
    }
}

/// The values of correlation keys as a short text: equal values, equal texts.
fn digest(keys: &[Slot]) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let values = keys.iter().map(|key| match key {
        Some(value) => Data::List(vec![value.clone()]),
        None => Data::Null,
    });
    let hash = sha256(&cbor::encode(&Data::List(values.collect())));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn unknown(id: &str) -> Halt {
    let shown: String = id.chars().take(80).collect();
    Halt::trap("unknown-instance", format!("no instance has the id `{shown}`"))
}

/// The messages and signals that an instance waits for, each once.
fn waits_of(module: &Module, state: &State) -> Vec<Subscription> {
    let trigger = |wait: &super::state::Wait| {
        let process = module.processes.get(state.scopes.get(&wait.scope)?.process as usize)?;
        let trigger = process.nodes.get(wait.node as usize)?.trigger.as_ref()?;
        let known = matches!(trigger.kind, TriggerKind::Message | TriggerKind::Signal);
        known.then(|| Subscription::new(trigger.kind, &trigger.name, &wait.keys))
    };
    let mut found: Vec<Subscription> = state.waits.values().filter_map(trigger).collect();
    found.sort();
    found.dedup();
    found
}

/// The process that a name means: its key, its id, its file, or the stem of its file, if only one has it.
pub fn find_process(module: &Module, name: &str) -> Option<u32> {
    let base = |file: &str| file.rsplit('/').next().unwrap_or(file).to_owned();
    let stem = |file: &str| {
        base(file)
            .rsplit_once('.')
            .map_or_else(|| base(file), |(stem, _)| stem.to_owned())
    };
    let firsts = || {
        let mut seen: Vec<&str> = Vec::new();
        let mut firsts = Vec::new();
        for (index, process) in (0..).zip(&module.processes) {
            if !seen.contains(&process.file.as_str()) {
                seen.push(&process.file);
                firsts.push((index, process));
            }
        }
        firsts
    };
    let one = |found: Vec<u32>| match found[..] {
        [index] => Some(index),
        _ => None,
    };
    let all = || (0..).zip(&module.processes);
    let exact = all().find(|(_, process)| process.key() == name).map(|(index, _)| index);
    let of = |fits: &dyn Fn(&str) -> bool| {
        let fitting = firsts().into_iter().filter(|(_, process)| fits(&process.file));
        one(fitting.map(|(index, _)| index).collect())
    };
    exact
        .or_else(|| of(&|file| file == name))
        .or_else(|| of(&|file| base(file) == name))
        .or_else(|| of(&|file| stem(file) == stem(name)))
        .or_else(|| {
            one(all()
                .filter(|(_, process)| process.id == name)
                .map(|(index, _)| index)
                .collect())
        })
}

impl Instance {
    fn load(machine: &mut Machine, host: &mut dyn Host, id: &str) -> Result<Self, Halt> {
        let stored = match id {
            "" => None,
            id => host.variable(&variable(id), &mut machine.gas)?,
        };
        let stored = stored.ok_or_else(|| unknown(id))?;
        let damaged = || Halt::Fault {
            message: format!("the stored instance `{id}` is damaged"),
        };
        let key = stored.get("process").and_then(Data::as_text).ok_or_else(damaged)?;
        let process = find_process(&machine.module, key).ok_or_else(|| {
            let message = format!("the contract no longer has the process `{key}`");
            Halt::trap("unknown-process", message)
        })?;
        let state = stored.get("state").and_then(|state| codec::decode(process, state));
        let state = state.ok_or_else(damaged)?;
        let incidents = stored.get("incidents").and_then(Data::as_list).unwrap_or(&[]);
        let incidents: Option<Vec<Incident>> = incidents.iter().map(read_incident).collect();
        Ok(Self {
            id: id.to_owned(),
            due: codec::next_due(&state),
            waits: waits_of(&machine.module, &state),
            state,
            path: named(stored.get("path")),
            incidents: incidents.ok_or_else(damaged)?,
            count: stored
                .get("count")
                .and_then(Data::as_int)
                .map_or(0, |count| u64::try_from(count).unwrap_or(0)),
        })
    }

    /// Stores it, and who waits for what.
    fn save(&mut self, machine: &mut Machine, host: &mut dyn Host) -> Result<(), Halt> {
        let key = process_key(&machine.module, self.state.process);
        let mut entries = vec![
            ("process".to_owned(), text(&key)),
            ("state".to_owned(), codec::encode(&self.state)),
            ("path".to_owned(), texts(&self.path)),
        ];
        if self.count > 0 {
            let incidents = self.incidents.iter().map(incident).collect();
            entries.push(("incidents".to_owned(), Data::List(incidents)));
            entries.push(("count".to_owned(), whole(self.count)));
        }
        host.set_variable(&variable(&self.id), &Data::Record(entries), &mut machine.gas)?;
        let due = codec::next_due(&self.state);
        if due != self.due {
            host.schedule(&self.id, self.due, due, &mut machine.gas)?;
            self.due = due;
        }
        let waits = waits_of(&machine.module, &self.state);
        let gone = self.waits.iter().filter(|wait| !waits.contains(wait));
        let came = waits.iter().filter(|wait| !self.waits.contains(wait));
        let changes: Vec<(&Subscription, bool)> = gone
            .map(|wait| (wait, false))
            .chain(came.map(|wait| (wait, true)))
            .collect();
        for (wait, came) in changes {
            let at = wait.variable();
            let mut ids = named(host.variable(&at, &mut machine.gas)?.as_ref());
            ids.retain(|id| *id != self.id);
            if came {
                ids.push(self.id.clone());
            }
            let list = if ids.is_empty() { Data::Null } else { texts(&ids) };
            host.set_variable(&at, &list, &mut machine.gas)?;
        }
        self.waits = waits;
        Ok(())
    }

    /// Works on it, stores it, and tells what happened. Nothing else may work on it meanwhile.
    pub(super) fn work<T>(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        work: impl FnOnce(&mut Run<'_>) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        if machine.busy.contains(&self.id) {
            let message = format!("the instance `{}` is at work", self.id);
            return Err(Halt::trap("instance-busy", message));
        }
        machine.busy.push(self.id.clone());
        let before = self.state.status;
        let now = host.now();
        let state = std::mem::replace(&mut self.state, State::new(0));
        let mut run = Run::new(state, machine, host, now);
        let result = work(&mut run);
        let ready: Result<Vec<Data>, Halt> = match &result {
            Ok(_) => ready_tasks(&mut run),
            Err(_) => Ok(Vec::new()),
        };
        let path = std::mem::take(&mut run.path);
        self.state = run.state;
        machine.busy.retain(|id| *id != self.id);
        let done = result?;
        refused(self.state.failure.as_ref())?;
        if !path.is_empty() {
            let shown = path.get(path.len().saturating_sub(EVENT_PATH)..).unwrap_or(&[]);
            let data = record([("instance", text(&self.id)), ("entered", texts(shown))]);
            host.emit("process-step", &data, &mut machine.gas)?;
            self.path.extend(path);
            self.path.drain(..self.path.len().saturating_sub(PATH));
        }
        self.save(machine, host)?;
        for task in ready? {
            let mut entries = vec![("instance".to_owned(), text(&self.id))];
            if let Data::Record(fields) = task {
                entries.extend(fields.into_iter().filter(|(name, _)| name != "process"));
            }
            host.emit("task-ready", &Data::Record(entries), &mut machine.gas)?;
        }
        if before == Status::Waiting && self.state.status != Status::Waiting {
            let status = text(self.state.status.text());
            let mut entries = vec![("instance".to_owned(), text(&self.id)), ("status".to_owned(), status)];
            if let Some(failure) = &self.state.failure {
                entries.push(("code".to_owned(), text(&failure.code)));
                entries.push(("element".to_owned(), text(&failure.element)));
            }
            host.emit("process-ended", &Data::Record(entries), &mut machine.gas)?;
        }
        Ok(done)
    }
}

fn ready_tasks(run: &mut Run<'_>) -> Result<Vec<Data>, Halt> {
    let mut found = Vec::new();
    for token in std::mem::take(&mut run.ready) {
        if run.state.tokens.contains_key(&token) {
            found.push(run.task(token).map_err(halted)?);
        }
    }
    Ok(found)
}

/// On a chain a failure that is no error of the model's own reverts the transaction: the token stays.
fn refused(failure: Option<&Failure>) -> Result<(), Halt> {
    let codes = ["no-flow", "merge-conflict", "no-transaction"];
    match failure.and_then(|failure| Some((failure, codes.iter().find(|code| **code == failure.code)?))) {
        Some((failure, code)) => Err(Halt::trap(
            code,
            format!("{} (at `{}`)", failure.message, failure.element),
        )),
        None => Ok(()),
    }
}

fn process_key(module: &Module, process: u32) -> String {
    module
        .processes
        .get(process as usize)
        .map_or_else(String::new, crate::module::process::Process::key)
}

fn incident(one: &Incident) -> Data {
    record([
        ("incident", whole(one.number)),
        ("wait", whole(one.wait)),
        ("element", text(&one.element)),
        ("code", text(&one.code)),
        ("message", text(&one.message)),
        ("at", Data::DateTime(one.at)),
    ])
}

fn read_incident(data: &Data) -> Option<Incident> {
    let id = |key: &str| u64::try_from(data.get(key)?.as_int()?).ok();
    let text = |key: &str| Some(data.get(key)?.as_text()?.to_owned());
    let Some(Data::DateTime(at)) = data.get("at") else {
        return None;
    };
    Some(Incident {
        number: id("incident")?,
        wait: id("wait")?,
        element: text("element")?,
        code: text("code")?,
        message: text("message")?,
        at: *at,
    })
}

fn event_result(taken: bool, instance: &Instance, what: &str) -> Result<(), Halt> {
    if taken {
        return Ok(());
    }
    if instance.state.status != Status::Waiting {
        let message = format!("the instance `{}` is {}", instance.id, instance.state.status.text());
        return Err(Halt::trap("instance-ended", message));
    }
    Err(Halt::trap("unmatched", format!("nothing waits for {what}")))
}

// --- what a block does
/// Runs the next due timer of an instance as a step. Nothing is due: false.
pub fn fire(machine: &mut Machine, host: &mut dyn Host, id: &str) -> Result<bool, Halt> {
    let mut instance = Instance::load(machine, host, id)?;
    if instance.due.is_none_or(|due| due.compare(host.now()).is_gt()) {
        return Ok(false);
    }
    instance.work(machine, host, |run| {
        run.one_timer = true;
        run.event(&Event::Timer)
    })
}

/// A timer step has failed: its subscription waits for a person from now on.
pub fn fail(
    machine: &mut Machine,
    host: &mut dyn Host,
    id: &str,
    code: &str,
    message: &str,
    function: Option<u32>,
) -> Result<(), Halt> {
    let mut instance = Instance::load(machine, host, id)?;
    let due = instance.state.waits.iter();
    let due = due.filter_map(|(wait, at)| Some((at.due?, *wait)));
    let next = due.min_by(|(a, first), (b, second)| a.compare(*b).then(first.cmp(second)));
    let Some((_, wait)) = next else { return Ok(()) };
    instance.count += 1;
    let failing = function.and_then(|function| element_of(&machine.module, &instance.state, function));
    let waiting = instance.state.waits.get_mut(&wait);
    let (node, scope) = waiting.map_or((0, 0), |wait| {
        wait.due = None;
        (wait.node, wait.scope)
    });
    let own = || {
        let process = instance.state.scopes.get(&scope).map(|scope| scope.process as usize)?;
        let node = machine.module.processes.get(process)?.nodes.get(node as usize)?;
        Some(node.id.clone())
    };
    let made = Incident {
        number: instance.count,
        wait,
        element: failing.or_else(own).unwrap_or_default(),
        code: code.to_owned(),
        message: message.to_owned(),
        at: host.now(),
    };
    let data = record([
        ("instance", text(id)),
        ("incident", whole(made.number)),
        ("element", text(&made.element)),
        ("code", text(&made.code)),
        ("message", text(&made.message)),
    ]);
    instance.incidents.push(made);
    instance.save(machine, host)?;
    host.emit("incident", &data, &mut machine.gas)
}

/// The element whose code a function is.
fn element_of(module: &Module, state: &State, function: u32) -> Option<String> {
    let process = module.processes.get(state.process as usize)?;
    let runs =
        |code: &Option<crate::module::process::Code>| code.as_ref().is_some_and(|code| code.function == function);
    let node = process
        .nodes
        .iter()
        .find(|node| runs(&node.code) || runs(&node.on_enter) || runs(&node.on_leave))?;
    Some(node.id.clone())
}

// --- what scripts do
struct Door<'a> {
    machine: &'a mut Machine,
    host: &'a mut dyn Host,
    args: &'a [Value],
}

impl Door<'_> {
    fn arg(&mut self, at: usize) -> Result<Option<Data>, Halt> {
        match self.args.get(at).copied() {
            None | Some(Value::Undefined | Value::Null) => Ok(None),
            Some(value) => Ok(Some(super::data::stored(self.machine.export(value)?))),
        }
    }

    fn text(&mut self, at: usize, what: &str) -> Result<String, Halt> {
        match self.arg(at)? {
            Some(Data::Text(text)) => Ok(text),
            _ => Err(Halt::trap("bad-argument", format!("{what} is a text"))),
        }
    }

    fn entries(&mut self, at: usize, what: &str) -> Result<Vec<(String, Data)>, Halt> {
        match self.arg(at)? {
            None => Ok(Vec::new()),
            Some(Data::Record(entries)) => Ok(entries),
            Some(_) => Err(Halt::trap("bad-argument", format!("{what} is a record"))),
        }
    }

    /// The instance of the handle that is the first argument.
    fn handle(&mut self) -> Result<Instance, Halt> {
        let id = match self.field("id")? {
            Value::Text(id) => self.machine.heap.text(id).to_owned(),
            _ => String::new(),
        };
        Instance::load(self.machine, self.host, &id)
    }

    fn field(&mut self, name: &str) -> Result<Value, Halt> {
        let name = self.machine.heap.make_text(name)?;
        match self.args.first() {
            Some(Value::Obj(object)) => Ok(self.machine.heap.field(*object, name).unwrap_or(Value::Undefined)),
            _ => Ok(Value::Undefined),
        }
    }

    /// A new handle of an instance.
    fn made(&mut self, instance: &mut Instance) -> Result<Value, Halt> {
        let object = self.machine.heap.new_process()?;
        let handle = Value::Obj(object);
        let key = process_key(&self.machine.module, instance.state.process);
        for (name, data) in [("id", text(&instance.id)), ("process", text(&key))] {
            self.set(handle, name, &data)?;
        }
        self.refresh(handle, instance)?;
        Ok(handle)
    }

    fn set(&mut self, handle: Value, name: &str, data: &Data) -> Result<(), Halt> {
        let Value::Obj(object) = handle else { return Ok(()) };
        let name = self.machine.heap.make_text(name)?;
        let value = self.machine.import(data)?;
        self.machine.heap.set_field(object, name, value)
    }

    /// The fields of a handle as the instance now is: `status`, `state`, `variables`.
    fn refresh(&mut self, handle: Value, instance: &mut Instance) -> Result<(), Halt> {
        let now = self.host.now();
        let state = std::mem::replace(&mut instance.state, State::new(0));
        let mut run = Run::new(state, self.machine, self.host, now);
        let variables = run.variables();
        let states = states(&run);
        instance.state = run.state;
        let status = text(instance.state.status.text());
        self.set(handle, "status", &status)?;
        self.set(handle, "variables", &variables?)?;
        let current = states.first().map_or(Data::Null, |state| text(&state.name));
        self.set(handle, "state", &current)
    }

    fn start(&mut self) -> Result<Value, Halt> {
        let name = self.text(0, "the file of a process")?;
        let given = self.entries(1, "what a process starts with")?;
        let Some(process) = find_process(&self.machine.module, &name) else {
            let shown: String = name.chars().take(80).collect();
            let message = format!("the contract has no process `{shown}`, or more than one");
            return Err(Halt::trap("unknown-process", message));
        };
        let mut instance = self.begin(process, given)?;
        self.made(&mut instance)
    }

    fn begin(&mut self, process: u32, given: Vec<(String, Data)>) -> Result<Instance, Halt> {
        let count = self.host.variable("processes made", &mut self.machine.gas)?;
        let count = count.as_ref().and_then(Data::as_int).unwrap_or(0).saturating_add(1);
        let number = Data::Num(Number::Int(count));
        self.host
            .set_variable("processes made", &number, &mut self.machine.gas)?;
        let mut instance = Instance {
            id: count.to_string(),
            state: State::new(process),
            path: Vec::new(),
            incidents: Vec::new(),
            count: 0,
            due: None,
            waits: Vec::new(),
        };
        let data = record([
            ("instance", text(&instance.id)),
            ("process", text(&process_key(&self.machine.module, process))),
        ]);
        self.host.emit("process-started", &data, &mut self.machine.gas)?;
        instance.work(self.machine, self.host, |run| run.start(given))?;
        self.take_kept(&mut instance)?;
        Ok(instance)
    }

    /// Messages that came before anybody waited for them, and that the instance waits for.
    fn take_kept(&mut self, instance: &mut Instance) -> Result<(), Halt> {
        let mut names: Vec<String> = Vec::new();
        for wait in &instance.waits {
            if wait.kind == TriggerKind::Message as u8 && !names.contains(&wait.name) {
                names.push(wait.name.clone());
            }
        }
        for name in names {
            let at = format!("kept {name}");
            let Some(Data::List(kept)) = self.host.variable(&at, &mut self.machine.gas)? else {
                continue;
            };
            let mut left = Vec::new();
            let mut taken = false;
            for message in kept {
                let event = Event::Message {
                    name: name.clone(),
                    payload: message.get("payload").cloned(),
                    correlation: message.get("keys").cloned().unwrap_or_default(),
                };
                let took = !taken && self.deliver(instance, &event)?;
                taken |= took;
                if !took {
                    left.push(message);
                }
            }
            let list = if left.is_empty() { Data::Null } else { Data::List(left) };
            self.host.set_variable(&at, &list, &mut self.machine.gas)?;
        }
        Ok(())
    }

    /// A message or signal for one instance, which need not want it.
    fn deliver(&mut self, instance: &mut Instance, event: &Event) -> Result<bool, Halt> {
        instance.work(self.machine, self.host, |run| run.event(event))
    }

    fn correlate(&mut self) -> Result<Value, Halt> {
        let name = self.text(0, "the name of a message")?;
        let payload = self.arg(1)?;
        let keys = Data::Record(self.entries(2, "the keys of a message")?);
        for id in self.waiting_for(&name, payload.as_ref(), &keys)? {
            let mut instance = Instance::load(self.machine, self.host, &id)?;
            if !self.wants(&instance, &name, payload.as_ref(), &keys) {
                continue;
            }
            let event = Event::Message {
                name: name.clone(),
                payload: payload.clone(),
                correlation: keys.clone(),
            };
            if self.deliver(&mut instance, &event)? {
                return Ok(Value::Null);
            }
        }
        if let Some(process) = self.started_by(&name) {
            let mut instance = self.begin(process, Vec::new())?;
            let event = Event::Message {
                name,
                payload,
                correlation: keys,
            };
            self.deliver(&mut instance, &event)?;
            return self.imported(&text(&instance.id));
        }
        if self.is_kept(&name) {
            let at = format!("kept {name}");
            let mut kept = match self.host.variable(&at, &mut self.machine.gas)? {
                Some(Data::List(kept)) => kept,
                _ => Vec::new(),
            };
            let mut entries = vec![("keys".to_owned(), keys)];
            entries.extend(payload.map(|payload| ("payload".to_owned(), payload)));
            kept.push(Data::Record(entries));
            self.host.set_variable(&at, &Data::List(kept), &mut self.machine.gas)?;
            return Ok(Value::Null);
        }
        let shown: String = name.chars().take(80).collect();
        Err(Halt::trap(
            "unmatched",
            format!("nothing waits for the message `{shown}` with these keys"),
        ))
    }

    /// Instances that wait for a message with these keys, in the order in which they began to.
    fn waiting_for(&mut self, name: &str, payload: Option<&Data>, keys: &Data) -> Result<Vec<String>, Halt> {
        let module = std::sync::Arc::clone(&self.machine.module);
        let nodes = module.processes.iter().flat_map(|process| &process.nodes);
        let triggers = nodes.filter_map(|node| node.trigger.as_ref());
        let mut asked: Vec<Subscription> = Vec::new();
        for trigger in triggers.filter(|trigger| trigger.kind == TriggerKind::Message && trigger.name == name) {
            let given = |key: &str| keys.get(key).or_else(|| payload.and_then(|payload| payload.get(key)));
            let values: Vec<Slot> = trigger.keys.iter().map(|key| given(&key.target).cloned()).collect();
            let wanted = Subscription::new(TriggerKind::Message, name, &values);
            if !asked.contains(&wanted) {
                asked.push(wanted);
            }
        }
        let mut ids: Vec<String> = Vec::new();
        for wanted in asked {
            let found = self.host.variable(&wanted.variable(), &mut self.machine.gas)?;
            ids.extend(named(found.as_ref()));
        }
        Ok(ids)
    }

    fn imported(&mut self, data: &Data) -> Result<Value, Halt> {
        self.machine.import(data)
    }

    /// Does an instance have a subscription that a message fits? (One that it would keep for later does not count.)
    fn wants(&self, instance: &Instance, name: &str, payload: Option<&Data>, keys: &Data) -> bool {
        let fits = |wait: &super::state::Wait| {
            let scope = instance.state.scopes.get(&wait.scope)?;
            let process = self.machine.module.processes.get(scope.process as usize)?;
            let trigger = process.nodes.get(wait.node as usize)?.trigger.as_ref()?;
            let given = |key: &str| keys.get(key).or_else(|| payload.and_then(|payload| payload.get(key)));
            let mut pairs = trigger.keys.iter().zip(&wait.keys);
            Some(
                trigger.kind == TriggerKind::Message
                    && trigger.name == name
                    && pairs.all(|(key, value)| given(&key.target) == value.as_ref()),
            )
        };
        instance.state.waits.values().any(|wait| fits(wait) == Some(true))
    }

    /// The process that a message starts: it has a start event for it, and none without a trigger.
    fn started_by(&self, name: &str) -> Option<u32> {
        let processes = (0..).zip(&self.machine.module.processes);
        let mut found = processes.filter(|(_, process)| {
            let starts = || {
                process
                    .nodes
                    .iter()
                    .filter(|node| node.kind == NodeKind::Start && node.parent.is_none())
            };
            starts().all(|node| node.trigger.is_some())
                && starts().any(|node| {
                    node.trigger
                        .as_ref()
                        .is_some_and(|trigger| trigger.kind == TriggerKind::Message && trigger.name == name)
                })
        });
        found.next().map(|(index, _)| index)
    }

    fn is_kept(&self, name: &str) -> bool {
        let nodes = self.machine.module.processes.iter().flat_map(|process| &process.nodes);
        nodes
            .filter_map(|node| node.trigger.as_ref())
            .any(|trigger| trigger.kind == TriggerKind::Message && trigger.name == name && trigger.keep)
    }

    fn signal(&mut self) -> Result<Value, Halt> {
        let name = self.text(0, "the name of a signal")?;
        let payload = self.arg(1)?;
        let ids = named(
            self.host
                .variable(
                    &Subscription::new(TriggerKind::Signal, &name, &[]).variable(),
                    &mut self.machine.gas,
                )?
                .as_ref(),
        );
        if ids.is_empty() {
            let shown: String = name.chars().take(80).collect();
            return Err(Halt::trap(
                "unmatched",
                format!("nothing waits for the signal `{shown}`"),
            ));
        }
        for id in ids {
            let mut instance = Instance::load(self.machine, self.host, &id)?;
            let (name, payload) = (name.clone(), payload.clone());
            self.deliver(&mut instance, &Event::Signal { name, payload })?;
        }
        Ok(Value::Null)
    }

    // --- methods
    /// An event for the handle's instance; it must be wanted.
    fn happen(&mut self, event: &Event, what: &str) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let taken = self.deliver(&mut instance, event)?;
        event_result(taken, &instance, what)?;
        self.take_kept(&mut instance)?;
        self.refresh_own(&mut instance)
    }

    fn refresh_own(&mut self, instance: &mut Instance) -> Result<Value, Halt> {
        if let Some(handle) = self.args.first().copied() {
            self.refresh(handle, instance)?;
        }
        Ok(Value::Null)
    }

    fn complete(&mut self) -> Result<Value, Halt> {
        let task = match self.arg(1)? {
            Some(Data::Text(name)) => Task::Named { name, instance: None },
            Some(Data::Num(Number::Int(id))) => Task::Token(u64::try_from(id).unwrap_or(0)),
            _ => return Err(Halt::trap("bad-argument", "a task is named by a text or a number")),
        };
        let result = self.entries(2, "the result of a task")?;
        let transition = match self.arg(3)? {
            None => None,
            Some(Data::Text(name)) => Some(name),
            Some(_) => return Err(Halt::trap("bad-argument", "a transition is named by a text")),
        };
        let shown = match &task {
            Task::Named { name, .. } => name.chars().take(80).collect(),
            Task::Token(id) => id.to_string(),
        };
        let event = Event::Task {
            task,
            result,
            transition,
        };
        self.happen(&event, &format!("the task `{shown}`"))
            .map_err(|halt| match halt {
                Halt::Trap { code: "unmatched", .. } => Halt::trap("unknown-task", format!("no task `{shown}` waits")),
                halt => halt,
            })
    }

    fn correlate_own(&mut self) -> Result<Value, Halt> {
        let name = self.text(1, "the name of a message")?;
        let payload = self.arg(2)?;
        let correlation = Data::Record(self.entries(3, "the keys of a message")?);
        let what = format!("the message `{}`", name.chars().take(80).collect::<String>());
        let event = Event::Message {
            name,
            payload,
            correlation,
        };
        self.happen(&event, &what)
    }

    fn signal_own(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let process = self.machine.module.processes.get(instance.state.process as usize);
        if !process.is_some_and(|process| process.jpdl) {
            let name = self.text(1, "the name of a signal")?;
            let payload = self.arg(2)?;
            let what = format!("the signal `{}`", name.chars().take(80).collect::<String>());
            return self.happen(&Event::Signal { name, payload }, &what);
        }
        let transition = self.arg(1)?.and_then(|name| name.as_text().map(str::to_owned));
        let wanted = match self.field("state")? {
            Value::Text(name) => self.machine.heap.text(name).to_owned(),
            _ => String::new(),
        };
        self.leave_state(&mut instance, &wanted, transition)?;
        self.refresh_own(&mut instance)
    }

    fn leave_state(&mut self, instance: &mut Instance, state: &str, transition: Option<String>) -> Result<(), Halt> {
        let event = Event::Task {
            task: Task::Named {
                name: state.to_owned(),
                instance: None,
            },
            result: Vec::new(),
            transition,
        };
        let taken = self.deliver(instance, &event)?;
        event_result(taken, instance, &format!("the state `{state}`"))
    }

    /// Leaves the state that it last returned, then returns the next.
    fn next(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        if let Value::Text(last) = self.field("last")? {
            let last = self.machine.heap.text(last).to_owned();
            if self.has_state(&mut instance, &last) {
                self.leave_state(&mut instance, &last, None)?;
            }
        }
        self.refresh_own(&mut instance)?;
        let now = self.host.now();
        let state = std::mem::replace(&mut instance.state, State::new(0));
        let run = Run::new(state, self.machine, self.host, now);
        let found = states(&run).into_iter().find(|state| state.unnamed_exit);
        let Some(handle) = self.args.first().copied() else {
            return Ok(Value::Null);
        };
        let name = found.map_or(Data::Null, |state| text(&state.name));
        self.set(handle, "last", &name)?;
        if name != Data::Null {
            self.set(handle, "state", &name)?;
        }
        self.imported(&name)
    }

    fn has_state(&mut self, instance: &mut Instance, name: &str) -> bool {
        let now = self.host.now();
        let state = std::mem::replace(&mut instance.state, State::new(0));
        let run = Run::new(state, self.machine, self.host, now);
        let found = states(&run).iter().any(|state| state.name == name);
        instance.state = run.state;
        found
    }

    fn where_(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let now = self.host.now();
        let state = std::mem::replace(&mut instance.state, State::new(0));
        let entries = Run::new(state, self.machine, self.host, now).where_()?;
        let mut all = vec![("instance".to_owned(), text(&instance.id))];
        all.extend(entries);
        all.push(("path".to_owned(), texts(&instance.path)));
        self.imported(&Data::Record(all))
    }

    fn tasks(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let now = self.host.now();
        let state = std::mem::replace(&mut instance.state, State::new(0));
        let tasks = Run::new(state, self.machine, self.host, now).tasks()?;
        self.imported(&tasks)
    }

    // --- repair
    fn incidents(&mut self) -> Result<Value, Halt> {
        let instance = self.handle()?;
        let list = instance.incidents.iter().map(|one| {
            let Data::Record(entries) = incident(one) else {
                return Data::Null;
            };
            Data::Record(entries.into_iter().filter(|(name, _)| name != "wait").collect())
        });
        let list = Data::List(list.collect());
        self.imported(&list)
    }

    fn taken_incident(&mut self, instance: &mut Instance) -> Result<Incident, Halt> {
        let number = self.arg(1)?.and_then(|number| number.as_int()).unwrap_or(0);
        let at = instance
            .incidents
            .iter()
            .position(|one| i64::try_from(one.number) == Ok(number));
        match at {
            Some(at) => Ok(instance.incidents.remove(at)),
            None => Err(Halt::trap("bad-argument", format!("there is no incident {number}"))),
        }
    }

    fn repair(&mut self, work: impl FnOnce(&mut Run<'_>) -> Result<(), Halt>) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        event_result(instance.state.status == Status::Waiting, &instance, "a repair")?;
        instance.work(self.machine, self.host, work)?;
        let waits = &instance.state.waits;
        instance.incidents.retain(|one| waits.contains_key(&one.wait));
        instance.save(self.machine, self.host)?;
        self.refresh_own(&mut instance)
    }

    fn retry(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let incident = self.taken_incident(&mut instance)?;
        instance.work(self.machine, self.host, |run| run.retry(incident.wait))?;
        self.refresh_own(&mut instance)
    }

    fn skip(&mut self) -> Result<Value, Halt> {
        let mut instance = self.handle()?;
        let incident = self.taken_incident(&mut instance)?;
        instance.work(self.machine, self.host, |run| {
            run.skip(incident.wait, &incident.element)
        })?;
        self.refresh_own(&mut instance)
    }

    fn move_(&mut self) -> Result<Value, Halt> {
        let from = match self.arg(1)? {
            Some(Data::Num(Number::Int(id))) => repair::From::Token(u64::try_from(id).unwrap_or(0)),
            Some(Data::Text(element)) => repair::From::Element(element),
            _ => {
                return Err(Halt::trap(
                    "bad-argument",
                    "a token is named by its element or its number",
                ))
            }
        };
        let to = self.text(2, "where a token goes")?;
        self.repair(|run| run.move_token(&from, &to))
    }

    fn migrate(&mut self) -> Result<Value, Halt> {
        let plan = Data::Record(self.entries(1, "a plan")?);
        let target = plan.get("process").and_then(Data::as_text).map(str::to_owned);
        let target = match target {
            None => None,
            Some(name) => {
                let found = find_process(&self.machine.module, &name);
                Some(found.ok_or_else(|| Halt::trap("unknown-process", format!("there is no process `{name}`")))?)
            }
        };
        let nodes = match plan.get("nodes") {
            Some(Data::Record(entries)) => entries
                .iter()
                .filter_map(|(from, to)| Some((from.clone(), to.as_text()?.to_owned())))
                .collect(),
            _ => Vec::new(),
        };
        self.repair(|run| run.migrate(target, &nodes))
    }
}

/// A state that waits, in document order.
struct StateName {
    name: String,
    unnamed_exit: bool,
}

fn states(run: &Run<'_>) -> Vec<StateName> {
    let mut found: Vec<(u32, Id, StateName)> = Vec::new();
    for (id, token) in &run.state.tokens {
        let Ok(process) = run.process(token.scope) else {
            continue;
        };
        let Ok(node) = process.node(token.node) else { continue };
        if node.kind == NodeKind::Wait && token.state == super::state::TokenState::Wait {
            let name = node.id.clone();
            let unnamed_exit = node.unnamed_exit;
            found.push((token.node, *id, StateName { name, unnamed_exit }));
        }
    }
    found.sort_by_key(|(node, id, _)| (*node, *id));
    found.into_iter().map(|(_, _, state)| state).collect()
}

impl ProcessEngine for Doors {
    fn door(&self, name: &str, machine: &mut Machine, host: &mut dyn Host, args: &[Value]) -> Result<Value, Halt> {
        let is_method = args
            .first()
            .is_some_and(|value| Heap::kind(&machine.heap, *value) == "process");
        let mut door = Door { machine, host, args };
        match (name, is_method) {
            ("start_process", _) => door.start(),
            ("load_process", _) => {
                let id = door.text(0, "the id of an instance")?;
                let mut instance = Instance::load(door.machine, door.host, &id)?;
                door.made(&mut instance)
            }
            ("correlate", false) => door.correlate(),
            ("signal", false) => door.signal(),
            ("correlate", true) => door.correlate_own(),
            ("signal", true) => door.signal_own(),
            ("complete", _) => door.complete(),
            ("next", _) => door.next(),
            ("where", _) => door.where_(),
            ("tasks", _) => door.tasks(),
            ("incidents", _) => door.incidents(),
            ("retry", _) => door.retry(),
            ("skip", _) => door.skip(),
            ("move", _) => door.move_(),
            ("cancel", _) => door.repair(|run| run.cancel_all()),
            ("migrate", _) => door.migrate(),
            _ => Err(Halt::trap(
                "unknown-method",
                format!("a process has no method `{name}`"),
            )),
        }
    }
}
