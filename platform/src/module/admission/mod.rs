//! Admission: what must hold of a module before it may be stored or run. A flat list of checks, each with its codes.
use super::{AdmissionError, Module};

mod code;
mod contract;
mod limits;
mod network;
mod processes;
mod purity;
mod stack;
mod tables;
#[cfg(test)]
mod tests;
mod types;

pub use limits::*;
pub use processes::{MAX_PROCESSES, MAX_PROCESS_NODES};
pub use stack::max_stack;

pub(super) type Check = fn(&Module) -> Result<(), AdmissionError>;

/// In this order: a check may rely on what those before it found.
pub const CHECKS: &[(&str, Check)] = &[
    ("check_sizes", limits::check_sizes),
    ("check_names", limits::check_names),
    ("check_consts", types::check_consts),
    ("check_types", types::check_types),
    ("check_permissions", contract::check_permissions),
    ("check_imports", contract::check_imports),
    ("check_parameters", contract::check_parameters),
    ("check_variables", contract::check_variables),
    ("check_code", code::check_code),
    ("check_stack", stack::check_stack),
    ("check_endpoints", contract::check_endpoints),
    ("check_network", network::check_network),
    ("check_tables", tables::check_tables),
    ("check_processes", processes::check_processes),
    ("check_purity", purity::check_purity),
];

/// Runs all checks; the first that fails tells.
pub fn check(module: &Module) -> Result<(), AdmissionError> {
    CHECKS.iter().try_for_each(|(_, check)| check(module))
}

fn refuse<T>(code: &'static str, place: impl Into<String>, message: impl Into<String>) -> Result<T, AdmissionError> {
    Err(AdmissionError::new(code, place, message))
}
