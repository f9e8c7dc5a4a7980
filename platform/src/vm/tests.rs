//! The interpreter, op family by op family.
use std::sync::Arc;

use super::gas::Gas;
use super::halt::Halt;
use super::host::{Address, Host};
use super::machine::Machine;
use super::ops::{encode, Instruction, Op};
use super::program::Program;
use super::value::Value;
use crate::module::{Function, Module};
use crate::number::Number;
use crate::value::{Data, DateTime};

/// A host without state.
pub struct NullHost;

impl Host for NullHost {
    fn now(&self) -> DateTime {
        DateTime {
            seconds: 0,
            nanos: 0,
            offset_minutes: 0,
        }
    }
    fn height(&self) -> u64 {
        0
    }
    fn caller(&self) -> Address {
        [1; 20]
    }
    fn this(&self) -> Address {
        [2; 20]
    }
    fn value(&self) -> u128 {
        0
    }
    fn balance(&mut self, _: &Address, _: &mut Gas) -> Result<u128, Halt> {
        Ok(0)
    }
    fn transfer(&mut self, _: &Address, _: u128, _: &mut Gas) -> Result<(), Halt> {
        Err(Halt::trap("insufficient-funds", "there is no money here"))
    }
    fn emit(&mut self, _: &str, _: &Data, _: &mut Gas) -> Result<(), Halt> {
        Ok(())
    }
    fn variable(&mut self, _: &str, _: &mut Gas) -> Result<Option<Data>, Halt> {
        Ok(None)
    }
    fn set_variable(&mut self, _: &str, _: &Data, _: &mut Gas) -> Result<(), Halt> {
        Ok(())
    }
    fn parameter(&mut self, _: &str, _: &mut Gas) -> Result<Data, Halt> {
        Ok(Data::Null)
    }
}

fn module(params: u32, locals: u32, code: &[(Op, &[i64])]) -> Module {
    let code: Vec<Instruction> = code
        .iter()
        .map(|(op, operands)| Instruction {
            offset: 0,
            op: *op,
            operands: operands.to_vec(),
        })
        .collect();
    let function = Function {
        name: "main".into(),
        params,
        locals,
        code: encode(&code),
    };
    Module {
        name: "t".into(),
        version: "1".into(),
        functions: vec![function],
        ..Module::default()
    }
}

fn int(value: i64) -> Value {
    Value::Num(Number::Int(value))
}

#[test]
fn a_loop_adds() {
    // i = 0; s = 0; while (i < n) { s = s + i; i = i + 1 } return s
    let module = module(
        1,
        3,
        &[
            (Op::Int, &[0]),
            (Op::Store, &[1]),
            (Op::Int, &[0]),
            (Op::Store, &[2]),
            (Op::Load, &[1]), // 8
            (Op::Load, &[0]),
            (Op::Lt, &[]),
            (Op::JumpIfFalse, &[37]),
            (Op::Load, &[2]),
            (Op::Load, &[1]),
            (Op::Add, &[]),
            (Op::Store, &[2]),
            (Op::Load, &[1]),
            (Op::Int, &[1]),
            (Op::Add, &[]),
            (Op::Store, &[1]),
            (Op::Jump, &[8]),
            (Op::Load, &[2]), // 37
            (Op::Return, &[]),
        ],
    );
    let program = Arc::new(Program::new(Arc::new(module)).unwrap());
    let mut machine = Machine::new(program, Gas::new(1_000_000_000));
    assert_eq!(machine.run(&mut NullHost, None, 0, &[int(10)]), Ok(int(45)));
    let start = std::time::Instant::now();
    assert_eq!(
        machine.run(&mut NullHost, None, 0, &[int(1_000_000)]),
        Ok(int(499_999_500_000))
    );
    eprintln!("{:?} gas {}", start.elapsed(), machine.gas.used());
}
