//! The classes of errors: which one a caught trap is of.

/// Names of the classes, the parent of all first.
pub const CLASSES: &[&str] = &[
    "Error",
    "TypeError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "BpmnError",
];

use super::{effect, pure, Call, Native};
use crate::vm::classes::BPMN_ERROR;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::Value;

/// The classes as values: what `Error` and its kin name in a script.
pub const FUNCTIONS: &[Native] = &[
    pure(
        "class Error",
        (0, 0),
        gas::METHOD,
        class::<0>,
        "class Error() -> the class Error",
    ),
    pure(
        "class TypeError",
        (0, 0),
        gas::METHOD,
        class::<1>,
        "class TypeError() -> the class",
    ),
    pure(
        "class RangeError",
        (0, 0),
        gas::METHOD,
        class::<2>,
        "class RangeError() -> the class",
    ),
    pure(
        "class ReferenceError",
        (0, 0),
        gas::METHOD,
        class::<3>,
        "class ReferenceError() -> the class",
    ),
    pure(
        "class SyntaxError",
        (0, 0),
        gas::METHOD,
        class::<4>,
        "class SyntaxError() -> the class",
    ),
    pure(
        "class BpmnError",
        (0, 0),
        gas::METHOD,
        class::<5>,
        "class BpmnError() -> the class; new BpmnError(code, message)",
    ),
];

/// What a process takes as its error: `throw new BpmnError(code, message)` as a call.
pub const THROWING: &[Native] = &[effect(
    "bpmn_error",
    (1, 2),
    gas::METHOD,
    bpmn_error,
    "bpmn_error(code, message?) throws the BPMN error of the code",
)];

fn bpmn_error(call: &mut Call) -> Result<Value, Halt> {
    call.text_id(0)?;
    let args = call.args.to_vec();
    let class = call.machine.heap.error_class(BPMN_ERROR)?;
    let error = Value::Obj(call.machine.heap.new_instance(class)?);
    call.machine.fill_error(BPMN_ERROR, error, &args)?;
    call.machine.thrown = error;
    Err(Halt::Thrown)
}

fn class<const KIND: u8>(call: &mut Call) -> Result<Value, Halt> {
    call.machine.heap.error_class(KIND).map(Value::Obj)
}

/// The class of the error that a trap is when a script catches it, as JavaScript would throw it.
pub fn class_of(code: &str) -> &'static str {
    match code {
        "null-operand" | "type-mismatch" | "unknown-field" | "unknown-method" | "frozen" | "not-data" => "TypeError",
        "index-range" | "bad-argument" | "not-whole" | "invalid-number" | "number-overflow" | "division-by-zero"
        | "bad-time" | "too-deep" | "call-depth" | "stack-limit" => "RangeError",
        "not-initialized" => "ReferenceError",
        "bad-pattern" | "bad-json" => "SyntaxError",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trap_is_of_a_class() {
        for (code, _) in crate::vm::halt::TRAPS {
            assert!(CLASSES.contains(&class_of(code)), "{code}");
        }
    }

    #[test]
    fn refused_methods_are_no_methods() {
        for (kind, name, _) in super::super::refused::METHODS {
            assert!(super::super::find_method(kind, name).is_none(), "{kind}.{name}");
        }
    }
}
