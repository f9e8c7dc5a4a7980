//! Conditions have no effects, so how often the network evaluates them cannot be seen. Code: `impure-condition`.
use super::code::place;
use super::refuse;
use crate::module::{AdmissionError, Alpha, AlphaTest, BetaKind, Module};
use crate::value::Data;
use crate::vm::natives;
use crate::vm::ops::{self, Instruction, Op, Operand};

/// What a function that the network runs may do beside reading its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    Nothing,
    /// `from` and folds: read working memory, change lists and records of its own.
    Own,
}

pub(super) fn check_purity(module: &Module) -> Result<(), AdmissionError> {
    let mut seen: Vec<Vec<Leave>> = vec![Vec::new(); module.functions.len()];
    let mut work = conditions(module);
    while let Some((function, leave)) = work.pop() {
        let Some(seen) = seen.get_mut(function as usize).filter(|seen| !seen.contains(&leave)) else {
            continue;
        };
        seen.push(leave);
        let code = module
            .functions
            .get(function as usize)
            .map_or(&[][..], |function| &function.code);
        let instructions = ops::decode(code)
            .map_err(|bad| AdmissionError::new(bad.code, place(function as usize, bad.offset), "not code"))?;
        for instruction in &instructions {
            if has_effect(module, instruction, leave) {
                return refuse(
                    "impure-condition",
                    place(function as usize, instruction.offset),
                    format!(
                        "`{}` has an effect and stands in a condition",
                        instruction.op.info().name
                    ),
                );
            }
            if instruction.op == Op::Call {
                work.extend(instruction.index(Operand::Function).map(|callee| (callee, leave)));
            }
        }
    }
    Ok(())
}

/// All functions that the networks and tables evaluate while they match.
fn conditions(module: &Module) -> Vec<(u32, Leave)> {
    let tables = module.tables.iter().flat_map(|table| table.functions());
    let mut functions: Vec<(u32, Leave)> = tables.map(|function| (function, Leave::Nothing)).collect();
    for ruleset in &module.rulesets {
        for alpha in &ruleset.alphas {
            if let Alpha::Test {
                test: AlphaTest::Code { function },
                ..
            } = alpha
            {
                functions.push((*function, Leave::Nothing));
            }
        }
        for beta in &ruleset.betas {
            match &beta.kind {
                BetaKind::Pattern { tests, .. } | BetaKind::Test { tests } => {
                    functions.extend(tests.iter().map(|test| (*test, Leave::Nothing)));
                }
                BetaKind::From { items, tests } => {
                    functions.push((*items, Leave::Own));
                    functions.extend(tests.iter().map(|test| (*test, Leave::Nothing)));
                }
                BetaKind::Group { .. } => {}
                BetaKind::Accumulate { init, step, result, .. } => {
                    functions.extend([init, step, result].map(|function| (*function, Leave::Own)))
                }
            }
        }
        let saliences = ruleset.rules.iter().filter_map(|rule| rule.salience_function);
        functions.extend(saliences.map(|function| (function, Leave::Nothing)));
    }
    functions
}

fn has_effect(module: &Module, instruction: &Instruction, leave: Leave) -> bool {
    match instruction.op {
        Op::SetVariable
        | Op::SetGlobal
        | Op::Insert
        | Op::InsertLogical
        | Op::Focus
        | Op::Update
        | Op::UpdateSlots
        | Op::Delete
        | Op::Halt => true,
        // what scripts alone have: it may run any function, and a condition has no need of it
        Op::IterNext => false,
        op if op as u8 >= Op::NewCell as u8 => true,
        Op::Facts | Op::SetSlot | Op::SetField | Op::SetIndex | Op::DeleteField => leave != Leave::Own,
        Op::Native => {
            let name = instruction
                .index(Operand::Import)
                .and_then(|index| module.imports.get(index as usize));
            name.and_then(|name| natives::find(name))
                .is_none_or(|native| native.effect)
        }
        Op::Method => {
            let constant = instruction
                .index(Operand::Const)
                .and_then(|index| module.consts.get(index as usize));
            let Some(Data::Text(name)) = constant else { return true };
            leave != Leave::Own && natives::method_has_effect(name)
        }
        _ => false,
    }
}
