//! Sizes and names. Codes: `too-large`, `bad-name`, `duplicate-name`.
use std::collections::BTreeSet;

use super::refuse;
use crate::module::{AdmissionError, Module};

/// Bytes of an encoded module.
pub const MODULE_BYTES: usize = 512 << 10;
pub const MAX_TYPES: usize = 1024;
/// Slots of a type, inherited ones included.
pub const MAX_SLOTS: usize = 1024;
pub const MAX_CONSTS: usize = 1 << 16;
pub const MAX_FUNCTIONS: usize = 1 << 14;
pub const MAX_PARAMS: u32 = 64;
pub const MAX_LOCALS: u32 = 1024;
/// Values that a function may have on its stack, locals apart.
pub const MAX_STACK: u32 = 1024;
pub const MAX_TABLES: usize = 256;
pub const MAX_TABLE_ROWS: usize = 1 << 16;
pub const MAX_RULESETS: usize = 256;
/// Nodes of a kind, and rules, of a rule set.
pub const MAX_NODES: usize = 1 << 16;
/// Facts in a tuple.
pub const MAX_TUPLE: usize = 32;
pub const MAX_ENDPOINTS: usize = 1024;
pub const MAX_NAME: usize = 256;

fn at_most(place: &str, len: usize, most: usize) -> Result<(), AdmissionError> {
    if len > most {
        return refuse("too-large", place, format!("{len} is more than {most}"));
    }
    Ok(())
}

pub(super) fn check_sizes(module: &Module) -> Result<(), AdmissionError> {
    at_most("types", module.types.len(), MAX_TYPES)?;
    at_most("consts", module.consts.len(), MAX_CONSTS)?;
    at_most("functions", module.functions.len(), MAX_FUNCTIONS)?;
    at_most("imports", module.imports.len(), MAX_FUNCTIONS)?;
    at_most("rulesets", module.rulesets.len(), MAX_RULESETS)?;
    at_most("variables", module.variables.len(), MAX_SLOTS)?;
    at_most("endpoints", module.endpoints.len(), MAX_ENDPOINTS)?;
    for (index, function) in module.functions.iter().enumerate() {
        let place = format!("functions[{index}]");
        at_most(&place, function.params as usize, MAX_PARAMS as usize)?;
        at_most(&place, function.locals as usize, MAX_LOCALS as usize)?;
        at_most(&place, function.code.len(), MODULE_BYTES)?;
        if function.params > function.locals {
            return refuse("bad-index", place, "the parameters are more than the locals");
        }
        let leading = function
            .captures
            .saturating_add(u32::from(function.this) + u32::from(function.rest));
        if leading > function.params {
            return refuse("bad-arity", place, "the function binds more than it has parameters");
        }
    }
    for (index, ruleset) in module.rulesets.iter().enumerate() {
        at_most(&format!("rulesets[{index}].globals"), ruleset.globals.len(), MAX_SLOTS)?;
        at_most(&format!("rulesets[{index}].alphas"), ruleset.alphas.len(), MAX_NODES)?;
        at_most(&format!("rulesets[{index}].betas"), ruleset.betas.len(), MAX_NODES)?;
        at_most(&format!("rulesets[{index}].rules"), ruleset.rules.len(), MAX_NODES)?;
    }
    Ok(())
}

/// A name is a short line of text.
pub(super) fn check_name(place: &str, name: &str) -> Result<(), AdmissionError> {
    if name.is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
        return refuse("bad-name", place, format!("a name is a line of 1 to {MAX_NAME} bytes"));
    }
    Ok(())
}

pub(super) fn check_unique<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Result<(), AdmissionError> {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        let place = format!("{place}[{index}]");
        check_name(&place, name)?;
        if !seen.insert(name) {
            return refuse("duplicate-name", place, format!("`{name}` stands twice"));
        }
    }
    Ok(())
}

pub(super) fn check_names(module: &Module) -> Result<(), AdmissionError> {
    check_name("name", &module.name)?;
    check_name("version", &module.version)?;
    check_unique("types", module.types.iter().map(|ty| ty.name.as_str()))?;
    check_unique("imports", module.imports.iter().map(String::as_str))?;
    check_unique("rulesets", module.rulesets.iter().map(|ruleset| ruleset.name.as_str()))?;
    check_unique("variables", module.variables.iter().map(|field| field.name.as_str()))?;
    check_unique(
        "endpoints",
        module.endpoints.iter().map(|endpoint| endpoint.name.as_str()),
    )?;
    for (index, function) in module.functions.iter().enumerate() {
        check_name(&format!("functions[{index}]"), &function.name)?;
    }
    for (index, ruleset) in module.rulesets.iter().enumerate() {
        check_unique(
            &format!("rulesets[{index}].globals"),
            ruleset.globals.iter().map(|field| field.name.as_str()),
        )?;
        // branches of one rule share its name
        for (at, rule) in ruleset.rules.iter().enumerate() {
            check_name(&format!("rulesets[{index}].rules[{at}]"), &rule.name)?;
        }
    }
    for (index, endpoint) in module.endpoints.iter().enumerate() {
        check_unique(
            &format!("endpoints[{index}].args"),
            endpoint.args.iter().map(|field| field.name.as_str()),
        )?;
    }
    Ok(())
}
