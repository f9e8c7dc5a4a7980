//! Each instruction by itself. Codes: `unknown-op`, `bad-operand`, `bad-jump`, `bad-index`, `bad-arity`, `empty-code`.
use super::limits::MAX_SLOTS;
use super::refuse;
use super::types::slot_count;
use crate::module::{AdmissionError, Function, Module};
use crate::value::Data;
use crate::vm::natives::{self, MAX_ARGS};
use crate::vm::ops::{self, Instruction, Op, Operand};

pub(super) fn check_code(module: &Module) -> Result<(), AdmissionError> {
    for (index, function) in module.functions.iter().enumerate() {
        let instructions = ops::decode(&function.code).map_err(|bad| {
            let message = if bad.code == "unknown-op" {
                "the opcode is unknown"
            } else {
                "the operand cannot be read"
            };
            AdmissionError::new(bad.code, place(index, bad.offset), message)
        })?;
        if instructions.is_empty() {
            return refuse("empty-code", place(index, 0), "the function has no code");
        }
        for instruction in &instructions {
            check_instruction(module, function, &instructions, instruction)
                .map_err(|(code, message)| AdmissionError::new(code, place(index, instruction.offset), message))?;
        }
    }
    Ok(())
}

pub(super) fn place(function: usize, offset: u32) -> String {
    format!("functions[{function}]+{offset}")
}

type Found = Result<(), (&'static str, String)>;

fn within(what: &str, index: u32, len: usize) -> Found {
    if (index as usize) < len {
        return Ok(());
    }
    Err(("bad-index", format!("there is no {what} {index}")))
}

fn check_instruction(module: &Module, function: &Function, all: &[Instruction], instruction: &Instruction) -> Found {
    let info = instruction.op.info();
    for kind in info.operands {
        let index = instruction.index(*kind).unwrap_or(0);
        match kind {
            Operand::Int => {}
            Operand::Const => {
                within("constant", index, module.consts.len())?;
                let is_text = matches!(module.consts.get(index as usize), Some(Data::Text(_)));
                if instruction.op != Op::Const && !is_text {
                    return Err(("bad-index", format!("constant {index} is not a text")));
                }
            }
            Operand::Local => within("local", index, function.locals as usize)?,
            Operand::Variable => within("variable", index, module.variables.len())?,
            Operand::Global => {
                let most = module.rulesets.iter().map(|ruleset| ruleset.globals.len()).max();
                within("global", index, most.unwrap_or(0))?;
            }
            Operand::Type => within("type", index, module.types.len())?,
            Operand::Slot => {
                let ty = instruction.index(Operand::Type).unwrap_or(0);
                within("slot", index, slot_count(module, ty))?;
            }
            Operand::Function => within("function", index, module.functions.len())?,
            Operand::Import => within("import", index, module.imports.len())?,
            Operand::Table => within("table", index, module.tables.len())?,
            Operand::Column => {
                let table = instruction.index(Operand::Table).unwrap_or(0);
                let width = module.tables.get(table as usize).map_or(0, |table| table.outputs);
                within("column", index, width as usize)?;
            }
            Operand::Count => {}
            Operand::Label => {
                if all.binary_search_by_key(&index, |other| other.offset).is_err() {
                    return Err(("bad-jump", format!("no instruction starts at {index}")));
                }
            }
            Operand::Slots => {
                for slot in &instruction.operands {
                    within("slot", u32::try_from(*slot).unwrap_or(u32::MAX), MAX_SLOTS)?;
                }
            }
        }
    }
    check_arity(module, instruction)?;
    if instruction.op == Op::GetParameter {
        check_parameter(module, instruction)?;
    }
    Ok(())
}

fn check_arity(module: &Module, instruction: &Instruction) -> Found {
    let given = instruction.index(Operand::Count).unwrap_or(0) as usize;
    match instruction.op {
        Op::Call => {
            let callee = instruction
                .index(Operand::Function)
                .and_then(|index| module.functions.get(index as usize));
            match callee {
                Some(callee) if callee.params as usize == given => Ok(()),
                _ => Err(("bad-arity", format!("the function does not take {given} arguments"))),
            }
        }
        Op::Native => {
            let name = instruction
                .index(Operand::Import)
                .and_then(|index| module.imports.get(index as usize));
            match name.and_then(|name| natives::find(name)) {
                Some(native) if given >= native.arity.0 && given <= native.arity.1 && given <= MAX_ARGS => Ok(()),
                Some(native) => Err((
                    "bad-arity",
                    format!("`{}` does not take {given} arguments", native.name),
                )),
                None => Err(("unknown-import", "the import is unknown".to_owned())),
            }
        }
        Op::TableRows | Op::TableOutput => {
            let table = instruction
                .index(Operand::Table)
                .and_then(|index| module.tables.get(index as usize));
            match table {
                Some(table) if table.inputs as usize == given => Ok(()),
                _ => Err(("bad-arity", format!("the table does not take {given} inputs"))),
            }
        }
        Op::MakeClosure => {
            let callee = instruction
                .index(Operand::Function)
                .and_then(|index| module.functions.get(index as usize));
            match callee {
                Some(callee) if callee.captures as usize == given => Ok(()),
                _ => Err(("bad-arity", format!("the function does not bind {given} values"))),
            }
        }
        Op::Method if given > MAX_ARGS => Err(("bad-arity", format!("a method takes at most {MAX_ARGS} arguments"))),
        _ => Ok(()),
    }
}

fn check_parameter(module: &Module, instruction: &Instruction) -> Found {
    let index = instruction.index(Operand::Const).unwrap_or(0);
    let Some(Data::Text(name)) = module.consts.get(index as usize) else {
        return Ok(());
    };
    if crate::module::schema::property(&module.parameters, name).is_none() {
        return Err(("bad-index", format!("there is no parameter `{name}`")));
    }
    Ok(())
}
