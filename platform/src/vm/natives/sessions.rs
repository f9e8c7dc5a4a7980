//! Rule sessions: `load_rules`, `rules_eval` and the methods of a session.
use super::{effect, Call, Native};
use crate::number::Number;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::machine::{OpenSession, ScriptSession, SESSION_LIMIT};
use crate::vm::value::{FactId, Value};

pub const FUNCTIONS: &[Native] = &[
    effect(
        "load_rules",
        (1, 1),
        gas::SESSION,
        load_rules,
        "load_rules(name) -> session over a rule file",
    ),
    effect(
        "rules_eval",
        (2, 2),
        gas::SESSION,
        rules_eval,
        "rules_eval(name, facts) -> {facts, fired}: inserts, fires, and gives working memory",
    ),
];

pub const METHODS: &[Native] = &[
    effect(
        "send",
        (2, 2),
        gas::METHOD,
        send,
        "session.send(fact) -> rules fired: insert, then fire all",
    ),
    effect(
        "insert",
        (2, 2),
        gas::METHOD,
        insert,
        "session.insert(fact) -> the fact's number",
    ),
    effect("fire", (1, 2), gas::METHOD, fire, "session.fire(limit?) -> rules fired"),
    effect(
        "facts",
        (1, 1),
        gas::METHOD,
        facts,
        "session.facts() -> facts in order of insertion",
    ),
    effect(
        "fired",
        (1, 1),
        gas::METHOD,
        fired,
        "session.fired() -> names of the rules that fired",
    ),
];

/// The rule set that a script names: its path, else a path that ends so, else a stem; each must be unique.
fn ruleset_named(call: &Call, name: &str) -> Result<u32, Halt> {
    fn file(path: &str) -> &str {
        path.rsplit('/').next().unwrap_or(path)
    }
    fn stem(path: &str) -> &str {
        file(path).rsplit_once('.').map_or(file(path), |(stem, _)| stem)
    }
    let names: Vec<&str> = call
        .machine
        .module
        .rulesets
        .iter()
        .map(|ruleset| ruleset.name.as_str())
        .collect();
    let tests: [&dyn Fn(&str) -> bool; 3] = [&|path| path == name, &|path| file(path) == name, &|path| {
        stem(path) == name
    }];
    for test in tests {
        let mut found = names.iter().enumerate().filter(|(_, path)| test(path));
        if let Some((at, _)) = found.next() {
            return match found.next() {
                None => Ok(at as u32),
                Some(_) => Err(Halt::trap(
                    "unknown-rules",
                    format!("more than one rule file is called `{name}`"),
                )),
            };
        }
    }
    Err(Halt::trap("unknown-rules", format!("there is no rule file `{name}`")))
}

fn open(call: &mut Call, ruleset: u32) -> Result<Box<dyn ScriptSession>, Halt> {
    let Some(engine) = call.machine.engine.clone() else {
        return Err(Halt::trap("unknown-rules", "rules cannot be run here"));
    };
    engine.open(call.machine, call.host, ruleset)
}

fn load_rules(call: &mut Call) -> Result<Value, Halt> {
    let name = call.text(0)?;
    let ruleset = ruleset_named(call, &name)?;
    if call.machine.sessions.len() == SESSION_LIMIT {
        return Err(Halt::trap(
            "session-limit",
            format!("a call opens at most {SESSION_LIMIT} rule sessions"),
        ));
    }
    let session = open(call, ruleset)?;
    call.machine.sessions.push(OpenSession {
        ruleset,
        session: Some(session),
    });
    Ok(Value::Session(call.machine.sessions.len() as u32 - 1))
}

/// Lends the session out of the machine while it works.
fn with_session<T>(
    call: &mut Call,
    work: impl FnOnce(&mut dyn ScriptSession, &mut Call) -> Result<T, Halt>,
) -> Result<T, Halt> {
    let Value::Session(id) = call.arg(0) else {
        return Err(call.bad(0, "session"));
    };
    let slot = call
        .machine
        .sessions
        .get_mut(id as usize)
        .and_then(|open| open.session.take());
    let Some(mut session) = slot else {
        return Err(Halt::trap("session-busy", "the rule session is firing"));
    };
    let result = work(session.as_mut(), call);
    if let Some(open) = call.machine.sessions.get_mut(id as usize) {
        open.session = Some(session);
    }
    result
}

fn count(value: u64) -> Value {
    Value::Num(Number::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

fn send(call: &mut Call) -> Result<Value, Halt> {
    let fact = call.record(1)?;
    with_session(call, |session, call| {
        session.insert(call.machine, call.host, fact)?;
        session.fire(call.machine, call.host, None).map(count)
    })
}

fn insert(call: &mut Call) -> Result<Value, Halt> {
    let fact = call.record(1)?;
    with_session(call, |session, call| {
        let FactId(id) = session.insert(call.machine, call.host, fact)?;
        Ok(count(u64::from(id)))
    })
}

fn fire(call: &mut Call) -> Result<Value, Halt> {
    let limit = match call.arg(1) {
        Value::Undefined | Value::Null => None,
        _ => Some(u64::try_from(call.integer(1)?).unwrap_or(0)),
    };
    with_session(call, |session, call| {
        session.fire(call.machine, call.host, limit).map(count)
    })
}

fn facts(call: &mut Call) -> Result<Value, Halt> {
    let facts = with_session(call, |session, call| Ok(session.facts(call.machine)))?;
    call.make_list(facts.into_iter().map(Value::Obj).collect())
}

fn rule_name(call: &mut Call, ruleset: u32, rule: u32) -> Result<Value, Halt> {
    let ruleset = call.machine.module.rulesets.get(ruleset as usize);
    let name = ruleset
        .and_then(|ruleset| ruleset.rules.get(rule as usize))
        .map(|rule| rule.name.clone());
    call.make_text(&name.unwrap_or_default())
}

fn fired(call: &mut Call) -> Result<Value, Halt> {
    let Value::Session(id) = call.arg(0) else {
        return Err(call.bad(0, "session"));
    };
    let ruleset = call.machine.sessions.get(id as usize).map_or(0, |open| open.ruleset);
    let rules: Vec<u32> = with_session(call, |session, _| {
        Ok(session.fired().iter().map(|(rule, _)| *rule).collect())
    })?;
    let mut names = Vec::new();
    for rule in rules {
        names.push(rule_name(call, ruleset, rule)?);
    }
    call.make_list(names)
}

fn rules_eval(call: &mut Call) -> Result<Value, Halt> {
    let name = call.text(0)?;
    let inserted = call.items(1)?;
    let ruleset = ruleset_named(call, &name)?;
    let mut session = open(call, ruleset)?;
    for fact in inserted {
        match fact {
            Value::Obj(object) if !call.machine.is_list(object) => {
                session.insert(call.machine, call.host, object)?;
            }
            other => return Err(call.machine.not_a_fact(other)),
        }
    }
    session.fire(call.machine, call.host, None)?;
    let facts = session.facts(call.machine).into_iter().map(Value::Obj).collect();
    let facts = call.make_list(facts)?;
    let mut firings = Vec::new();
    for (rule, facts) in session.fired().to_vec() {
        let rule = rule_name(call, ruleset, rule)?;
        let ids = call.make_list(facts.iter().map(|FactId(id)| count(u64::from(*id))).collect())?;
        firings.push(call.make_record(&[("rule", rule), ("facts", ids)])?);
    }
    let fired = call.make_list(firings)?;
    if call.machine.tracing {
        call.machine.finished.push(OpenSession {
            ruleset,
            session: Some(session),
        });
    }
    call.make_record(&[("facts", facts), ("fired", fired)])
}

impl Call<'_> {
    fn record(&self, at: usize) -> Result<crate::vm::value::ObjId, Halt> {
        match self.arg(at) {
            Value::Obj(object) if !self.machine.is_list(object) => Ok(object),
            other => Err(self.machine.not_a_fact(other)),
        }
    }

    /// An untyped record.
    pub fn make_record(&mut self, fields: &[(&str, Value)]) -> Result<Value, Halt> {
        let record = self.machine.heap.new_object()?;
        for (name, value) in fields {
            let name = self.machine.heap.make_text(name)?;
            self.machine.heap.set_field(record, name, *value)?;
        }
        Ok(Value::Obj(record))
    }
}
