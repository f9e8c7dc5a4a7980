//! An instance as it is stored: data that the canonical encoding writes. What is absent is left out.
use std::collections::BTreeMap;

use super::state::{
    Branch, Every, Failure, Id, Kept, Locals, Record, Scope, ScopeKind, Slot, State, Status, Token, TokenState, Turns,
    Wait, Write, Writes,
};
use crate::number::Number;
use crate::value::{Data, DateTime};

// --- writing
fn int(value: u64) -> Data {
    Data::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

fn text(value: &str) -> Data {
    Data::Text(value.to_owned())
}

#[derive(Default)]
struct Fields(Vec<(String, Data)>);

impl Fields {
    fn put(mut self, key: &str, value: Data) -> Self {
        self.0.push((key.to_owned(), value));
        self
    }

    fn put_if(self, key: &str, value: Option<Data>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    fn int_if(self, key: &str, value: Option<u64>) -> Self {
        self.put_if(key, value.map(int))
    }

    fn node_if(self, key: &str, value: Option<u32>) -> Self {
        self.int_if(key, value.map(u64::from))
    }

    fn flag(self, key: &str, value: bool) -> Self {
        self.put_if(key, value.then_some(Data::Bool(true)))
    }

    fn list(self, key: &str, items: Vec<Data>) -> Self {
        self.put_if(key, (!items.is_empty()).then_some(Data::List(items)))
    }

    fn data(self) -> Data {
        Data::Record(self.0)
    }
}

/// A slot within a list: a list of one or none.
fn slot(slot: &Slot) -> Data {
    Data::List(slot.iter().cloned().collect())
}

fn locals(given: &Locals) -> Data {
    Data::Record(given.iter().map(|(name, value)| (name.clone(), slot(value))).collect())
}

fn writes(given: &Writes) -> Data {
    let write = |write: &Write| Data::List(vec![text(&write.element), slot(&write.value)]);
    Data::Record(given.iter().map(|(name, one)| (name.clone(), write(one))).collect())
}

fn record(record: &Record) -> Data {
    let inner = record.inner.iter().map(self::record).collect();
    Data::List(vec![int(record.node.into()), locals(&record.local), Data::List(inner)])
}

fn branch(id: Id, branch: &Branch) -> Data {
    let some = |writes: &Writes| (!writes.is_empty()).then(|| self::writes(writes));
    Fields::default()
        .put("i", int(id))
        .int_if("p", branch.parent)
        .node_if("s", branch.split)
        .put_if("l", branch.local.as_ref().map(locals))
        .put_if("w", some(&branch.writes))
        .put_if("g", some(&branch.gathered))
        .put_if("n", (!branch.seen.is_empty()).then(|| locals(&branch.seen)))
        .data()
}

fn turns(turns: &Turns) -> Data {
    let outputs = turns
        .outputs
        .iter()
        .map(|(at, value)| Data::List(vec![int(*at), slot(value)]));
    Fields::default()
        .int_if("t", turns.total)
        .put_if(
            "i",
            turns
                .items
                .as_ref()
                .map(|items| Data::List(items.iter().map(slot).collect())),
        )
        .put("b", int(turns.begun))
        .put("e", int(turns.ended))
        .list("o", outputs.collect())
        .data()
}

const TOKEN_STATES: &[TokenState] = &[TokenState::Ready, TokenState::Join, TokenState::Wait, TokenState::Host];
const SCOPE_KINDS: &[ScopeKind] = &[
    ScopeKind::Process,
    ScopeKind::Scope,
    ScopeKind::Instance,
    ScopeKind::Compensation,
];

fn place<T: PartialEq>(all: &[T], one: &T) -> Data {
    int(all.iter().position(|known| known == one).unwrap_or(0) as u64)
}

fn token(id: Id, token: &Token) -> Data {
    let records = |records: &Vec<Record>| Data::List(records.iter().map(record).collect());
    Fields::default()
        .put("i", int(id))
        .put("n", int(token.node.into()))
        .put("s", int(token.scope))
        .put("b", int(token.branch))
        .node_if("f", token.flow)
        .put("k", place(TOKEN_STATES, &token.state))
        .put("a", int(token.arrival))
        .put_if("d", token.due.map(Data::DateTime))
        .int_if("t", token.instance)
        .put_if("r", token.turns.as_ref().map(turns))
        .put_if("q", token.queue.as_ref().map(records))
        .node_if("g", token.begin)
        .put_if(
            "e",
            token.event.as_ref().map(|(a, b)| Data::List(vec![slot(a), slot(b)])),
        )
        .data()
}

fn scope(id: Id, scope: &Scope) -> Data {
    Fields::default()
        .put("i", int(id))
        .put("k", place(SCOPE_KINDS, &scope.kind))
        .put("p", int(scope.process.into()))
        .node_if("n", scope.node)
        .int_if("u", scope.parent)
        .int_if("t", scope.token)
        .put("r", int(scope.root))
        .flag("x", scope.interrupted)
        .list("c", scope.records.iter().map(record).collect())
        .data()
}

fn wait(id: Id, wait: &Wait) -> Data {
    let every = wait.every.map(|every| {
        let mut parts = vec![Data::Period(every.period)];
        parts.extend(every.time.map(Data::Duration));
        Data::List(parts)
    });
    Fields::default()
        .put("i", int(id))
        .put("n", int(wait.node.into()))
        .put("s", int(wait.scope))
        .int_if("t", wait.token)
        .list("k", wait.keys.iter().map(slot).collect())
        .put_if("d", wait.due.map(Data::DateTime))
        .int_if("l", wait.left)
        .put_if("e", every)
        .flag("w", wait.was)
        .data()
}

/// The state without its process, which the record around it names.
pub fn encode(state: &State) -> Data {
    let failure = state.failure.as_ref().map(|failure| {
        Data::List(vec![
            text(&failure.code),
            text(&failure.message),
            text(&failure.element),
        ])
    });
    let kept = |kept: &Kept| Data::List(vec![text(&kept.name), slot(&kept.payload), kept.correlation.clone()]);
    Fields::default()
        .put("status", text(state.status.text()))
        .put_if("failure", failure)
        .put("count", int(state.count))
        .list("tokens", state.tokens.iter().map(|(id, one)| token(*id, one)).collect())
        .list("scopes", state.scopes.iter().map(|(id, one)| scope(*id, one)).collect())
        .list(
            "branches",
            state.branches.iter().map(|(id, one)| branch(*id, one)).collect(),
        )
        .list("waits", state.waits.iter().map(|(id, one)| wait(*id, one)).collect())
        .list("kept", state.kept.iter().map(kept).collect())
        .data()
}

// --- reading: `None` is damage
fn id(data: &Data) -> Option<u64> {
    u64::try_from(data.as_int()?).ok()
}

fn number(data: &Data) -> Option<u32> {
    u32::try_from(data.as_int()?).ok()
}

/// What may be absent: absence is fine, damage is not.
fn maybe<T>(data: &Data, key: &str, read: impl Fn(&Data) -> Option<T>) -> Option<Option<T>> {
    match data.get(key) {
        None => Some(None),
        Some(found) => read(found).map(Some),
    }
}

fn list<T>(data: Option<&Data>, read: impl Fn(&Data) -> Option<T>) -> Option<Vec<T>> {
    match data {
        None => Some(Vec::new()),
        Some(data) => data.as_list()?.iter().map(read).collect(),
    }
}

fn read_slot(data: &Data) -> Option<Slot> {
    match data.as_list()? {
        [] => Some(None),
        [value] => Some(Some(value.clone())),
        _ => None,
    }
}

fn read_locals(data: &Data) -> Option<Locals> {
    let entries = data.as_record()?.iter();
    entries
        .map(|(name, value)| Some((name.clone(), read_slot(value)?)))
        .collect()
}

fn read_writes(data: Option<&Data>) -> Option<Writes> {
    let Some(data) = data else { return Some(Writes::new()) };
    let entries = data.as_record()?.iter();
    let write = |value: &Data| match value.as_list()? {
        [element, value] => Some(Write {
            element: element.as_text()?.to_owned(),
            value: read_slot(value)?,
        }),
        _ => None,
    };
    entries
        .map(|(name, value)| Some((name.clone(), write(value)?)))
        .collect()
}

fn read_record(data: &Data) -> Option<Record> {
    match data.as_list()? {
        [node, local, inner] => Some(Record {
            node: number(node)?,
            local: read_locals(local)?,
            inner: list(Some(inner), read_record)?,
        }),
        _ => None,
    }
}

fn read_branch(data: &Data) -> Option<(Id, Branch)> {
    let made = Branch {
        parent: maybe(data, "p", id)?,
        split: maybe(data, "s", number)?,
        local: maybe(data, "l", read_locals)?,
        writes: read_writes(data.get("w"))?,
        gathered: read_writes(data.get("g"))?,
        seen: maybe(data, "n", read_locals)?.unwrap_or_default(),
    };
    Some((id(data.get("i")?)?, made))
}

fn read_turns(data: &Data) -> Option<Turns> {
    let output = |data: &Data| match data.as_list()? {
        [at, value] => Some((id(at)?, read_slot(value)?)),
        _ => None,
    };
    Some(Turns {
        total: maybe(data, "t", id)?,
        items: maybe(data, "i", |items| list(Some(items), read_slot))?,
        begun: id(data.get("b")?)?,
        ended: id(data.get("e")?)?,
        outputs: list(data.get("o"), output)?.into_iter().collect(),
    })
}

fn one_of<T: Copy>(all: &[T], data: Option<&Data>) -> Option<T> {
    all.get(usize::try_from(data?.as_int()?).ok()?).copied()
}

fn read_token(data: &Data) -> Option<(Id, Token)> {
    let event = |data: &Data| match data.as_list()? {
        [payload, event] => Some((read_slot(payload)?, read_slot(event)?)),
        _ => None,
    };
    let made = Token {
        node: number(data.get("n")?)?,
        scope: id(data.get("s")?)?,
        branch: id(data.get("b")?)?,
        flow: maybe(data, "f", number)?,
        state: one_of(TOKEN_STATES, data.get("k"))?,
        arrival: id(data.get("a")?)?,
        due: maybe(data, "d", read_time)?,
        instance: maybe(data, "t", id)?,
        turns: maybe(data, "r", read_turns)?,
        queue: maybe(data, "q", |queue| list(Some(queue), read_record))?,
        begin: maybe(data, "g", number)?,
        event: maybe(data, "e", event)?,
    };
    Some((id(data.get("i")?)?, made))
}

fn read_scope(data: &Data) -> Option<(Id, Scope)> {
    let made = Scope {
        kind: one_of(SCOPE_KINDS, data.get("k"))?,
        process: number(data.get("p")?)?,
        node: maybe(data, "n", number)?,
        parent: maybe(data, "u", id)?,
        token: maybe(data, "t", id)?,
        root: id(data.get("r")?)?,
        interrupted: data.get("x").is_some(),
        records: list(data.get("c"), read_record)?,
    };
    Some((id(data.get("i")?)?, made))
}

fn read_time(data: &Data) -> Option<DateTime> {
    match data {
        Data::DateTime(at) => Some(*at),
        _ => None,
    }
}

fn read_wait(data: &Data) -> Option<(Id, Wait)> {
    let every = |data: &Data| match data.as_list()? {
        [Data::Period(period)] => Some(Every {
            period: *period,
            time: None,
        }),
        [Data::Period(period), Data::Duration(time)] => Some(Every {
            period: *period,
            time: Some(*time),
        }),
        _ => None,
    };
    let made = Wait {
        node: number(data.get("n")?)?,
        scope: id(data.get("s")?)?,
        token: maybe(data, "t", id)?,
        keys: list(data.get("k"), read_slot)?,
        due: maybe(data, "d", read_time)?,
        left: maybe(data, "l", id)?,
        every: maybe(data, "e", every)?,
        was: data.get("w").is_some(),
    };
    Some((id(data.get("i")?)?, made))
}

fn read_kept(data: &Data) -> Option<Kept> {
    match data.as_list()? {
        [name, payload, correlation] => Some(Kept {
            name: name.as_text()?.to_owned(),
            payload: read_slot(payload)?,
            correlation: correlation.clone(),
        }),
        _ => None,
    }
}

fn read_failure(data: &Data) -> Option<Failure> {
    match data.as_list()? {
        [code, message, element] => Some(Failure {
            code: code.as_text()?.to_owned(),
            message: message.as_text()?.to_owned(),
            element: element.as_text()?.to_owned(),
        }),
        _ => None,
    }
}

pub fn decode(process: u32, data: &Data) -> Option<State> {
    let status = data.get("status")?.as_text()?;
    let (status, _) = Status::ALL.iter().find(|(_, name)| *name == status)?;
    let branches: BTreeMap<Id, Branch> = list(data.get("branches"), read_branch)?.into_iter().collect();
    Some(State {
        process,
        status: *status,
        failure: maybe(data, "failure", read_failure)?,
        count: id(data.get("count")?)?,
        tokens: list(data.get("tokens"), read_token)?.into_iter().collect(),
        scopes: list(data.get("scopes"), read_scope)?.into_iter().collect(),
        branches,
        waits: list(data.get("waits"), read_wait)?.into_iter().collect(),
        kept: list(data.get("kept"), read_kept)?,
    })
}

/// The due time of the next timer, for an index.
pub fn next_due(state: &State) -> Option<DateTime> {
    let due = state.waits.values().filter_map(|wait| wait.due);
    due.min_by(|a, b| a.compare(*b))
}
