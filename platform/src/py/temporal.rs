//! `Date`, `Time`, `DateTime`, `Duration`, `Period`: immutable, made from and printed as ISO 8601 text.
use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::value::{Date, DateTime, Duration, Period, Time};

macro_rules! temporal {
    ($class:ident, $name:literal, $inner:ty, $what:literal, $order:expr) => {
        #[pyclass(frozen, name = $name, module = "cybermiles.platform")]
        #[derive(Clone, Copy)]
        pub struct $class(pub $inner);

        #[pymethods]
        impl $class {
            #[new]
            fn new(text: &str) -> PyResult<Self> {
                <$inner>::parse(text)
                    .map(Self)
                    .ok_or_else(|| PyValueError::new_err(format!(concat!("`{}` is not a ", $what), text)))
            }

            fn __str__(&self) -> String {
                self.0.to_string()
            }

            fn __repr__(&self) -> String {
                format!("{}('{}')", $name, self.0)
            }

            fn __hash__(&self) -> u64 {
                let mut hasher = DefaultHasher::new();
                self.0.hash(&mut hasher);
                hasher.finish()
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, pyo3::types::PyType>, (String,)) {
                (slf.get_type(), (slf.get().0.to_string(),))
            }

            fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, op: CompareOp) -> PyResult<Bound<'py, PyAny>> {
                let py = other.py();
                let order: fn($inner, $inner) -> Option<Ordering> = $order;
                let result = other.cast::<$class>().ok().and_then(|other| {
                    let other = other.get().0;
                    match op {
                        CompareOp::Eq => Some(self.0 == other),
                        CompareOp::Ne => Some(self.0 != other),
                        _ => order(self.0, other).map(|order| op.matches(order)),
                    }
                });
                match result {
                    Some(result) => Ok(PyBool::new(py, result).to_owned().into_any()),
                    None => Ok(py.NotImplemented().into_bound(py)),
                }
            }
        }
    };
}

temporal!(PyDate, "Date", Date, "date (YYYY-MM-DD)", |a, b| Some(a.cmp(&b)));
temporal!(PyTime, "Time", Time, "time (HH:MM:SS)", |a, b| Some(a.cmp(&b)));
temporal!(
    PyDateTime,
    "DateTime",
    DateTime,
    "date-time (YYYY-MM-DDTHH:MM:SS and Z or an offset)",
    |a, b| Some(a.compare(b))
);
temporal!(PyDuration, "Duration", Duration, "duration (P1DT2H3M4S)", |a, b| Some(
    a.cmp(&b)
));
temporal!(PyPeriod, "Period", Period, "period (P1Y2M3D)", |_, _| None);

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyDate>()?;
    m.add_class::<PyTime>()?;
    m.add_class::<PyDateTime>()?;
    m.add_class::<PyDuration>()?;
    m.add_class::<PyPeriod>()
}
