//! Conversion between Python objects and [`Data`].
//!
//! None, bool, int, `decimal.Decimal`, str, bytes, list or tuple, dict with str keys, and the temporal classes. A float
//! is refused: what it means in decimal is a guess.
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use super::temporal::{PyDate, PyDateTime, PyDuration, PyPeriod, PyTime};
use crate::number::Number;
use crate::value::Data;

/// Lists and dicts within one another, as the codec bounds them.
const MAX_DEPTH: u32 = crate::codec::cbor::MAX_DEPTH;

/// Bits of the largest whole number.
const MAX_BITS: u64 = 20_414;

/// Zeros after the coefficient of a whole number up to which the int is made of text.
const TEXT_DIGITS: i32 = 4_000;

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

pub fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    DECIMAL.import(py, "decimal", "Decimal")
}

/// The data of a Python object.
///
/// # Errors
/// `TypeError` for what is no value, `ValueError` for a number without exact representation, depth, a bad text.
pub fn py_to_data(object: &Bound<'_, PyAny>) -> PyResult<Data> {
    to_data(object, 0)
}

fn to_data(object: &Bound<'_, PyAny>, depth: u32) -> PyResult<Data> {
    if object.is_none() {
        return Ok(Data::Null);
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(Data::Bool(value.is_true()));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Data::Text(text.to_str()?.to_owned()));
    }
    if object.is_instance_of::<PyInt>() {
        return py_to_number(object).map(Data::Num);
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let depth = deeper(depth)?;
        let mut entries = Vec::with_capacity(dict.len());
        for (key, value) in dict.iter() {
            let Ok(key) = key.cast::<PyString>() else {
                return Err(PyTypeError::new_err(format!(
                    "keys of a record are str, not `{}`",
                    key.get_type().name()?
                )));
            };
            entries.push((key.to_str()?.to_owned(), to_data(&value, depth)?));
        }
        return Ok(Data::Record(entries));
    }
    if let Ok(list) = object.cast::<PyList>() {
        let depth = deeper(depth)?;
        return list
            .iter()
            .map(|item| to_data(&item, depth))
            .collect::<PyResult<_>>()
            .map(Data::List);
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(Data::Bytes(bytes.as_bytes().to_owned()));
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        let depth = deeper(depth)?;
        return tuple
            .iter()
            .map(|item| to_data(&item, depth))
            .collect::<PyResult<_>>()
            .map(Data::List);
    }
    rare_to_data(object)
}

fn rare_to_data(object: &Bound<'_, PyAny>) -> PyResult<Data> {
    if let Ok(value) = object.cast::<PyDate>() {
        return Ok(Data::Date(value.get().0));
    }
    if let Ok(value) = object.cast::<PyTime>() {
        return Ok(Data::Time(value.get().0));
    }
    if let Ok(value) = object.cast::<PyDateTime>() {
        return Ok(Data::DateTime(value.get().0));
    }
    if let Ok(value) = object.cast::<PyDuration>() {
        return Ok(Data::Duration(value.get().0));
    }
    if let Ok(value) = object.cast::<PyPeriod>() {
        return Ok(Data::Period(value.get().0));
    }
    py_to_number(object).map(Data::Num)
}

fn deeper(depth: u32) -> PyResult<u32> {
    if depth >= MAX_DEPTH {
        return Err(PyValueError::new_err(format!(
            "values are nested more than {MAX_DEPTH} deep"
        )));
    }
    Ok(depth + 1)
}

/// An int or a Decimal.
pub fn py_to_number(object: &Bound<'_, PyAny>) -> PyResult<Number> {
    if object.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err("a bool is not a number"));
    }
    if object.is_instance_of::<PyInt>() {
        if let Ok(value) = object.extract::<i64>() {
            return Ok(Number::Int(value));
        }
        if let Some(number) = object.extract::<i128>().ok().and_then(Number::from_i128) {
            return Ok(number);
        }
        // beyond: through Decimal, since Python bounds the text of an int
        let bits: u64 = object.call_method0("bit_length")?.extract()?;
        if bits > MAX_BITS {
            return Err(inexact("int"));
        }
        return exact_number(&decimal_class(object.py())?.call1((object,))?);
    }
    if object.is_instance(decimal_class(object.py())?)? {
        return exact_number(object);
    }
    if object.is_instance_of::<PyFloat>() {
        return Err(PyTypeError::new_err("a float is not a value; use `decimal.Decimal`"));
    }
    Err(PyTypeError::new_err(format!(
        "`{}` is not a value",
        object.get_type().name()?
    )))
}

fn inexact(what: &str) -> PyErr {
    PyValueError::new_err(format!("this {what} has no exact representation in 34 digits"))
}

fn exact_number(decimal: &Bound<'_, PyAny>) -> PyResult<Number> {
    Number::parse_exact(decimal.str()?.to_str()?).map_err(|_| inexact("Decimal"))
}

/// The Python object of data: dicts in the order of the record's entries.
pub fn data_to_py<'py>(py: Python<'py>, data: &Data) -> PyResult<Bound<'py, PyAny>> {
    Ok(match data {
        Data::Null => py.None().into_bound(py),
        Data::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Data::Num(value) => number_to_py(py, *value)?,
        Data::Text(text) => PyString::new(py, text).into_any(),
        Data::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Data::Date(value) => Bound::new(py, PyDate(*value))?.into_any(),
        Data::Time(value) => Bound::new(py, PyTime(*value))?.into_any(),
        Data::DateTime(value) => Bound::new(py, PyDateTime(*value))?.into_any(),
        Data::Duration(value) => Bound::new(py, PyDuration(*value))?.into_any(),
        Data::Period(value) => Bound::new(py, PyPeriod(*value))?.into_any(),
        Data::List(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(data_to_py(py, item)?)?;
            }
            list.into_any()
        }
        Data::Record(entries) => {
            let dict = PyDict::new(py);
            for (key, value) in entries {
                dict.set_item(key, data_to_py(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// An int if it is whole, else a Decimal.
pub fn number_to_py(py: Python<'_>, number: Number) -> PyResult<Bound<'_, PyAny>> {
    if let Some(value) = number.to_i64() {
        return Ok(PyInt::new(py, value).into_any());
    }
    if !number.is_integer() {
        return decimal_class(py)?.call1((number.to_string(),));
    }
    let (negative, coefficient, exponent) = number.to_parts();
    if exponent < TEXT_DIGITS {
        return py.get_type::<PyInt>().call1((number.to_string(),));
    }
    // Python bounds the text of an int, not its size
    let power = PyInt::new(py, 10).call_method1("__pow__", (exponent,))?;
    let magnitude = PyInt::new(py, coefficient).call_method1("__mul__", (power,))?;
    if negative {
        magnitude.neg()
    } else {
        Ok(magnitude)
    }
}
