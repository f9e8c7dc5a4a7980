//! Rule networks. Codes: `bad-network` (order, positions), `bad-index`, `bad-arity`, `bad-name`, `too-large`.
use super::limits::{check_name, MAX_TUPLE};
use super::refuse;
use super::types::{check_field, slot_count};
use crate::module::{AdmissionError, Alpha, AlphaTest, Beta, BetaKind, JoinKey, Module, Quantifier, Rule, RuleSet};

type Result<T> = std::result::Result<T, AdmissionError>;

/// The types of a tuple's elements; `None`: not a fact.
type Elements = Vec<Option<u32>>;

pub(super) fn check_network(module: &Module) -> Result<()> {
    let slots: Vec<usize> = (0..module.types.len())
        .map(|ty| slot_count(module, ty as u32))
        .collect();
    for (index, ruleset) in module.rulesets.iter().enumerate() {
        let place = format!("rulesets[{index}]");
        for (at, global) in ruleset.globals.iter().enumerate() {
            check_field(module, &format!("{place}.globals[{at}]"), global)?;
        }
        let alphas = check_alphas(module, ruleset, &slots, &place)?;
        let betas = Betas {
            module,
            ruleset,
            slots: &slots,
            alphas: &alphas,
        };
        let tuples = betas.check(&place)?;
        for (at, rule) in ruleset.rules.iter().enumerate() {
            check_rule(module, &tuples, rule, &format!("{place}.rules[{at}]"))?;
        }
    }
    Ok(())
}

fn check_rule(module: &Module, tuples: &[Elements], rule: &Rule, place: &str) -> Result<()> {
    let width = match rule.beta {
        None => 0,
        Some(beta) => match tuples.get(beta as usize) {
            Some(tuple) => tuple.len(),
            None => return refuse("bad-index", place, format!("there is no beta node {beta}")),
        },
    };
    check_name(place, &rule.agenda_group)?;
    if !rule.activation_group.is_empty() {
        check_name(place, &rule.activation_group)?;
    }
    if let Some(function) = rule.salience_function {
        check_function(module, place, function, width)?;
    }
    check_function(module, place, rule.function, width)
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

struct Betas<'a> {
    module: &'a Module,
    ruleset: &'a RuleSet,
    slots: &'a [usize],
    alphas: &'a [u32],
}

impl Betas<'_> {
    /// The elements of each node's tuples.
    fn check(&self, place: &str) -> Result<Vec<Elements>> {
        let mut tuples: Vec<Elements> = Vec::with_capacity(self.ruleset.betas.len());
        for (index, beta) in self.ruleset.betas.iter().enumerate() {
            let place = format!("{place}.betas[{index}]");
            let elements = self.node(&tuples, beta, &place)?;
            if elements.len() > MAX_TUPLE {
                return refuse(
                    "too-large",
                    place,
                    format!("a tuple holds at most {MAX_TUPLE} elements"),
                );
            }
            tuples.push(elements);
        }
        Ok(tuples)
    }

    /// The elements of one node's tuples; `before`: those of the nodes before it.
    fn node(&self, before: &[Elements], beta: &Beta, place: &str) -> Result<Elements> {
        let mut elements = match beta.left {
            None => Vec::new(),
            Some(left) => match before.get(left as usize) {
                Some(tuple) => tuple.clone(),
                None => return refuse("bad-network", place, "a parent stands before its children"),
            },
        };
        let width = elements.len();
        let functions = |all: &[u32], params: usize| {
            all.iter()
                .try_for_each(|function| check_function(self.module, place, *function, params))
        };
        match &beta.kind {
            BetaKind::Pattern {
                quantifier,
                right,
                keys,
                tests,
                watch,
            } => {
                let Some(right) = self.alphas.get(*right as usize).copied() else {
                    return refuse("bad-index", place, format!("there is no alpha node {right}"));
                };
                keys.iter().try_for_each(|key| self.key(key, &elements, right, place))?;
                functions(tests, width + 1)?;
                for slot in watch.iter().flatten() {
                    check_slot(self.slots, place, right, *slot)?;
                }
                if *quantifier == Quantifier::Join {
                    elements.push(Some(right));
                }
            }
            BetaKind::Test { tests } => functions(tests, width)?,
            BetaKind::From { items, tests } => {
                functions(&[*items], width)?;
                functions(tests, width + 1)?;
                elements.push(None);
            }
            BetaKind::Group { quantifier, right } => {
                if *quantifier == Quantifier::Join {
                    return refuse("bad-network", place, "a group is negated or asks for existence");
                }
                self.extension(before, beta.left, *right, place)?;
            }
            BetaKind::Accumulate {
                right,
                init,
                step,
                result,
            } => {
                let inner = self.extension(before, beta.left, *right, place)?;
                functions(&[*init], width)?;
                functions(&[*step], inner + 1)?;
                functions(&[*result], width + 1)?;
                elements.push(None);
            }
        }
        Ok(elements)
    }

    fn key(&self, key: &JoinKey, elements: &Elements, right: u32, place: &str) -> Result<()> {
        let Some(element) = elements.get(key.left_position as usize) else {
            let message = format!("the tuple has no position {}", key.left_position);
            return refuse("bad-network", place, message);
        };
        match (key.left_slot, element) {
            (Some(slot), Some(ty)) => check_slot(self.slots, place, *ty, slot)?,
            (Some(_), None) => return refuse("bad-network", place, "an element that is no fact has no slots"),
            (None, _) => {}
        }
        check_slot(self.slots, place, right, key.right_slot)
    }

    /// How many elements the tuples of `right` have, which must extend those of `left`.
    fn extension(&self, before: &[Elements], left: Option<u32>, right: u32, place: &str) -> Result<usize> {
        let Some(inner) = before.get(right as usize) else {
            return refuse("bad-network", place, "the node that it asks stands before it");
        };
        let mut at = Some(right);
        while at.is_some() {
            at = at.and_then(|node| self.ruleset.betas[node as usize].left);
            if at == left {
                return Ok(inner.len());
            }
        }
        refuse("bad-network", place, "the node that it asks does not extend its tuples")
    }
}
