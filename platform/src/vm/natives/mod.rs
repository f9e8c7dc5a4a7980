//! The library: what modules import by name, and the methods of values. One table a family, one file each.
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::halt::Halt;
use super::host::Host;
use super::machine::Machine;
use super::operators::{absent, null_operand};
use super::value::{ObjId, TextId, Value};
use crate::number::{Number, Rounding};

mod aggregates;
mod arrays;
mod bits;
mod business;
mod calendars;
mod callbacks;
mod clone;
mod common;
mod currencies;
pub mod errors;
mod functions;
mod host;
mod invoke;
mod json;
mod lists;
mod maps;
mod mathematics;
mod moments;
mod numbers;
mod objects;
mod ordering;
mod patterns;
mod people;
mod processes;
mod records;
pub mod refused;
mod regexps;
mod replacing;
mod script_numbers;
mod script_texts;
mod sessions;
mod sets;
mod temporals;
mod texts;

pub(in crate::vm) use invoke::array_index;

/// Arguments that any call of the library takes at most.
pub const MAX_ARGS: usize = 8;

/// Arguments that a function takes which takes as many as there are.
pub const MANY: usize = 1 << 16;

/// What a function may touch, besides its own arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    Nothing,
    /// A permission that the module must declare.
    Permission(&'static str),
}

type Run = fn(&mut Call) -> Result<Value, Halt>;

/// A row of a family's table.
#[derive(Debug)]
pub struct Native {
    pub name: &'static str,
    /// Fewest and most arguments.
    pub arity: (usize, usize),
    pub needs: Needs,
    /// It changes something, or gives different results within a call; not allowed in conditions.
    pub effect: bool,
    /// Besides the instruction's own gas; what depends on size is counted by the function.
    pub gas: u64,
    pub run: Run,
    pub doc: &'static str,
}

/// A call in progress. For a method the first argument is the value itself.
pub struct Call<'a> {
    pub machine: &'a mut Machine,
    pub host: &'a mut dyn Host,
    pub name: &'static str,
    pub args: &'a [Value],
}

pub use errors::{class_of, CLASSES};

/// All families of imported functions.
pub const FAMILIES: &[(&str, &[Native])] = &[
    ("numbers", numbers::FUNCTIONS),
    ("business", business::FUNCTIONS),
    ("calendars", calendars::FUNCTIONS),
    ("texts", texts::FUNCTIONS),
    ("patterns", patterns::FUNCTIONS),
    ("temporals", temporals::FUNCTIONS),
    ("lists", lists::FUNCTIONS),
    ("aggregates", aggregates::FUNCTIONS),
    ("Math", mathematics::FUNCTIONS),
    ("Math", mathematics::OF_SEVERAL),
    ("Number", bits::FUNCTIONS),
    ("Array", arrays::FUNCTIONS),
    ("Array", callbacks::FUNCTIONS),
    ("Object", objects::FUNCTIONS),
    ("Object", clone::FUNCTIONS),
    ("JSON", json::FUNCTIONS),
    ("classes", errors::FUNCTIONS),
    ("processes", errors::THROWING),
    ("classes", regexps::FUNCTIONS),
    ("classes", maps::FUNCTIONS),
    ("classes", sets::FUNCTIONS),
    ("Number", script_numbers::FUNCTIONS),
    ("String", script_texts::FUNCTIONS),
    ("host", host::FUNCTIONS),
    ("rules", sessions::FUNCTIONS),
    ("people", people::FUNCTIONS),
    ("processes", processes::FUNCTIONS),
];

/// The methods of each kind of value.
pub const METHODS: &[(&str, &[Native])] = &[
    ("number", numbers::METHODS),
    ("text", texts::METHODS),
    ("number", script_numbers::METHODS),
    ("text", script_texts::METHODS),
    ("text", regexps::TEXT_METHODS),
    ("text", replacing::METHODS),
    ("regexp", regexps::METHODS),
    ("function", functions::METHODS),
    ("map", maps::METHODS),
    ("set", sets::METHODS),
    ("list", lists::METHODS),
    ("list", arrays::METHODS),
    ("list", callbacks::METHODS),
    ("list", ordering::METHODS),
    ("list", aggregates::METHODS),
    ("record", records::METHODS),
    ("boolean", common::BOOLEANS),
    ("date", moments::DATES),
    ("time", moments::TIMES),
    ("datetime", moments::DATE_TIMES),
    ("duration", moments::SPANS),
    ("period", moments::PERIODS),
    ("session", sessions::METHODS),
    ("process", processes::METHODS),
];

/// The method of a kind of value.
fn find_method(kind: &str, name: &str) -> Option<&'static Native> {
    type Table = FxHashMap<(&'static str, &'static str), &'static Native>;
    static TABLE: OnceLock<Table> = OnceLock::new();
    let rows = || {
        let rows = METHODS
            .iter()
            .flat_map(|(kind, table)| table.iter().map(|native| ((*kind, native.name), native)));
        rows.collect()
    };
    TABLE.get_or_init(rows).get(&(kind, name)).copied()
}

/// The function that a module imports by this name.
pub fn find(name: &str) -> Option<&'static Native> {
    FAMILIES
        .iter()
        .flat_map(|(_, table)| table.iter())
        .find(|native| native.name == name)
}

/// Has a method of this name an effect for any kind of value?
pub fn method_has_effect(name: &str) -> bool {
    METHODS
        .iter()
        .flat_map(|(_, table)| table.iter())
        .any(|native| native.name == name && native.effect)
}

pub fn permitted(permissions: &[String], needs: Needs) -> bool {
    match needs {
        Needs::Nothing => true,
        Needs::Permission(name) => permissions.iter().any(|permission| permission == name),
    }
}

fn run(call: &mut Call, native: &'static Native) -> Result<Value, Halt> {
    let given = call.args.len();
    if given < native.arity.0 || given > native.arity.1 {
        return Err(Halt::trap(
            "bad-argument",
            format!("`{}` does not take {given} arguments", native.name),
        ));
    }
    if !permitted(&call.machine.module.permissions, native.needs) {
        let Needs::Permission(permission) = native.needs else {
            return Ok(Value::Null);
        };
        return Err(Halt::trap(
            "permission-denied",
            format!("`{}` needs the permission `{permission}`", native.name),
        ));
    }
    call.machine.gas.charge(native.gas)?;
    (native.run)(call)
}

/// Runs an imported function.
pub(super) fn call(
    machine: &mut Machine,
    host: &mut dyn Host,
    native: &'static Native,
    args: &[Value],
) -> Result<Value, Halt> {
    run(
        &mut Call {
            machine,
            host,
            name: native.name,
            args,
        },
        native,
    )
}

/// Runs a method of a value.
pub(super) fn method(
    machine: &mut Machine,
    host: &mut dyn Host,
    object: Value,
    name: TextId,
    args: &[Value],
) -> Result<Value, Halt> {
    if absent(object) {
        return Err(null_operand(&format!("the method `{}`", machine.heap.text(name))));
    }
    let kind = machine.heap.kind(object);
    let text = machine.heap.text(name);
    let Some(native) = find_method(kind, text) else {
        let hint = refused::hint(kind, text).map_or_else(String::new, |hint| format!("; {hint}"));
        let message = format!("a {kind} has no method `{text}`{hint}");
        return Err(Halt::trap("unknown-method", message));
    };
    let mut all = [Value::Undefined; MAX_ARGS + 1];
    all[0] = object;
    all[1..=args.len()].copy_from_slice(args);
    run(
        &mut Call {
            machine,
            host,
            name: native.name,
            args: &all[..=args.len()],
        },
        native,
    )
}

impl Call<'_> {
    pub fn arg(&self, at: usize) -> Value {
        self.args.get(at).copied().unwrap_or(Value::Undefined)
    }

    #[cold]
    fn bad(&self, at: usize, wanted: &str) -> Halt {
        let value = self.arg(at);
        if absent(value) {
            return null_operand(&format!("`{}`", self.name));
        }
        let kind = self.machine.heap.kind(value);
        Halt::trap(
            "bad-argument",
            format!("`{}` takes a {wanted}, not a {kind}", self.name),
        )
    }

    pub fn number(&self, at: usize) -> Result<Number, Halt> {
        match self.arg(at) {
            Value::Num(number) => Ok(number),
            _ => Err(self.bad(at, "number")),
        }
    }

    /// A whole number of 64 bits.
    pub fn integer(&self, at: usize) -> Result<i64, Halt> {
        match self.arg(at) {
            Value::Num(Number::Int(value)) => Ok(value),
            _ => Err(self.bad(at, "whole number")),
        }
    }

    /// A number without its fraction, as JavaScript reads a position; beyond 64 bits it is the last one there.
    pub fn whole(&self, at: usize, default: i64) -> Result<i64, Halt> {
        if self.arg(at) == Value::Undefined {
            return Ok(default);
        }
        let number = self.number(at)?.round(0, Rounding::Down);
        let far = if number.is_negative() { i64::MIN } else { i64::MAX };
        Ok(number.to_i64().unwrap_or(far))
    }

    pub fn text_id(&self, at: usize) -> Result<TextId, Halt> {
        match self.arg(at) {
            Value::Text(id) => Ok(id),
            _ => Err(self.bad(at, "text")),
        }
    }

    /// A text, whose reading is paid for.
    pub fn text(&mut self, at: usize) -> Result<String, Halt> {
        let id = self.text_id(at)?;
        self.read_text(id)?;
        Ok(self.machine.heap.text(id).to_owned())
    }

    pub fn read_text(&mut self, id: TextId) -> Result<(), Halt> {
        let size = u64::from(self.machine.heap.text_size(id));
        self.machine.gas.charge(size / super::gas::BYTES_READ)
    }

    pub fn object(&self, at: usize) -> Result<ObjId, Halt> {
        match self.arg(at) {
            Value::Obj(object) => Ok(object),
            _ => Err(self.bad(at, "record")),
        }
    }

    pub fn list_id(&self, at: usize) -> Result<ObjId, Halt> {
        match self.arg(at) {
            Value::Obj(object) if self.machine.is_list(object) => Ok(object),
            _ => Err(self.bad(at, "list")),
        }
    }

    /// A list's items, whose reading is paid for.
    pub fn items(&mut self, at: usize) -> Result<Vec<Value>, Halt> {
        let id = self.list_id(at)?;
        let items = self.machine.heap.list(id).map_or_else(Vec::new, <[Value]>::to_vec);
        self.machine.gas.charge(items.len() as u64)?;
        Ok(items)
    }

    pub fn make_text(&mut self, text: &str) -> Result<Value, Halt> {
        Ok(Value::Text(self.machine.heap.make_text(text)?))
    }

    pub fn make_list(&mut self, items: Vec<Value>) -> Result<Value, Halt> {
        Ok(Value::Obj(self.machine.heap.new_list(items)?))
    }
}

/// A function of its arguments and the call alone.
const fn pure(name: &'static str, arity: (usize, usize), gas: u64, run: Run, doc: &'static str) -> Native {
    Native {
        name,
        arity,
        needs: Needs::Nothing,
        effect: false,
        gas,
        run,
        doc,
    }
}

/// A function that changes something.
const fn effect(name: &'static str, arity: (usize, usize), gas: u64, run: Run, doc: &'static str) -> Native {
    Native {
        name,
        arity,
        needs: Needs::Nothing,
        effect: true,
        gas,
        run,
        doc,
    }
}
