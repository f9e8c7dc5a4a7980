//! Decimal operations by name, for tests and benchmarks: operands and results are texts.
use pyo3::create_exception;
use pyo3::exceptions::{PyArithmeticError, PyValueError};
use pyo3::prelude::*;

use crate::number::{self, Number, Rounding};

create_exception!(
    _kernel,
    NumberError,
    PyArithmeticError,
    "An operation without a result; `.code`."
);

fn code(error: number::NumberError) -> &'static str {
    match error {
        number::NumberError::Overflow => "number-overflow",
        number::NumberError::DivisionByZero => "division-by-zero",
        number::NumberError::Invalid => "invalid-number",
    }
}

/// The names of all operations.
const NAMES: &[&str] = &[
    "add", "sub", "mul", "div", "rem", "pow", "compare", "quantize", "neg", "abs", "sqrt", "ln", "exp", "plus",
];

type Operation = fn(Number, Number) -> number::Result;

/// Unary operations leave the second operand unused.
fn operation(name: &str) -> PyResult<Operation> {
    Ok(match name {
        "add" => Number::add,
        "sub" => Number::sub,
        "mul" => Number::mul,
        "div" => Number::div,
        "rem" => Number::rem,
        "pow" => Number::pow,
        "compare" => |a, b| Ok(Number::Int(a.cmp(&b) as i64)),
        "quantize" => |a, places| {
            let exponent = places.to_i64().and_then(|places| i32::try_from(places).ok());
            a.quantize(exponent.ok_or(number::NumberError::Invalid)?)
        },
        "neg" => |a, _| Ok(a.neg()),
        "abs" => |a, _| Ok(a.abs()),
        "sqrt" => |a, _| a.sqrt(),
        "ln" => |a, _| a.ln(),
        "exp" => |a, _| a.exp(),
        "plus" => |a, _| Ok(a),
        _ => return Err(PyValueError::new_err(format!("no operation `{name}`"))),
    })
}

/// Coefficient, `E`, exponent: short, and `decimal.Decimal` reads it.
fn scientific(number: Number) -> String {
    let (negative, coefficient, exponent) = number.to_parts();
    let sign = if negative { "-" } else { "" };
    format!("{sign}{coefficient}E{exponent}")
}

#[pyfunction]
#[pyo3(signature = (op, a, b="0"))]
fn decimal_op(py: Python<'_>, op: &str, a: &str, b: &str) -> PyResult<String> {
    let run = operation(op)?;
    let result = Number::parse(a).and_then(|a| Number::parse(b).and_then(|b| run(a, b)));
    result.map(|number| number.to_string()).map_err(|error| {
        let raised = NumberError::new_err(error.to_string());
        match raised.value(py).setattr("code", code(error)) {
            Ok(()) => raised,
            Err(other) => other,
        }
    })
}

/// Results in scientific notation, or the error's code.
#[pyfunction]
fn decimal_batch(py: Python<'_>, op: &str, a: Vec<String>, b: Vec<String>) -> PyResult<Vec<String>> {
    let run = operation(op)?;
    if a.len() != b.len() {
        return Err(PyValueError::new_err("both lists of operands have one length"));
    }
    Ok(py.detach(|| {
        a.iter()
            .zip(&b)
            .map(|(a, b)| {
                let result = Number::parse(a).and_then(|a| Number::parse(b).and_then(|b| run(a, b)));
                result.map_or_else(|error| code(error).to_owned(), scientific)
            })
            .collect()
    }))
}

/// Runs the operation over all pairs `rounds` times, for benchmarks.
#[pyfunction]
fn decimal_repeat(py: Python<'_>, op: &str, a: Vec<String>, b: Vec<String>, rounds: u32) -> PyResult<()> {
    let run = operation(op)?;
    let parse = |texts: &[String]| -> PyResult<Vec<Number>> {
        texts
            .iter()
            .map(|text| Number::parse(text).map_err(|error| PyValueError::new_err(error.to_string())))
            .collect()
    };
    let (a, b) = (parse(&a)?, parse(&b)?);
    py.detach(|| {
        for _ in 0..rounds {
            for (a, b) in a.iter().zip(&b) {
                let _ = std::hint::black_box(run(std::hint::black_box(*a), std::hint::black_box(*b)));
            }
        }
    });
    Ok(())
}

/// Rounds to places after the point.
#[pyfunction]
fn decimal_round(a: &str, places: i32, mode: &str) -> PyResult<String> {
    let mode = Rounding::from_name(mode).ok_or_else(|| PyValueError::new_err(format!("no rounding mode `{mode}`")))?;
    let number = Number::parse(a).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(number.round(places, mode).to_string())
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("NumberError", m.py().get_type::<NumberError>())?;
    m.add("DECIMAL_OPS", NAMES.to_vec())?;
    m.add("DECIMAL_ROUNDINGS", Rounding::NAMES.map(|(name, _)| name).to_vec())?;
    m.add_function(wrap_pyfunction!(decimal_op, m)?)?;
    m.add_function(wrap_pyfunction!(decimal_round, m)?)?;
    m.add_function(wrap_pyfunction!(decimal_batch, m)?)?;
    m.add_function(wrap_pyfunction!(decimal_repeat, m)?)
}
