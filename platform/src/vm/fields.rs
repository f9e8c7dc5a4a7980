//! Fields, items and lengths of values, and the contract's variables and parameters.
use super::collections::RegExp;
use super::gas;
use super::halt::Halt;
use super::heap::Shape;
use super::host::Host;
use super::machine::Machine;
use super::natives::array_index;
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
    fn missing_field(&mut self, object: ObjId, name: TextId) -> Result<Value, Halt> {
        if let Some(ty) = self.heap.type_of(object) {
            return Err(self.heap.unknown_field(ty, name));
        }
        if let Some(regexp) = self.heap.regexp(object) {
            if let Some(value) = self.regexp_field(regexp, name) {
                return value;
            }
        }
        let text = self.heap.text(name);
        if self.heap.shape(object) != Shape::List {
            return match text {
                "size" if self.heap.regexp(object).is_none() => self.length(Value::Obj(object)),
                _ => Err(self.no_such_field(Value::Obj(object), name)),
            };
        }
        if let Some(at) = array_index(text) {
            let items = self.heap.list(object).unwrap_or(&[]);
            return Ok(items.get(at as usize).copied().unwrap_or(Value::Undefined));
        }
        match text {
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
                None => Err(self.no_such_field(value, name)),
            },
        }
    }

    #[cold]
    fn no_such_field(&self, value: Value, name: TextId) -> Halt {
        let (kind, text) = (self.heap.kind(value), self.heap.text(name));
        Halt::trap("unknown-field", format!("a {kind} has no field `{text}`"))
    }

    /// `source`, `flags`, `lastIndex` and what each flag says.
    fn regexp_field(&mut self, regexp: RegExp, name: TextId) -> Option<Result<Value, Halt>> {
        let letter = match self.heap.text(name) {
            "source" => {
                let source = source_text(self.heap.text(regexp.source));
                return Some(self.heap.make_text(&source).map(Value::Text));
            }
            "flags" => return Some(Ok(Value::Text(regexp.flags))),
            "lastIndex" => {
                let at = i64::try_from(regexp.last_index).unwrap_or(i64::MAX);
                return Some(Ok(Value::Num(Number::Int(at))));
            }
            "global" => 'g',
            "ignoreCase" => 'i',
            "multiline" => 'm',
            "dotAll" => 's',
            "unicode" => 'u',
            "sticky" => 'y',
            _ => return None,
        };
        Some(Ok(Value::Bool(self.heap.text(regexp.flags).contains(letter))))
    }

    /// A regular expression as its literal.
    pub(super) fn regexp_text(&self, object: ObjId) -> String {
        let Some(regexp) = self.heap.regexp(object) else {
            return String::new();
        };
        let (source, flags) = (self.heap.text(regexp.source), self.heap.text(regexp.flags));
        format!("/{}/{flags}", source_text(source))
    }

    pub(super) fn set_field(&mut self, object: Value, name: TextId, value: Value) -> Result<(), Halt> {
        let Value::Obj(object) = object else {
            return Err(self.no_fields(object, name));
        };
        match self.heap.shape(object) {
            Shape::List if self.heap.text(name) == "length" => self.set_length(object, value),
            Shape::List => match array_index(self.heap.text(name)) {
                Some(at) => self.set_index(Value::Obj(object), Value::Num(Number::Int(i64::from(at))), value),
                None => self.heap.set_field(object, name, value),
            },
            Shape::Pattern if self.heap.text(name) == "lastIndex" => match value {
                Value::Num(Number::Int(at)) if at >= 0 => {
                    self.heap.set_last_index(object, at as u64);
                    Ok(())
                }
                _ => Err(Halt::trap(
                    "bad-argument",
                    "`lastIndex` is a whole number that is not negative",
                )),
            },
            _ => self.heap.set_field(object, name, value),
        }
    }

    /// `list.length = n`: items past it are dropped; a list is not made longer, which would leave gaps.
    fn set_length(&mut self, list: ObjId, length: Value) -> Result<(), Halt> {
        let count = self.heap.count(list);
        let wanted = match length {
            Value::Num(number) => position(number).filter(|wanted| *wanted <= count),
            _ => None,
        };
        let wanted = wanted.ok_or_else(|| {
            Halt::trap(
                "index-range",
                "the length of a list is set to a lesser one only: there are no gaps",
            )
        })?;
        self.heap.list_mut(list)?.truncate(wanted);
        Ok(())
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
            Value::Obj(object) => Ok(self.heap.has_field(object, name) || self.has_item(object, name)),
            other => Err(self.no_fields(other, name)),
        }
    }

    /// Has a list an item or a length of this name?
    fn has_item(&self, object: ObjId, name: TextId) -> bool {
        let text = self.heap.text(name);
        self.heap
            .list(object)
            .is_some_and(|items| text == "length" || array_index(text).is_some_and(|at| (at as usize) < items.len()))
    }

    pub(super) fn delete_field(&mut self, object: Value, name: TextId) -> Result<bool, Halt> {
        match object {
            Value::Obj(object) => {
                self.heap.count_work(self.heap.count(object) as u64);
                self.heap.delete_field(object, name)?;
                Ok(true)
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
            (Value::Obj(_), Value::Text(name)) => self.set_field(object, name, value),
            (Value::Obj(object), Value::Num(index)) if self.is_list(object) => {
                let at = position(index)
                    .filter(|at| *at <= self.heap.count(object))
                    .ok_or_else(|| {
                        Halt::trap(
                            "index-range",
                            format!("the list has no item `{}` and would have a gap before it", index),
                        )
                    })?;
                match self.heap.list_mut(object)?.get_mut(at) {
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

/// A pattern's source as it stands in a literal.
fn source_text(source: &str) -> String {
    if source.is_empty() {
        return "(?:)".to_owned();
    }
    let (mut text, mut escaped, mut class) = (String::new(), false, false);
    for char in source.chars() {
        match char {
            '/' if !escaped && !class => text.push_str("\\/"),
            '\n' => text.push_str("\\n"),
            char => text.push(char),
        }
        class = match char {
            '[' if !escaped => true,
            ']' if !escaped => false,
            _ => class,
        };
        escaped = char == '\\' && !escaped;
    }
    text
}

/// A number as a position in a list or text.
pub(super) fn position(index: Number) -> Option<usize> {
    match index {
        Number::Int(index) => usize::try_from(index).ok(),
        Number::Dec(_) => None,
    }
}
