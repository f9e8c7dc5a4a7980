//! `structuredClone`: deep copies. What is the same object within stays one object, so cycles are copied as they are.
use rustc_hash::FxHashMap;

use super::{pure, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::{Shape, MAX_DEPTH};
use crate::vm::value::{ObjId, Value};

pub const FUNCTIONS: &[Native] = &[pure(
    "structuredClone",
    (1, 1),
    gas::PART,
    clone,
    "structuredClone(v) -> copy of v and all that it holds; trap not-data for functions",
)];

fn clone(call: &mut Call) -> Result<Value, Halt> {
    copy(call, call.arg(0), &mut FxHashMap::default(), MAX_DEPTH)
}

fn no_copy(call: &Call, value: Value) -> Halt {
    let kind = call.machine.heap.kind(value);
    Halt::trap("not-data", format!("a {kind} cannot be copied"))
}

fn copy(call: &mut Call, value: Value, made: &mut FxHashMap<ObjId, ObjId>, depth: u32) -> Result<Value, Halt> {
    let object = match value {
        Value::Obj(object) => object,
        Value::Session(_) => return Err(no_copy(call, value)),
        value if call.callable(value) => return Err(no_copy(call, value)),
        value => return Ok(value),
    };
    if call.callable(value) {
        return Err(no_copy(call, value));
    }
    if let Some(copy) = made.get(&object) {
        return Ok(Value::Obj(*copy));
    }
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Halt::trap("too-deep", format!("the value is nested more than {MAX_DEPTH} deep")))?;
    call.machine.gas.charge(gas::FIELD)?;
    match call.machine.heap.shape(object) {
        Shape::List => {
            let items = call.elements(value)?;
            let list = call.machine.heap.new_list(items.clone())?;
            made.insert(object, list);
            for (at, item) in items.into_iter().enumerate() {
                let item = copy(call, item, made, depth)?;
                if let Some(place) = call.machine.heap.list_mut(list)?.get_mut(at) {
                    *place = item;
                }
            }
            Ok(Value::Obj(list))
        }
        Shape::Map | Shape::Set => {
            let pairs = super::maps::pairs(call, object)?;
            let is_map = call.machine.heap.shape(object) == Shape::Map;
            let table = if is_map {
                call.machine.heap.new_map()?
            } else {
                call.machine.heap.new_set()?
            };
            made.insert(object, table);
            for (key, value) in pairs {
                call.machine.gas.charge(gas::PART)?;
                let key = copy(call, key, made, depth)?;
                let value = if is_map { copy(call, value, made, depth)? } else { key };
                call.machine.heap.table_set(table, key, value)?;
            }
            Ok(Value::Obj(table))
        }
        Shape::Pattern => {
            let Some(regexp) = call.machine.heap.regexp(object) else {
                return Ok(value);
            };
            let flags = call.machine.heap.text(regexp.flags).to_owned();
            call.machine.new_regexp(regexp.source, &flags)
        }
        shape => {
            let record = match shape {
                Shape::Typed(ty) => call.machine.heap.new_record(ty)?,
                _ => call.machine.heap.new_object()?,
            };
            made.insert(object, record);
            for name in call.names(object)? {
                call.machine.gas.charge(3 * gas::FIELD)?;
                let field = call.get(object, name)?;
                let field = copy(call, field, made, depth)?;
                call.machine.heap.set_field(record, name, field)?;
            }
            Ok(Value::Obj(record))
        }
    }
}
