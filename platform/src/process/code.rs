//! Code of a process: functions of the module over process variables.
use super::data::stored;
use super::instance::Run;
use super::state::{Done, Id, Locals, Slot, Stop};
use crate::module::process::{Code, Trigger};
use crate::value::Data;
use crate::vm::halt::Halt;
use crate::vm::Value;

/// How code sees variables: values that stand before a branch's own, then the branch.
#[derive(Clone, Default)]
pub(super) struct See {
    pub before: Locals,
    pub branch: Option<Id>,
}

impl See {
    pub fn branch(branch: Id) -> Self {
        Self {
            before: Locals::new(),
            branch: Some(branch),
        }
    }

    pub fn with(mut self, before: Locals) -> Self {
        self.before = before;
        self
    }
}

impl Run<'_> {
    pub(super) fn seen(&self, see: &See, name: &str) -> Slot {
        match see.before.get(name) {
            Some(value) => value.clone(),
            None => self.read(see.branch, name),
        }
    }

    fn import(&mut self, value: &Slot) -> Done<Value> {
        Ok(match value {
            None => Value::Undefined,
            Some(data) => self.machine.import(data)?,
        })
    }

    pub(super) fn export(&mut self, value: Value) -> Done<Slot> {
        Ok(match value {
            Value::Undefined => None,
            value => Some(stored(self.machine.export(value)?)),
        })
    }

    /// The value of code. `token`: an error of the process's own (`bpmn_error`) comes from there.
    fn run(&mut self, code: &Code, see: &See, token: Option<Id>, extra: &[(&str, &Slot)]) -> Done<Value> {
        let mut values = Vec::with_capacity(code.reads.len() + code.extra.len());
        for name in &code.reads {
            let value = self.seen(see, name);
            values.push(self.import(&value)?);
        }
        for name in &code.extra {
            let value = extra.iter().find(|(known, _)| known == name);
            values.push(match value {
                Some((_, value)) => self.import(value)?,
                None => Value::Undefined,
            });
        }
        let result = self.machine.run(self.host, None, code.function, &values);
        match (result, token) {
            (Err(halt), Some(token)) => Err(match bpmn_error(&halt) {
                Some((code, message)) => Stop::Thrown {
                    token,
                    code,
                    message,
                    payload: None,
                },
                None => Stop::Halt(halt),
            }),
            (result, _) => Ok(result?),
        }
    }

    /// The value of an expression as it is stored.
    pub(super) fn value(&mut self, code: &Code, see: &See, token: Option<Id>) -> Done<Slot> {
        let value = self.run(code, see, token, &[])?;
        self.export(value)
    }

    pub(super) fn holds(&mut self, code: &Code, see: &See, token: Option<Id>) -> Done<bool> {
        let value = self.run(code, see, token, &[])?;
        Ok(self.machine.truth(value))
    }

    /// How a token sees variables.
    pub(super) fn at(&self, token: Id) -> Done<See> {
        Ok(See::branch(self.token(token)?.branch))
    }

    /// Runs statements; variables that came back different are written.
    pub(super) fn execute(
        &mut self,
        code: Option<&Code>,
        token: Id,
        element: &str,
        extra: &[(&str, &Slot)],
    ) -> Done<()> {
        let Some(code) = code else { return Ok(()) };
        let see = self.at(token)?;
        let before: Vec<Slot> = code.writes.iter().map(|name| self.seen(&see, name)).collect();
        let result = self.run(code, &see, Some(token), extra)?;
        let items = match result {
            Value::Obj(object) => self.machine.heap.list(object).map(<[Value]>::to_vec),
            _ => None,
        };
        let items = items.unwrap_or_default();
        for (at, (name, before)) in code.writes.iter().zip(before).enumerate() {
            let after = self.export(items.get(at).copied().unwrap_or(Value::Undefined))?;
            if after != before {
                let branch = self.token(token)?.branch;
                self.write(branch, name, after, element)?;
            }
        }
        Ok(())
    }

    /// What is caught becomes variables: as `apply` says, else each entry of the payload.
    pub(super) fn accept(
        &mut self,
        token: Id,
        element: &str,
        trigger: Option<&Trigger>,
        payload: &Slot,
        event: &Slot,
    ) -> Done<()> {
        if let Some(apply) = trigger.and_then(|trigger| trigger.apply.as_ref()) {
            return self.execute(Some(apply), token, element, &[("event", event)]);
        }
        if let Some(Data::Record(entries)) = payload {
            let branch = self.token(token)?.branch;
            for (name, value) in entries.clone() {
                self.write(branch, &name, Some(value), element)?;
            }
        }
        Ok(())
    }
}

/// The code and message of an error that a script throws for the process to catch.
fn bpmn_error(halt: &Halt) -> Option<(String, String)> {
    match halt {
        Halt::BpmnError { error, message } => Some((error.clone(), message.clone())),
        _ => None,
    }
}
