//! Functions that only compare two things. A rule network runs them without the interpreter; they cost the same.
use super::ops::Op;
use super::program::{Instr, Program};
use super::value::{ObjId, Value};
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
        let holds = compare(machine, self.op, left, right)?;
        Some(machine.gas.charge(self.gas).map(|()| holds))
    }

    /// For many arguments that come after these one by one: what they have in common is read once.
    #[inline]
    pub fn with(&self, machine: &Machine, args: &[Value]) -> Option<Partial> {
        let part = |operand: Operand| match operand {
            Operand::Slot { argument, ty, slot } if argument == args.len() => Some(Part::Slot { ty, slot }),
            operand => operand.read(machine, args).map(Part::Value),
        };
        Some(Partial {
            op: self.op,
            left: part(self.left)?,
            right: part(self.right)?,
            gas: self.gas,
        })
    }
}

/// A comparison of which all arguments but the last are known.
#[derive(Clone, Copy, Debug)]
pub struct Partial {
    op: Op,
    left: Part,
    right: Part,
    /// What a run costs; the caller pays.
    pub gas: u64,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Value(Value),
    Slot { ty: u32, slot: u32 },
}

impl Partial {
    /// The outcome for the last argument, not yet paid for; `None`: only a run of the function can tell.
    #[inline]
    pub fn holds(&self, machine: &Machine, last: ObjId) -> Option<bool> {
        let read = |part: Part| match part {
            Part::Value(value) => Some(value),
            Part::Slot { ty, slot } => (machine.heap.type_of(last) == Some(ty)).then(|| machine.heap.slot(last, slot)),
        };
        compare(machine, self.op, read(self.left)?, read(self.right)?)
    }
}

/// `None`: not both are numbers that compare at once.
#[inline(always)]
fn compare(machine: &Machine, op: Op, left: Value, right: Value) -> Option<bool> {
    Some(match (op, left, right) {
        (op, Value::Num(Number::Int(left)), Value::Num(Number::Int(right))) => match op {
            Op::Eq => left == right,
            Op::Ne => left != right,
            Op::LtOrFalse => left < right,
            Op::LeOrFalse => left <= right,
            Op::GtOrFalse => left > right,
            Op::GeOrFalse => left >= right,
            _ => return None,
        },
        (Op::Eq, Value::Text(left), Value::Text(right)) => left == right,
        (Op::Ne, Value::Text(left), Value::Text(right)) => left != right,
        (Op::Eq, _, _) => machine.equal(left, right),
        (Op::Ne, _, _) => !machine.equal(left, right),
        _ => return None,
    })
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
