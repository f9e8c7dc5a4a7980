//! The operators on values that are not the loop's fast path: decimals, texts, temporals, and what traps.
use std::cmp::Ordering;

use super::gas;
use super::halt::Halt;
use super::heap::Shape;
use super::machine::Machine;
use super::ops::Op;
use super::value::{ObjId, Value};
use crate::number::{Number, NumberError};

/// The trap of a number operation.
pub(super) fn number_trap(error: NumberError) -> Halt {
    let code = match error {
        NumberError::Overflow => "number-overflow",
        NumberError::DivisionByZero => "division-by-zero",
        NumberError::Invalid => "invalid-number",
    };
    Halt::trap(code, error.to_string())
}

pub(super) fn null_operand(what: &str) -> Halt {
    Halt::trap("null-operand", format!("{what} of null"))
}

/// An operator as people write it.
fn symbol(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::Pow => "**",
        Op::Lt | Op::LtOrFalse => "<",
        Op::Le | Op::LeOrFalse => "<=",
        Op::Gt | Op::GtOrFalse => ">",
        Op::Ge | Op::GeOrFalse => ">=",
        other => other.info().name,
    }
}

/// Depth of lists in lists that are joined to a text.
pub(super) const JOIN_DEPTH: u32 = 8;

impl Machine {
    /// JavaScript's truth: false, null, undefined, 0 and an empty text are false.
    pub fn truth(&self, value: Value) -> bool {
        match value {
            Value::Null | Value::Undefined => false,
            Value::Bool(value) => value,
            Value::Num(number) => number != Number::Int(0),
            Value::Text(id) => self.heap.text_size(id) != 0,
            _ => true,
        }
    }

    /// The language's `==`.
    #[inline]
    pub fn equal(&self, a: Value, b: Value) -> bool {
        a == b || (absent(a) && absent(b))
    }

    #[cold]
    fn mixed(&self, op: Op, a: Value, b: Value) -> Halt {
        let name = symbol(op);
        if absent(a) || absent(b) {
            return null_operand(&format!("`{name}`"));
        }
        let (a, b) = (self.heap.kind(a), self.heap.kind(b));
        Halt::trap("type-mismatch", format!("`{name}` does not take {a} and {b}"))
    }

    /// Add, subtract, multiply, divide, remainder, power of anything.
    #[inline(never)]
    pub(super) fn operate(&mut self, op: Op, a: Value, b: Value) -> Result<Value, Halt> {
        self.gas.charge(gas::DECIMAL)?;
        match (a, b) {
            (Value::Num(a), Value::Num(b)) => self.calculate(op, a, b).map(Value::Num),
            (Value::Text(_), _) | (_, Value::Text(_)) if op == Op::Add => self.concatenate(a, b),
            _ => match super::temporal::operate(op, a, b) {
                Some(result) => result,
                None => Err(self.mixed(op, a, b)),
            },
        }
    }

    fn calculate(&mut self, op: Op, a: Number, b: Number) -> Result<Number, Halt> {
        match op {
            Op::Add => a.add(b),
            Op::Sub => a.sub(b),
            Op::Mul => a.mul(b),
            Op::Div => a.div(b),
            Op::Rem => a.rem(b),
            _ => return self.power(a, b),
        }
        .map_err(number_trap)
    }

    /// A power; whole numbers of 64 bits are quick.
    pub(super) fn power(&mut self, base: Number, exponent: Number) -> Result<Number, Halt> {
        if let (Number::Int(base), Number::Int(exponent)) = (base, exponent) {
            let power = u32::try_from(exponent)
                .ok()
                .and_then(|exponent| base.checked_pow(exponent));
            if let Some(power) = power.filter(|_| exponent > 0) {
                return Ok(Number::Int(power));
            }
        }
        self.gas.charge(gas::POWER_DECIMAL)?;
        base.pow(exponent).map_err(number_trap)
    }

    pub(super) fn negate(&self, value: Value) -> Result<Value, Halt> {
        match value {
            Value::Num(Number::Int(value)) if value != i64::MIN => Ok(Value::Num(Number::Int(-value))),
            Value::Num(number) => Ok(Value::Num(number.neg())),
            Value::Null | Value::Undefined => Err(null_operand("`-`")),
            other => super::temporal::negate(other).unwrap_or_else(|| {
                let kind = self.heap.kind(other);
                Err(Halt::trap("type-mismatch", format!("`-` does not take a {kind}")))
            }),
        }
    }

    fn concatenate(&mut self, a: Value, b: Value) -> Result<Value, Halt> {
        let (a, b) = (self.text_of(a)?, self.text_of(b)?);
        Ok(Value::Text(self.heap.join_texts(&[&a, &b])?))
    }

    /// The order of two values; `None` where a condition is false (null, or a mix of types in an `_or_false`).
    #[inline(never)]
    pub(super) fn order(&mut self, op: Op, a: Value, b: Value) -> Result<Option<Ordering>, Halt> {
        let order = self.order_of(a, b);
        let lenient = matches!(op, Op::LtOrFalse | Op::LeOrFalse | Op::GtOrFalse | Op::GeOrFalse);
        match order {
            None if !lenient => Err(self.mixed(op, a, b)),
            order => Ok(order),
        }
    }

    /// The order of two values of one ordered kind.
    pub fn order_of(&mut self, a: Value, b: Value) -> Option<Ordering> {
        match (a, b) {
            (Value::Num(a), Value::Num(b)) => Some(a.cmp(&b)),
            (Value::Text(a), Value::Text(b)) => {
                let size = self.heap.text_size(a).min(self.heap.text_size(b));
                self.heap.count_work(u64::from(size) / gas::BYTES_READ);
                Some(self.heap.text(a).cmp(self.heap.text(b)))
            }
            _ => super::temporal::order(a, b),
        }
    }

    pub(super) fn type_name(&mut self, value: Value) -> Result<Value, Halt> {
        let name = match value {
            Value::Undefined => "undefined",
            Value::Bool(_) => "boolean",
            Value::Num(_) => "number",
            Value::Text(_) => "string",
            Value::Func(_) => "function",
            Value::Obj(object)
                if matches!(self.heap.shape(object), Shape::Closure(_) | Shape::Bound | Shape::Class) =>
            {
                "function"
            }
            _ => "object",
        };
        Ok(Value::Text(self.heap.make_text(name)?))
    }

    /// What `print` and joining make of a value, as JavaScript does: a list's items with commas, `[object Object]`.
    pub fn text_of(&mut self, value: Value) -> Result<String, Halt> {
        let (mut text, mut work) = (String::new(), 0);
        let written = self.write_text(value, JOIN_DEPTH, &mut text, &mut work);
        self.heap.count_work(work + text.len() as u64 / gas::BYTES_READ);
        written.map(|()| text)
    }

    fn write_text(&self, value: Value, depth: u32, text: &mut String, work: &mut u64) -> Result<(), Halt> {
        *work += match value {
            Value::Null | Value::Undefined | Value::Bool(_) | Value::Text(_) | Value::Obj(_) => 1,
            _ => gas::FORMAT,
        };
        match value {
            Value::Null => text.push_str("null"),
            Value::Undefined => text.push_str("undefined"),
            Value::Bool(value) => text.push_str(if value { "true" } else { "false" }),
            Value::Num(number) => text.push_str(&number.to_string()),
            Value::Text(id) => text.push_str(self.heap.text(id)),
            Value::Bytes(id) => {
                self.heap.can_hold(2 * u64::from(self.heap.text_size(id)))?;
                text.extend(self.heap.bytes(id).iter().map(|byte| format!("{byte:02x}")));
            }
            Value::Obj(object) => self.write_object(object, depth, text, work)?,
            Value::Func(_) => text.push_str("[function]"),
            Value::Session(_) => text.push_str("[session]"),
            other => text.push_str(&super::temporal::text(other)),
        }
        self.heap.can_hold(text.len() as u64)
    }

    /// An error as its name and message, any other record as JavaScript does.
    fn write_record(&self, object: ObjId, text: &mut String) {
        let Some(kind) = self.heap.error_kind(Value::Obj(object)) else {
            text.push_str("[object Object]");
            return;
        };
        let field = |name: &str| match self.heap.find_text(name).and_then(|name| self.heap.field(object, name)) {
            Some(Value::Text(text)) => self.heap.text(text),
            _ => "",
        };
        let (name, message) = (field("name"), field("message"));
        let builtin = super::natives::CLASSES
            .get(usize::from(kind))
            .copied()
            .unwrap_or("Error");
        text.push_str(if name.is_empty() { builtin } else { name });
        if !message.is_empty() {
            text.push_str(": ");
            text.push_str(message);
        }
    }

    fn write_object(&self, object: ObjId, depth: u32, text: &mut String, work: &mut u64) -> Result<(), Halt> {
        let Some(items) = self.heap.list(object) else {
            match self.heap.shape(object) {
                Shape::Map => text.push_str("[object Map]"),
                Shape::Set => text.push_str("[object Set]"),
                Shape::Pattern => text.push_str(&self.regexp_text(object)),
                Shape::Closure(_) | Shape::Bound | Shape::Accessor | Shape::Cell => text.push_str("[function]"),
                Shape::Class => text.push_str("[class]"),
                Shape::Typed(_) | Shape::Record | Shape::List => self.write_record(object, text),
            }
            return Ok(());
        };
        let depth = depth.checked_sub(1).ok_or_else(|| {
            Halt::trap(
                "too-deep",
                format!("lists are nested more than {JOIN_DEPTH} deep in a text"),
            )
        })?;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            if !absent(*item) {
                self.write_text(*item, depth, text, work)?;
            }
        }
        Ok(())
    }

    // --- messages ---

    #[cold]
    pub(super) fn not_of_type(&self, value: Value, ty: u32) -> Halt {
        if absent(value) {
            return null_operand("a field");
        }
        let wanted = self
            .heap
            .layouts()
            .get(ty)
            .map_or("", |layout| self.heap.text(layout.name));
        Halt::trap("type-mismatch", format!("the value is not a `{wanted}`"))
    }

    #[cold]
    pub fn not_a_fact(&self, value: Value) -> Halt {
        if absent(value) {
            return null_operand("a fact");
        }
        Halt::trap("type-mismatch", format!("a {} is no fact", self.heap.kind(value)))
    }

    pub(super) fn is_list(&self, object: ObjId) -> bool {
        self.heap.shape(object) == Shape::List
    }
}

/// Null or undefined.
#[inline]
pub fn absent(value: Value) -> bool {
    matches!(value, Value::Null | Value::Undefined)
}
