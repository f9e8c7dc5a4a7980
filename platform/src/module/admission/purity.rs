//! Conditions have no effects, so how often the network evaluates them cannot be seen. Code: `impure-condition`.
use super::code::place;
use super::refuse;
use crate::module::{AdmissionError, Alpha, AlphaTest, Module};
use crate::value::Data;
use crate::vm::natives;
use crate::vm::ops::{self, Instruction, Op, Operand};

pub(super) fn check_purity(module: &Module) -> Result<(), AdmissionError> {
    let mut seen = vec![false; module.functions.len()];
    let mut work = conditions(module);
    while let Some(function) = work.pop() {
        let Some(seen) = seen.get_mut(function as usize).filter(|seen| !**seen) else {
            continue;
        };
        *seen = true;
        let code = module
            .functions
            .get(function as usize)
            .map_or(&[][..], |function| &function.code);
        let instructions = ops::decode(code)
            .map_err(|bad| AdmissionError::new(bad.code, place(function as usize, bad.offset), "not code"))?;
        for instruction in &instructions {
            if has_effect(module, instruction) {
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
                work.extend(instruction.index(Operand::Function));
            }
        }
    }
    Ok(())
}

/// All functions that the networks evaluate while they match.
fn conditions(module: &Module) -> Vec<u32> {
    let mut functions = Vec::new();
    for ruleset in &module.rulesets {
        for alpha in &ruleset.alphas {
            if let Alpha::Test {
                test: AlphaTest::Code { function },
                ..
            } = alpha
            {
                functions.push(*function);
            }
        }
        functions.extend(ruleset.betas.iter().flat_map(|beta| beta.tests.iter().copied()));
    }
    functions
}

fn has_effect(module: &Module, instruction: &Instruction) -> bool {
    match instruction.op {
        Op::SetVariable
        | Op::SetSlot
        | Op::SetField
        | Op::SetIndex
        | Op::DeleteField
        | Op::Insert
        | Op::Update
        | Op::UpdateSlots
        | Op::Delete
        | Op::Facts
        | Op::Halt => true,
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
            natives::method_has_effect(name)
        }
        _ => false,
    }
}
