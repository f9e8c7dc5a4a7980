//! The interpreter's loop. Each instruction in four beats: gas, stack, operation, where to go on.
use std::cmp::Ordering;
use std::mem;
use std::sync::Arc;

use super::halt::{Halt, Place};
use super::host::Host;
use super::machine::{Frame, Machine, WorkingMemory, CALL_DEPTH, STACK_LIMIT};
use super::natives::{self, MAX_ARGS};
use super::ops::Op;
use super::value::Value;
use crate::module::Output;
use crate::number::Number;

fn broken(what: &str) -> Halt {
    Halt::Fault { message: what.into() }
}

fn no_memory() -> Halt {
    Halt::trap(
        "no-working-memory",
        "only a rule's consequence may change working memory",
    )
}

fn no_global() -> Halt {
    Halt::trap("no-global", "the rule set that runs has no such global")
}

fn too_deep() -> Halt {
    Halt::trap(
        "call-depth",
        format!("more than {CALL_DEPTH} calls wait for each other"),
    )
}

/// Makes room for a frame; new places are undefined.
fn reserve(stack: &mut Vec<Value>, len: usize) -> Result<(), Halt> {
    if len > stack.len() {
        if len > STACK_LIMIT {
            return Err(Halt::trap("stack-limit", "the stack is full"));
        }
        stack.resize((len + 64).next_power_of_two().min(STACK_LIMIT), Value::Undefined);
    }
    Ok(())
}

#[inline]
fn compare_ints(op: Op, order: Ordering) -> bool {
    match op {
        Op::Lt | Op::LtOrFalse => order == Ordering::Less,
        Op::Le | Op::LeOrFalse => order != Ordering::Greater,
        Op::Gt | Op::GtOrFalse => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }
}

impl Machine {
    pub(super) fn interpret(
        &mut self,
        host: &mut dyn Host,
        mut memory: Option<&mut dyn WorkingMemory>,
        function: u32,
        args: &[Value],
    ) -> Result<Value, Halt> {
        let program = Arc::clone(&self.program);
        let code = program.code.as_slice();
        let values = program.values.as_slice();
        let Some(entry) = program.functions.get(function as usize) else {
            return Err(broken("no such function"));
        };
        if args.len() != entry.params as usize {
            return Err(broken("wrong number of arguments"));
        }
        self.gas.charge(entry.gas)?;
        let first_frame = self.frames.len();
        if first_frame >= CALL_DEPTH {
            return Err(too_deep());
        }

        let mut base = self.top;
        let mut sp = base + entry.locals as usize;
        reserve(&mut self.stack, base + entry.frame as usize)?;
        self.stack[base..base + args.len()].copy_from_slice(args);
        self.stack[base + args.len()..sp].fill(Value::Undefined);

        let mut function = function;
        let mut stack = mem::take(&mut self.stack);
        let mut fuel = self.gas.remaining();
        let mut pc = entry.start as usize;

        let result = 'run: loop {
            // What can fail ends the run.
            macro_rules! check {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(halt) => break 'run Err(halt),
                    }
                };
            }
            // Work outside the loop: it may charge gas, allocate, and run functions above this frame.
            macro_rules! outside {
                ($result:expr) => {{
                    self.gas.set_remaining(fuel);
                    self.top = sp;
                    self.stack = mem::take(&mut stack);
                    let result = $result;
                    stack = mem::take(&mut self.stack);
                    let settled = self.settle();
                    fuel = self.gas.remaining();
                    let value = check!(result);
                    check!(settled);
                    value
                }};
            }
            macro_rules! push {
                ($value:expr) => {{
                    stack[sp] = $value;
                    sp += 1;
                }};
            }
            macro_rules! pop {
                () => {{
                    sp -= 1;
                    stack[sp]
                }};
            }
            macro_rules! truth {
                ($value:expr) => {
                    match $value {
                        Value::Bool(value) => value,
                        other => self.truth(other),
                    }
                };
            }
            // Both operands, with a fast path for small integers.
            macro_rules! arithmetic {
                ($fast:ident, $op:expr) => {{
                    let (a, b) = (stack[sp - 2], stack[sp - 1]);
                    sp -= 1;
                    stack[sp - 1] = 'value: {
                        if let (Value::Num(Number::Int(a)), Value::Num(Number::Int(b))) = (a, b) {
                            if let Some(value) = a.$fast(b) {
                                break 'value Value::Num(Number::Int(value));
                            }
                        }
                        outside!(self.operate($op, a, b))
                    };
                }};
            }

            // A frame for a function whose arguments stand on top of the stack.
            macro_rules! enter {
                ($function:expr, $count:expr) => {{
                    let number: u32 = $function;
                    let Some(callee) = program.functions.get(number as usize) else {
                        break Err(broken("no such function"));
                    };
                    if self.frames.len() + 1 >= CALL_DEPTH {
                        break Err(too_deep());
                    }
                    self.frames.push(Frame {
                        function,
                        pc: pc as u32,
                        base: base as u32,
                    });
                    base = sp - $count;
                    check!(reserve(&mut stack, base + callee.frame as usize));
                    let locals = base + callee.locals as usize;
                    stack[sp..locals].fill(Value::Undefined);
                    sp = locals;
                    function = number;
                    pc = callee.start as usize;
                }};
            }

            let Some(&instr) = code.get(pc) else {
                break Err(broken("the code ends early"));
            };
            pc += 1;
            let gas = u64::from(instr.gas);
            if fuel < gas {
                fuel = 0;
                break Err(Halt::OutOfGas);
            }
            fuel -= gas;
            let (a, b) = (instr.a as usize, instr.b as usize);

            match instr.op {
                // --- constants ---
                Op::Null => push!(Value::Null),
                Op::Undefined => push!(Value::Undefined),
                Op::True => push!(Value::Bool(true)),
                Op::False => push!(Value::Bool(false)),
                Op::Const | Op::Int => push!(values[a]),

                // --- locals and stack ---
                Op::Load => push!(stack[base + a]),
                Op::Store => {
                    let value = pop!();
                    stack[base + a] = value;
                }
                Op::Pop => sp -= 1,
                Op::Dup => push!(stack[sp - 1]),
                Op::Swap => stack.swap(sp - 1, sp - 2),

                // --- contract state ---
                Op::GetVariable => push!(outside!(self.get_variable(host, instr.a))),
                Op::SetVariable => {
                    let value = pop!();
                    outside!(self.set_variable(host, instr.a, value));
                }
                Op::GetParameter => push!(outside!(self.get_parameter(host, program.name(instr.a)))),

                // --- rule session ---
                Op::GetGlobal => match self.globals.get(self.globals_at + a) {
                    Some(value) => push!(*value),
                    None => break Err(no_global()),
                },
                Op::SetGlobal => {
                    let value = pop!();
                    match self.globals.get_mut(self.globals_at + a) {
                        Some(place) => *place = value,
                        None => break Err(no_global()),
                    }
                }

                // --- operators ---
                Op::Add => arithmetic!(checked_add, Op::Add),
                Op::Sub => arithmetic!(checked_sub, Op::Sub),
                Op::Mul => arithmetic!(checked_mul, Op::Mul),
                Op::Div | Op::Rem | Op::Pow => {
                    let (left, right) = (stack[sp - 2], stack[sp - 1]);
                    sp -= 1;
                    stack[sp - 1] = outside!(self.operate(instr.op, left, right));
                }
                Op::Neg => stack[sp - 1] = check!(self.negate(stack[sp - 1])),
                Op::Not => stack[sp - 1] = Value::Bool(!truth!(stack[sp - 1])),
                Op::TypeOf => {
                    let value = stack[sp - 1];
                    stack[sp - 1] = outside!(self.type_name(value));
                }
                Op::Eq | Op::Ne => {
                    let equal = self.equal(stack[sp - 2], stack[sp - 1]);
                    sp -= 1;
                    stack[sp - 1] = Value::Bool(equal == (instr.op == Op::Eq));
                }
                Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::LtOrFalse | Op::LeOrFalse | Op::GtOrFalse | Op::GeOrFalse => {
                    let (left, right) = (stack[sp - 2], stack[sp - 1]);
                    sp -= 1;
                    stack[sp - 1] = Value::Bool(match (left, right) {
                        (Value::Num(Number::Int(left)), Value::Num(Number::Int(right))) => {
                            compare_ints(instr.op, left.cmp(&right))
                        }
                        _ => match outside!(self.order(instr.op, left, right)) {
                            Some(order) => compare_ints(instr.op, order),
                            None => false,
                        },
                    });
                }

                // --- control ---
                Op::Jump => pc = a,
                Op::JumpIfTrue => {
                    let condition = pop!();
                    if truth!(condition) {
                        pc = a;
                    }
                }
                Op::JumpIfFalse => {
                    let condition = pop!();
                    if !truth!(condition) {
                        pc = a;
                    }
                }
                Op::JumpIfTrueKeep => match truth!(stack[sp - 1]) {
                    true => pc = a,
                    false => sp -= 1,
                },
                Op::JumpIfFalseKeep => match truth!(stack[sp - 1]) {
                    false => pc = a,
                    true => sp -= 1,
                },
                Op::JumpIfAbsentKeep => match stack[sp - 1] {
                    Value::Null | Value::Undefined => pc = a,
                    _ => sp -= 1,
                },
                Op::JumpUnlessAbsentKeep => match stack[sp - 1] {
                    Value::Null | Value::Undefined => sp -= 1,
                    _ => pc = a,
                },

                // --- objects ---
                Op::NewRecord => push!(Value::Obj(outside!(self.heap.new_record(instr.a)))),
                Op::NewObject => push!(Value::Obj(outside!(self.heap.new_object()))),
                Op::NewList => {
                    sp -= a;
                    let items = stack[sp..sp + a].to_vec();
                    push!(Value::Obj(outside!(self.heap.new_list(items))));
                }
                Op::GetSlot => {
                    stack[sp - 1] = match stack[sp - 1] {
                        Value::Obj(object) if self.heap.is_a(object, instr.a) => self.heap.slot(object, instr.b),
                        other => break Err(self.not_of_type(other, instr.a)),
                    }
                }
                Op::SetSlot => {
                    sp -= 2;
                    match stack[sp] {
                        Value::Obj(object) if self.heap.is_a(object, instr.a) => {
                            let value = stack[sp + 1];
                            outside!(self.heap.set_slot(object, instr.b, value));
                        }
                        other => break Err(self.not_of_type(other, instr.a)),
                    }
                }
                Op::GetField => {
                    let object = stack[sp - 1];
                    stack[sp - 1] = outside!(self.get_field(object, program.name(instr.a)));
                }
                Op::SetField => {
                    sp -= 2;
                    let (object, value) = (stack[sp], stack[sp + 1]);
                    outside!(self.set_field(object, program.name(instr.a), value));
                }
                Op::GetFieldOrNull => {
                    stack[sp - 1] = match stack[sp - 1] {
                        Value::Null | Value::Undefined => Value::Null,
                        object => outside!(self.get_field(object, program.name(instr.a))),
                    }
                }
                Op::GetIndex => {
                    let (object, index) = (stack[sp - 2], stack[sp - 1]);
                    sp -= 1;
                    stack[sp - 1] = outside!(self.get_index(object, index));
                }
                Op::SetIndex => {
                    sp -= 3;
                    let (object, index, value) = (stack[sp], stack[sp + 1], stack[sp + 2]);
                    outside!(self.set_index(object, index, value));
                }
                Op::HasField => {
                    let object = stack[sp - 1];
                    stack[sp - 1] = Value::Bool(check!(self.has_field(object, program.name(instr.a))));
                }
                Op::DeleteField => {
                    let object = stack[sp - 1];
                    stack[sp - 1] = Value::Bool(outside!(self.delete_field(object, program.name(instr.a))));
                }
                Op::Length => {
                    let value = stack[sp - 1];
                    stack[sp - 1] = check!(self.length(value));
                }
                Op::IsType => {
                    stack[sp - 1] = Value::Bool(match stack[sp - 1] {
                        Value::Obj(object) => self.heap.is_a(object, instr.a),
                        _ => false,
                    });
                }

                // --- calls ---
                Op::Call => enter!(instr.a, b),
                Op::TableOutput => {
                    let row = pop!();
                    let Some(table) = program.tables.get(a) else {
                        break Err(broken("no such table"));
                    };
                    match check!(table.output(row, b)) {
                        Output::Constant(constant) => {
                            sp -= table.inputs;
                            push!(values[*constant as usize]);
                        }
                        Output::Code { function: callee } => {
                            let gas = program.functions.get(*callee as usize).map_or(0, |entry| entry.gas);
                            if fuel < gas {
                                fuel = 0;
                                break Err(Halt::OutOfGas);
                            }
                            fuel -= gas;
                            enter!(*callee, table.inputs);
                        }
                    }
                }
                Op::TableRows => {
                    sp -= b;
                    let inputs = stack[sp..sp + b].to_vec();
                    push!(outside!(self.table_rows(host, instr.a, &inputs)));
                }
                Op::TableConflict => {
                    let rows = pop!();
                    break Err(self.table_conflict(instr.a, rows));
                }
                Op::Return => {
                    let value = pop!();
                    if self.frames.len() == first_frame {
                        break Ok(value);
                    }
                    let Some(frame) = self.frames.pop() else {
                        break Err(broken("no caller"));
                    };
                    sp = base;
                    base = frame.base as usize;
                    pc = frame.pc as usize;
                    function = frame.function;
                    push!(value);
                }
                Op::Native => {
                    let Some(native) = program.imports.get(a) else {
                        break Err(broken("no such import"));
                    };
                    sp -= b;
                    let mut args = [Value::Undefined; MAX_ARGS];
                    args[..b].copy_from_slice(&stack[sp..sp + b]);
                    push!(outside!(natives::call(self, host, native, &args[..b])));
                }
                Op::Method => {
                    sp -= b + 1;
                    let object = stack[sp];
                    let mut args = [Value::Undefined; MAX_ARGS];
                    args[..b].copy_from_slice(&stack[sp + 1..sp + 1 + b]);
                    push!(outside!(natives::method(
                        self,
                        host,
                        object,
                        program.name(instr.a),
                        &args[..b]
                    )));
                }
                Op::Revert => {
                    let value = pop!();
                    break Err(match self.text_of(value) {
                        Ok(message) => Halt::Revert { message },
                        Err(halt) => halt,
                    });
                }
                Op::Trap => {
                    let message = self.heap.text(program.name(instr.a)).to_owned();
                    break Err(Halt::trap("raised", message));
                }

                // --- working memory ---
                Op::Insert | Op::InsertLogical | Op::Update | Op::UpdateSlots | Op::Delete => {
                    let fact = pop!();
                    let Some(memory) = memory.as_deref_mut() else {
                        break Err(no_memory());
                    };
                    let Value::Obj(object) = fact else {
                        break Err(self.not_a_fact(fact));
                    };
                    if self.heap.list(object).is_some() {
                        break Err(self.not_a_fact(fact));
                    }
                    match instr.op {
                        Op::Insert => {
                            outside!(memory.insert(self, host, object));
                        }
                        Op::InsertLogical => outside!(memory.insert_logical(self, host, object)),
                        Op::Delete => outside!(memory.delete(self, host, object)),
                        Op::UpdateSlots => {
                            let slots = program.slot_lists.get(a).map_or(&[][..], Vec::as_slice);
                            outside!(memory.update(self, host, object, Some(slots)));
                        }
                        _ => outside!(memory.update(self, host, object, None)),
                    }
                }
                Op::Facts => {
                    let Some(memory) = memory.as_deref_mut() else {
                        break Err(no_memory());
                    };
                    let facts = memory.facts_of(self, instr.a).into_iter().map(Value::Obj).collect();
                    push!(Value::Obj(outside!(self.heap.new_list(facts))));
                }
                Op::Focus => {
                    let group = pop!();
                    let Some(memory) = memory.as_deref_mut() else {
                        break Err(no_memory());
                    };
                    let Value::Text(name) = group else {
                        break Err(Halt::trap("type-mismatch", "an agenda group's name is a text"));
                    };
                    memory.focus(self.heap.text(name));
                }
                Op::Halt => {
                    let Some(memory) = memory.as_deref_mut() else {
                        break Err(no_memory());
                    };
                    memory.halt();
                }
            }
        };

        self.stack = stack;
        self.gas.set_remaining(fuel);
        if result.is_err() && self.place.is_none() {
            let offset = program.offsets.get(pc.saturating_sub(1)).copied().unwrap_or(0);
            self.place = Some(Place { function, offset });
        }
        result
    }
}
