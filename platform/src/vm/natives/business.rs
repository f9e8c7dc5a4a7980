//! Business arithmetic: whole division, percentages, money at the places of its currency.
use super::currencies;
use super::numbers::{mode, result};
use super::{pure, Call, Native};
use crate::number::{Number, Rounding};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::number_trap;
use crate::vm::value::Value;

const HUNDRED: Number = Number::Int(100);

pub const FUNCTIONS: &[Native] = &[
    pure(
        "div",
        (2, 2),
        gas::DECIMAL,
        div,
        "div(a, b) -> quotient without its fraction, as Java divides whole numbers; a == div(a, b) * b + mod(a, b)",
    ),
    pure(
        "mod",
        (2, 2),
        gas::DECIMAL,
        modulo,
        "mod(a, b) -> what div(a, b) leaves, with the sign of a; the same as a % b",
    ),
    pure(
        "floor_div",
        (2, 2),
        2 * gas::DECIMAL,
        floor_div,
        "floor_div(a, b) -> greatest whole number not above a / b",
    ),
    pure(
        "floor_mod",
        (2, 2),
        gas::DECIMAL,
        floor_mod,
        "floor_mod(a, b) -> what floor_div(a, b) leaves, with the sign of b",
    ),
    pure(
        "percent",
        (2, 2),
        gas::DECIMAL,
        percent,
        "percent(x, p) -> p percent of x",
    ),
    pure(
        "add_percent",
        (2, 2),
        2 * gas::DECIMAL,
        add_percent,
        "add_percent(x, p) -> x and p percent of it; p may be negative",
    ),
    pure(
        "percent_of",
        (2, 2),
        gas::DECIMAL,
        percent_of,
        "percent_of(part, whole) -> how many percent part is of whole",
    ),
    pure(
        "minor_units",
        (1, 1),
        gas::PART,
        minor_units,
        "minor_units(currency) -> decimal places of a currency, as \"EUR\" 2 (ISO 4217)",
    ),
    pure(
        "round_currency",
        (2, 3),
        gas::PART + gas::ROUND,
        round_currency,
        "round_currency(x, currency, mode?) -> x at the places of the currency; modes as in round",
    ),
];

fn two(call: &Call) -> Result<(Number, Number), Halt> {
    Ok((call.number(0)?, call.number(1)?))
}

fn div(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = two(call)?;
    result(a.div_whole(b))
}

fn modulo(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = two(call)?;
    result(a.rem(b))
}

fn floor_div(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = two(call)?;
    let quotient = a.div_whole(b).map_err(number_trap)?;
    let below = !a.rem(b).map_err(number_trap)?.is_zero() && a.is_negative() != b.is_negative();
    result(if below { quotient.sub(Number::ONE) } else { Ok(quotient) })
}

fn floor_mod(call: &mut Call) -> Result<Value, Halt> {
    let (a, b) = two(call)?;
    let rest = a.rem(b).map_err(number_trap)?;
    let below = !rest.is_zero() && rest.is_negative() != b.is_negative();
    result(if below { rest.add(b) } else { Ok(rest) })
}

fn percent(call: &mut Call) -> Result<Value, Halt> {
    let (x, p) = two(call)?;
    result(x.mul(p).and_then(|product| product.div(HUNDRED)))
}

fn add_percent(call: &mut Call) -> Result<Value, Halt> {
    let (x, p) = two(call)?;
    let factor = p.add(HUNDRED).and_then(|sum| sum.div(HUNDRED));
    result(factor.and_then(|factor| x.mul(factor)))
}

fn percent_of(call: &mut Call) -> Result<Value, Halt> {
    let (part, whole) = two(call)?;
    result(part.mul(HUNDRED).and_then(|product| product.div(whole)))
}

fn places_of(call: &mut Call, at: usize) -> Result<u32, Halt> {
    let code = call.text(at)?;
    currencies::minor_units(&code).ok_or_else(|| {
        let shown: String = code.chars().take(8).collect();
        Halt::trap(
            "bad-argument",
            format!("`{shown}` is no currency of ISO 4217 with decimal places"),
        )
    })
}

fn minor_units(call: &mut Call) -> Result<Value, Halt> {
    let places = places_of(call, 0)?;
    Ok(Value::Num(Number::Int(i64::from(places))))
}

fn round_currency(call: &mut Call) -> Result<Value, Halt> {
    let (x, places) = (call.number(0)?, places_of(call, 1)?);
    let mode = mode(call, 2, Rounding::HalfUp)?;
    Ok(Value::Num(x.round(places as i32, mode)))
}
