//! `JSON`: values as text and back, numbers exact both ways.
use super::objects::name_of;
use super::{pure, Call, Native};
use crate::codec::json::{self, Form};
use crate::value::Data;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::MAX_DEPTH;
use crate::vm::value::{ObjId, TextId, Value};

/// Characters of an indentation.
const MOST_INDENT: usize = 10;

pub const FUNCTIONS: &[Native] = &[
    pure(
        "JSON.stringify",
        (1, 3),
        gas::PART,
        stringify,
        "JSON.stringify(v, names or function?, indent?) -> text; undefined of a function or undefined",
    ),
    pure(
        "JSON.parse",
        (1, 2),
        gas::PART,
        parse,
        "JSON.parse(text, function?) -> value; trap bad-json",
    ),
];

struct Writer {
    /// The names of fields that are written, and their order.
    names: Option<Vec<TextId>>,
    replacer: Value,
    indent: String,
    to_json: TextId,
    text: String,
}

fn stringify(call: &mut Call) -> Result<Value, Halt> {
    let mut writer = Writer {
        names: None,
        replacer: Value::Undefined,
        indent: indentation(call)?,
        to_json: call.machine.heap.make_text("toJSON")?,
        text: String::new(),
    };
    let replacer = call.arg(1);
    if call.callable(replacer) {
        writer.replacer = replacer;
    } else if matches!(replacer, Value::Obj(object) if call.machine.is_list(object)) {
        let mut names = Vec::new();
        for item in call.elements(replacer)? {
            if matches!(item, Value::Text(_) | Value::Num(_)) {
                let name = name_of(call, item)?;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            call.machine.gas.charge(names.len() as u64)?;
        }
        writer.names = Some(names);
    }
    let mut holder = Value::Undefined;
    if writer.replacer != Value::Undefined {
        let object = call.machine.heap.new_object()?;
        let name = call.machine.heap.make_text("")?;
        call.machine.heap.set_field(object, name, call.arg(0))?;
        holder = Value::Obj(object);
    }
    let name = call.machine.heap.make_text("")?;
    let value = writer.replaced(call, holder, name, call.arg(0))?;
    if !written(call, value) {
        return Ok(Value::Undefined);
    }
    writer.value(call, value, 0)?;
    call.make_text(&writer.text)
}

fn indentation(call: &mut Call) -> Result<String, Halt> {
    Ok(match call.arg(2) {
        Value::Num(_) => " ".repeat(call.whole(2, 0)?.clamp(0, MOST_INDENT as i64) as usize),
        Value::Text(_) => call.text(2)?.chars().take(MOST_INDENT).collect(),
        _ => String::new(),
    })
}

/// Is the value one that JSON has a notation for? The others are left out.
fn written(call: &Call, value: Value) -> bool {
    value != Value::Undefined && !call.callable(value)
}

impl Writer {
    /// What stands for a value: what its `toJSON` gives, then what the replacer gives.
    fn replaced(&self, call: &mut Call, holder: Value, name: TextId, value: Value) -> Result<Value, Halt> {
        let mut value = value;
        if let Value::Obj(object) = value {
            if let Some(method) = call.method_of(object, self.to_json)? {
                value = call.invoke(method, value, &[Value::Text(name)])?;
            }
        }
        if self.replacer != Value::Undefined {
            value = call.invoke(self.replacer, holder, &[Value::Text(name), value])?;
        }
        Ok(value)
    }

    fn value(&mut self, call: &mut Call, value: Value, depth: u32) -> Result<(), Halt> {
        call.machine.gas.charge(gas::FIELD)?;
        if !written(call, value) {
            self.text.push_str("null");
            return Ok(());
        }
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(_) => self.text.push_str(&call.machine.text_of(value)?),
            Value::Num(number) => {
                call.machine.gas.charge(gas::FORMAT)?;
                self.text.push_str(&number.to_string());
            }
            Value::Text(id) => {
                call.read_text(id)?;
                quote(call.machine.heap.text(id), &mut self.text);
            }
            Value::Obj(object) if call.machine.is_list(object) => self.list(call, object, depth)?,
            Value::Obj(object) => self.record(call, object, depth)?,
            other => {
                let text = call.machine.text_of(other)?;
                quote(&text, &mut self.text);
            }
        }
        call.machine.heap.can_hold(self.text.len() as u64)
    }

    /// A new line within so many containers, if there is an indentation.
    fn line(&mut self, depth: u32) {
        if !self.indent.is_empty() {
            self.text.push('\n');
            for _ in 0..depth {
                self.text.push_str(&self.indent);
            }
        }
    }

    fn deeper(depth: u32) -> Result<u32, Halt> {
        if depth == MAX_DEPTH {
            let message = format!("the value is nested more than {MAX_DEPTH} deep or contains itself");
            return Err(Halt::trap("too-deep", message));
        }
        Ok(depth + 1)
    }

    fn list(&mut self, call: &mut Call, list: ObjId, depth: u32) -> Result<(), Halt> {
        let inner = Self::deeper(depth)?;
        let items = call.elements(Value::Obj(list))?;
        self.text.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            self.line(inner);
            let name = call.machine.heap.make_text(&at.to_string())?;
            let item = self.replaced(call, Value::Obj(list), name, *item)?;
            self.value(call, item, inner)?;
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.text.push(']');
        Ok(())
    }

    fn record(&mut self, call: &mut Call, record: ObjId, depth: u32) -> Result<(), Halt> {
        let inner = Self::deeper(depth)?;
        let names = match &self.names {
            Some(names) => names.clone(),
            None => call.names(record)?,
        };
        self.text.push('{');
        let mut empty = true;
        for name in names {
            call.machine.gas.charge(gas::FIELD)?;
            if !call.machine.heap.has_field(record, name) {
                continue;
            }
            let value = call.get(record, name)?;
            let value = self.replaced(call, Value::Obj(record), name, value)?;
            if !written(call, value) {
                continue;
            }
            if !empty {
                self.text.push(',');
            }
            empty = false;
            self.line(inner);
            quote(call.machine.heap.text(name), &mut self.text);
            self.text.push_str(if self.indent.is_empty() { ":" } else { ": " });
            self.value(call, value, inner)?;
        }
        if !empty {
            self.line(depth);
        }
        self.text.push('}');
        Ok(())
    }
}

/// A text in JSON's quotes, escaped as JavaScript does it.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            char if char < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => out.push(char),
        }
    }
    out.push('"');
}

fn parse(call: &mut Call) -> Result<Value, Halt> {
    let text = call.text(0)?;
    call.machine.gas.charge(text.len() as u64 * gas::JSON_BYTE)?;
    call.machine.heap.can_hold(text.len() as u64)?;
    let data = json::decode(&text, Form::Plain)
        .map_err(|error| Halt::trap("bad-json", format!("the text is not JSON: {error}")))?;
    let value = made(call, &data)?;
    let reviver = call.arg(1);
    if !call.callable(reviver) {
        return Ok(value);
    }
    let holder = call.machine.heap.new_object()?;
    let name = call.machine.heap.make_text("")?;
    call.machine.heap.set_field(holder, name, value)?;
    revived(call, reviver, holder, name, value, MAX_DEPTH)
}

/// The value of data; a record is a plain one, whatever its `$type` says.
fn made(call: &mut Call, data: &Data) -> Result<Value, Halt> {
    call.machine.gas.charge(gas::FIELD)?;
    match data {
        Data::List(items) => {
            let items: Result<Vec<Value>, Halt> = items.iter().map(|item| made(call, item)).collect();
            call.make_list(items?)
        }
        Data::Record(entries) => {
            let record = call.machine.heap.new_object()?;
            for (name, data) in entries {
                let name = call.machine.heap.make_text(name)?;
                let value = made(call, data)?;
                call.machine.heap.set_field(record, name, value)?;
            }
            Ok(Value::Obj(record))
        }
        scalar => call.machine.heap.import(scalar),
    }
}

/// What the function makes of a value, after the parts of it.
fn revived(
    call: &mut Call,
    reviver: Value,
    holder: ObjId,
    name: TextId,
    value: Value,
    depth: u32,
) -> Result<Value, Halt> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Halt::trap("too-deep", format!("the value is nested more than {MAX_DEPTH} deep")))?;
    if let Value::Obj(object) = value {
        if call.machine.is_list(object) {
            for (at, item) in call.elements(value)?.into_iter().enumerate() {
                let name = call.machine.heap.make_text(&at.to_string())?;
                let item = revived(call, reviver, object, name, item, depth)?;
                if let Some(place) = call.machine.heap.list_mut(object)?.get_mut(at) {
                    *place = item;
                }
            }
        } else {
            for name in call.names(object)? {
                call.machine.gas.charge(2 * gas::FIELD)?;
                let field = call.get(object, name)?;
                match revived(call, reviver, object, name, field, depth)? {
                    Value::Undefined => {
                        call.machine.gas.charge(call.machine.heap.count(object) as u64)?;
                        call.machine.heap.delete_field(object, name)?;
                    }
                    field => call.machine.heap.set_field(object, name, field)?,
                }
            }
        }
    }
    call.invoke(reviver, Value::Obj(holder), &[Value::Text(name), value])
}
