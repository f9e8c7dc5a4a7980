//! Numbers: functions and methods. What has no defined result is a trap, never NaN.
use super::{pure, Call, Native};
use crate::number::{Number, NumberError, Rounding};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, null_operand, number_trap};
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    pure("abs", (1, 1), gas::METHOD, abs, "abs(x) -> magnitude"),
    pure("sign", (1, 1), gas::METHOD, sign, "sign(x) -> -1, 0 or 1"),
    pure("min", (1, 8), gas::ROUND, min, "min(x..) or min(list) -> least"),
    pure("max", (1, 8), gas::ROUND, max, "max(x..) or max(list) -> greatest"),
    pure(
        "round",
        (1, 3),
        gas::ROUND,
        round,
        "round(x, places?, mode?) -> rounded; half-up unless mode is half-even, half-down, up, down, ceiling or floor",
    ),
    pure(
        "floor",
        (1, 1),
        gas::ROUND,
        floor,
        "floor(x) -> greatest whole number not above x",
    ),
    pure(
        "ceil",
        (1, 1),
        gas::ROUND,
        ceil,
        "ceil(x) -> least whole number not below x",
    ),
    pure("trunc", (1, 1), gas::ROUND, trunc, "trunc(x) -> x without its fraction"),
    pure(
        "sqrt",
        (1, 1),
        gas::ROOT,
        sqrt,
        "sqrt(x) -> square root; trap invalid-number below 0",
    ),
    pure(
        "ln",
        (1, 1),
        gas::LOGARITHM,
        ln,
        "ln(x) -> natural logarithm; trap invalid-number below or at 0",
    ),
    pure("exp", (1, 1), gas::LOGARITHM, exp, "exp(x) -> e to the x"),
    pure("pow", (2, 2), 0, pow, "pow(x, y) -> x to the y"),
    pure(
        "number",
        (1, 1),
        gas::PARSE,
        number,
        "number(v) -> number of a text, boolean or number",
    ),
    pure(
        "is_integer",
        (1, 1),
        gas::METHOD,
        is_integer,
        "is_integer(v) -> whether v is a whole number",
    ),
];

pub const METHODS: &[Native] = &[
    pure(
        "toFixed",
        (1, 2),
        gas::PARSE,
        to_fixed,
        "number.toFixed(places?) -> text with so many places, half up",
    ),
    pure("toString", (1, 1), gas::PARSE, to_string, "number.toString() -> text"),
];

fn num(number: Number) -> Result<Value, Halt> {
    Ok(Value::Num(number))
}

fn result(result: Result<Number, NumberError>) -> Result<Value, Halt> {
    result.map(Value::Num).map_err(number_trap)
}

fn abs(call: &mut Call) -> Result<Value, Halt> {
    num(call.number(0)?.abs())
}

fn sign(call: &mut Call) -> Result<Value, Halt> {
    let number = call.number(0)?;
    num(Number::Int(number.cmp(&Number::Int(0)) as i64))
}

/// The arguments, or the items of the one list.
fn numbers(call: &mut Call) -> Result<Vec<Number>, Halt> {
    let values = match call.arg(0) {
        Value::Obj(_) if call.args.len() == 1 => call.items(0)?,
        _ => call.args.to_vec(),
    };
    let numbers = values.iter().map(|value| match value {
        Value::Num(number) => Ok(*number),
        value if absent(*value) => Err(null_operand(&format!("`{}`", call.name))),
        value => {
            let kind = call.machine.heap.kind(*value);
            Err(Halt::trap(
                "bad-argument",
                format!("`{}` takes numbers, not a {kind}", call.name),
            ))
        }
    });
    numbers.collect()
}

fn min(call: &mut Call) -> Result<Value, Halt> {
    numbers(call)?
        .into_iter()
        .min()
        .map(Value::Num)
        .ok_or_else(|| number_trap(NumberError::Invalid))
}

fn max(call: &mut Call) -> Result<Value, Halt> {
    numbers(call)?
        .into_iter()
        .max()
        .map(Value::Num)
        .ok_or_else(|| number_trap(NumberError::Invalid))
}

fn places(call: &Call, at: usize) -> Result<i32, Halt> {
    if absent(call.arg(at)) {
        return Ok(0);
    }
    i32::try_from(call.integer(at)?)
        .ok()
        .filter(|places| (-6176..=6176).contains(places))
        .ok_or_else(|| Halt::trap("bad-argument", format!("`{}` does not take so many places", call.name)))
}

fn round(call: &mut Call) -> Result<Value, Halt> {
    let (number, places) = (call.number(0)?, places(call, 1)?);
    let mode = if absent(call.arg(2)) {
        Rounding::HalfUp
    } else {
        let name = call.text(2)?;
        Rounding::from_name(&name).ok_or_else(|| Halt::trap("bad-argument", "the rounding mode is unknown"))?
    };
    num(number.round(places, mode))
}

fn floor(call: &mut Call) -> Result<Value, Halt> {
    num(call.number(0)?.round(0, Rounding::Floor))
}

fn ceil(call: &mut Call) -> Result<Value, Halt> {
    num(call.number(0)?.round(0, Rounding::Ceiling))
}

fn trunc(call: &mut Call) -> Result<Value, Halt> {
    num(call.number(0)?.round(0, Rounding::Down))
}

fn sqrt(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.sqrt())
}

fn ln(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.ln())
}

fn exp(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.exp())
}

fn pow(call: &mut Call) -> Result<Value, Halt> {
    let (base, exponent) = (call.number(0)?, call.number(1)?);
    call.machine.power(base, exponent).map(Value::Num)
}

fn number(call: &mut Call) -> Result<Value, Halt> {
    match call.arg(0) {
        Value::Bool(value) => num(Number::Int(i64::from(value))),
        Value::Text(_) => {
            let text = call.text(0)?;
            Number::parse(text.trim())
                .map(Value::Num)
                .map_err(|_| Halt::trap("invalid-number", "the text is not a number"))
        }
        _ => call.number(0).map(Value::Num),
    }
}

fn is_integer(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(
        matches!(call.arg(0), Value::Num(number) if number.is_integer()),
    ))
}

fn to_fixed(call: &mut Call) -> Result<Value, Halt> {
    let places = places(call, 1)?;
    if !(0..=100).contains(&places) {
        return Err(Halt::trap("bad-argument", "`toFixed` takes 0 to 100 places"));
    }
    let mut text = call.number(0)?.round(places, Rounding::HalfUp).to_string();
    let given = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if given == 0 && places > 0 {
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', places as usize - given));
    call.make_text(&text)
}

fn to_string(call: &mut Call) -> Result<Value, Halt> {
    let text = call.number(0)?.to_string();
    call.make_text(&text)
}
