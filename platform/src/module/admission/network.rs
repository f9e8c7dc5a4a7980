//! Rule networks. Codes: `bad-network` (order, positions), `bad-index`, `bad-arity`.
use super::limits::MAX_TUPLE;
use super::refuse;
use super::types::slot_count;
use crate::module::{AdmissionError, Alpha, AlphaTest, BetaKind, Module, RuleSet};

type Result<T> = std::result::Result<T, AdmissionError>;

pub(super) fn check_network(module: &Module) -> Result<()> {
    let slots: Vec<usize> = (0..module.types.len())
        .map(|ty| slot_count(module, ty as u32))
        .collect();
    for (index, ruleset) in module.rulesets.iter().enumerate() {
        let place = format!("rulesets[{index}]");
        let alphas = check_alphas(module, ruleset, &slots, &place)?;
        let tuples = check_betas(module, ruleset, &slots, &alphas, &place)?;
        for (at, rule) in ruleset.rules.iter().enumerate() {
            let place = format!("{place}.rules[{at}]");
            let width = match rule.beta {
                None => 0,
                Some(beta) => match tuples.get(beta as usize) {
                    Some(tuple) => tuple.len(),
                    None => return refuse("bad-index", place, format!("there is no beta node {beta}")),
                },
            };
            check_function(module, &place, rule.function, width)?;
        }
    }
    Ok(())
}

/// A function of so many arguments.
fn check_function(module: &Module, place: &str, function: u32, params: usize) -> Result<()> {
    match module.functions.get(function as usize) {
        None => refuse("bad-index", place, format!("there is no function {function}")),
        Some(found) if found.params as usize != params => refuse(
            "bad-arity",
            place,
            format!("function {function} takes {} arguments, not {params}", found.params),
        ),
        Some(_) => Ok(()),
    }
}

fn check_slot(slots: &[usize], place: &str, ty: u32, slot: u32) -> Result<()> {
    if (slot as usize) < slots.get(ty as usize).copied().unwrap_or(0) {
        return Ok(());
    }
    refuse("bad-index", place, format!("type {ty} has no slot {slot}"))
}

/// The type of each alpha node's facts.
fn check_alphas(module: &Module, ruleset: &RuleSet, slots: &[usize], place: &str) -> Result<Vec<u32>> {
    let mut types: Vec<u32> = Vec::with_capacity(ruleset.alphas.len());
    for (index, alpha) in ruleset.alphas.iter().enumerate() {
        let place = format!("{place}.alphas[{index}]");
        let ty = match alpha {
            Alpha::Type(ty) if (*ty as usize) < module.types.len() => *ty,
            Alpha::Type(ty) => return refuse("bad-index", place, format!("there is no type {ty}")),
            Alpha::Test { parent, test } => {
                let Some(ty) = types.get(*parent as usize).copied() else {
                    return refuse("bad-network", place, "a parent stands before its children");
                };
                match test {
                    AlphaTest::Compare { slot, constant, .. } => {
                        check_slot(slots, &place, ty, *slot)?;
                        if *constant as usize >= module.consts.len() {
                            return refuse("bad-index", place, format!("there is no constant {constant}"));
                        }
                    }
                    AlphaTest::Code { function } => check_function(module, &place, *function, 1)?,
                }
                ty
            }
        };
        types.push(ty);
    }
    Ok(types)
}

/// The types of the facts in each beta node's tuples.
fn check_betas(
    module: &Module,
    ruleset: &RuleSet,
    slots: &[usize],
    alphas: &[u32],
    place: &str,
) -> Result<Vec<Vec<u32>>> {
    let mut tuples: Vec<Vec<u32>> = Vec::with_capacity(ruleset.betas.len());
    for (index, beta) in ruleset.betas.iter().enumerate() {
        let place = format!("{place}.betas[{index}]");
        let mut tuple = match beta.left {
            None => Vec::new(),
            Some(left) => match tuples.get(left as usize) {
                Some(tuple) => tuple.clone(),
                None => return refuse("bad-network", place, "a parent stands before its children"),
            },
        };
        let Some(right) = alphas.get(beta.right as usize).copied() else {
            return refuse("bad-index", place, format!("there is no alpha node {}", beta.right));
        };
        for key in &beta.keys {
            let Some(left) = tuple.get(key.left_position as usize) else {
                return refuse(
                    "bad-network",
                    place,
                    format!("the tuple has no position {}", key.left_position),
                );
            };
            check_slot(slots, &place, *left, key.left_slot)?;
            check_slot(slots, &place, right, key.right_slot)?;
        }
        for test in &beta.tests {
            check_function(module, &place, *test, tuple.len() + 1)?;
        }
        if beta.kind == BetaKind::Join {
            tuple.push(right);
        }
        if tuple.len() > MAX_TUPLE {
            return refuse("too-large", place, format!("a tuple holds at most {MAX_TUPLE} facts"));
        }
        tuples.push(tuple);
    }
    Ok(tuples)
}
