//! `Sandbox`: contracts on an in-memory store.
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::keys::{coded, fixed};
use super::value::{data_to_py, py_to_data};
use crate::contracts::engine::{Call, Trace};
use crate::contracts::err::{self, Failure};
use crate::contracts::host::{Event, Source, Transfer};
use crate::contracts::sandbox::{self, Report};
use crate::value::DateTime;

create_exception!(
    _kernel,
    ContractError,
    PyValueError,
    "A request that a contract's host refuses; `.code` says why."
);

pub fn contract_error(failure: &Failure) -> PyErr {
    coded(ContractError::new_err(failure.message.clone()), &failure.error)
}

pub fn instant(text: &str) -> PyResult<DateTime> {
    DateTime::parse(text).ok_or_else(|| PyValueError::new_err(format!("`{text}` is not a date-time")))
}

fn outcome(failure: Option<&Failure>) -> Option<&'static str> {
    Some(match failure {
        None => "ok",
        Some(failure) if failure.number == err::OUT_OF_GAS.number => "out_of_gas",
        Some(failure) if failure.number == err::TRAP.number => "trap",
        Some(failure) if failure.number == err::REVERT.number => "revert",
        Some(failure) if failure.number == err::FAULT.number => "fault",
        Some(_) => return None,
    })
}

fn events<'py>(py: Python<'py>, events: &[Event]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for event in events {
        let dict = PyDict::new(py);
        match &event.source {
            Source::Contract(contract) => dict.set_item("contract", PyBytes::new(py, contract))?,
            Source::Native(name) => dict.set_item("contract", name)?,
        }
        dict.set_item("name", &event.name)?;
        dict.set_item("data", data_to_py(py, &event.data)?)?;
        list.append(dict)?;
    }
    Ok(list)
}

fn transfers<'py>(py: Python<'py>, transfers: &[Transfer]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for transfer in transfers {
        let dict = PyDict::new(py);
        dict.set_item("from", PyBytes::new(py, &transfer.from))?;
        dict.set_item("to", PyBytes::new(py, &transfer.to))?;
        dict.set_item("amount", transfer.amount)?;
        list.append(dict)?;
    }
    Ok(list)
}

/// Facts as `RuleSession.facts` gives them.
fn facts<'py>(py: Python<'py>, trace: &Trace) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for (id, data) in &trace.facts {
        let fact = data_to_py(py, data)?;
        fact.set_item("$id", id)?;
        list.append(fact)?;
    }
    Ok(list)
}

/// The dict of a call. What is refused before it runs is a `ContractError`.
pub fn report<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
    let failure = report.result.as_ref().err();
    let Some(outcome) = outcome(failure) else {
        return Err(failure.map_or_else(|| PyValueError::new_err("no outcome"), contract_error));
    };
    let dict = PyDict::new(py);
    dict.set_item("outcome", outcome)?;
    match &report.result {
        Ok(result) => dict.set_item("result", data_to_py(py, result)?)?,
        Err(_) => dict.set_item("result", py.None())?,
    }
    dict.set_item("events", events(py, &report.events)?)?;
    dict.set_item("transfers", transfers(py, &report.transfers)?)?;
    dict.set_item("tasks", PyList::empty(py))?;
    dict.set_item("fired", &report.trace.fired)?;
    dict.set_item("facts", facts(py, &report.trace)?)?;
    dict.set_item("output", &report.output)?;
    dict.set_item("gas", report.gas)?;
    dict.set_item("code", failure.map(|failure| failure.error.to_string()))?;
    dict.set_item("message", failure.map(|failure| &failure.message))?;
    dict.set_item("function", report.place.map(|place| place.function))?;
    dict.set_item("offset", report.place.map(|place| place.offset))?;
    Ok(dict)
}

#[pyclass(frozen)]
struct Sandbox(Mutex<sandbox::Sandbox>);

impl Sandbox {
    fn inner(&self) -> MutexGuard<'_, sandbox::Sandbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Sandbox {
    #[new]
    #[pyo3(signature = (state=None))]
    fn new(state: Option<&[u8]>) -> PyResult<Self> {
        let inner = match state {
            None => sandbox::Sandbox::default(),
            Some(bytes) => sandbox::Sandbox::import(bytes)
                .map_err(|message| coded(ContractError::new_err(message), "bad-state"))?,
        };
        Ok(Self(Mutex::new(inner)))
    }

    fn deploy<'py>(&self, py: Python<'py>, module: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let hash = py
            .detach(|| self.inner().deploy(module))
            .map_err(|failure| contract_error(&failure))?;
        Ok(PyBytes::new(py, &hash))
    }

    #[pyo3(signature = (module, parameters, *, sender, now="1970-01-01T00:00:00Z", value=0))]
    fn instantiate<'py>(
        &self,
        py: Python<'py>,
        module: &[u8],
        parameters: &Bound<'py, PyAny>,
        sender: &[u8],
        now: &str,
        value: u128,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let module = module
            .try_into()
            .map_err(|_| contract_error(&Failure::new(err::UNKNOWN_MODULE, "the hash of a module has 32 bytes")))?;
        let (parameters, sender, now) = (py_to_data(parameters)?, fixed(sender, "address")?, instant(now)?);
        let made = py.detach(|| self.inner().instantiate(&module, &parameters, &sender, now, value));
        Ok(PyBytes::new(py, &made.map_err(|failure| contract_error(&failure))?))
    }

    #[pyo3(signature = (
        contract, endpoint, args, *, sender, value=0, now="1970-01-01T00:00:00Z", gas_limit=10_000_000_000, trace=false
    ))]
    #[allow(clippy::too_many_arguments)] // keywords in Python
    fn call<'py>(
        &self,
        py: Python<'py>,
        contract: &[u8],
        endpoint: &str,
        args: &Bound<'py, PyAny>,
        sender: &[u8],
        value: u128,
        now: &str,
        gas_limit: u64,
        trace: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let args = py_to_data(args)?;
        let request = Call {
            contract: fixed(contract, "address")?,
            endpoint,
            args: &args,
            sender: fixed(sender, "address")?,
            funds: value,
        };
        let now = instant(now)?;
        let done = py.detach(|| self.inner().call(&request, now, gas_limit, trace));
        report(py, &done)
    }

    #[pyo3(signature = (*, now="1970-01-01T00:00:00Z", gas_limit=10_000_000_000, trace=false))]
    fn tick<'py>(&self, py: Python<'py>, now: &str, gas_limit: u64, trace: bool) -> PyResult<Bound<'py, PyList>> {
        let now = instant(now)?;
        let reports = py.detach(|| self.inner().tick(now, gas_limit, trace));
        let list = PyList::empty(py);
        for one in &reports {
            list.append(report(py, one)?)?;
        }
        Ok(list)
    }

    fn variables<'py>(&self, py: Python<'py>, contract: &[u8]) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in self.inner().variables(&fixed(contract, "address")?) {
            dict.set_item(name, data_to_py(py, &value)?)?;
        }
        Ok(dict)
    }

    fn balance(&self, address: &[u8]) -> PyResult<u128> {
        Ok(self.inner().balance(&fixed(address, "address")?))
    }

    fn credit(&self, address: &[u8], amount: u128) -> PyResult<()> {
        self.inner().credit(&fixed(address, "address")?, amount);
        Ok(())
    }

    fn export<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.inner().export()))
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("ContractError", m.py().get_type::<ContractError>())?;
    m.add_class::<Sandbox>()
}
