//! `Math` of JavaScript, in decimal: roots, logarithms and angles are the correctly rounded values of the real functions.
//! What has no value traps `invalid-number`: there is no NaN, and no Infinity.
use super::numbers::result;
use super::{pure, Call, Native, MANY};
use crate::number::{Number, NumberError, Rounding};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::operators::number_trap;
use crate::vm::value::Value;

macro_rules! functions {
    ($($name:literal $function:ident $gas:ident $doc:literal;)*) => {
        /// Functions of one number.
        pub const FUNCTIONS: &[Native] = &[$(pure(
            concat!("Math.", $name),
            (1, 1),
            gas::$gas,
            |call| result($function(call.number(0)?)),
            concat!("Math.", $name, "(x) -> ", $doc),
        ),)*];
    };
}

functions! {
    "abs" abs METHOD "magnitude";
    "sign" sign METHOD "-1, 0 or 1";
    "floor" floor ROUND "greatest whole number not above x";
    "ceil" ceil ROUND "least whole number not below x";
    "round" round ROUND "nearest whole number, halves up";
    "trunc" trunc ROUND "x without its fraction";
    "sqrt" sqrt ROOT "square root";
    "cbrt" cbrt CUBE_ROOT "cube root";
    "exp" exp LOGARITHM "e to the x";
    "expm1" expm1 LOGARITHM "e to the x, less 1";
    "log" ln LOGARITHM "natural logarithm";
    "log10" log10 LOGARITHM "logarithm to base 10";
    "log2" log2 LOGARITHM "logarithm to base 2";
    "log1p" log1p LOGARITHM "natural logarithm of 1 + x";
    "sin" sin ANGLE "sine of x radians";
    "cos" cos ANGLE "cosine of x radians";
    "tan" tan ANGLE "tangent of x radians";
    "asin" asin ANGLE "the angle whose sine is x";
    "acos" acos ANGLE "the angle whose cosine is x";
    "atan" atan ANGLE "the angle whose tangent is x";
    "sinh" sinh ANGLE "hyperbolic sine";
    "cosh" cosh ANGLE "hyperbolic cosine";
    "tanh" tanh ANGLE "hyperbolic tangent";
    "asinh" asinh ANGLE "inverse of sinh";
    "acosh" acosh ANGLE "inverse of cosh";
    "atanh" atanh ANGLE "inverse of tanh";
}

/// Functions of several numbers.
pub const OF_SEVERAL: &[Native] = &[
    pure("Math.max", (1, MANY), gas::ROUND, max, "Math.max(x..) -> the greatest"),
    pure("Math.min", (1, MANY), gas::ROUND, min, "Math.min(x..) -> the least"),
    pure("Math.pow", (2, 2), 0, pow, "Math.pow(x, y) -> x to the y"),
    pure(
        "Math.atan2",
        (2, 2),
        gas::ANGLE,
        atan2,
        "Math.atan2(y, x) -> the angle of the point (x, y)",
    ),
    pure(
        "Math.hypot",
        (0, MANY),
        gas::ROOT,
        hypot,
        "Math.hypot(x..) -> square root of the sum of their squares",
    ),
];

type Found = Result<Number, NumberError>;

fn abs(x: Number) -> Found {
    Ok(x.abs())
}

fn sign(x: Number) -> Found {
    Ok(Number::Int(x.cmp(&Number::ZERO) as i64))
}

fn floor(x: Number) -> Found {
    Ok(x.round(0, Rounding::Floor))
}

fn ceil(x: Number) -> Found {
    Ok(x.round(0, Rounding::Ceiling))
}

/// Halves go up, also below zero.
fn round(x: Number) -> Found {
    let mode = if x.is_negative() {
        Rounding::HalfDown
    } else {
        Rounding::HalfUp
    };
    Ok(x.round(0, mode))
}

fn trunc(x: Number) -> Found {
    Ok(x.round(0, Rounding::Down))
}

fn sqrt(x: Number) -> Found {
    x.sqrt()
}

fn cbrt(x: Number) -> Found {
    x.cbrt()
}

fn exp(x: Number) -> Found {
    x.exp()
}

fn expm1(x: Number) -> Found {
    x.expm1()
}

fn ln(x: Number) -> Found {
    x.ln()
}

fn log10(x: Number) -> Found {
    x.log10()
}

fn log2(x: Number) -> Found {
    x.log2()
}

fn log1p(x: Number) -> Found {
    x.log1p()
}

fn sin(x: Number) -> Found {
    x.sin()
}

fn cos(x: Number) -> Found {
    x.cos()
}

fn tan(x: Number) -> Found {
    x.tan()
}

fn asin(x: Number) -> Found {
    x.asin()
}

fn acos(x: Number) -> Found {
    x.acos()
}

fn atan(x: Number) -> Found {
    x.atan()
}

fn sinh(x: Number) -> Found {
    x.sinh()
}

fn cosh(x: Number) -> Found {
    x.cosh()
}

fn tanh(x: Number) -> Found {
    x.tanh()
}

fn asinh(x: Number) -> Found {
    x.asinh()
}

fn acosh(x: Number) -> Found {
    x.acosh()
}

fn atanh(x: Number) -> Found {
    x.atanh()
}

fn numbers(call: &mut Call) -> Result<Vec<Number>, Halt> {
    call.machine.gas.charge(call.args.len() as u64 * gas::SUM_ITEM)?;
    (0..call.args.len()).map(|at| call.number(at)).collect()
}

fn max(call: &mut Call) -> Result<Value, Halt> {
    result(numbers(call)?.into_iter().max().ok_or(NumberError::Invalid))
}

fn min(call: &mut Call) -> Result<Value, Halt> {
    result(numbers(call)?.into_iter().min().ok_or(NumberError::Invalid))
}

fn pow(call: &mut Call) -> Result<Value, Halt> {
    let (base, exponent) = (call.number(0)?, call.number(1)?);
    call.machine.power(base, exponent).map(Value::Num)
}

fn atan2(call: &mut Call) -> Result<Value, Halt> {
    result(call.number(0)?.atan2(call.number(1)?))
}

fn hypot(call: &mut Call) -> Result<Value, Halt> {
    let mut sum = Number::ZERO;
    for x in numbers(call)? {
        call.machine.gas.charge(gas::DECIMAL)?;
        sum = x.mul(x).and_then(|square| sum.add(square)).map_err(number_trap)?;
    }
    result(sum.sqrt())
}
