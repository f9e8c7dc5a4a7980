//! `Context` and `HandlerError`: how handlers in Python work on the block's overlay.
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyMemoryError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rustc_hash::FxHashMap;

use super::keys::fixed;
use super::value::{data_to_py, py_to_data};
use crate::codec::cbor;
use crate::contracts::address::Address;
use crate::contracts::bank;
use crate::contracts::cache::Cache;
use crate::contracts::engine;
use crate::contracts::err::{self, Failure};
use crate::contracts::host::{Event, Source, Transfer, MAX_EVENT, MAX_EVENTS};
use crate::contracts::kv::{self, Kv};
use crate::ledger::genesis::Validator;
use crate::ledger::scene::{lock, Handlers, Moment, Scene, Shared};
use crate::state::{MAX_KEY, MAX_VALUE};
use crate::value::Data;
use crate::vm::gas;
use crate::vm::heap::data_size;

create_exception!(
    _kernel,
    HandlerError,
    PyException,
    "Raised by a handler to refuse a message: `HandlerError(code, message)`; it reverts the transaction."
);

/// What a call of the overlay ended the transaction with; it passes through the handler as a `HandlerError`.
type Ended = Arc<Mutex<Option<Failure>>>;

#[pyclass(frozen)]
pub struct Context {
    route: String,
    cache: Arc<Cache>,
    /// Taken away when the handler returns.
    scene: Mutex<Option<Shared>>,
    ended: Ended,
}

impl Context {
    fn with<T>(&self, work: impl FnOnce(&mut Scene) -> Result<T, Failure>) -> PyResult<T> {
        let guard = self.scene.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(scene) = guard.as_ref() else {
            return Err(PyRuntimeError::new_err(
                "a context is of no use after its handler returned",
            ));
        };
        let result = work(&mut lock(scene));
        result.map_err(|failure| {
            let error = handler_error(&failure.error, &failure.message);
            if failure.number == err::OUT_OF_GAS.number {
                *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            }
            error
        })
    }

    fn key(&self, key: &[u8]) -> PyResult<Vec<u8>> {
        let key = kv::route(&self.route, key);
        if key.len() > MAX_KEY {
            return Err(PyValueError::new_err(format!(
                "a key has {} bytes; {MAX_KEY} are allowed",
                key.len()
            )));
        }
        Ok(key)
    }

    fn prefix(&self) -> usize {
        kv::route(&self.route, b"").len()
    }
}

fn handler_error(code: &str, message: &str) -> PyErr {
    HandlerError::new_err((code.to_owned(), message.to_owned()))
}

fn hash(bytes: &[u8]) -> PyResult<[u8; 32]> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("a hash has 32 bytes, not {}", bytes.len())))
}

/// Identifiers of templates stand in state keys.
fn template_name(name: &str) -> PyResult<&str> {
    if name.is_empty() || name.len() > 128 || name.contains('/') {
        return Err(PyValueError::new_err(format!(
            "`{name}` cannot name a template: 1 to 128 bytes without `/`"
        )));
    }
    Ok(name)
}

#[pymethods]
impl Context {
    #[getter]
    fn height(&self) -> PyResult<u64> {
        self.with(|scene| Ok(scene.height))
    }

    #[getter]
    fn time_ns(&self) -> PyResult<u64> {
        self.with(|scene| Ok(scene.time_ns))
    }

    #[getter]
    fn chain_id(&self) -> PyResult<String> {
        self.with(|scene| Ok(scene.chain_id.clone()))
    }

    #[getter]
    fn tx_hash<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.with(|scene| Ok(scene.tx_hash)).map(|hash| PyBytes::new(py, &hash))
    }

    fn get<'py>(&self, py: Python<'py>, key: &[u8]) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let key = self.key(key)?;
        let value = self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            let value = scene.overlay.get(&key);
            scene
                .gas
                .charge(gas::STATE_READ_BYTE * value.as_ref().map_or(0, |value| value.len() as u64))?;
            Ok(value)
        })?;
        Ok(value.map(|value| PyBytes::new(py, &value)))
    }

    fn set(&self, key: &[u8], value: &[u8]) -> PyResult<()> {
        let key = self.key(key)?;
        if value.len() > MAX_VALUE {
            return Err(PyValueError::new_err(format!(
                "a value has {} bytes; {MAX_VALUE} are allowed",
                value.len()
            )));
        }
        self.with(|scene| {
            scene
                .gas
                .charge(gas::STATE_WRITE + gas::STATE_WRITE_BYTE * (key.len() + value.len()) as u64)?;
            scene.overlay.set(&key, value);
            Ok(())
        })
    }

    fn delete(&self, key: &[u8]) -> PyResult<()> {
        let key = self.key(key)?;
        self.with(|scene| {
            scene.gas.charge(gas::STATE_WRITE)?;
            scene.overlay.delete(&key);
            Ok(())
        })
    }

    #[pyo3(signature = (prefix, limit=1000, start=None))]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        prefix: &[u8],
        limit: usize,
        start: Option<&[u8]>,
    ) -> PyResult<Vec<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>> {
        let prefix = self.key(prefix)?;
        let start = start.map(|start| self.key(start)).transpose()?;
        let rows = self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            let rows = scene.overlay.scan(&prefix, start.as_deref(), limit);
            for (key, value) in &rows {
                scene
                    .gas
                    .charge(gas::STATE_READ + gas::STATE_READ_BYTE * (key.len() + value.len()) as u64)?;
            }
            Ok(rows)
        })?;
        let own = self.prefix();
        Ok(rows
            .iter()
            .map(|(key, value)| (PyBytes::new(py, &key[own..]), PyBytes::new(py, value)))
            .collect())
    }

    fn balance(&self, address: &[u8]) -> PyResult<u128> {
        let address = fixed(address, "address")?;
        self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            Ok(bank::load(&mut scene.overlay, &address).balance)
        })
    }

    fn transfer(&self, source: &[u8], target: &[u8], amount: u128) -> PyResult<()> {
        let (from, to): (Address, Address) = (fixed(source, "address")?, fixed(target, "address")?);
        self.with(|scene| {
            scene.gas.charge(gas::TRANSFER)?;
            bank::transfer(&mut scene.overlay, &from, &to, amount)?;
            scene.transfers.push(Transfer { from, to, amount });
            Ok(())
        })
    }

    fn emit(&self, name: &str, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let data = py_to_data(data)?;
        let size = data_size(&data) + name.len() as u64;
        self.with(|scene| {
            scene.gas.charge(gas::EVENT + gas::EVENT_BYTE * size)?;
            if size > MAX_EVENT || scene.events.len() >= MAX_EVENTS {
                return Err(Failure::handler(
                    &self.route,
                    "event-limit".into(),
                    format!("event `{name}` is one too many, or too large"),
                ));
            }
            let source = Source::Native(self.route.clone());
            scene.events.push(Event {
                source,
                name: name.to_owned(),
                data,
            });
            Ok(())
        })
    }

    fn charge(&self, gas: u64) -> PyResult<()> {
        self.with(|scene| Ok(scene.gas.charge(gas)?))
    }

    fn module_exists(&self, module: &[u8]) -> PyResult<bool> {
        let module = hash(module)?;
        self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            Ok(engine::module_info(&mut scene.overlay, &module).is_some())
        })
    }

    fn module_template(&self, module: &[u8]) -> PyResult<Option<String>> {
        let module = hash(module)?;
        self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            Ok(engine::module_info(&mut scene.overlay, &module).and_then(|info| info.template))
        })
    }

    fn protect_module(&self, module: &[u8], template: &str) -> PyResult<()> {
        let (module, template) = (hash(module)?, template_name(template)?);
        self.with(|scene| {
            scene.gas.charge(gas::STATE_READ + gas::STATE_WRITE)?;
            let Some(mut info) = engine::module_info(&mut scene.overlay, &module) else {
                return Err(Failure::new(err::UNKNOWN_MODULE, "no module of this hash was deployed"));
            };
            if info.template.as_deref().is_some_and(|other| other != template) {
                return Err(Failure::new(
                    err::ALREADY_PROTECTED,
                    "the module is already sold under another template",
                ));
            }
            info.template = Some(template.to_owned());
            scene.overlay.set(&kv::module_info(&module), &info.encode());
            Ok(())
        })
    }

    fn grant_licence(&self, template: &str, holder: &[u8], data: &Bound<'_, PyAny>) -> PyResult<()> {
        let (template, holder) = (template_name(template)?, fixed(holder, "address")?);
        let Data::Record(entries) = py_to_data(data)? else {
            return Err(PyValueError::new_err("the data of a licence is a dict"));
        };
        let bytes = cbor::encode(&Data::Record(entries));
        self.with(|scene| {
            scene
                .gas
                .charge(gas::STATE_WRITE + gas::STATE_WRITE_BYTE * bytes.len() as u64)?;
            scene.overlay.set(&kv::licence(template, &holder), &bytes);
            Ok(())
        })
    }

    fn licence<'py>(&self, py: Python<'py>, template: &str, holder: &[u8]) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (template, holder) = (template_name(template)?, fixed(holder, "address")?);
        let bytes = self.with(|scene| {
            scene.gas.charge(gas::STATE_READ)?;
            Ok(scene.overlay.get(&kv::licence(template, &holder)))
        })?;
        bytes
            .and_then(|bytes| cbor::decode(&bytes).ok())
            .map(|data| data_to_py(py, &data))
            .transpose()
    }

    fn deploy<'py>(&self, py: Python<'py>, module: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let hash = self.with(|scene| {
            let sender = scene.sender;
            let (mut scope, gas) = scene.scope(&self.cache);
            engine::deploy(&mut scope, gas, &sender, module, None)
        })?;
        Ok(PyBytes::new(py, &hash))
    }

    /// A validator joins, changes power, or leaves (power 0).
    fn set_validator(&self, key: &[u8], power: u64, reward: &[u8]) -> PyResult<()> {
        let validator = Validator {
            key: fixed(key, "key")?,
            power,
            reward: fixed(reward, "address")?,
        };
        self.with(|scene| {
            scene.gas.charge(gas::STATE_WRITE)?;
            scene.validator_updates.retain(|other| other.key != validator.key);
            scene.validator_updates.push(validator);
            Ok(())
        })
    }
}

/// What was registered from Python.
#[derive(Default)]
pub struct Registry {
    handlers: FxHashMap<String, Py<PyAny>>,
    genesis: FxHashMap<String, Py<PyAny>>,
    begin: FxHashMap<String, Py<PyAny>>,
    end: FxHashMap<String, Py<PyAny>>,
    cache: Arc<Cache>,
}

impl Registry {
    pub fn new(cache: Arc<Cache>) -> Self {
        Self {
            cache,
            ..Self::default()
        }
    }

    pub fn add(&mut self, moment: &str, route: String, function: Py<PyAny>) {
        let table = match moment {
            "genesis" => &mut self.genesis,
            "begin" => &mut self.begin,
            "end" => &mut self.end,
            _ => &mut self.handlers,
        };
        table.insert(route, function);
    }

    /// Calls a Python function with a context that lives as long as the call.
    fn call(
        &self,
        py: Python<'_>,
        scene: &Shared,
        route: &str,
        invoke: impl FnOnce(Python<'_>, Bound<'_, Context>) -> PyResult<Py<PyAny>>,
    ) -> Result<Data, Failure> {
        let ended = Ended::default();
        let context = Context {
            route: route.to_owned(),
            cache: Arc::clone(&self.cache),
            scene: Mutex::new(Some(Arc::clone(scene))),
            ended: Arc::clone(&ended),
        };
        let result = Bound::new(py, context).and_then(|context| {
            let result = invoke(py, context.clone());
            *context.get().scene.lock().unwrap_or_else(PoisonError::into_inner) = None;
            result.and_then(|value| py_to_data(value.bind(py)))
        });
        if let Some(failure) = ended.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(failure);
        }
        result.map_err(|error| refusal(py, scene, route, &error))
    }
}

/// A handler's own refusal, or its bug.
fn refusal(py: Python<'_>, scene: &Shared, route: &str, error: &PyErr) -> Failure {
    if error.is_instance_of::<HandlerError>(py) {
        let value = error.value(py);
        let part = |name| {
            value
                .getattr(name)
                .and_then(|part| part.extract::<String>())
                .unwrap_or_default()
        };
        return Failure::handler(route, part("code"), part("message"));
    }
    // what only this machine met may not become a receipt
    if !error.is_instance_of::<PyException>(py) || error.is_instance_of::<PyMemoryError>(py) {
        lock(scene).abort = Some(format!("the handler of `{route}` was interrupted: {error}"));
    }
    // the text of a foreign exception may differ between machines, its type does not
    let kind = error
        .get_type(py)
        .name()
        .map_or_else(|_| "an exception".into(), |name| name.to_string());
    Failure::new(err::FAULT, format!("the handler of `{route}` failed: {kind}"))
}

impl Handlers for Registry {
    fn serves(&self, route: &str) -> bool {
        self.handlers.contains_key(route)
    }

    fn handle(&self, scene: &Shared, route: &str, sender: &Address, verb: &str, data: &Data) -> Result<Data, Failure> {
        let Some(function) = self.handlers.get(route) else {
            return Err(crate::ledger::msgs::unknown_route(route));
        };
        Python::attach(|py| {
            self.call(py, scene, route, |py, context| {
                let args = (context, PyBytes::new(py, sender), verb, data_to_py(py, data)?);
                function.call1(py, args)
            })
        })
    }

    fn hook(&self, scene: &Shared, moment: Moment<'_>) -> Result<(), String> {
        let table = match moment {
            Moment::Genesis(_) => &self.genesis,
            Moment::BeginBlock => &self.begin,
            Moment::EndBlock => &self.end,
        };
        if table.is_empty() {
            return Ok(());
        }
        let mut routes: Vec<&String> = table.keys().collect();
        routes.sort_unstable();
        for route in routes {
            let Some(function) = table.get(route) else { continue };
            let done = Python::attach(|py| {
                self.call(py, scene, route, |py, context| match moment {
                    Moment::Genesis(modules) => {
                        let data = modules
                            .iter()
                            .find(|(name, _)| name == route)
                            .map_or(&Data::Null, |(_, data)| data);
                        function.call1(py, (context, data_to_py(py, data)?))
                    }
                    _ => function.call1(py, (context,)),
                })
            });
            done.map_err(|failure| format!("hook of `{route}`: {failure}"))?;
        }
        Ok(())
    }
}

/// `HandlerError(code, message)` keeps both as attributes when raised from Python.
fn handler_error_init(py: Python<'_>) -> PyResult<()> {
    let class = py.get_type::<HandlerError>();
    let property = py.import("builtins")?.getattr("property")?;
    for (name, at) in [("code", 0), ("message", 1)] {
        let getter = py.eval(
            &std::ffi::CString::new(format!("lambda self: self.args[{at}] if len(self.args) > {at} else ''"))?,
            None,
            None,
        )?;
        class.setattr(name, property.call1((getter,))?)?;
    }
    Ok(())
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    handler_error_init(m.py())?;
    m.add("HandlerError", m.py().get_type::<HandlerError>())?;
    m.add_class::<Context>()?;
    Ok(())
}
