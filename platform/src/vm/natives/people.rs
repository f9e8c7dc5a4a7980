//! What the generated endpoints of processes need beside the process itself: refusals with a code of their own, forms,
//! and notes that are kept with the contract. Scripts cannot name these: the compiler alone imports them.
use super::{effect, pure, Call, Native};
use crate::codec::json::{self, Form};
use crate::module::schema::{self, SchemaError};
use crate::value::Data;
use crate::vm::gas;
use crate::vm::halt::{Halt, TRAPS};
use crate::vm::value::Value;

/// Bytes of a note's key.
const MAX_KEY: usize = 512;

pub const FUNCTIONS: &[Native] = &[
    effect(
        "people refuse",
        (2, 2),
        gas::METHOD,
        refuse,
        "ends the call with a trap of the code, one of the kernel's, and the message",
    ),
    pure(
        "people form",
        (2, 2),
        gas::METHOD,
        form,
        "(JSON Schema as text, value) -> what does not fit, as a text; null if all does",
    ),
    effect(
        "people note",
        (1, 1),
        gas::DOOR,
        note,
        "(key) -> what was noted, else null",
    ),
    effect(
        "people set note",
        (2, 2),
        gas::DOOR,
        set_note,
        "(key, value) -> null; notes it, null forgets it",
    ),
];

fn refuse(call: &mut Call) -> Result<Value, Halt> {
    let (code, message) = (call.text(0)?, call.text(1)?);
    let known = TRAPS.iter().find(|(known, _)| *known == code);
    Err(Halt::trap(known.map_or("raised", |(known, _)| known), message))
}

fn form(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.machine.gas.charge(text.len() as u64)?;
    call.machine.heap.can_hold(text.len() as u64)?;
    let schema = json::decode(&text, Form::Plain)
        .map_err(|error| Halt::trap("bad-json", format!("the form is not JSON: {error}")))?;
    let value = call.machine.export(call.arg(1))?;
    match schema::validate(&schema, &value, "") {
        Ok(()) => Ok(Value::Null),
        Err(SchemaError { place, message }) => call.make_text(&match place.strip_prefix('.') {
            Some(place) => format!("`{place}`: {message}"),
            None => message,
        }),
    }
}

/// The name of the variable that holds a note: no variable that a contract declares has a space in its name.
fn key(call: &mut Call) -> Result<String, Halt> {
    let key = call.text(0)?;
    if key.len() > MAX_KEY {
        return Err(Halt::trap("bad-argument", format!("a key has at most {MAX_KEY} bytes")));
    }
    Ok(format!("note {key}"))
}

fn note(call: &mut Call) -> Result<Value, Halt> {
    let key = key(call)?;
    let found = call.host.variable(&key, &mut call.machine.gas)?;
    call.machine.import(&found.unwrap_or(Data::Null))
}

fn set_note(call: &mut Call) -> Result<Value, Halt> {
    let key = key(call)?;
    let value = call.machine.export(call.arg(1))?;
    call.host.set_variable(&key, &value, &mut call.machine.gas)?;
    Ok(Value::Null)
}
