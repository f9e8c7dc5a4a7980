//! A module made ready to run: decoded once, shared by all machines that run it.
use std::sync::Arc;

use super::gas;
use super::heap::Heap;
use super::natives::{self, Native};
use super::ops::{self, Instruction, Op, Operand};
use super::patterns::PatternCache;
use super::table::TableIndex;
use super::value::{TextId, Value};
use crate::module::{admission, AdmissionError, Module};
use crate::number::Number;

/// A decoded instruction. Jumps hold indices into [`Program::code`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Instr {
    pub op: Op,
    pub gas: u32,
    pub a: u32,
    pub b: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Index of the first instruction.
    pub start: u32,
    pub params: u32,
    pub locals: u32,
    /// Locals and the deepest stack above them.
    pub frame: u32,
    pub gas: u64,
    pub captures: u32,
    pub this: bool,
    pub rest: bool,
}

/// Only admitted modules become programs.
#[derive(Debug)]
pub struct Program {
    pub module: Arc<Module>,
    pub(super) code: Vec<Instr>,
    /// Byte offset of each instruction in its function.
    pub(super) offsets: Vec<u32>,
    pub(super) functions: Vec<Entry>,
    /// Module constants, then the integers that `int` instructions name.
    pub(super) values: Vec<Value>,
    pub(super) slot_lists: Vec<Vec<u32>>,
    pub(super) imports: Vec<&'static Native>,
    /// The permanent part of each machine's heap.
    pub(super) base: Heap,
    pub(super) tables: Vec<TableIndex>,
    pub(super) patterns: PatternCache,
}

impl Program {
    /// Checks a module and decodes it.
    pub fn new(module: Arc<Module>) -> Result<Self, AdmissionError> {
        admission::check(&module)?;
        let (base, values) = Heap::new(&module);
        let tables = module.tables.iter();
        let tables = tables.map(|table| TableIndex::new(&base, &values, table)).collect();
        let mut program = Self {
            code: Vec::new(),
            offsets: Vec::new(),
            functions: Vec::new(),
            values,
            slot_lists: Vec::new(),
            imports: module.imports.iter().filter_map(|name| natives::find(name)).collect(),
            tables,
            base,
            patterns: PatternCache::default(),
            module: Arc::clone(&module),
        };
        for (index, function) in module.functions.iter().enumerate() {
            let fault = |code| AdmissionError::new(code, format!("functions[{index}]"), "the code cannot be read");
            let instructions = ops::decode(&function.code).map_err(|bad| fault(bad.code))?;
            let depth = admission::max_stack(&module, index, &instructions)?;
            program.functions.push(Entry {
                start: program.code.len() as u32,
                params: function.params,
                locals: function.locals,
                frame: function.locals + depth,
                gas: gas::CALL + u64::from(function.locals) * gas::CALL_LOCAL,
                captures: function.captures,
                this: function.this,
                rest: function.rest,
            });
            program.link(&instructions);
        }
        for instr in &mut program.code {
            if instr.op == Op::Call {
                instr.gas = program
                    .functions
                    .get(instr.a as usize)
                    .map_or(0, |entry| entry.gas as u32);
            }
        }
        Ok(program)
    }

    /// Appends a function's instructions; admission has checked every index.
    fn link(&mut self, instructions: &[Instruction]) {
        let start = self.code.len() as u32;
        for instruction in instructions {
            let mut op = instruction.op;
            let mut operands = instruction.operands.iter().map(|value| *value as u32);
            let (mut a, b) = (operands.next().unwrap_or(0), operands.next().unwrap_or(0));
            match op.info().operands.first() {
                Some(Operand::Label) => {
                    let target = instructions.binary_search_by_key(&a, |instruction| instruction.offset);
                    a = start + target.unwrap_or_else(|at| at) as u32;
                }
                Some(Operand::Int) => {
                    op = Op::Const;
                    a = self.values.len() as u32;
                    self.values.push(Value::Num(Number::Int(
                        instruction.operands.first().copied().unwrap_or(0),
                    )));
                }
                Some(Operand::Slots) => {
                    a = self.slot_lists.len() as u32;
                    self.slot_lists
                        .push(instruction.operands.iter().map(|slot| *slot as u32).collect());
                }
                _ => {}
            }
            self.code.push(Instr {
                op,
                gas: op.info().gas as u32,
                a,
                b,
            });
            self.offsets.push(instruction.offset);
        }
    }

    /// The text of a constant; admission makes sure that field, parameter and method names are texts.
    pub(super) fn name(&self, constant: u32) -> TextId {
        match self.values.get(constant as usize) {
            Some(Value::Text(id)) => *id,
            _ => TextId(0),
        }
    }

    /// A module constant as a value of every machine's heap.
    pub fn constant(&self, constant: u32) -> Value {
        self.values.get(constant as usize).copied().unwrap_or(Value::Null)
    }

    /// Slots that a condition reads by `get_slot`; `None` if it may read any (a field by name, a call).
    pub fn slots_read(&self, function: u32) -> Option<Vec<u32>> {
        let at = function as usize;
        let start = self.functions.get(at)?.start as usize;
        let end = self
            .functions
            .get(at + 1)
            .map_or(self.code.len(), |next| next.start as usize);
        let mut slots = Vec::new();
        for instr in &self.code[start..end] {
            match instr.op {
                Op::GetSlot => slots.push(instr.b),
                Op::GetField
                | Op::GetFieldOrNull
                | Op::GetIndex
                | Op::HasField
                | Op::Call
                | Op::TableRows
                | Op::TableOutput
                | Op::Native
                | Op::Method => return None,
                op if op as u8 >= Op::NewCell as u8 => return None,
                _ => {}
            }
        }
        Some(slots)
    }

    pub fn function_named(&self, name: &str) -> Option<u32> {
        self.module
            .functions
            .iter()
            .position(|function| function.name == name)
            .map(|index| index as u32)
    }
}
