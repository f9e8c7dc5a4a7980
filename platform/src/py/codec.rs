//! CBOR and JSON for Python.
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::value::{data_to_py, py_to_data};
use crate::codec::{cbor, json};

create_exception!(
    _kernel,
    CborError,
    PyValueError,
    "Bytes that are not canonical CBOR; `.code`, `.offset`."
);
create_exception!(
    _kernel,
    JsonError,
    PyValueError,
    "Text that is not JSON; `.code`, `.offset`, `.line`, `.column`."
);

pub fn cbor_error(py: Python<'_>, error: cbor::CborError) -> PyErr {
    let raised = CborError::new_err(error.to_string());
    let value = raised.value(py);
    match value
        .setattr("code", error.code)
        .and_then(|()| value.setattr("offset", error.offset))
    {
        Ok(()) => raised,
        Err(other) => other,
    }
}

fn json_error(py: Python<'_>, error: &json::JsonError) -> PyErr {
    let raised = JsonError::new_err(error.to_string());
    let value = raised.value(py);
    let set = value
        .setattr("code", error.code)
        .and_then(|()| value.setattr("offset", error.offset))
        .and_then(|()| value.setattr("line", error.line))
        .and_then(|()| value.setattr("column", error.column));
    match set {
        Ok(()) => raised,
        Err(other) => other,
    }
}

fn form(typed: bool) -> json::Form {
    if typed {
        json::Form::Typed
    } else {
        json::Form::Plain
    }
}

#[pyfunction]
fn cbor_encode<'py>(py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &cbor::encode(&py_to_data(value)?)))
}

#[pyfunction]
fn cbor_decode<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let data = cbor::decode(data).map_err(|error| cbor_error(py, error))?;
    data_to_py(py, &data)
}

#[pyfunction]
#[pyo3(signature = (value, typed=false))]
fn json_encode(value: &Bound<'_, PyAny>, typed: bool) -> PyResult<String> {
    Ok(json::encode(&py_to_data(value)?, form(typed)))
}

#[pyfunction]
#[pyo3(signature = (text, typed=false))]
fn json_decode<'py>(py: Python<'py>, text: &str, typed: bool) -> PyResult<Bound<'py, PyAny>> {
    let data = json::decode(text, form(typed)).map_err(|error| json_error(py, &error))?;
    data_to_py(py, &data)
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("CborError", m.py().get_type::<CborError>())?;
    m.add("JsonError", m.py().get_type::<JsonError>())?;
    m.add("CBOR_ERRORS", cbor::ERRORS.to_vec())?;
    m.add("JSON_ERRORS", json::ERRORS.to_vec())?;
    m.add_function(wrap_pyfunction!(cbor_encode, m)?)?;
    m.add_function(wrap_pyfunction!(cbor_decode, m)?)?;
    m.add_function(wrap_pyfunction!(json_encode, m)?)?;
    m.add_function(wrap_pyfunction!(json_decode, m)?)
}
