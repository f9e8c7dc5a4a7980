//! The instruction table, modules, assembly text and single runs for Python.
use std::sync::Arc;

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::value::{data_to_py, py_to_data};
use crate::module::{self, asm, schema, Module as KernelModule};
use crate::rules::{Engine, Networks};
use crate::value::{Data, DateTime};
use crate::vm::gas::Gas;
use crate::vm::halt::{Halt, Place, TRAPS};
use crate::vm::natives::{errors, refused, Native, Needs, FAMILIES, METHODS};
use crate::vm::null_host::NullHost;
use crate::vm::ops::Op;
use crate::vm::pattern;
use crate::vm::regexp::RegExp;
use crate::vm::{Machine, Program};

create_exception!(
    _kernel,
    AdmissionError,
    PyValueError,
    "A module that may not be stored or run; `.code`, `.message`, `.place`."
);
create_exception!(
    _kernel,
    AsmError,
    PyValueError,
    "A text that is not assembly; `.message`, `.line`, `.column`."
);
create_exception!(
    _kernel,
    RunError,
    PyException,
    "A run that ended early; `.kind`, `.code`, `.message`, `.function`, `.offset`."
);

pub fn admission_error(py: Python<'_>, error: &module::AdmissionError) -> PyErr {
    let raised = AdmissionError::new_err(error.to_string());
    let value = raised.value(py);
    let set = value
        .setattr("code", error.code)
        .and_then(|()| value.setattr("message", &error.message))
        .and_then(|()| value.setattr("place", &error.place));
    set.err().unwrap_or(raised)
}

fn asm_error(py: Python<'_>, error: &asm::AsmError) -> PyErr {
    let raised = AsmError::new_err(error.to_string());
    let value = raised.value(py);
    let set = value
        .setattr("message", &error.message)
        .and_then(|()| value.setattr("line", error.line))
        .and_then(|()| value.setattr("column", error.column));
    set.err().unwrap_or(raised)
}

/// The exception for a halt and where it happened.
pub fn run_error(py: Python<'_>, halt: &Halt, place: Option<Place>) -> PyErr {
    let raised = RunError::new_err(format!("{}: {}", halt.code(), halt.message()));
    let value = raised.value(py);
    let set = value
        .setattr("kind", halt.kind())
        .and_then(|()| value.setattr("code", halt.code()))
        .and_then(|()| value.setattr("message", halt.message()))
        .and_then(|()| value.setattr("function", place.map(|place| place.function)))
        .and_then(|()| value.setattr("offset", place.map(|place| place.offset)));
    set.err().unwrap_or(raised)
}

/// `OPS`: name -> (code, operand kinds).
fn ops(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let table = PyDict::new(py);
    for op in Op::ALL {
        let info = op.info();
        let kinds: Vec<&str> = info.operands.iter().map(|operand| operand.name()).collect();
        table.set_item(info.name, (info.code, kinds))?;
    }
    Ok(table)
}

type OpRow = (u8, &'static str, Vec<&'static str>, u64, &'static str, &'static str);

/// What docs/bytecode.md is made of: rows of the instruction table.
fn op_rows() -> Vec<OpRow> {
    let rows = Op::ALL.iter().map(|op| op.info());
    rows.map(|info| {
        let kinds = info.operands.iter().map(|operand| operand.name()).collect();
        (info.code, info.name, kinds, info.gas, info.family, info.doc)
    })
    .collect()
}

type NativeRow = (
    &'static str,
    &'static str,
    usize,
    usize,
    Option<&'static str>,
    bool,
    u64,
    &'static str,
);

/// (family, name, fewest and most arguments, permission, whether it has an effect, gas, description).
fn native_rows(families: &[(&'static str, &'static [Native])]) -> Vec<NativeRow> {
    let all = families
        .iter()
        .flat_map(|(family, table)| table.iter().map(|native| (*family, native)));
    all.map(|(family, native)| {
        let permission = match native.needs {
            Needs::Nothing => None,
            Needs::Permission(name) => Some(name),
        };
        let (fewest, most) = native.arity;
        (
            family,
            native.name,
            fewest,
            most,
            permission,
            native.effect,
            native.gas,
            native.doc,
        )
    })
    .collect()
}

#[pyfunction]
fn module_encode<'py>(py: Python<'py>, module: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
    let data = py_to_data(module)?;
    let module = KernelModule::from_data(&data).map_err(|error| admission_error(py, &error))?;
    Ok(PyBytes::new(py, &module.encode()))
}

#[pyfunction]
fn module_decode<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let module = KernelModule::decode(data).map_err(|error| admission_error(py, &error))?;
    data_to_py(py, &module.to_data())
}

#[pyfunction]
fn asm_print(py: Python<'_>, data: &[u8]) -> PyResult<String> {
    let module = KernelModule::decode(data).map_err(|error| admission_error(py, &error))?;
    Ok(asm::print(&module))
}

#[pyfunction]
fn asm_parse<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let module = asm::parse(text).map_err(|error| asm_error(py, &error))?;
    Ok(PyBytes::new(py, &module.encode()))
}

/// Why a text is no regular expression: message, place in characters, hint; None if it is one.
#[pyfunction]
fn pattern_error(text: &str) -> Option<(String, usize, Option<&'static str>)> {
    let error = pattern::compile(text).err()?;
    let at = text.get(..error.at).map_or(0, |before| before.chars().count());
    Some((error.message, at, error.hint))
}

/// Why a pattern with flags is no regular expression of a script: message, place in characters, hint; None if it is one.
#[pyfunction]
fn regexp_error(source: &str, flags: &str) -> Option<(String, usize, Option<&'static str>)> {
    let error = RegExp::new(source, flags).err()?;
    let at = source.get(..error.at).map_or(0, |before| before.chars().count());
    Some((error.message, at, error.hint))
}

/// A decoded, admitted module, ready to run.
#[pyclass(frozen, module = "cybermiles.platform._kernel")]
pub struct Module {
    pub program: Arc<Program>,
    pub networks: Arc<Networks>,
    bytes: Vec<u8>,
}

/// What one run left behind.
struct Run {
    result: Result<Data, Halt>,
    place: Option<Place>,
    gas: u64,
    output: Vec<String>,
    host: NullHost,
}

fn entries(data: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<(String, Data)>> {
    match data.map(|dict| py_to_data(dict)).transpose()? {
        Some(Data::Record(entries)) => Ok(entries),
        _ => Ok(Vec::new()),
    }
}

#[pymethods]
impl Module {
    #[new]
    fn new(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let bytes = data.to_vec();
        let loaded = py.detach(|| {
            let module = KernelModule::decode(&bytes)?;
            Program::new(Arc::new(module))
        });
        let program = loaded.map_err(|error| admission_error(py, &error))?;
        let networks = Arc::new(Networks::new(&program));
        Ok(Self {
            program: Arc::new(program),
            networks,
            bytes,
        })
    }

    #[getter]
    fn hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &module::hash(&self.bytes))
    }

    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    #[getter]
    fn name(&self) -> &str {
        &self.program.module.name
    }

    #[getter]
    fn version(&self) -> &str {
        &self.program.module.version
    }

    #[getter]
    fn permissions(&self) -> Vec<String> {
        self.program.module.permissions.clone()
    }

    #[getter]
    fn functions(&self) -> Vec<String> {
        self.program
            .module
            .functions
            .iter()
            .map(|function| function.name.clone())
            .collect()
    }

    #[getter]
    fn rulesets(&self) -> Vec<String> {
        self.program
            .module
            .rulesets
            .iter()
            .map(|ruleset| ruleset.name.clone())
            .collect()
    }

    #[getter]
    fn endpoints<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.data(py)?.get_item("endpoints")
    }

    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data_to_py(py, &self.program.module.parameters)
    }

    /// The whole module as `module_decode` gives it.
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data_to_py(py, &self.program.module.to_data())
    }

    #[pyo3(signature = (function, args=None, *, gas_limit=10_000_000_000, parameters=None, variables=None, now="1970-01-01T00:00:00Z"))]
    #[allow(clippy::too_many_arguments)]
    fn run<'py>(
        &self,
        py: Python<'py>,
        function: &Bound<'py, PyAny>,
        args: Option<&Bound<'py, PyList>>,
        gas_limit: u64,
        parameters: Option<&Bound<'py, PyDict>>,
        variables: Option<&Bound<'py, PyDict>>,
        now: &str,
    ) -> PyResult<Bound<'py, PyDict>> {
        let function = self.function(function)?;
        let args = match args.map(|list| py_to_data(list)).transpose()? {
            Some(Data::List(items)) => items,
            _ => Vec::new(),
        };
        let declared = self
            .program
            .module
            .functions
            .get(function as usize)
            .map_or(0, |function| function.params);
        if args.len() != declared as usize {
            return Err(PyTypeError::new_err(format!(
                "the function takes {declared} arguments, not {}",
                args.len()
            )));
        }
        let given = Data::Record(entries(parameters)?);
        let bound = schema::bind(&self.program.module.parameters, &given)
            .map_err(|error| PyValueError::new_err(format!("parameters{}: {}", error.place, error.message)))?;
        let Data::Record(parameters) = bound else {
            return Err(PyValueError::new_err("parameters are a record"));
        };
        let now = DateTime::parse(now).ok_or_else(|| PyValueError::new_err(format!("`{now}` is no date and time")))?;
        let host = NullHost {
            parameters,
            variables: entries(variables)?,
            now: Some(now),
            ..NullHost::default()
        };
        let run = py.detach(|| self.run_function(function, &args, gas_limit, host));
        finished(py, run)
    }
}

impl Module {
    fn function(&self, function: &Bound<'_, PyAny>) -> PyResult<u32> {
        let found = match function.extract::<u32>() {
            Ok(index) => Some(index).filter(|index| (*index as usize) < self.program.module.functions.len()),
            Err(_) => self.program.function_named(&function.extract::<String>()?),
        };
        found.ok_or_else(|| PyKeyError::new_err(format!("there is no function `{function}`")))
    }

    fn run_function(&self, function: u32, args: &[Data], gas_limit: u64, mut host: NullHost) -> Run {
        let engine = Arc::new(Engine(Arc::clone(&self.networks)));
        let mut machine = Machine::new(Arc::clone(&self.program), Gas::new(gas_limit)).with_engine(engine);
        let result = (|| {
            let mut values = Vec::with_capacity(args.len());
            for arg in args {
                values.push(machine.import(arg)?);
            }
            let value = machine.run(&mut host, None, function, &values)?;
            machine.export(value)
        })();
        Run {
            result,
            place: machine.place,
            gas: machine.gas.used(),
            output: machine.output,
            host,
        }
    }
}

fn finished(py: Python<'_>, run: Run) -> PyResult<Bound<'_, PyDict>> {
    let result = run.result.map_err(|halt| {
        let error = run_error(py, &halt, run.place);
        error.value(py).setattr("gas", run.gas).err().unwrap_or(error)
    })?;
    let report = PyDict::new(py);
    report.set_item("result", data_to_py(py, &result)?)?;
    report.set_item("gas", run.gas)?;
    report.set_item("output", run.output)?;
    report.set_item("variables", data_to_py(py, &Data::Record(run.host.variables))?)?;
    let events = PyList::empty(py);
    for (name, data) in &run.host.events {
        events.append((name, data_to_py(py, data)?))?;
    }
    report.set_item("events", events)?;
    let transfers = PyList::empty(py);
    for (to, amount) in &run.host.transfers {
        transfers.append((PyBytes::new(py, to), amount))?;
    }
    report.set_item("transfers", transfers)?;
    Ok(report)
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("AdmissionError", m.py().get_type::<AdmissionError>())?;
    m.add("AsmError", m.py().get_type::<AsmError>())?;
    m.add("RunError", m.py().get_type::<RunError>())?;
    m.add("OPS", ops(m.py())?)?;
    m.add("OP_ROWS", op_rows())?;
    m.add("NATIVES", native_rows(FAMILIES))?;
    m.add("METHODS", native_rows(METHODS))?;
    m.add("REFUSED_METHODS", refused::METHODS.to_vec())?;
    m.add("ERROR_CLASSES", errors::CLASSES.to_vec())?;
    m.add("TRAPS", TRAPS.to_vec())?;
    m.add_class::<Module>()?;
    m.add_function(wrap_pyfunction!(module_encode, m)?)?;
    m.add_function(wrap_pyfunction!(module_decode, m)?)?;
    m.add_function(wrap_pyfunction!(asm_print, m)?)?;
    m.add_function(wrap_pyfunction!(pattern_error, m)?)?;
    m.add_function(wrap_pyfunction!(regexp_error, m)?)?;
    m.add_function(wrap_pyfunction!(asm_parse, m)?)
}
