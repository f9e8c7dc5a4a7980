//! Rule sessions for Python: `RuleSession`, and `FactBatch` for long streams of facts.
use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::module::{run_error, Module};
use super::value::{data_to_py, py_to_data};
use crate::module::schema;
use crate::rules::{Engine, Networks, Session};
use crate::value::{Data, DateTime};
use crate::vm::gas::Gas;
use crate::vm::machine::{ScriptSession, WorkingMemory};
use crate::vm::null_host::NullHost;
use crate::vm::value::Value;
use crate::vm::{Halt, Machine, Mark};

/// Facts decoded once, for `RuleSession.batch`.
#[pyclass(frozen, module = "cybermiles.platform._kernel")]
pub struct FactBatch {
    facts: Vec<Data>,
}

#[pymethods]
impl FactBatch {
    #[new]
    fn new(facts: &Bound<'_, PyList>) -> PyResult<Self> {
        let facts = facts.iter().map(|fact| py_to_data(&fact)).collect::<PyResult<_>>()?;
        Ok(Self { facts })
    }

    fn __len__(&self) -> usize {
        self.facts.len()
    }
}

/// Working memory over one rule set of a module, with no contract around it.
#[pyclass(module = "cybermiles.platform._kernel")]
pub struct RuleSession {
    machine: Machine,
    session: Session,
    host: NullHost,
    rules: Vec<String>,
    /// The heap before the session was opened.
    base: Mark,
    ended: bool,
}

#[pymethods]
impl RuleSession {
    #[new]
    #[pyo3(signature = (module, ruleset, *, gas_limit, now="1970-01-01T00:00:00Z", parameters=None, record=true))]
    fn new(
        py: Python<'_>,
        module: &Module,
        ruleset: &str,
        gas_limit: u64,
        now: &str,
        parameters: Option<&Bound<'_, PyDict>>,
        record: bool,
    ) -> PyResult<Self> {
        let program = &module.program;
        let rulesets = &program.module.rulesets;
        let index = rulesets
            .iter()
            .position(|known| known.name == ruleset)
            .ok_or_else(|| PyKeyError::new_err(format!("the module has no rule set `{ruleset}`")))?;
        let given = parameters.map(|dict| py_to_data(dict)).transpose()?;
        let bound = schema::bind(&program.module.parameters, &given.unwrap_or(Data::Record(Vec::new())))
            .map_err(|error| PyValueError::new_err(format!("parameters{}: {}", error.place, error.message)))?;
        let Data::Record(parameters) = bound else {
            return Err(PyValueError::new_err("parameters are a record"));
        };
        let now = DateTime::parse(now).ok_or_else(|| PyValueError::new_err(format!("`{now}` is no date and time")))?;
        let mut host = NullHost {
            parameters,
            now: Some(now),
            ..NullHost::default()
        };
        let networks = Arc::new(Networks::new(program));
        let network = networks
            .get(index as u32)
            .ok_or_else(|| PyKeyError::new_err("no such rule set"))?;
        let mut machine =
            Machine::new(Arc::clone(program), Gas::new(gas_limit)).with_engine(Arc::new(Engine(networks)));
        let base = machine.heap.mark();
        let session = Session::new(network, &mut machine, &mut host, record)
            .map_err(|halt| run_error(py, &halt, machine.place))?;
        Ok(Self {
            rules: rulesets[index].rules.iter().map(|rule| rule.name.clone()).collect(),
            machine,
            session,
            host,
            base,
            ended: false,
        })
    }

    /// Inserts a fact; its number.
    fn insert(&mut self, py: Python<'_>, fact: &Bound<'_, PyDict>) -> PyResult<u32> {
        let data = py_to_data(fact)?;
        self.attempt(py, |this| this.insert_data(&data))?;
        Ok(self.session.last_fact().0)
    }

    /// Fires until nothing is left or `limit` rules have fired; how many fired.
    #[pyo3(signature = (limit=None))]
    fn fire(&mut self, py: Python<'_>, limit: Option<u64>) -> PyResult<u64> {
        self.attempt(py, |this| this.session.fire(&mut this.machine, &mut this.host, limit))
    }

    /// Working memory in order of insertion: each fact with `$type` and `$id`.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for (id, object) in self.session.numbered_facts() {
            let data = self
                .machine
                .heap
                .export(Value::Obj(object))
                .map_err(|halt| run_error(py, &halt, None))?;
            let fact = data_to_py(py, &data)?;
            fact.set_item("$id", id.0)?;
            list.append(fact)?;
        }
        Ok(list)
    }

    /// (rule, numbers of the facts of its positive patterns in order) for each firing so far.
    fn fired(&self) -> Vec<(&str, Vec<u32>)> {
        self.session
            .fired()
            .iter()
            .map(|(rule, facts)| {
                let name = self.rules.get(*rule as usize).map_or("", String::as_str);
                (name, facts.iter().map(|fact| fact.0).collect())
            })
            .collect()
    }

    /// Runs a stream of facts; (rules fired, gas). `one_by_one`: each fact is alone in working memory, and removed after;
    /// otherwise all are inserted, then fired.
    #[pyo3(signature = (facts, *, one_by_one))]
    fn batch(&mut self, py: Python<'_>, facts: &FactBatch, one_by_one: bool) -> PyResult<(u64, u64)> {
        let before = self.machine.gas.used();
        let fired = self.attempt(py, |this| {
            if one_by_one {
                this.decide_each(&facts.facts)
            } else {
                for fact in &facts.facts {
                    this.insert_data(fact)?;
                }
                this.session.fire(&mut this.machine, &mut this.host, None)
            }
        })?;
        Ok((fired, self.machine.gas.used() - before))
    }

    /// Forgets all facts and firings; gas and output start again.
    fn rewind(&mut self, py: Python<'_>, gas_limit: u64) -> PyResult<()> {
        self.ended = false;
        self.machine.reset(Gas::new(gas_limit));
        self.attempt(py, |this| this.session.rewind(&mut this.machine, &mut this.host))
    }

    #[getter]
    fn gas(&self) -> u64 {
        self.machine.gas.used()
    }

    /// Abstract events of matching: (activations, candidates, tuples, firings).
    fn counts(&self) -> (u64, u64, u64, u64) {
        self.session.counts().into()
    }

    #[getter]
    fn output(&self) -> Vec<String> {
        self.machine.output.clone()
    }
}

impl RuleSession {
    /// Runs without Python's lock. A session that halted is half done: all it takes then is `rewind`.
    fn attempt<T: Send>(
        &mut self,
        py: Python<'_>,
        work: impl FnOnce(&mut Self) -> Result<T, Halt> + Send,
    ) -> PyResult<T> {
        if self.ended {
            return Err(PyValueError::new_err("the session has halted; rewind it"));
        }
        let result = py.detach(|| work(self));
        result.map_err(|halt| {
            self.ended = true;
            run_error(py, &halt, self.machine.place)
        })
    }

    fn insert_data(&mut self, data: &Data) -> Result<(), Halt> {
        let Value::Obj(object) = self.machine.import(data)? else {
            return Err(Halt::trap("type-mismatch", "a fact is a record with `$type`"));
        };
        self.session.insert(&mut self.machine, &mut self.host, object)?;
        Ok(())
    }

    fn decide_each(&mut self, facts: &[Data]) -> Result<u64, Halt> {
        let mark = self.machine.heap.mark();
        let last = self.session.last_fact();
        // what stands may come to hold what a decision made, so only without standing facts is the heap rewound
        let alone = self.session.numbered_facts().is_empty();
        let mut fired = 0;
        for fact in facts {
            self.machine.forget_patterns();
            self.insert_data(fact)?;
            fired += self.session.fire(&mut self.machine, &mut self.host, None)?;
            if !alone {
                self.session.empty_after(&mut self.machine, &mut self.host, last)?;
            } else if self.session.keeps_values() {
                self.machine.globals.clear();
                self.machine.heap.rewind(&self.base);
                self.session.rewind(&mut self.machine, &mut self.host)?;
            } else {
                self.session.empty(&mut self.machine, &mut self.host)?;
                self.machine.heap.rewind(&mark);
            }
        }
        Ok(fired)
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<FactBatch>()?;
    m.add_class::<RuleSession>()
}
