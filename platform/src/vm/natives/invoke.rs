//! How library functions call back, and how they read and iterate what scripts made.
use super::Call;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::Shape;
use crate::vm::operators::{absent, null_operand};
use crate::vm::value::{ObjId, TextId, Value};

impl Call<'_> {
    /// Is the value a function?
    pub fn callable(&self, value: Value) -> bool {
        self.machine.is_callable(value)
    }

    /// Runs a function value. Arguments that it does not take are dropped, those that are missing are undefined.
    pub fn invoke(&mut self, function: Value, this: Value, args: &[Value]) -> Result<Value, Halt> {
        self.machine.invoke(self.host, function, this, args)
    }

    /// The callback in an argument. Trap `type-mismatch`.
    pub fn callback(&self, at: usize) -> Result<Value, Halt> {
        let value = self.arg(at);
        if self.callable(value) {
            return Ok(value);
        }
        Err(self.not_a_function(value))
    }

    fn not_a_function(&self, value: Value) -> Halt {
        let kind = self.machine.heap.kind(value);
        Halt::trap(
            "type-mismatch",
            format!("`{}` takes a function, not a {kind}", self.name),
        )
    }

    /// The method of a name that a record has of its own, or its class.
    pub fn method_of(&mut self, object: ObjId, name: TextId) -> Result<Option<Value>, Halt> {
        Ok(self.machine.own_method(Value::Obj(object), name))
    }

    /// A value as text; records are asked for their own `toString`.
    pub fn text_of(&mut self, value: Value) -> Result<String, Halt> {
        self.machine.text_with(self.host, value)
    }

    /// A field as a script reads it.
    pub fn get(&mut self, object: ObjId, name: TextId) -> Result<Value, Halt> {
        let found = self.machine.get_field(Value::Obj(object), name)?;
        self.machine.behind(self.host, found, Value::Obj(object))
    }

    /// Sets a field as a script does.
    pub fn set(&mut self, object: ObjId, name: TextId, value: Value) -> Result<(), Halt> {
        if self.machine.set_behind(self.host, Value::Obj(object), name, value)? {
            return Ok(());
        }
        self.machine.set_field(Value::Obj(object), name, value)
    }

    /// Names of a record's fields as JavaScript orders them: whole numbers ascending, then the others as they came.
    pub fn names(&mut self, object: ObjId) -> Result<Vec<TextId>, Halt> {
        let mut names: Vec<TextId> = self
            .machine
            .heap
            .enumerable(object)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        self.machine.gas.charge(names.len() as u64)?;
        let heap = &self.machine.heap;
        let whole = |name: &TextId| array_index(heap.text(*name));
        if names.iter().any(|name| whole(name).is_some()) {
            names.sort_by_key(|name| whole(name).map_or(u64::MAX, u64::from));
        }
        Ok(names)
    }

    /// The elements that a value gives to `for..of`, paid for. Trap `type-mismatch` for what has none.
    pub fn elements(&mut self, value: Value) -> Result<Vec<Value>, Halt> {
        match value {
            Value::Obj(object) if self.machine.heap.shape(object) == Shape::List => {
                let items = self.machine.heap.list(object).map_or_else(Vec::new, <[Value]>::to_vec);
                self.machine.gas.charge(items.len() as u64)?;
                Ok(items)
            }
            Value::Text(id) => {
                self.read_text(id)?;
                let text = self.machine.heap.text(id).to_owned();
                let count = u64::from(self.machine.heap.text_length(id));
                self.machine.gas.charge(count * gas::METHOD)?;
                let mut chars = Vec::new();
                for char in text.chars() {
                    chars.push(self.make_text(char.encode_utf8(&mut [0; 4]))?);
                }
                Ok(chars)
            }
            Value::Obj(object) if self.machine.heap.shape(object) == Shape::Map => {
                let mut pairs = Vec::new();
                for (key, value) in super::maps::pairs(self, object)? {
                    self.machine.gas.charge(gas::OBJECT)?;
                    pairs.push(self.make_list(vec![key, value])?);
                }
                Ok(pairs)
            }
            Value::Obj(object) if self.machine.heap.shape(object) == Shape::Set => {
                let pairs = super::maps::pairs(self, object)?;
                Ok(pairs.into_iter().map(|(key, _)| key).collect())
            }
            value if absent(value) => Err(null_operand("the elements")),
            value => {
                let kind = self.machine.heap.kind(value);
                Err(Halt::trap(
                    "type-mismatch",
                    format!("a {kind} has no elements to go through"),
                ))
            }
        }
    }
}

/// A text that JavaScript reads as a position in a list: a whole number below 2^32 - 1 in its one notation.
pub fn array_index(text: &str) -> Option<u32> {
    let plain = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = plain && (text == "0" || !text.starts_with('0'));
    canonical
        .then(|| text.parse().ok())
        .flatten()
        .filter(|index| *index != u32::MAX)
}
