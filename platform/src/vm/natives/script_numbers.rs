//! Numbers: `Number` and what belongs to it, `parseInt`, `parseFloat`, and the ways to write a number. There is no NaN: what
//! has no number traps `invalid-number`.
use super::common::itself;
use super::texts::is_space;
use super::{pure, Call, Native};
use crate::number::{Number, Rounding};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::{absent, number_trap};
use crate::vm::value::Value;

/// `Number.MAX_SAFE_INTEGER` of JavaScript.
const SAFE: i64 = (1 << 53) - 1;
/// Digits that `toPrecision` and `toExponential` write at most.
const MOST_DIGITS: i64 = 100;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "Number",
        (0, 1),
        gas::PARSE,
        number,
        "Number(v) -> number of a text, boolean or number; 0 of null and of an empty text",
    ),
    pure(
        "Number.isInteger",
        (0, 1),
        gas::METHOD,
        is_integer,
        "Number.isInteger(v) -> whether v is a whole number",
    ),
    pure(
        "Number.isSafeInteger",
        (0, 1),
        gas::METHOD,
        is_safe_integer,
        "Number.isSafeInteger(v) -> whether v is a whole number within 2^53",
    ),
    pure(
        "Number.isFinite",
        (0, 1),
        gas::METHOD,
        is_number,
        "Number.isFinite(v) -> whether v is a number: all are finite",
    ),
    pure(
        "parseInt",
        (1, 2),
        gas::PARSE,
        parse_int,
        "parseInt(text, radix?) -> the whole number that the text begins with; trap invalid-number if there is none",
    ),
    pure(
        "parseFloat",
        (1, 1),
        gas::PARSE,
        parse_float,
        "parseFloat(text) -> the number that the text begins with; trap invalid-number if there is none",
    ),
    pure(
        "Number.parseInt",
        (1, 2),
        gas::PARSE,
        parse_int,
        "Number.parseInt(text, radix?) -> as parseInt",
    ),
    pure(
        "Number.parseFloat",
        (1, 1),
        gas::PARSE,
        parse_float,
        "Number.parseFloat(text) -> as parseFloat",
    ),
    pure(
        "Boolean",
        (0, 1),
        gas::METHOD,
        boolean,
        "Boolean(v) -> whether v counts as true",
    ),
];

pub const METHODS: &[Native] = &[
    pure(
        "toString",
        (1, 2),
        gas::FORMAT,
        to_string,
        "number.toString(radix?) -> text; whole numbers also in radix 2 to 36",
    ),
    pure(
        "toPrecision",
        (1, 2),
        gas::FORMAT,
        to_precision,
        "number.toPrecision(digits?) -> text with so many significant digits, half up",
    ),
    pure(
        "toExponential",
        (1, 2),
        gas::FORMAT,
        to_exponential,
        "number.toExponential(places?) -> text in scientific notation, half up",
    ),
    pure("valueOf", (1, 1), gas::METHOD, itself, "number.valueOf() -> the number"),
];

fn invalid(what: &str) -> Halt {
    Halt::trap("invalid-number", format!("{what} is not a number (there is no NaN)"))
}

fn number(call: &mut Call) -> Result<Value, Halt> {
    if call.args.is_empty() {
        return Ok(Value::Num(Number::ZERO));
    }
    Ok(Value::Num(match call.arg(0) {
        Value::Null => Number::ZERO,
        Value::Undefined => return Err(invalid("undefined")),
        Value::Bool(value) => Number::Int(i64::from(value)),
        Value::Text(_) => {
            let text = call.text(0)?;
            from_text(text.trim_matches(is_space))?
        }
        _ => call.number(0)?,
    }))
}

/// The number that a whole text says, as JavaScript reads one.
fn from_text(text: &str) -> Result<Number, Halt> {
    if text.is_empty() {
        return Ok(Number::ZERO);
    }
    let lower = text.get(..2).map(str::to_ascii_lowercase);
    let radix = match lower.as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => {
            let (number, rest) = decimal_prefix(text).ok_or_else(|| invalid("the text"))?;
            return if rest.is_empty() {
                number
            } else {
                Err(invalid("the text"))
            };
        }
    };
    let (number, rest) = whole_prefix(&text[2..], radix)?.ok_or_else(|| invalid("the text"))?;
    if rest.is_empty() {
        return Ok(number);
    }
    Err(invalid("the text"))
}

/// The longest start of a text that is a decimal number (`-1.5e3`, `.5`, `5.`), and the rest.
fn decimal_prefix(text: &str) -> Option<(Result<Number, Halt>, &str)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return None;
    }
    let mantissa = end;
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    // JSON's notation, which the number is read from
    let zeros = text[sign..sign + whole].len() - text[sign..sign + whole].trim_start_matches('0').len();
    let mut plain = String::from(if text.starts_with('-') { "-" } else { "" });
    plain.push_str(if zeros == whole { "0" } else { "" });
    plain.push_str(&text[sign + zeros..sign + whole]);
    if fraction > 0 {
        plain.push_str(&text[sign + whole..mantissa]);
    }
    plain.push_str(&text[mantissa..end]);
    Some((Number::parse(&plain).map_err(number_trap), &text[end..]))
}

/// The longest start of a text that is digits of a radix, as a number, and the rest.
fn whole_prefix(text: &str, radix: u32) -> Result<Option<(Number, &str)>, Halt> {
    let end = text.find(|char: char| !char.is_digit(radix)).unwrap_or(text.len());
    if end == 0 {
        return Ok(None);
    }
    if radix == 10 {
        let digits = text[..end].trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        return Ok(Some((Number::parse(digits).map_err(number_trap)?, &text[end..])));
    }
    let mut number = Number::ZERO;
    for char in text[..end].chars() {
        let digit = Number::Int(i64::from(char.to_digit(radix).unwrap_or(0)));
        number = number
            .mul(Number::Int(i64::from(radix)))
            .and_then(|high| high.add(digit))
            .map_err(number_trap)?;
    }
    Ok(Some((number, &text[end..])))
}

/// What the first argument says as text, without white space before it.
fn written(call: &mut Call) -> Result<String, Halt> {
    let text = match call.arg(0) {
        Value::Num(number) => number.to_string(),
        _ => call.text(0)?,
    };
    call.machine.gas.charge(text.len() as u64)?;
    Ok(text.trim_start_matches(is_space).to_owned())
}

fn parse_int(call: &mut Call) -> Result<Value, Halt> {
    let text = written(call)?;
    let radix = call.whole(1, 0)?;
    if radix != 0 && !(2..=36).contains(&radix) {
        return Err(Halt::trap("bad-argument", "`parseInt` takes a radix from 2 to 36"));
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let hexadecimal = rest.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    let (radix, rest) = match radix {
        0 | 16 if hexadecimal => (16, &rest[2..]),
        0 => (10, rest),
        _ => (u32::try_from(radix).unwrap_or(10), rest),
    };
    call.machine.gas.charge(rest.len() as u64 * gas::DIVISION)?;
    let (number, _) = whole_prefix(rest, radix)?.ok_or_else(|| invalid("the text"))?;
    Ok(Value::Num(if negative { number.neg() } else { number }))
}

fn parse_float(call: &mut Call) -> Result<Value, Halt> {
    let text = written(call)?;
    let (number, _) = decimal_prefix(&text).ok_or_else(|| invalid("the text"))?;
    number.map(Value::Num)
}

fn boolean(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(call.machine.truth(call.arg(0))))
}

fn is_number(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(matches!(call.arg(0), Value::Num(_))))
}

fn is_integer(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Bool(
        matches!(call.arg(0), Value::Num(number) if number.is_integer()),
    ))
}

fn is_safe_integer(call: &mut Call) -> Result<Value, Halt> {
    let safe = |number: Number| number.to_i64().is_some_and(|value| (-SAFE..=SAFE).contains(&value));
    Ok(Value::Bool(matches!(call.arg(0), Value::Num(number) if safe(number))))
}

fn to_string(call: &mut Call) -> Result<Value, Halt> {
    let number = call.number(0)?;
    let radix = call.whole(1, 10)?;
    if radix == 10 {
        return call.make_text(&number.to_string());
    }
    if !(2..=36).contains(&radix) {
        return Err(Halt::trap("bad-argument", "`toString` takes a radix from 2 to 36"));
    }
    if !number.is_integer() {
        return Err(Halt::trap("not-whole", "`toString` writes fractions in radix 10 only"));
    }
    let (negative, mut coefficient, exponent) = number.to_parts();
    let power = u32::try_from(exponent)
        .ok()
        .and_then(|exponent| 10u128.checked_pow(exponent));
    coefficient = power.and_then(|power| coefficient.checked_mul(power)).ok_or_else(|| {
        Halt::trap(
            "bad-argument",
            "`toString` takes a number below 2^128 for another radix",
        )
    })?;
    call.machine.gas.charge(128)?;
    let mut digits = Vec::new();
    while coefficient > 0 || digits.is_empty() {
        let digit = (coefficient % radix as u128) as u32;
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        coefficient /= radix as u128;
    }
    if negative {
        digits.push('-');
    }
    let text: String = digits.into_iter().rev().collect();
    call.make_text(&text)
}

/// Digits asked for, between `least` and [`MOST_DIGITS`].
fn count(call: &Call, least: i64) -> Result<usize, Halt> {
    let count = call.whole(1, least)?;
    if !(least..=MOST_DIGITS).contains(&count) {
        let message = format!("`{}` takes {least} to {MOST_DIGITS} digits", call.name);
        return Err(Halt::trap("bad-argument", message));
    }
    Ok(count as usize)
}

/// Sign, so many significant digits, and the power of ten of the first of them.
fn significant(number: Number, count: usize) -> (bool, String, i32) {
    let first = |number: Number| {
        let (_, coefficient, exponent) = number.to_parts();
        (
            coefficient.to_string(),
            coefficient.to_string().len() as i32 + exponent - 1,
        )
    };
    let (_, power) = first(number);
    let rounded = number.round(count as i32 - 1 - power, Rounding::HalfUp);
    if rounded.is_zero() {
        return (false, "0".repeat(count), 0);
    }
    let (mut digits, power) = first(rounded);
    digits.extend(std::iter::repeat_n('0', count.saturating_sub(digits.len())));
    (rounded.is_negative(), digits, power)
}

fn scientific(negative: bool, digits: &str, power: i32) -> String {
    let sign = if negative { "-" } else { "" };
    let point = if digits.len() > 1 { "." } else { "" };
    let direction = if power < 0 { '-' } else { '+' };
    format!(
        "{sign}{}{point}{}e{direction}{}",
        &digits[..1],
        &digits[1..],
        power.abs()
    )
}

fn to_precision(call: &mut Call) -> Result<Value, Halt> {
    let number = call.number(0)?;
    if absent(call.arg(1)) {
        return call.make_text(&number.to_string());
    }
    let count = count(call, 1)?;
    let (negative, digits, power) = significant(number, count);
    if power < -6 || power >= count as i32 {
        return call.make_text(&scientific(negative, &digits, power));
    }
    let sign = if negative { "-" } else { "" };
    let text = if power < 0 {
        format!("{sign}0.{}{digits}", "0".repeat(power.unsigned_abs() as usize - 1))
    } else {
        let (whole, fraction) = digits.split_at(power as usize + 1);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    };
    call.make_text(&text)
}

fn to_exponential(call: &mut Call) -> Result<Value, Halt> {
    let number = call.number(0)?;
    let digits = if absent(call.arg(1)) {
        number.to_parts().1.to_string().len()
    } else {
        count(call, 0)? + 1
    };
    let (negative, digits, power) = significant(number, digits);
    call.make_text(&scientific(negative, &digits, power))
}
