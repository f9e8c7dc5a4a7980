//! The contract's face. Codes: `bad-permission`, `unknown-import`, `permission-denied`, `bad-parameters`, `bad-index`,
//! `bad-arity`, and those of types.
use super::refuse;
use super::types::{check_field, check_type_ref};
use crate::module::{schema, AdmissionError, Module};
use crate::vm::natives::{self, Needs};

/// What a module may ask for, in the order of the alphabet.
pub const PERMISSIONS: &[&str] = &["call", "files", "migrate", "schedule", "sponsor", "tables", "transfer"];

pub(super) fn check_permissions(module: &Module) -> Result<(), AdmissionError> {
    for (index, name) in module.permissions.iter().enumerate() {
        let place = format!("permissions[{index}]");
        if !PERMISSIONS.contains(&name.as_str()) {
            return refuse(
                "bad-permission",
                place,
                format!("the permission `{}` is unknown", name.escape_debug()),
            );
        }
        if index > 0 && module.permissions[index - 1] >= *name {
            return refuse("bad-permission", place, "permissions are sorted and stand once");
        }
    }
    Ok(())
}

pub(super) fn check_imports(module: &Module) -> Result<(), AdmissionError> {
    for (index, name) in module.imports.iter().enumerate() {
        let place = format!("imports[{index}]");
        let Some(native) = natives::find(name) else {
            return refuse("unknown-import", place, format!("the function `{name}` is unknown"));
        };
        if !natives::permitted(&module.permissions, native.needs) {
            let Needs::Permission(permission) = native.needs else {
                continue;
            };
            return refuse(
                "permission-denied",
                place,
                format!("`{name}` needs the permission `{permission}`"),
            );
        }
    }
    Ok(())
}

pub(super) fn check_parameters(module: &Module) -> Result<(), AdmissionError> {
    schema::check(&module.parameters)
        .map_err(|error| AdmissionError::new("bad-parameters", format!("parameters{}", error.place), error.message))
}

pub(super) fn check_variables(module: &Module) -> Result<(), AdmissionError> {
    for (index, field) in module.variables.iter().enumerate() {
        check_field(module, &format!("variables[{index}]"), field)?;
    }
    Ok(())
}

pub(super) fn check_endpoints(module: &Module) -> Result<(), AdmissionError> {
    for (index, endpoint) in module.endpoints.iter().enumerate() {
        let place = format!("endpoints[{index}]");
        for (at, field) in endpoint.args.iter().enumerate() {
            check_field(module, &format!("{place}.args[{at}]"), field)?;
        }
        check_type_ref(module, &place, &endpoint.returns)?;
        match module.functions.get(endpoint.function as usize) {
            None => {
                return refuse(
                    "bad-index",
                    place,
                    format!("there is no function {}", endpoint.function),
                )
            }
            Some(function) if function.params as usize != endpoint.args.len() => {
                return refuse(
                    "bad-arity",
                    place,
                    "the function does not take the endpoint's arguments",
                );
            }
            Some(_) => {}
        }
    }
    Ok(())
}
