//! Functions as values: what JavaScript calls them by. A function has neither a name nor a length here.
use super::{effect, pure, Call, Native, MANY};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::absent;
use crate::vm::value::Value;

pub const METHODS: &[Native] = &[
    effect(
        "call",
        (1, MANY),
        gas::METHOD,
        call_with,
        "function.call(this?, v..) -> what it gives for the arguments, with that `this`",
    ),
    effect(
        "apply",
        (1, 3),
        gas::METHOD,
        apply,
        "function.apply(this?, list?) -> what it gives for the items as arguments, with that `this`",
    ),
    pure(
        "bind",
        (1, MANY),
        gas::METHOD,
        bind,
        "function.bind(this?, v..) -> function with that `this` and these first arguments",
    ),
];

fn call_with(call: &mut Call) -> Result<Value, Halt> {
    let args = call.args.get(2..).unwrap_or(&[]).to_vec();
    call.invoke(call.arg(0), call.arg(1), &args)
}

fn apply(call: &mut Call) -> Result<Value, Halt> {
    let args = if absent(call.arg(2)) {
        Vec::new()
    } else {
        call.items(2)?
    };
    call.invoke(call.arg(0), call.arg(1), &args)
}

fn bind(call: &mut Call) -> Result<Value, Halt> {
    let args = call.args.get(2..).unwrap_or(&[]).to_vec();
    call.machine.bind(call.arg(0), call.arg(1), &args)
}
