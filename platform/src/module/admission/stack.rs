//! Stack discipline on every path. Codes: `stack-underflow`, `stack-mismatch`, `stack-too-deep`, `falls-off`,
//! `handler-mismatch`.
use super::code::place;
use super::limits::MAX_STACK;
use super::refuse;
use crate::module::{AdmissionError, Module};
use crate::vm::ops::{self, Flow, Instruction, Op};

pub(super) fn check_stack(module: &Module) -> Result<(), AdmissionError> {
    for (index, function) in module.functions.iter().enumerate() {
        let instructions = ops::decode(&function.code)
            .map_err(|bad| AdmissionError::new(bad.code, place(index, bad.offset), "the code cannot be read"))?;
        max_stack(module, index, &instructions)?;
    }
    Ok(())
}

/// The most values that any path of a function has on its stack.
pub fn max_stack(_module: &Module, function: usize, code: &[Instruction]) -> Result<u32, AdmissionError> {
    // values on the stack, and handlers that are open
    let mut depths: Vec<Option<(u32, u32)>> = vec![None; code.len()];
    let mut work = vec![(0usize, 0u32, 0u32)];
    let mut deepest = 0;
    while let Some((at, depth, open)) = work.pop() {
        let Some(instruction) = code.get(at) else {
            let offset = code.last().map_or(0, |last| last.offset);
            return refuse(
                "falls-off",
                place(function, offset),
                "a path runs off the end of the code",
            );
        };
        let here = || place(function, instruction.offset);
        match depths[at] {
            Some(known) if known == (depth, open) => continue,
            Some((known, tries)) => {
                let message = format!(
                    "paths meet with {known} and {depth} values on the stack, {tries} and {open} handlers open"
                );
                return refuse("stack-mismatch", here(), message);
            }
            None => depths[at] = Some((depth, open)),
        }
        let info = instruction.op.info();
        let Some(rest) = depth.checked_sub(instruction.pops()) else {
            return refuse(
                "stack-underflow",
                here(),
                format!("`{}` finds too few values", info.name),
            );
        };
        let after = rest + info.pushes;
        deepest = deepest.max(after).max(depth);
        if deepest > MAX_STACK {
            return refuse(
                "stack-too-deep",
                here(),
                format!("more than {MAX_STACK} values on the stack"),
            );
        }
        let target = || {
            let label = instruction.label().unwrap_or(u32::MAX);
            code.binary_search_by_key(&label, |other| other.offset)
                .map_err(|_| AdmissionError::new("bad-jump", here(), format!("no instruction starts at {label}")))
        };
        match info.flow {
            Flow::Next => work.push((at + 1, after, open)),
            Flow::Jump => work.push((target()?, after, open)),
            Flow::Branch => work.extend([(at + 1, after, open), (target()?, after, open)]),
            Flow::BranchKeep => work.extend([(at + 1, after, open), (target()?, depth, open)]),
            Flow::Handler => {
                deepest = deepest.max(depth + 1);
                work.extend([(at + 1, depth, open + 1), (target()?, depth + 1, open)]);
            }
            Flow::Close => match open.checked_sub(1) {
                Some(open) => work.push((at + 1, depth, open)),
                None => return refuse("handler-mismatch", here(), "no handler is open"),
            },
            Flow::Stop if open > 0 && instruction.op == Op::Return => {
                return refuse("handler-mismatch", here(), "the function ends with a handler open");
            }
            Flow::Stop => {}
        }
    }
    Ok(deepest)
}
