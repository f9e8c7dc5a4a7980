//! The Python face: thin, one file a class. Crossings are in batches; long work runs with the GIL released.
use pyo3::prelude::*;

mod codec;
mod context;
mod keys;
mod ledger;
mod module;
mod number;
mod process;
mod sandbox;
mod session;
mod state;
pub mod temporal;
pub mod value;

#[pymodule]
fn _kernel(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("FORMAT", crate::module::FORMAT)?;
    module::register(m)?;
    session::register(m)?;
    state::register(m)?;
    codec::register(m)?;
    number::register(m)?;
    temporal::register(m)?;
    keys::register(m)?;
    context::register(m)?;
    sandbox::register(m)?;
    process::register(m)?;
    ledger::register(m)?;
    Ok(())
}
