//! Lists: the methods of JavaScript's arrays that call a function for each item, with the item, its position and the list.
//!
//! As in JavaScript the list is as long as it was at the start, and its items are read when their turn comes.
use super::lists::number;
use super::{effect, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::{ObjId, Value};

/// A position and the item there.
type Numbered = (usize, Value);

/// A method that takes a function and what it sees as `this`.
const fn each(name: &'static str, run: super::Run, doc: &'static str) -> Native {
    effect(name, (2, 3), gas::METHOD, run, doc)
}

pub const METHODS: &[Native] = &[
    each(
        "forEach",
        for_each,
        "list.forEach(f, this?) -> undefined; calls f(item, i, list) for each",
    ),
    each("map", map, "list.map(f, this?) -> list of what f(item, i, list) gives"),
    each(
        "filter",
        filter,
        "list.filter(f, this?) -> list of the items for which f(item, i, list) is true",
    ),
    each(
        "find",
        find,
        "list.find(f, this?) -> the first item for which f is true, undefined if there is none",
    ),
    each(
        "findIndex",
        find_index,
        "list.findIndex(f, this?) -> the first position for which f is true, -1 if there is none",
    ),
    each(
        "findLast",
        find_last,
        "list.findLast(f, this?) -> the last item for which f is true, undefined if there is none",
    ),
    each(
        "findLastIndex",
        find_last_index,
        "list.findLastIndex(f, this?) -> the last position for which f is true, -1 if there is none",
    ),
    each("some", some, "list.some(f, this?) -> whether f is true for an item"),
    each(
        "every",
        every,
        "list.every(f, this?) -> whether f is true for each item",
    ),
    each(
        "flatMap",
        flat_map,
        "list.flatMap(f, this?) -> list of what f gives, lists taken apart",
    ),
    effect(
        "reduce",
        (2, 3),
        gas::METHOD,
        reduce,
        "list.reduce(f, start?) -> f(f(start, item, i, list), ..) from the first item to the last",
    ),
    effect(
        "reduceRight",
        (2, 3),
        gas::METHOD,
        reduce_right,
        "list.reduceRight(f, start?) -> as reduce, from the last item to the first",
    ),
];

pub const FUNCTIONS: &[Native] = &[
    effect(
        "Array.from",
        (1, 3),
        gas::METHOD,
        from,
        "Array.from(v, f?, this?) -> list of the elements of v, or of `{length: n}`, or of what f(element, i) gives",
    ),
    effect(
        "Object.groupBy",
        (2, 2),
        gas::METHOD,
        group_by,
        "Object.groupBy(v, f) -> record of lists: the elements by the text of what f(element, i) gives",
    ),
];

/// A walk over the list in the first argument with the function in the second.
struct Walk {
    list: ObjId,
    count: usize,
    function: Value,
    this: Value,
}

impl Walk {
    fn new(call: &Call) -> Result<Walk, Halt> {
        let list = call.list_id(0)?;
        Ok(Walk {
            list,
            count: call.machine.heap.count(list),
            function: call.callback(1)?,
            this: call.arg(2),
        })
    }

    /// The item at a position now; `None` if the list has become shorter.
    fn item(&self, call: &Call, at: usize) -> Option<Value> {
        call.machine
            .heap
            .list(self.list)
            .and_then(|items| items.get(at))
            .copied()
    }

    fn ask(&self, call: &mut Call, item: Value, at: usize) -> Result<Value, Halt> {
        call.invoke(self.function, self.this, &[item, number(at), Value::Obj(self.list)])
    }

    fn is_true(&self, call: &mut Call, item: Value, at: usize) -> Result<bool, Halt> {
        let value = self.ask(call, item, at)?;
        Ok(call.machine.truth(value))
    }
}

fn for_each(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    for at in 0..walk.count {
        if let Some(item) = walk.item(call, at) {
            walk.ask(call, item, at)?;
        }
    }
    Ok(Value::Undefined)
}

fn map(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    let mut made = Vec::new();
    for at in 0..walk.count {
        made.push(match walk.item(call, at) {
            Some(item) => walk.ask(call, item, at)?,
            None => Value::Undefined,
        });
    }
    call.make_list(made)
}

fn filter(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    let mut kept = Vec::new();
    for at in 0..walk.count {
        if let Some(item) = walk.item(call, at) {
            if walk.is_true(call, item, at)? {
                kept.push(item);
            }
        }
    }
    call.make_list(kept)
}

/// The first of some positions whose item the function takes, and the item.
fn search(call: &mut Call, walk: &Walk, places: impl Iterator<Item = usize>) -> Result<Option<Numbered>, Halt> {
    for at in places {
        let item = walk.item(call, at).unwrap_or(Value::Undefined);
        if walk.is_true(call, item, at)? {
            return Ok(Some((at, item)));
        }
    }
    Ok(None)
}

fn first(call: &mut Call) -> Result<Option<Numbered>, Halt> {
    let walk = Walk::new(call)?;
    search(call, &walk, 0..walk.count)
}

fn last(call: &mut Call) -> Result<Option<Numbered>, Halt> {
    let walk = Walk::new(call)?;
    search(call, &walk, (0..walk.count).rev())
}

fn item_of(found: Option<Numbered>) -> Value {
    found.map_or(Value::Undefined, |(_, item)| item)
}

fn place_of(found: Option<Numbered>) -> Value {
    found.map_or(Value::Num(crate::number::Number::Int(-1)), |(at, _)| number(at))
}

fn find(call: &mut Call) -> Result<Value, Halt> {
    first(call).map(item_of)
}

fn find_index(call: &mut Call) -> Result<Value, Halt> {
    first(call).map(place_of)
}

fn find_last(call: &mut Call) -> Result<Value, Halt> {
    last(call).map(item_of)
}

fn find_last_index(call: &mut Call) -> Result<Value, Halt> {
    last(call).map(place_of)
}

/// Whether some item that is there gives `wanted`.
fn any(call: &mut Call, wanted: bool) -> Result<bool, Halt> {
    let walk = Walk::new(call)?;
    for at in 0..walk.count {
        if let Some(item) = walk.item(call, at) {
            if walk.is_true(call, item, at)? == wanted {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn some(call: &mut Call) -> Result<Value, Halt> {
    any(call, true).map(Value::Bool)
}

fn every(call: &mut Call) -> Result<Value, Halt> {
    any(call, false).map(|found| Value::Bool(!found))
}

fn flat_map(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    let mut made = Vec::new();
    for at in 0..walk.count {
        let Some(item) = walk.item(call, at) else { continue };
        match walk.ask(call, item, at)? {
            Value::Obj(object) if call.machine.is_list(object) => made.extend(call.elements(Value::Obj(object))?),
            value => made.push(value),
        }
        call.machine.heap.can_hold(24 * made.len() as u64)?;
    }
    call.make_list(made)
}

fn reduce(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    fold(call, &walk, 0..walk.count)
}

fn reduce_right(call: &mut Call) -> Result<Value, Halt> {
    let walk = Walk::new(call)?;
    fold(call, &walk, (0..walk.count).rev())
}

fn fold(call: &mut Call, walk: &Walk, mut places: impl Iterator<Item = usize>) -> Result<Value, Halt> {
    let mut total = if call.args.len() > 2 {
        call.arg(2)
    } else {
        let first = places.next().and_then(|at| walk.item(call, at));
        first.ok_or_else(|| {
            let message = format!("`{}` of an empty list takes a value to start with", call.name);
            Halt::trap("bad-argument", message)
        })?
    };
    for at in places {
        if let Some(item) = walk.item(call, at) {
            let args = [total, item, number(at), Value::Obj(walk.list)];
            total = call.invoke(walk.function, Value::Undefined, &args)?;
        }
    }
    Ok(total)
}

/// The elements of a value, or as many undefined ones as its `length` says.
fn elements_or_length(call: &mut Call) -> Result<Vec<Value>, Halt> {
    let value = call.arg(0);
    let record = match value {
        Value::Obj(object) if call.machine.heap.kind(value) == "record" => object,
        value => return call.elements(value),
    };
    let name = call.machine.heap.make_text("length")?;
    let length = match call.get(record, name)? {
        Value::Num(number) => number.to_i64().unwrap_or(-1),
        Value::Undefined => 0,
        _ => -1,
    };
    let length = usize::try_from(length).map_err(|_| {
        Halt::trap(
            "bad-argument",
            "the `length` of what a list is made from is a whole number",
        )
    })?;
    call.machine.heap.can_hold((length as u64).saturating_mul(24))?;
    call.machine.gas.charge(length as u64)?;
    Ok(vec![Value::Undefined; length])
}

fn from(call: &mut Call) -> Result<Value, Halt> {
    let mut items = elements_or_length(call)?;
    if call.arg(1) != Value::Undefined {
        let function = call.callback(1)?;
        for (at, item) in items.iter_mut().enumerate() {
            *item = call.invoke(function, call.arg(2), &[*item, number(at)])?;
        }
    }
    call.make_list(items)
}

fn group_by(call: &mut Call) -> Result<Value, Halt> {
    let function = call.callback(1)?;
    let groups = call.machine.heap.new_object()?;
    for (at, item) in call.elements(call.arg(0))?.into_iter().enumerate() {
        let key = call.invoke(function, Value::Undefined, &[item, number(at)])?;
        let name = super::objects::name_of(call, key)?;
        call.machine.gas.charge(gas::FIELD)?;
        match call.machine.heap.field(groups, name) {
            Some(Value::Obj(group)) => call.machine.heap.push_item(group, item)?,
            _ => {
                let group = call.make_list(vec![item])?;
                call.machine.heap.set_field(groups, name, group)?;
            }
        }
    }
    Ok(Value::Obj(groups))
}
