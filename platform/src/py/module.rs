//! The instruction table, modules and assembly text for Python.
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::vm::ops::Op;

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

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("OPS", ops(m.py())?)?;
    Ok(())
}
