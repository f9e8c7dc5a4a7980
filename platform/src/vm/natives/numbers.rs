//! Numbers: functions and methods. What has no defined result is a trap, never NaN.
use super::common::{compare_to, equals, itself};
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
        "round(x, places?, mode?) -> rounded; half_up unless mode is half_even, half_down, up, down, ceiling or floor",
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
        gas::FORMAT,
        to_fixed,
        "number.toFixed(places?) -> text with so many places, half up",
    ),
    pure(
        "toPlainString",
        (1, 1),
        gas::PARSE,
        to_string,
        "number.toPlainString() -> text",
    ),
    pure(
        "intValue",
        (1, 1),
        gas::ROUND,
        trunc,
        "number.intValue() -> without its fraction",
    ),
    pure(
        "longValue",
        (1, 1),
        gas::ROUND,
        trunc,
        "number.longValue() -> without its fraction",
    ),
    pure(
        "shortValue",
        (1, 1),
        gas::ROUND,
        trunc,
        "number.shortValue() -> without its fraction",
    ),
    pure(
        "doubleValue",
        (1, 1),
        gas::METHOD,
        itself,
        "number.doubleValue() -> the number",
    ),
    pure(
        "floatValue",
        (1, 1),
        gas::METHOD,
        itself,
        "number.floatValue() -> the number",
    ),
    pure(
        "bigDecimalValue",
        (1, 1),
        gas::METHOD,
        itself,
        "number.bigDecimalValue() -> the number",
    ),
    pure(
        "stripTrailingZeros",
        (1, 1),
        gas::METHOD,
        itself,
        "number.stripTrailingZeros() -> the number",
    ),
    pure(
        "equals",
        (2, 2),
        gas::METHOD,
        equals,
        "number.equals(other) -> boolean, as `==`",
    ),
    pure(
        "compareTo",
        (2, 2),
        gas::ROUND,
        compare_to,
        "number.compareTo(other) -> -1, 0 or 1",
    ),
    pure("add", (2, 2), gas::DECIMAL, add, "number.add(x) -> sum"),
    pure(
        "subtract",
        (2, 2),
        gas::DECIMAL,
        subtract,
        "number.subtract(x) -> difference",
    ),
    pure(
        "multiply",
        (2, 2),
        gas::DECIMAL,
        multiply,
        "number.multiply(x) -> product",
    ),
    pure(
        "divide",
        (2, 4),
        gas::DECIMAL,
        divide,
        "number.divide(x, places?, mode?) -> quotient, rounded if places or a mode are given",
    ),
    pure(
        "remainder",
        (2, 2),
        gas::DECIMAL,
        remainder,
        "number.remainder(x) -> as `%`",
    ),
    pure("negate", (1, 1), gas::METHOD, negate, "number.negate()"),
    pure("abs", (1, 1), gas::METHOD, abs, "number.abs() -> magnitude"),
    pure("signum", (1, 1), gas::METHOD, sign, "number.signum() -> -1, 0 or 1"),
    pure("pow", (2, 2), 0, pow, "number.pow(n) -> power"),
    pure("min", (2, 2), gas::ROUND, min, "number.min(x) -> the lesser"),
    pure("max", (2, 2), gas::ROUND, max, "number.max(x) -> the greater"),
    pure(
        "setScale",
        (2, 3),
        gas::ROUND,
        round,
        "number.setScale(places, mode?) -> rounded as round does; half_up unless a mode is given",
    ),
];

fn num(number: Number) -> Result<Value, Halt> {
    Ok(Value::Num(number))
}

pub(super) fn result(result: Result<Number, NumberError>) -> Result<Value, Halt> {
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
pub(super) fn numbers(call: &mut Call) -> Result<Vec<Number>, Halt> {
    let values = match call.arg(0) {
        Value::Obj(_) if call.args.len() == 1 => call.items(0)?,
        _ => call.args.to_vec(),
    };
    call.machine.gas.charge(values.len() as u64 * gas::SUM_ITEM)?;
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

/// A rounding mode by name.
pub(super) fn mode(call: &mut Call, at: usize, default: Rounding) -> Result<Rounding, Halt> {
    if absent(call.arg(at)) {
        return Ok(default);
    }
    let name = call.text(at)?;
    Rounding::from_name(&name).ok_or_else(|| {
        let names: Vec<String> = Rounding::NAMES.iter().map(|(name, _)| name.replace('-', "_")).collect();
        Halt::trap(
            "bad-argument",
            format!("the rounding mode is unknown; modes are {}", names.join(", ")),
        )
    })
}

fn round(call: &mut Call) -> Result<Value, Halt> {
    let (number, places) = (call.number(0)?, places(call, 1)?);
    let mode = mode(call, 2, Rounding::HalfUp)?;
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

fn add(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.add(call.number(1)?))
}

fn subtract(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.sub(call.number(1)?))
}

fn multiply(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.mul(call.number(1)?))
}

/// `divide(x)`, `divide(x, places, mode)`; `divide(x, mode)` rounds to whole numbers.
fn divide(call: &mut Call) -> Result<Value, Halt> {
    let quotient = call.number(0)?.div(call.number(1)?).map_err(number_trap)?;
    if call.args.len() == 2 {
        return num(quotient);
    }
    let (places, at) = match call.arg(2) {
        Value::Text(_) => (0, 2),
        _ => (places(call, 2)?, 3),
    };
    let mode = mode(call, at, Rounding::HalfUp)?;
    num(quotient.round(places, mode))
}

fn remainder(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.rem(call.number(1)?))
}

fn negate(call: &mut Call) -> Result<Value, Halt> {
    num(call.number(0)?.neg())
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
