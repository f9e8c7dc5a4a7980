//! `ProcessRun`: one instance of a process on a host without a ledger, step by step; for `dsl process` and tests.
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::module::run_error;
use super::value::{data_to_py, py_to_data};
use crate::module::{schema, Module as KernelModule};
use crate::process::instance::{instant, Task};
use crate::process::{Event, Run, State};
use crate::rules::{Engine, Networks};
use crate::value::{Data, DateTime};
use crate::vm::halt::Place;
use crate::vm::null_host::NullHost;
use crate::vm::{Gas, Halt, Machine, Program};

/// A halt and where it happened.
type Stopped = (Halt, Option<Place>);

struct Inner {
    state: Option<State>,
    machine: Machine,
    host: NullHost,
    now: DateTime,
    path: Vec<String>,
    places: Vec<String>,
    limit: u64,
    spent: u64,
}

impl Inner {
    /// Works on the instance. When code halts it is of no more use.
    fn step<T>(&mut self, work: impl FnOnce(&mut Run<'_>) -> Result<T, Halt>) -> Result<T, Stopped> {
        let gone = || Halt::trap("instance-ended", "the run was stopped by an error");
        let state = self.state.take().ok_or_else(|| (gone(), None))?;
        self.machine.reset(Gas::new(self.limit.saturating_sub(self.spent)));
        self.host.now = Some(self.now);
        let mut run = Run::new(state, &mut self.machine, &mut self.host, self.now);
        let result = work(&mut run);
        self.path.append(&mut run.path);
        if result.is_ok() {
            self.places = run.places();
            self.state = Some(run.state);
        }
        self.spent = self.spent.saturating_add(self.machine.gas.used());
        result.map_err(|halt| (halt, self.machine.place))
    }
}

#[pyclass(frozen, module = "cybermiles.platform._kernel")]
struct ProcessRun(Mutex<Inner>);

fn given<'a>(event: &'a Data, key: &str) -> Option<&'a Data> {
    event.get(key).filter(|value| **value != Data::Null)
}

/// An event as `dsl process` takes it, and the time that it sets.
fn read_event(event: &Data) -> PyResult<(Event, Option<DateTime>)> {
    let text = |key: &str| given(event, key).and_then(Data::as_text).map(str::to_owned);
    let payload = given(event, "payload").cloned();
    if let Some(name) = text("task") {
        let result = match given(event, "result") {
            Some(Data::Record(entries)) => entries.clone(),
            _ => Vec::new(),
        };
        let instance = given(event, "instance").and_then(Data::as_int);
        let instance = instance.map(|at| u64::try_from(at).unwrap_or(u64::MAX));
        let task = Task::Named { name, instance };
        let transition = text("transition");
        return Ok((
            Event::Task {
                task,
                result,
                transition,
            },
            None,
        ));
    }
    if let Some(name) = text("message") {
        let correlation = given(event, "correlation").cloned();
        let correlation = correlation.unwrap_or_else(|| Data::Record(Vec::new()));
        return Ok((
            Event::Message {
                name,
                payload,
                correlation,
            },
            None,
        ));
    }
    if let Some(name) = text("signal") {
        return Ok((Event::Signal { name, payload }, None));
    }
    let Some(timer) = text("timer") else {
        return Err(PyValueError::new_err("an event has a task, message, signal or timer"));
    };
    let at = instant(&timer).map_err(|halt| PyValueError::new_err(halt.message().to_owned()))?;
    Ok((Event::Timer, Some(at)))
}

fn record(data: &Bound<'_, PyDict>) -> PyResult<Vec<(String, Data)>> {
    match py_to_data(data)? {
        Data::Record(entries) => Ok(entries),
        _ => Ok(Vec::new()),
    }
}

impl ProcessRun {
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Inner) -> Result<T, Stopped> + Send) -> PyResult<T> {
        let result = py.detach(|| {
            let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut inner).map_err(|stopped| (stopped, inner.spent))
        });
        result.map_err(|((halt, place), spent)| {
            let error = run_error(py, &halt, place);
            error.value(py).setattr("gas", spent).err().unwrap_or(error)
        })
    }
}

#[pymethods]
impl ProcessRun {
    #[new]
    #[pyo3(signature = (module, process, variables, now, *, gas_limit=10_000_000_000, parameters=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        module: &[u8],
        process: &str,
        variables: &Bound<'_, PyDict>,
        now: &str,
        gas_limit: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let program = KernelModule::decode(module).and_then(|module| Program::new(Arc::new(module)));
        let program = Arc::new(program.map_err(|error| PyValueError::new_err(error.to_string()))?);
        let networks = Arc::new(Networks::new(&program));
        let module = &program.module;
        let index = (0..)
            .zip(&module.processes)
            .find(|(_, known)| known.key() == process)
            .map(|(index, _)| index)
            .ok_or_else(|| PyKeyError::new_err(format!("there is no process `{process}`")))?;
        let given = Data::Record(parameters.map(record).transpose()?.unwrap_or_default());
        let bound = schema::bind(&module.parameters, &given)
            .map_err(|error| PyValueError::new_err(format!("parameters{}: {}", error.place, error.message)))?;
        let Data::Record(parameters) = bound else {
            return Err(PyValueError::new_err("parameters are a record"));
        };
        let host = NullHost {
            parameters,
            variables: module
                .variables
                .iter()
                .filter_map(|field| Some((field.name.clone(), field.default.clone()?)))
                .collect(),
            ..NullHost::default()
        };
        let variables = record(variables)?;
        let machine = Machine::new(Arc::clone(&program), Gas::new(gas_limit)).with_engine(Arc::new(Engine(networks)));
        let now = instant(now).map_err(|halt| PyValueError::new_err(halt.message().to_owned()))?;
        let made = Self(Mutex::new(Inner {
            state: Some(State::new(index)),
            machine,
            host,
            now,
            path: Vec::new(),
            places: Vec::new(),
            limit: gas_limit,
            spent: 0,
        }));
        made.with(py, |inner| inner.step(|run| run.start(variables)))?;
        Ok(made)
    }

    /// Whether anything waited for the event.
    fn event(&self, py: Python<'_>, event: &Bound<'_, PyDict>) -> PyResult<bool> {
        let (event, at) = read_event(&py_to_data(event)?)?;
        self.with(py, |inner| {
            if let Some(at) = at {
                if at.compare(inner.now).is_gt() {
                    inner.now = at;
                }
            }
            inner.step(|run| run.event(&event))
        })
    }

    /// `{status, variables, path, waiting, tokens, failure?}`.
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut entries = self.with(py, |inner| inner.step(|run| run.where_()))?;
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = |texts: &[String]| Data::List(texts.iter().cloned().map(Data::Text).collect());
        entries.push(("path".to_owned(), texts(&inner.path)));
        entries.push(("tokens".to_owned(), texts(&inner.places)));
        data_to_py(py, &Data::Record(entries))
    }

    #[getter]
    fn gas(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spent
    }

    #[getter]
    fn output(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .machine
            .output
            .clone()
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ProcessRun>()
}
