//! The operators on bits, as JavaScript has them: on the lowest 32 bits of whole numbers, the result with a sign.
use super::{pure, Call, Native};
use crate::number::{Number, Rounding};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::number_trap;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "bit_and",
        (2, 2),
        gas::METHOD,
        |call| signed(call, |a, b| a & b),
        "bit_and(a, b) -> a & b",
    ),
    pure(
        "bit_or",
        (2, 2),
        gas::METHOD,
        |call| signed(call, |a, b| a | b),
        "bit_or(a, b) -> a | b",
    ),
    pure(
        "bit_xor",
        (2, 2),
        gas::METHOD,
        |call| signed(call, |a, b| a ^ b),
        "bit_xor(a, b) -> a ^ b",
    ),
    pure("bit_not", (1, 1), gas::METHOD, not, "bit_not(a) -> ~a"),
    pure(
        "shift_left",
        (2, 2),
        gas::METHOD,
        |call| signed(call, |a, b| a << (b & 31)),
        "shift_left(a, n) -> a << n",
    ),
    pure(
        "shift_right",
        (2, 2),
        gas::METHOD,
        shift_right,
        "shift_right(a, n) -> a >> n, the sign stays",
    ),
    pure(
        "shift_right_unsigned",
        (2, 2),
        gas::METHOD,
        shift_right_unsigned,
        "shift_right_unsigned(a, n) -> a >>> n, zeros come in",
    ),
];

/// The lowest 32 bits of a number without its fraction.
fn bits(call: &mut Call, at: usize) -> Result<u32, Halt> {
    let whole = call.number(at)?.round(0, Rounding::Down);
    let low = match whole {
        Number::Int(value) => value,
        Number::Dec(_) => {
            call.machine.gas.charge(gas::DECIMAL)?;
            let rest = whole.rem(Number::Int(1 << 32)).map_err(number_trap)?;
            rest.to_i64().unwrap_or(0)
        }
    };
    Ok(low as u32)
}

fn value(bits: u32) -> Value {
    Value::Num(Number::Int(i64::from(bits as i32)))
}

fn signed(call: &mut Call, operate: impl Fn(u32, u32) -> u32) -> Result<Value, Halt> {
    let (a, b) = (bits(call, 0)?, bits(call, 1)?);
    Ok(value(operate(a, b)))
}

fn not(call: &mut Call) -> Result<Value, Halt> {
    Ok(value(!bits(call, 0)?))
}

fn shift_right(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = (bits(call, 0)?, bits(call, 1)?);
    Ok(value(((a as i32) >> (b & 31)) as u32))
}

fn shift_right_unsigned(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = (bits(call, 0)?, bits(call, 1)?);
    Ok(Value::Num(Number::Int(i64::from(a >> (b & 31)))))
}
