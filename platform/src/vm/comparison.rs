//! Functions that only compare two things. A rule network runs them without the interpreter; they cost the same.
use std::cmp::Ordering;

use super::ops::Op;
use super::program::{Instr, Program};
use super::value::Value;
use super::{Halt, Machine};
use crate::number::Number;

/// A function that returns `left op right` of its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    op: Op,
    left: Operand,
    right: Operand,
    /// What a run costs.
    gas: u64,
}

#[derive(Clone, Copy, Debug)]
enum Operand {
    Argument(usize),
    Slot { argument: usize, ty: u32, slot: u32 },
    Value(Value),
}

impl Comparison {
    /// What a function compares, if that is all it does.
    pub fn new(program: &Program, function: u32) -> Option<Comparison> {
        let entry = program.functions.get(function as usize)?;
        let mut code = program.code[entry.start as usize..].iter();
        let mut gas = entry.gas;
        let mut next = || {
            let instr = code.next()?;
            gas += u64::from(instr.gas);
            Some(*instr)
        };
        let first = next()?;
        let (left, instr) = operand(program, first, next()?, &mut next)?;
        let after = next()?;
        let (right, compare) = operand(program, instr, after, &mut next)?;
        let compares = matches!(
            compare.op,
            Op::Eq | Op::Ne | Op::LtOrFalse | Op::LeOrFalse | Op::GtOrFalse | Op::GeOrFalse
        );
        if !compares || next()?.op != Op::Return {
            return None;
        }
        Some(Comparison {
            op: compare.op,
            left,
            right,
            gas,
        })
    }

    /// The outcome, paid for; `None`: only a run of the function can tell, and nothing was paid.
    #[inline]
    pub fn holds(&self, machine: &mut Machine, args: &[Value]) -> Option<Result<bool, Halt>> {
        let (left, right) = (self.left.read(machine, args)?, self.right.read(machine, args)?);
        let holds = match (self.op, left, right) {
            (Op::Eq, _, _) => machine.equal(left, right),
            (Op::Ne, _, _) => !machine.equal(left, right),
            (op, Value::Num(Number::Int(left)), Value::Num(Number::Int(right))) => match left.cmp(&right) {
                Ordering::Less => matches!(op, Op::LtOrFalse | Op::LeOrFalse),
                Ordering::Equal => matches!(op, Op::LeOrFalse | Op::GeOrFalse),
                Ordering::Greater => matches!(op, Op::GtOrFalse | Op::GeOrFalse),
            },
            _ => return None,
        };
        Some(machine.gas.charge(self.gas).map(|()| holds))
    }
}

/// The operand that `first` begins, and the instruction after it; `second` stands behind `first`.
fn operand(
    program: &Program,
    first: Instr,
    second: Instr,
    next: &mut impl FnMut() -> Option<Instr>,
) -> Option<(Operand, Instr)> {
    Some(match (first.op, second.op) {
        (Op::Load, Op::GetSlot) => {
            let slot = Operand::Slot {
                argument: first.a as usize,
                ty: second.a,
                slot: second.b,
            };
            (slot, next()?)
        }
        (Op::Load, _) => (Operand::Argument(first.a as usize), second),
        (Op::Const, _) => (Operand::Value(program.constant(first.a)), second),
        (Op::True, _) => (Operand::Value(Value::Bool(true)), second),
        (Op::False, _) => (Operand::Value(Value::Bool(false)), second),
        (Op::Null, _) => (Operand::Value(Value::Null), second),
        _ => return None,
    })
}

impl Operand {
    #[inline]
    fn read(self, machine: &Machine, args: &[Value]) -> Option<Value> {
        match self {
            Operand::Value(value) => Some(value),
            Operand::Argument(at) => args.get(at).copied(),
            Operand::Slot { argument, ty, slot } => match args.get(argument)? {
                Value::Obj(object) if machine.heap.type_of(*object) == Some(ty) => {
                    Some(machine.heap.slot(*object, slot))
                }
                _ => None,
            },
        }
    }
}
