//! Function values: what they bind, how arguments meet parameters, who answers a method's name, and exceptions.
use std::sync::Arc;

use super::classes::BPMN_ERROR;
use super::halt::Halt;
use super::heap::Shape;
use super::host::Host;
use super::machine::Machine;
use super::natives::{class_of, CLASSES};
use super::operators::{absent, JOIN_DEPTH};
use super::value::{ObjId, TextId, Value};
use crate::number::Number;

/// What a cell holds until it is set: no program can make this value.
pub(super) const EMPTY: Value = Value::Func(u32::MAX);

/// Where a `try` goes when something is thrown within it.
#[derive(Clone, Copy)]
pub(super) struct Handler {
    /// Frames below the one that opened it.
    pub frames: usize,
    pub function: u32,
    pub base: usize,
    pub top: usize,
    pub pc: usize,
}

/// Traps that no script catches: they end the call for everyone's sake.
const FINAL: &[&str] = &["memory-limit", "output-limit", "session-memory", "stack-limit"];

impl Machine {
    /// The function of a function value, and the object whose slots it binds.
    #[inline]
    pub(super) fn callee(&self, value: Value) -> Result<(u32, Option<ObjId>), Halt> {
        match value {
            Value::Func(function) => Ok((function, None)),
            Value::Obj(object) => match self.heap.shape(object) {
                Shape::Closure(function) => Ok((function, Some(object))),
                _ => Err(self.not_callable(value)),
            },
            _ => Err(self.not_callable(value)),
        }
    }

    #[cold]
    fn not_callable(&self, value: Value) -> Halt {
        let message = match value {
            Value::Obj(object) if self.heap.shape(object) == Shape::Class => "a class is called with `new`".to_owned(),
            _ => format!("a {} is not a function", self.heap.kind(value)),
        };
        Halt::trap("type-mismatch", message)
    }

    #[cold]
    pub(super) fn not_initialized(&self, name: TextId) -> Halt {
        let message = format!("`{}` is used before it has a value", self.heap.text(name));
        Halt::trap("not-initialized", message)
    }

    /// Can the value be called?
    pub(super) fn is_callable(&self, value: Value) -> bool {
        self.callee(value).is_ok() || self.is_bound(value)
    }

    /// Is it a function that `bind` made?
    pub(super) fn is_bound(&self, value: Value) -> bool {
        matches!(value, Value::Obj(object) if self.heap.shape(object) == Shape::Bound)
    }

    /// A function with its `this` and its first arguments.
    pub(super) fn bind(&mut self, function: Value, this: Value, args: &[Value]) -> Result<Value, Halt> {
        let mut slots = vec![function, this];
        slots.extend_from_slice(args);
        self.heap.new_slots(Shape::Bound, &slots).map(Value::Obj)
    }

    /// Runs what `bind` made; what it binds may be bound itself.
    fn invoke_bound(&mut self, host: &mut dyn Host, bound: ObjId, args: &[Value]) -> Result<Value, Halt> {
        let mut given = args.to_vec();
        let mut at = bound;
        loop {
            let [function, this, first @ ..] = self.heap.own_slots(at) else {
                return Err(self.not_callable(Value::Obj(at)));
            };
            let (function, this) = (*function, *this);
            given.splice(0..0, first.iter().copied());
            self.gas.charge(given.len() as u64)?;
            match function {
                Value::Obj(inner) if self.heap.shape(inner) == Shape::Bound => at = inner,
                function => return self.invoke(host, function, this, &given),
            }
        }
    }

    /// Runs a function value from the library. Arguments that it does not take are dropped, missing ones are undefined.
    pub(super) fn invoke(
        &mut self,
        host: &mut dyn Host,
        function: Value,
        this: Value,
        args: &[Value],
    ) -> Result<Value, Halt> {
        if let Value::Obj(bound) = function {
            if self.heap.shape(bound) == Shape::Bound {
                return self.invoke_bound(host, bound, args);
            }
        }
        let (number, bound) = self.callee(function)?;
        let program = Arc::clone(&self.program);
        let Some(entry) = program.functions.get(number as usize) else {
            return Err(Halt::Fault {
                message: "no such function".into(),
            });
        };
        let mut given = bound.map_or_else(Vec::new, |object| self.heap.own_slots(object).to_vec());
        if entry.this {
            given.push(this);
        }
        let declared = entry.params as usize - given.len();
        if entry.rest {
            let fixed = declared - 1;
            given.extend((0..fixed).map(|at| args.get(at).copied().unwrap_or(Value::Undefined)));
            let further = args.get(fixed..).unwrap_or(&[]).to_vec();
            given.push(Value::Obj(self.heap.new_list(further)?));
        } else {
            given.extend((0..declared).map(|at| args.get(at).copied().unwrap_or(Value::Undefined)));
        }
        self.run(host, None, number, &given)
    }

    /// The function that answers a method's name on an object: its own field, or its class's.
    #[inline]
    pub(super) fn own_method(&self, object: Value, name: TextId) -> Option<Value> {
        let Value::Obj(object) = object else { return None };
        match self.heap.shape(object) {
            Shape::Record | Shape::Typed(_) | Shape::Class => {
                let value = self.heap.field(object, name)?;
                match value {
                    Value::Func(_) => Some(value),
                    Value::Obj(found) => {
                        matches!(self.heap.shape(found), Shape::Closure(_) | Shape::Bound | Shape::Class)
                            .then_some(value)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A value as an operand of `+`: of a record what its own `valueOf` or `toString` gives.
    fn primitive(&mut self, host: &mut dyn Host, value: Value) -> Result<Value, Halt> {
        if !matches!(value, Value::Obj(_)) {
            return Ok(value);
        }
        for name in ["valueOf", "toString"] {
            if let Some(method) = self.heap.find_text(name).and_then(|name| self.own_method(value, name)) {
                let made = self.invoke(host, method, value, &[])?;
                if !matches!(made, Value::Obj(_)) {
                    return Ok(made);
                }
            }
        }
        match value {
            Value::Obj(object) if self.heap.list(object).is_some() => {
                let text = self.text_with(host, value)?;
                self.heap.make_text(&text).map(Value::Text)
            }
            value => Ok(value),
        }
    }

    /// The sum of operands of which one is an object.
    #[cold]
    pub(super) fn add_objects(&mut self, host: &mut dyn Host, a: Value, b: Value) -> Result<Value, Halt> {
        let (a, b) = (self.primitive(host, a)?, self.primitive(host, b)?);
        self.operate(super::ops::Op::Add, a, b)
    }

    /// As [`Machine::text_of`]; records are asked for their own `toString`.
    pub(super) fn text_with(&mut self, host: &mut dyn Host, value: Value) -> Result<String, Halt> {
        match self.heap.find_text("toString") {
            Some(name) if matches!(value, Value::Obj(_)) => self.asked_text(host, value, name, JOIN_DEPTH),
            _ => self.text_of(value),
        }
    }

    fn asked_text(&mut self, host: &mut dyn Host, value: Value, name: TextId, depth: u32) -> Result<String, Halt> {
        if let Some(method) = self.own_method(value, name) {
            let made = self.invoke(host, method, value, &[])?;
            if matches!(made, Value::Obj(_)) {
                return Err(Halt::trap("type-mismatch", "`toString` gives an object"));
            }
            return self.text_of(made);
        }
        let items = match value {
            Value::Obj(object) => self.heap.list(object).map(<[Value]>::to_vec),
            _ => None,
        };
        let Some(items) = items.filter(|items| items.iter().any(|item| matches!(item, Value::Obj(_)))) else {
            return self.text_of(value);
        };
        let Some(depth) = depth.checked_sub(1) else {
            return self.text_of(value);
        };
        let mut text = String::new();
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            if !absent(item) {
                text.push_str(&self.asked_text(host, item, name, depth)?);
            }
            self.heap.count_work(1);
            self.heap.can_hold(text.len() as u64)?;
        }
        Ok(text)
    }

    /// What stands behind a value that was read: a getter's result, else the value.
    pub(super) fn behind(&mut self, host: &mut dyn Host, value: Value, this: Value) -> Result<Value, Halt> {
        match self.heap.accessor(value) {
            None => Ok(value),
            Some((get, _)) if absent(get) => Ok(Value::Undefined),
            Some((get, _)) => self.invoke(host, get, this, &[]),
        }
    }

    /// Runs a setter of the name, if there is one. Returns whether there was an accessor.
    pub(super) fn set_behind(
        &mut self,
        host: &mut dyn Host,
        object: Value,
        name: TextId,
        value: Value,
    ) -> Result<bool, Halt> {
        let Value::Obj(target) = object else { return Ok(false) };
        let Some((_, set)) = self
            .heap
            .field(target, name)
            .and_then(|found| self.heap.accessor(found))
        else {
            return Ok(false);
        };
        if absent(set) {
            let message = format!("the field `{}` has a getter only", self.heap.text(name));
            return Err(Halt::trap("type-mismatch", message));
        }
        self.invoke(host, set, object, &[value])?;
        Ok(true)
    }

    /// What `super.name` is: of an instance the parent's member, of a class the parent's own field.
    pub(super) fn of_parent(
        &mut self,
        host: &mut dyn Host,
        parent: Value,
        this: Value,
        name: TextId,
    ) -> Result<Value, Halt> {
        let Value::Obj(class) = parent else {
            return Ok(Value::Undefined);
        };
        let found = match this {
            Value::Obj(object) if self.heap.shape(object) == Shape::Class => self.heap.static_field(class, name),
            _ => self.heap.inherited(class, name),
        };
        self.behind(host, found, this)
    }

    // --- classes ---

    /// The class that is constructed. Trap `type-mismatch`.
    pub(super) fn constructed(&self, class: Value) -> Result<ObjId, Halt> {
        match class {
            Value::Obj(object) if self.heap.shape(object) == Shape::Class => Ok(object),
            other => Err(Halt::trap(
                "type-mismatch",
                format!("a {} is not a class", self.heap.kind(other)),
            )),
        }
    }

    pub(super) fn make_class(&mut self, name: TextId, parent: Value, constructor: Value) -> Result<Value, Halt> {
        let parent = match parent {
            Value::Undefined => None,
            other => Some(self.constructed(other)?),
        };
        self.heap.make_class(name, parent, constructor, None).map(Value::Obj)
    }

    /// A key as the name of a field.
    pub(super) fn key_name(&mut self, key: Value) -> Result<TextId, Halt> {
        match key {
            Value::Text(name) => Ok(name),
            other => {
                let text = self.text_of(other)?;
                self.heap.make_text(&text)
            }
        }
    }

    /// Where `define_...` puts members of an object: a class has them for its instances.
    fn definitions(&self, object: Value) -> Result<ObjId, Halt> {
        match object {
            Value::Obj(object) => Ok(self.heap.class(object).map_or(object, |class| class.members)),
            other => Err(Halt::trap(
                "type-mismatch",
                format!("a {} has no members", self.heap.kind(other)),
            )),
        }
    }

    pub(super) fn define_method(&mut self, object: Value, key: Value, function: Value) -> Result<(), Halt> {
        let (target, name) = (self.definitions(object)?, self.key_name(key)?);
        self.heap.set_field(target, name, function)
    }

    pub(super) fn define_accessor(
        &mut self,
        object: Value,
        key: Value,
        function: Value,
        getter: bool,
    ) -> Result<(), Halt> {
        let (target, name) = (self.definitions(object)?, self.key_name(key)?);
        self.heap.define_accessor(target, name, function, getter)
    }

    pub(super) fn statics(&self, class: Value) -> Result<Value, Halt> {
        let class = self.constructed(class)?;
        Ok(self
            .heap
            .class(class)
            .map_or(Value::Undefined, |class| Value::Obj(class.statics)))
    }

    /// What `new Error(message, {cause})` and `new BpmnError(code, message)` set.
    pub(super) fn fill_error(&mut self, kind: u8, error: Value, args: &[Value]) -> Result<(), Halt> {
        let Value::Obj(object) = error else { return Ok(()) };
        let (code, message) = match (kind, args) {
            (BPMN_ERROR, [code, rest @ ..]) => (Some(*code), rest.first().copied()),
            (_, args) => (None, args.first().copied()),
        };
        if let Some(message) = message.filter(|message| *message != Value::Undefined) {
            let text = self.text_of(message)?;
            let text = Value::Text(self.heap.make_text(&text)?);
            self.set_named(object, "message", text)?;
        } else {
            let empty = Value::Text(self.heap.make_text("")?);
            self.set_named(object, "message", empty)?;
        }
        if let Some(code) = code {
            self.set_named(object, "code", code)?;
        } else if let Some(Value::Obj(options)) = args.get(1) {
            let name = self.heap.make_text("cause")?;
            if let Some(cause) = self.heap.own_field(*options, name) {
                self.heap.set_field(object, name, cause)?;
            }
        }
        Ok(())
    }

    fn set_named(&mut self, object: ObjId, name: &str, value: Value) -> Result<(), Halt> {
        let name = self.heap.make_text(name)?;
        self.heap.set_field(object, name, value)
    }

    fn named(&self, object: ObjId, name: &str) -> Option<Value> {
        let name = self.heap.find_text(name)?;
        self.heap.own_field(object, name)
    }

    // --- exceptions ---

    /// May a script catch it?
    pub(super) fn is_catchable(halt: &Halt) -> bool {
        match halt {
            Halt::Thrown => true,
            Halt::Trap { code, .. } => !FINAL.contains(code),
            _ => false,
        }
    }

    /// What a handler finds on the stack: the thrown value, or an Error that stands for the trap.
    pub(super) fn caught(&mut self, halt: Halt) -> Result<Value, Halt> {
        self.place = None;
        let (code, message) = match &halt {
            Halt::Thrown => return Ok(std::mem::take(&mut self.thrown)),
            Halt::Trap { code, message } => (*code, message.as_str()),
            _ => return Err(halt),
        };
        let kind = CLASSES.iter().position(|name| *name == class_of(code)).unwrap_or(0);
        let class = self.heap.error_class(kind as u8)?;
        let error = self.heap.new_instance(class)?;
        let message = self.heap.make_text(message)?;
        let code = self.heap.make_text(code)?;
        self.set_named(error, "message", Value::Text(message))?;
        self.set_named(error, "code", Value::Text(code))?;
        self.trapped.push((error, halt));
        Ok(Value::Obj(error))
    }

    /// How the run ends if nobody caught what was thrown: a trap that was caught and thrown on is that trap again.
    pub(super) fn uncaught(&mut self) -> Halt {
        let value = std::mem::take(&mut self.thrown);
        let Value::Obj(object) = value else {
            return match self.text_of(value) {
                Ok(message) => Halt::Revert { message },
                Err(halt) => halt,
            };
        };
        if let Some((_, halt)) = self.trapped.iter().find(|(error, _)| *error == object) {
            return halt.clone();
        }
        let text = |value: Option<Value>| match value {
            Some(Value::Text(text)) => self.heap.text(text).to_owned(),
            _ => String::new(),
        };
        match self.heap.error_kind(value) {
            Some(BPMN_ERROR) => Halt::BpmnError {
                error: text(self.named(object, "code")),
                message: text(self.named(object, "message")),
            },
            Some(_) => Halt::Revert {
                message: text(self.named(object, "message")),
            },
            None => match self.text_of(value) {
                Ok(message) => Halt::Revert { message },
                Err(halt) => halt,
            },
        }
    }

    // --- iteration ---

    /// The item at a place of what can be iterated, and the place after it.
    pub(super) fn next_item(&mut self, iterable: Value, at: Value) -> Result<Option<(Value, i64)>, Halt> {
        let Value::Num(Number::Int(place)) = at else {
            return Err(Halt::trap(
                "type-mismatch",
                "the place in an iteration is a whole number",
            ));
        };
        let from = usize::try_from(place).unwrap_or(usize::MAX);
        match iterable {
            Value::Text(id) => {
                let next = self.heap.text(id).get(from..).and_then(|rest| rest.chars().next());
                let Some(char) = next else { return Ok(None) };
                let mut buffer = [0; 4];
                let text = self.heap.make_text(char.encode_utf8(&mut buffer))?;
                Ok(Some((Value::Text(text), place + char.len_utf8() as i64)))
            }
            Value::Obj(object) => match self.heap.shape(object) {
                Shape::List => {
                    let item = self.heap.list(object).and_then(|items| items.get(from)).copied();
                    Ok(item.map(|item| (item, place + 1)))
                }
                Shape::Map => match self.heap.next_entry(object, from) {
                    Some((at, key, value)) => {
                        let pair = self.heap.new_list(vec![key, value])?;
                        Ok(Some((Value::Obj(pair), at as i64 + 1)))
                    }
                    None => Ok(None),
                },
                Shape::Set => Ok(self
                    .heap
                    .next_entry(object, from)
                    .map(|(at, key, _)| (key, at as i64 + 1))),
                _ => Err(self.not_iterable(iterable)),
            },
            _ => Err(self.not_iterable(iterable)),
        }
    }

    #[cold]
    fn not_iterable(&self, value: Value) -> Halt {
        Halt::trap(
            "type-mismatch",
            format!("a {} cannot be iterated", self.heap.kind(value)),
        )
    }

    fn a_list(&self, value: Value) -> Result<ObjId, Halt> {
        match value {
            Value::Obj(object) if self.heap.list(object).is_some() => Ok(object),
            other => Err(Halt::trap(
                "type-mismatch",
                format!("a {} is no list", self.heap.kind(other)),
            )),
        }
    }

    /// Appends to a list.
    pub(super) fn append(&mut self, list: Value, value: Value) -> Result<(), Halt> {
        let list = self.a_list(list)?;
        self.heap.push_item(list, value)
    }

    /// The value in a cell; [`EMPTY`] if it has none, or is no cell.
    #[inline]
    pub(super) fn in_cell(&self, cell: Value) -> Value {
        match cell {
            Value::Obj(cell) if self.heap.shape(cell) == Shape::Cell => {
                self.heap.own_slots(cell).first().copied().unwrap_or(EMPTY)
            }
            _ => EMPTY,
        }
    }

    /// Sets the value in a cell.
    #[inline]
    pub(super) fn set_cell(&mut self, cell: Value, value: Value) -> Result<(), Halt> {
        match cell {
            Value::Obj(cell) if self.heap.shape(cell) == Shape::Cell => {
                self.heap.set_own_slot(cell, 0, value);
                Ok(())
            }
            _ => Err(Halt::trap("type-mismatch", "the value is no cell")),
        }
    }

    /// Appends all items of what can be iterated to a list.
    pub(super) fn extend(&mut self, list: Value, iterable: Value) -> Result<(), Halt> {
        let list = self.a_list(list)?;
        let mut at = 0;
        while let Some((item, next)) = self.next_item(iterable, Value::Num(Number::Int(at)))? {
            self.heap.count_work(1);
            self.heap.push_item(list, item)?;
            at = next;
        }
        Ok(())
    }

    /// Copies a value's own fields into a record: `{...value}`.
    pub(super) fn copy_fields(&mut self, host: &mut dyn Host, record: Value, from: Value) -> Result<(), Halt> {
        let Value::Obj(target) = record else { return Ok(()) };
        match from {
            Value::Obj(source) if self.heap.list(source).is_none() => {
                for (name, value) in self.heap.enumerable(source) {
                    self.heap.count_work(1);
                    let value = self.behind(host, value, from)?;
                    self.heap.set_field(target, name, value)?;
                }
            }
            Value::Obj(_) | Value::Text(_) => {
                let (mut at, mut index) = (0, 0u64);
                while let Some((item, next)) = self.next_item(from, Value::Num(Number::Int(at)))? {
                    let name = self.heap.make_text(&index.to_string())?;
                    self.heap.set_field(target, name, item)?;
                    (at, index) = (next, index + 1);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The items of a list of arguments.
    pub(super) fn spread(&self, list: Value) -> Result<Vec<Value>, Halt> {
        match list {
            Value::Obj(object) => self.heap.list(object).map(<[Value]>::to_vec),
            _ => None,
        }
        .ok_or_else(|| Halt::trap("type-mismatch", "only a list is spread as arguments"))
    }
}
