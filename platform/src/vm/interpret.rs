//! The interpreter's loop. Each instruction in four beats: gas, stack, operation, where to go on.
use std::cmp::Ordering;
use std::mem;
use std::sync::Arc;

use super::calls::{Handler, EMPTY};
use super::halt::{Halt, Place};
use super::heap::Shape;
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
        let first_handler = self.handlers.len();
        let mut stack = mem::take(&mut self.stack);
        let mut fuel = self.gas.remaining();
        let mut pc = entry.start as usize;

        let result = 'handled: loop {
            let ended = 'run: loop {
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
                            if $op == Op::Add && (matches!(a, Value::Obj(_)) || matches!(b, Value::Obj(_))) {
                                break 'value outside!(self.add_objects(host, a, b));
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

                // A frame for a function value: `drop` places below the arguments are given up, what the function binds and is
                // called on goes before them, and arguments meet parameters.
                macro_rules! enter_value {
                    ($callee:expr, $this:expr, $count:expr, $drop:expr) => {{
                        let (number, bound) = match self.callee($callee) {
                            Ok(found) => found,
                            Err(halt) if !self.is_bound($callee) => break Err(halt),
                            Err(_) => {
                                let (callee, count): (Value, usize) = ($callee, $count);
                                let args = stack[sp - count..sp].to_vec();
                                let value = outside!(self.invoke(host, callee, Value::Undefined, &args));
                                sp -= count + $drop;
                                push!(value);
                                continue;
                            }
                        };
                        let Some(callee) = program.functions.get(number as usize) else {
                            break Err(broken("no such function"));
                        };
                        if fuel < callee.gas {
                            fuel = 0;
                            break Err(Halt::OutOfGas);
                        }
                        fuel -= callee.gas;
                        if self.frames.len() + 1 >= CALL_DEPTH {
                            break Err(too_deep());
                        }
                        let count: usize = $count;
                        let at = sp - count - $drop;
                        let captures = callee.captures as usize;
                        let lead = captures + usize::from(callee.this);
                        let declared = callee.params as usize - lead;
                        check!(reserve(
                            &mut stack,
                            at + lead + count.max(callee.frame as usize)
                        ));
                        stack.copy_within(sp - count..sp, at + lead);
                        if callee.rest {
                            let fixed = declared - 1;
                            let further = match count.checked_sub(fixed) {
                                Some(_) => stack[at + lead + fixed..at + lead + count].to_vec(),
                                None => Vec::new(),
                            };
                            sp = at + lead + count;
                            let further = Value::Obj(outside!(self.heap.new_list(further)));
                            if count < fixed {
                                stack[at + lead + count..at + lead + fixed].fill(Value::Undefined);
                            }
                            stack[at + lead + fixed] = further;
                        } else if count < declared {
                            stack[at + lead + count..at + lead + declared].fill(Value::Undefined);
                        }
                        if let Some(bound) = bound {
                            let slots = self.heap.own_slots(bound);
                            for (place, value) in slots.iter().take(captures).enumerate() {
                                stack[at + place] = *value;
                            }
                        }
                        if callee.this {
                            stack[at + captures] = $this;
                        }
                        self.frames.push(Frame {
                            function,
                            pc: pc as u32,
                            base: base as u32,
                        });
                        base = at;
                        sp = at + callee.locals as usize;
                        stack[at + lead + declared..sp].fill(Value::Undefined);
                        function = number;
                        pc = callee.start as usize;
                    }};
                }
                // The items of the list on top as arguments in its place; how many.
                macro_rules! spread {
                    () => {{
                        let list = pop!();
                        let items = check!(self.spread(list));
                        check!(reserve(&mut stack, sp + items.len()));
                        let cost = items.len() as u64;
                        if fuel < cost {
                            fuel = 0;
                            break Err(Halt::OutOfGas);
                        }
                        fuel -= cost;
                        stack[sp..sp + items.len()].copy_from_slice(&items);
                        sp += items.len();
                        items.len()
                    }};
                }
                // A method call: of the object's own function, its class's, or the library's.
                macro_rules! method {
                    ($name:expr, $count:expr) => {{
                        let count: usize = $count;
                        let object = stack[sp - count - 1];
                        match self.own_method(object, $name) {
                            Some(callee) => enter_value!(callee, object, count, 1),
                            None => {
                                sp -= count + 1;
                                let args = stack[sp + 1..sp + 1 + count].to_vec();
                                push!(outside!(natives::method(self, host, object, $name, &args)));
                            }
                        }
                    }};
                }
                // `new class(args)`, or `super(args)` on an instance that is there.
                macro_rules! construct {
                    ($class:expr, $instance:expr, $count:expr, $drop:expr) => {{
                        let count: usize = $count;
                        let instance = $instance;
                        match self.heap.constructor($class) {
                            Ok(Some(callee)) => enter_value!(callee, instance, count, $drop),
                            Ok(None) => {
                                sp -= count + $drop;
                                push!(instance);
                            }
                            Err(kind) => {
                                let args = stack[sp - count..sp].to_vec();
                                sp -= count + $drop;
                                outside!(self.fill_error(kind, instance, &args));
                                push!(instance);
                            }
                        }
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
                    Op::Same => {
                        let (left, right) = (stack[sp - 2], stack[sp - 1]);
                        sp -= 1;
                        let absent = matches!(left, Value::Null | Value::Undefined);
                        stack[sp - 1] = Value::Bool(if absent { left == right } else { self.equal(left, right) });
                    }
                    Op::Eq | Op::Ne => {
                        let equal = self.equal(stack[sp - 2], stack[sp - 1]);
                        sp -= 1;
                        stack[sp - 1] = Value::Bool(equal == (instr.op == Op::Eq));
                    }
                    Op::Lt
                    | Op::Le
                    | Op::Gt
                    | Op::Ge
                    | Op::LtOrFalse
                    | Op::LeOrFalse
                    | Op::GtOrFalse
                    | Op::GeOrFalse => {
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
                        let name = program.name(instr.a);
                        let plain = match object {
                            Value::Obj(object) if !self.heap.accessors => self.heap.field(object, name),
                            _ => None,
                        };
                        stack[sp - 1] = match plain {
                            Some(value) => value,
                            None => {
                                let found = outside!(self.get_field(object, name));
                                outside!(self.behind(host, found, object))
                            }
                        };
                    }
                    Op::SetField => {
                        sp -= 2;
                        let (object, value) = (stack[sp], stack[sp + 1]);
                        let name = program.name(instr.a);
                        let plain = match object {
                            Value::Obj(object) if !self.heap.accessors => self.heap.replace_field(object, name, value),
                            _ => false,
                        };
                        if plain {
                            // it costs no memory
                        } else if !(self.heap.accessors && outside!(self.set_behind(host, object, name, value))) {
                            outside!(self.set_field(object, name, value));
                        }
                    }
                    Op::GetFieldOrNull => {
                        stack[sp - 1] = match stack[sp - 1] {
                            Value::Null | Value::Undefined => Value::Null,
                            object => {
                                let found = outside!(self.get_field(object, program.name(instr.a)));
                                outside!(self.behind(host, found, object))
                            }
                        }
                    }
                    Op::GetIndex => {
                        let (object, index) = (stack[sp - 2], stack[sp - 1]);
                        sp -= 1;
                        let found = outside!(self.get_index(object, index));
                        stack[sp - 1] = match self.heap.accessors {
                            true => outside!(self.behind(host, found, object)),
                            false => found,
                        };
                    }
                    Op::SetIndex => {
                        sp -= 3;
                        let (object, index, value) = (stack[sp], stack[sp + 1], stack[sp + 2]);
                        let set = match index {
                            Value::Text(name) if self.heap.accessors => {
                                outside!(self.set_behind(host, object, name, value))
                            }
                            _ => false,
                        };
                        if !set {
                            outside!(self.set_index(object, index, value));
                        }
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

                    // --- functions as values ---
                    Op::NewCell => {
                        let value = stack[sp - 1];
                        stack[sp - 1] = Value::Obj(outside!(self.heap.new_slots(Shape::Cell, &[value])));
                    }
                    Op::EmptyCell => push!(Value::Obj(outside!(self.heap.new_slots(Shape::Cell, &[EMPTY])))),
                    Op::CellGet => {
                        let value = self.in_cell(stack[sp - 1]);
                        if value == EMPTY {
                            break Err(self.not_initialized(program.name(instr.a)));
                        }
                        stack[sp - 1] = value;
                    }
                    Op::CellSet => {
                        let value = pop!();
                        check!(self.set_cell(stack[sp - 1], value));
                        stack[sp - 1] = value;
                    }
                    Op::MakeClosure => {
                        sp -= b;
                        let bound = stack[sp..sp + b].to_vec();
                        let made = outside!(self.heap.new_slots(Shape::Closure(instr.a), &bound));
                        push!(Value::Obj(made));
                    }
                    Op::CallValue => {
                        let callee = stack[sp - a - 1];
                        enter_value!(callee, Value::Undefined, a, 1);
                    }
                    Op::CallWith => {
                        let (callee, this) = (stack[sp - a - 2], stack[sp - a - 1]);
                        enter_value!(callee, this, a, 2);
                    }
                    Op::CallSpread => {
                        let (callee, this) = (stack[sp - 3], stack[sp - 2]);
                        let count = spread!();
                        enter_value!(callee, this, count, 2);
                    }
                    Op::CallMethod => method!(program.name(instr.a), b),
                    Op::MethodSpread => {
                        let count = spread!();
                        method!(program.name(instr.a), count);
                    }
                    Op::NativeSpread => {
                        let Some(native) = program.imports.get(a) else {
                            break Err(broken("no such import"));
                        };
                        let list = pop!();
                        let args = check!(self.spread(list));
                        push!(outside!(natives::call(self, host, native, &args)));
                    }

                    // --- classes ---
                    Op::MakeClass => {
                        sp -= 2;
                        let (parent, constructor) = (stack[sp], stack[sp + 1]);
                        push!(outside!(self.make_class(program.name(instr.a), parent, constructor)));
                    }
                    Op::DefineMethod => {
                        sp -= 2;
                        let (object, key, callee) = (stack[sp - 1], stack[sp], stack[sp + 1]);
                        outside!(self.define_method(object, key, callee));
                    }
                    Op::DefineGetter | Op::DefineSetter => {
                        sp -= 2;
                        let (object, key, callee) = (stack[sp - 1], stack[sp], stack[sp + 1]);
                        outside!(self.define_accessor(object, key, callee, instr.op == Op::DefineGetter));
                    }
                    Op::Statics => {
                        let statics = check!(self.statics(stack[sp - 1]));
                        push!(statics);
                    }
                    Op::Construct | Op::ConstructSpread => {
                        let count = if instr.op == Op::Construct { a } else { spread!() };
                        let class = check!(self.constructed(stack[sp - count - 1]));
                        let instance = Value::Obj(outside!(self.heap.new_instance(class)));
                        construct!(class, instance, count, 1);
                    }
                    Op::Super | Op::SuperSpread => {
                        let count = if instr.op == Op::Super { a } else { spread!() };
                        let class = check!(self.constructed(stack[sp - count - 2]));
                        let instance = stack[sp - count - 1];
                        construct!(class, instance, count, 2);
                    }
                    Op::GetSuper => {
                        sp -= 1;
                        let (parent, this) = (stack[sp - 1], stack[sp]);
                        stack[sp - 1] = outside!(self.of_parent(host, parent, this, program.name(instr.a)));
                    }
                    Op::InstanceOf => {
                        sp -= 1;
                        let (value, class) = (stack[sp - 1], stack[sp]);
                        let class = check!(self.constructed(class));
                        stack[sp - 1] = Value::Bool(self.heap.is_instance(value, class));
                    }

                    // --- exceptions ---
                    Op::Try => self.handlers.push(Handler {
                        frames: self.frames.len(),
                        function,
                        base,
                        top: sp,
                        pc: a,
                    }),
                    Op::EndTry => {
                        self.handlers.pop();
                    }
                    Op::Throw => {
                        self.thrown = pop!();
                        break Err(Halt::Thrown);
                    }

                    // --- iteration and spreading ---
                    Op::IterNext => {
                        let (iterable, at) = (stack[sp - 2], stack[sp - 1]);
                        match outside!(self.next_item(iterable, at)) {
                            Some((item, next)) => {
                                stack[sp - 1] = Value::Num(Number::Int(next));
                                push!(item);
                            }
                            None => pc = a,
                        }
                    }
                    Op::Append => {
                        let value = pop!();
                        let list = stack[sp - 1];
                        outside!(self.append(list, value));
                    }
                    Op::Extend => {
                        let iterable = pop!();
                        let list = stack[sp - 1];
                        outside!(self.extend(list, iterable));
                    }
                    Op::CopyFields => {
                        let from = pop!();
                        let record = stack[sp - 1];
                        outside!(self.copy_fields(host, record, from));
                    }
                    Op::NewRegExp => {
                        let (source, flags) = (program.name(instr.a), program.name(instr.b));
                        let flags = self.heap.text(flags).to_owned();
                        push!(outside!(self.new_regexp(source, &flags)));
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
            // an exception goes to the innermost handler of this run, if there is one
            let halt = match ended {
                Err(halt) if self.handlers.len() > first_handler && Self::is_catchable(&halt) => halt,
                ended => break 'handled ended,
            };
            let Some(handler) = self.handlers.pop() else {
                break 'handled Err(halt);
            };
            self.frames.truncate(handler.frames);
            (function, base, sp, pc) = (handler.function, handler.base, handler.top, handler.pc);
            self.gas.set_remaining(fuel);
            let caught = self.caught(halt).and_then(|value| self.settle().map(|()| value));
            fuel = self.gas.remaining();
            match caught {
                Ok(value) => {
                    stack[sp] = value;
                    sp += 1;
                }
                Err(halt) => break 'handled Err(halt),
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
