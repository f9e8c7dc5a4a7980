//! Keys, addresses and transactions for Python.
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::value::{data_to_py, py_to_data};
use crate::codec::cbor::{self, Writer};
use crate::contracts::address::{self, sha256};
use crate::contracts::err::{self, Failure};
use crate::ledger::keys;
use crate::ledger::tx::Tx;
use crate::value::Data;

create_exception!(
    _kernel,
    KeyFormatError,
    PyValueError,
    "A key, signature or address that is malformed; `.code` says which."
);
create_exception!(
    _kernel,
    TxError,
    PyValueError,
    "Bytes or fields that are no transaction; `.code` is the ledger's."
);

/// The error with its code as an attribute.
pub fn coded(error: PyErr, code: &str) -> PyErr {
    Python::attach(|py| error.value(py).setattr("code", code)).map_or_else(|other| other, |()| error)
}

pub fn tx_error(failure: &Failure) -> PyErr {
    coded(TxError::new_err(failure.message.clone()), &failure.error)
}

fn malformed(code: &str, message: String) -> PyErr {
    coded(KeyFormatError::new_err(message), code)
}

pub fn fixed<const N: usize>(bytes: &[u8], what: &str) -> PyResult<[u8; N]> {
    let code = if what == "address" {
        "bad-address"
    } else if what == "signature" {
        "bad-signature"
    } else {
        "bad-key"
    };
    bytes
        .try_into()
        .map_err(|_| malformed(code, format!("a {what} has {N} bytes, not {}", bytes.len())))
}

#[pyfunction]
fn ed25519_public<'py>(py: Python<'py>, seed: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &keys::public(&fixed(seed, "seed")?)))
}

#[pyfunction]
fn ed25519_sign<'py>(py: Python<'py>, seed: &[u8], message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &keys::sign(&fixed(seed, "seed")?, message)))
}

#[pyfunction]
fn ed25519_verify(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match (key.try_into(), signature.try_into()) {
        (Ok(key), Ok(signature)) => keys::verify(key, message, signature),
        _ => false,
    }
}

#[pyfunction]
fn address_of<'py>(py: Python<'py>, key: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &address::of_key(&fixed(key, "key")?)))
}

#[pyfunction]
fn address_encode(address: &[u8]) -> PyResult<String> {
    Ok(address::text(&fixed(address, "address")?))
}

#[pyfunction]
fn address_decode<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let address = address::parse(text).map_err(|message| malformed("bad-address", message))?;
    Ok(PyBytes::new(py, &address))
}

/// The canonical bytes of a body, checked by decoding them.
fn encode_body(body: &Bound<'_, PyDict>, key: Option<[u8; 32]>) -> PyResult<Vec<u8>> {
    let Data::Record(mut entries) = py_to_data(body)? else {
        return Err(tx_error(&Failure::new(err::UNDECODABLE, "a body is a dict")));
    };
    entries.retain(|(_, value)| *value != Data::Null);
    if let Some(key) = key {
        entries.retain(|(name, _)| name != "key");
        entries.push(("key".into(), Data::Bytes(key.to_vec())));
    }
    if !entries.iter().any(|(name, _)| name == "tip") {
        entries.push(("tip".into(), crate::contracts::amount::count(0)));
    }
    let bytes = cbor::encode(&Data::Record(entries));
    Tx::decode_body(&bytes).map_err(|failure| tx_error(&failure))?;
    Ok(bytes)
}

fn assemble(body: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(body.len() + signature.len() + 8);
    writer.array(2);
    writer.bytes(body);
    writer.bytes(signature);
    writer.into_bytes()
}

#[pyfunction]
fn tx_body<'py>(py: Python<'py>, body: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &encode_body(body, None)?))
}

#[pyfunction]
fn tx_sign_bytes<'py>(py: Python<'py>, body: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &keys::sign_bytes(body))
}

#[pyfunction]
fn tx_sign<'py>(py: Python<'py>, seed: &[u8], body: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
    let seed = fixed(seed, "seed")?;
    let body = encode_body(body, Some(keys::public(&seed)))?;
    let signature = keys::sign(&seed, &keys::sign_bytes(&body));
    Ok(PyBytes::new(py, &assemble(&body, &signature)))
}

#[pyfunction]
fn tx_assemble<'py>(py: Python<'py>, body: &[u8], signature: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &assemble(body, signature))
}

#[pyfunction]
fn tx_hash<'py>(py: Python<'py>, tx: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &sha256(tx))
}

#[pyfunction]
fn tx_decode<'py>(py: Python<'py>, tx: &[u8]) -> PyResult<Bound<'py, PyDict>> {
    let tx = Tx::decode(tx).map_err(|failure| tx_error(&failure))?;
    let dict = PyDict::new(py);
    // the body was checked, so it is data
    if let Ok(Data::Record(entries)) = cbor::decode(tx.body) {
        for (name, value) in entries {
            let value = match value {
                Data::List(messages) if name == "messages" => {
                    let list = PyList::empty(py);
                    for message in messages {
                        if let Data::List(pair) = &message {
                            let items = pair
                                .iter()
                                .map(|item| data_to_py(py, item))
                                .collect::<PyResult<Vec<_>>>()?;
                            list.append(pyo3::types::PyTuple::new(py, items)?)?;
                        }
                    }
                    list.into_any()
                }
                value => data_to_py(py, &value)?,
            };
            dict.set_item(name, value)?;
        }
    }
    dict.set_item("signature", PyBytes::new(py, &tx.signature))?;
    dict.set_item("hash", PyBytes::new(py, &tx.hash))?;
    dict.set_item("sender", PyBytes::new(py, &tx.sender))?;
    Ok(dict)
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("KeyFormatError", m.py().get_type::<KeyFormatError>())?;
    m.add("TxError", m.py().get_type::<TxError>())?;
    m.add_function(wrap_pyfunction!(ed25519_public, m)?)?;
    m.add_function(wrap_pyfunction!(ed25519_sign, m)?)?;
    m.add_function(wrap_pyfunction!(ed25519_verify, m)?)?;
    m.add_function(wrap_pyfunction!(address_of, m)?)?;
    m.add_function(wrap_pyfunction!(address_encode, m)?)?;
    m.add_function(wrap_pyfunction!(address_decode, m)?)?;
    m.add_function(wrap_pyfunction!(tx_body, m)?)?;
    m.add_function(wrap_pyfunction!(tx_sign_bytes, m)?)?;
    m.add_function(wrap_pyfunction!(tx_sign, m)?)?;
    m.add_function(wrap_pyfunction!(tx_assemble, m)?)?;
    m.add_function(wrap_pyfunction!(tx_hash, m)?)?;
    m.add_function(wrap_pyfunction!(tx_decode, m)?)
}
