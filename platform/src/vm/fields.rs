//! Fields, items and lengths of values, and the contract's variables and parameters.
use super::gas;
use super::halt::Halt;
use super::host::Host;
use super::machine::Machine;
use super::operators::{absent, null_operand};
use super::value::{ObjId, TextId, Value};
use crate::number::Number;

impl Machine {
    #[inline]
    pub(in crate::vm) fn get_field(&mut self, object: Value, name: TextId) -> Result<Value, Halt> {
        match object {
            Value::Obj(object) => match self.heap.field(object, name) {
                Some(value) => Ok(value),
                None => self.missing_field(object, name),
            },
            other => self.get_property(other, name),
        }
    }

    /// A field of a declared type that has none of the name, or of a list: it has a `length` only.
    #[cold]
    fn missing_field(&self, object: ObjId, name: TextId) -> Result<Value, Halt> {
        if let Some(ty) = self.heap.type_of(object) {
            return Err(self.heap.unknown_field(ty, name));
        }
        match self.heap.text(name) {
            "length" | "size" => self.length(Value::Obj(object)),
            text => Err(Halt::trap(
                "unknown-field",
                format!("a list has no field `{text}`; its items are read by whole numbers from 0"),
            )),
        }
    }

    #[cold]
    fn get_property(&self, value: Value, name: TextId) -> Result<Value, Halt> {
        let text = self.heap.text(name);
        match value {
            Value::Null | Value::Undefined => Err(null_operand(&format!("the field `{text}`"))),
            Value::Text(_) if text == "length" => self.length(value),
            _ => match super::temporal::property(value, text) {
                Some(part) => Ok(part),
                None => Err(Halt::trap(
                    "unknown-field",
                    format!("a {} has no field `{text}`", self.heap.kind(value)),
                )),
            },
        }
    }

    pub(super) fn set_field(&mut self, object: Value, name: TextId, value: Value) -> Result<(), Halt> {
        match object {
            Value::Obj(object) => self.heap.set_field(object, name, value),
            other => Err(self.no_fields(other, name)),
        }
    }

    #[cold]
    fn no_fields(&self, value: Value, name: TextId) -> Halt {
        let text = self.heap.text(name);
        if absent(value) {
            return null_operand(&format!("the field `{text}`"));
        }
        Halt::trap(
            "type-mismatch",
            format!("the field `{text}` of a {} cannot be set", self.heap.kind(value)),
        )
    }

    pub(super) fn has_field(&self, object: Value, name: TextId) -> Result<bool, Halt> {
        match object {
            Value::Obj(object) => Ok(self.heap.has_field(object, name)),
            other => Err(self.no_fields(other, name)),
        }
    }

    pub(super) fn delete_field(&mut self, object: Value, name: TextId) -> Result<bool, Halt> {
        match object {
            Value::Obj(object) => {
                self.heap.count_work(self.heap.count(object) as u64);
                self.heap.delete_field(object, name)
            }
            other => Err(self.no_fields(other, name)),
        }
    }

    pub(super) fn get_index(&mut self, object: Value, index: Value) -> Result<Value, Halt> {
        match (object, index) {
            (Value::Obj(object), Value::Text(name)) => self.get_field(Value::Obj(object), name),
            (Value::Obj(object), Value::Num(index)) => match self.heap.list(object) {
                Some(items) => Ok(position(index)
                    .and_then(|at| items.get(at))
                    .copied()
                    .unwrap_or(Value::Undefined)),
                None => {
                    let name = self.heap.make_text(&index.to_string())?;
                    self.get_field(Value::Obj(object), name)
                }
            },
            (Value::Text(id), Value::Num(index)) => self.character(id, position(index)),
            (Value::Text(_), Value::Text(name)) => self.get_field(object, name),
            _ => Err(self.bad_index(object, index)),
        }
    }

    /// The text of one code point, or undefined.
    pub(super) fn character(&mut self, id: TextId, at: Option<usize>) -> Result<Value, Halt> {
        let (chars, size) = (self.heap.text_length(id), self.heap.text_size(id));
        let Some(at) = at.filter(|at| *at < chars as usize) else {
            return Ok(Value::Undefined);
        };
        let text = self.heap.text(id);
        let found = if chars == size {
            text.get(at..at + 1).map(str::to_owned)
        } else {
            let found = text.chars().nth(at).map(String::from);
            self.heap.count_work(u64::from(size) / gas::BYTES_READ);
            found
        };
        match found {
            Some(found) => Ok(Value::Text(self.heap.make_text(&found)?)),
            None => Ok(Value::Undefined),
        }
    }

    pub(super) fn set_index(&mut self, object: Value, index: Value, value: Value) -> Result<(), Halt> {
        match (object, index) {
            (Value::Obj(object), Value::Text(name)) => self.heap.set_field(object, name, value),
            (Value::Obj(object), Value::Num(index)) if self.is_list(object) => {
                let at = position(index)
                    .filter(|at| *at <= self.heap.count(object))
                    .ok_or_else(|| {
                        Halt::trap(
                            "index-range",
                            format!("the list has no item `{}` and would have a gap before it", index),
                        )
                    })?;
                match self.heap.list_mut(object).and_then(|items| items.get_mut(at)) {
                    Some(item) => *item = value,
                    None => self.heap.push_item(object, value)?,
                }
                Ok(())
            }
            (Value::Obj(object), Value::Num(index)) => {
                let name = self.heap.make_text(&index.to_string())?;
                self.heap.set_field(object, name, value)
            }
            _ => Err(self.bad_index(object, index)),
        }
    }

    #[cold]
    fn bad_index(&self, object: Value, index: Value) -> Halt {
        if absent(object) || absent(index) {
            return null_operand("an index");
        }
        let (object, index) = (self.heap.kind(object), self.heap.kind(index));
        Halt::trap("type-mismatch", format!("a {object} has no index of kind {index}"))
    }

    pub(super) fn length(&self, value: Value) -> Result<Value, Halt> {
        let length = match value {
            Value::Text(id) | Value::Bytes(id) => i64::from(self.heap.text_length(id)),
            Value::Obj(object) => self.heap.count(object) as i64,
            Value::Null | Value::Undefined => return Err(null_operand("the length")),
            other => {
                return Err(Halt::trap(
                    "type-mismatch",
                    format!("a {} has no length", self.heap.kind(other)),
                ));
            }
        };
        Ok(Value::Num(Number::Int(length)))
    }

    // --- the contract ---

    pub(super) fn get_variable(&mut self, host: &mut dyn Host, variable: u32) -> Result<Value, Halt> {
        let module = std::sync::Arc::clone(&self.module);
        let Some(field) = module.variables.get(variable as usize) else {
            return Ok(Value::Null);
        };
        match host.variable(&field.name, &mut self.gas)? {
            Some(data) => self.heap.import_as(&data, &field.ty),
            None => match &field.default {
                Some(data) => self.heap.import(data),
                None => Ok(Value::Null),
            },
        }
    }

    pub(super) fn set_variable(&mut self, host: &mut dyn Host, variable: u32, value: Value) -> Result<(), Halt> {
        let module = std::sync::Arc::clone(&self.module);
        let Some(field) = module.variables.get(variable as usize) else {
            return Ok(());
        };
        if !absent(value) && !self.heap.conforms(value, &field.ty) {
            return Err(self
                .heap
                .misfit(&format!("the variable `{}`", field.name), value, &field.ty));
        }
        let data = self.export(value)?;
        host.set_variable(&field.name, &data, &mut self.gas)
    }

    pub(super) fn get_parameter(&mut self, host: &mut dyn Host, name: TextId) -> Result<Value, Halt> {
        let name = self.heap.text(name).to_owned();
        let data = host.parameter(&name, &mut self.gas)?;
        self.heap.import(&data)
    }
}

/// A number as a position in a list or text.
pub(super) fn position(index: Number) -> Option<usize> {
    match index {
        Number::Int(index) => usize::try_from(index).ok(),
        Number::Dec(_) => None,
    }
}
