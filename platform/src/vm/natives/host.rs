//! The doors to the host: output, the call's surroundings, money, events.
use super::{effect, pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    effect("print", (1, 8), gas::METHOD, print, "print(v..) -> null; writes a line"),
    pure("now", (0, 0), gas::METHOD, now, "now() -> the block's time"),
];

fn print(call: &mut Call) -> Result<Value, Halt> {
    let mut line = String::new();
    for (at, value) in call.args.iter().enumerate() {
        if at > 0 {
            line.push(' ');
        }
        line.push_str(&call.machine.text_of(*value)?);
    }
    call.machine.print(line)?;
    Ok(Value::Null)
}

fn now(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::DateTime(call.host.now()))
}
