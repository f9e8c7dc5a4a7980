//! The arena of a call: interned texts, records and lists. Nothing is freed within a call; `rewind` frees all at once.
//!
//! A record of a declared or open type is a run of contiguous slots; keys that the type does not name go to its extra
//! map. An untyped record is only a map. Everything allocated is counted, whether or not it was there before, so the
//! count depends on the program alone.
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::classes::Class;
use super::collections::{RegExp, Table};
use super::gas;
use super::halt::Halt;
use super::layout::{scalar, Layouts};
use super::natives::CLASSES;
use super::text::Interner;
use super::value::{ObjId, TextId, Value};
use crate::module::{Module, TypeRef};
use crate::value::Data;

/// Bytes a call may allocate in all.
pub const MEMORY_LIMIT: u64 = 64 << 20;
/// Nesting of data that crosses the border of a call.
pub const MAX_DEPTH: u32 = 64;
/// Items of lists that one type check looks at.
pub const MAX_CHECKED: u64 = 1 << 16;
/// Size of one exported value, in the units of [`data_size`].
pub const EXPORT_LIMIT: u64 = 4 << 20;

const TEXT_OVERHEAD: u64 = 16;
const OBJECT_OVERHEAD: u64 = 32;
const VALUE_SIZE: u64 = 24;
const ENTRY_SIZE: u64 = 40;

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A record of a module's type.
    Typed(u32),
    /// An untyped record (a script's `{}`).
    Record,
    List,
    /// A script's `new Map()`.
    Map,
    /// A script's `new Set()`.
    Set,
    /// A script's `/pattern/`.
    Pattern,
    /// The place of a variable that functions share.
    Cell,
    /// A function of the module with the values it binds.
    Closure(u32),
    /// A function with its `this` and first arguments, which `bind` made.
    Bound,
    /// A getter and a setter in place of a value.
    Accessor,
    Class,
}

#[derive(Clone, Copy, Debug)]
struct Object {
    shape: Shape,
    /// Start of the slots, or index of the list, map, table or pattern.
    start: u32,
    /// Slots; 0 for a list or an untyped record.
    len: u32,
    /// Extra map of an open record or of a list (a match of a pattern), or [`NO_MAP`].
    map: u32,
    /// It takes no more changes (`Object.freeze`).
    frozen: bool,
}

const NO_MAP: u32 = u32::MAX;
/// In place of an extra map: the untyped record is a handle of an instance of a process.
const PROCESS: u32 = NO_MAP - 1;
/// Maps up to this size are searched from the front.
const SMALL_MAP: usize = 8;

/// Keys in the order they were first set.
#[derive(Clone, Default, Debug)]
struct Map {
    entries: Vec<(TextId, Value)>,
    /// Kept for more than [`SMALL_MAP`] entries.
    index: FxHashMap<TextId, u32>,
}

impl Map {
    fn position(&self, key: TextId) -> Option<usize> {
        if self.entries.len() > SMALL_MAP {
            return self.index.get(&key).map(|&position| position as usize);
        }
        self.entries.iter().position(|(name, _)| *name == key)
    }

    fn get(&self, key: TextId) -> Option<Value> {
        self.position(key).map(|position| self.entries[position].1)
    }

    /// Returns whether the key is new.
    fn set(&mut self, key: TextId, value: Value) -> bool {
        if let Some(position) = self.position(key) {
            self.entries[position].1 = value;
            return false;
        }
        self.entries.push((key, value));
        match self.entries.len() {
            len if len == SMALL_MAP + 1 => self.reindex(),
            len if len > SMALL_MAP => {
                self.index.insert(key, len as u32 - 1);
            }
            _ => {}
        }
        true
    }

    fn remove(&mut self, key: TextId) -> bool {
        let Some(position) = self.position(key) else {
            return false;
        };
        self.entries.remove(position);
        self.reindex();
        true
    }

    fn reindex(&mut self) {
        self.index.clear();
        if self.entries.len() > SMALL_MAP {
            self.index.extend(
                self.entries
                    .iter()
                    .enumerate()
                    .map(|(at, (name, _))| (*name, at as u32)),
            );
        }
    }
}

/// A point to rewind to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub(crate) texts: u32,
    pub(crate) objects: u32,
    pub(crate) slots: u32,
    lists: u32,
    maps: u32,
    tables: u32,
    regexps: u32,
    classes: u32,
    allocated: u64,
    settled: u64,
}

#[derive(Clone, Debug)]
pub struct Heap {
    layouts: Arc<Layouts>,
    interner: Interner,
    objects: Vec<Object>,
    slots: Vec<Value>,
    lists: Vec<Vec<Value>>,
    maps: Vec<Map>,
    pub(super) tables: Vec<Table>,
    pub(super) regexps: Vec<RegExp>,
    pub(super) classes: Vec<Class>,
    /// The classes of errors that were asked for in this call.
    pub(super) error_classes: [Option<ObjId>; CLASSES.len()],
    /// Whether any accessor was ever made: until then no read looks for one.
    pub(super) accessors: bool,
    /// Bytes allocated since the last rewind to the base.
    allocated: u64,
    /// Part of `allocated` that gas was paid for.
    settled: u64,
    /// Items looked at by type checks that gas was not yet paid for.
    work: u64,
    limit: u64,
    /// Defaults being copied inside defaults.
    nesting: u32,
    type_key: TextId,
}

impl Default for Heap {
    fn default() -> Self {
        Self::new(&Module::default()).0
    }
}

fn full() -> Halt {
    Halt::trap("memory-limit", "the call allocates too much memory")
}

#[cold]
fn frozen(what: &str) -> Halt {
    Halt::trap("frozen", format!("a frozen {what} cannot be changed"))
}

fn dangling() -> Halt {
    Halt::Fault {
        message: "object outside the heap".into(),
    }
}

impl Heap {
    /// A heap whose permanent base holds the names and constants of a module, and the values of those constants.
    /// Constants that are lists or records (admission refuses them) become null.
    pub fn new(module: &Module) -> (Self, Vec<Value>) {
        let mut interner = Interner::default();
        let type_key = interner.text_id("$type");
        let layouts = Layouts::new(module, &mut interner);
        let consts = module
            .consts
            .iter()
            .map(|data| scalar(data, &mut interner).unwrap_or(Value::Null))
            .collect();
        let heap = Self {
            layouts: Arc::new(layouts),
            interner,
            objects: Vec::new(),
            slots: Vec::new(),
            lists: Vec::new(),
            maps: Vec::new(),
            tables: Vec::new(),
            regexps: Vec::new(),
            classes: Vec::new(),
            error_classes: [None; CLASSES.len()],
            accessors: false,
            allocated: 0,
            settled: 0,
            work: 0,
            limit: MEMORY_LIMIT,
            nesting: 0,
            type_key,
        };
        (heap, consts)
    }

    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    pub fn layouts(&self) -> &Layouts {
        &self.layouts
    }

    // --- memory ---

    /// Bytes allocated so far.
    pub fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Gas for what was allocated and looked at since this was last asked.
    #[inline]
    pub fn unsettled(&mut self) -> u64 {
        let bytes = self.allocated - self.settled;
        if bytes == 0 && self.work == 0 {
            return 0;
        }
        self.settled = self.allocated;
        bytes.div_ceil(gas::BYTES_ALLOCATED) + std::mem::take(&mut self.work)
    }

    #[inline]
    fn allocate(&mut self, bytes: u64) -> Result<(), Halt> {
        let allocated = self.allocated.saturating_add(bytes);
        if allocated > self.limit {
            return Err(full());
        }
        self.allocated = allocated;
        Ok(())
    }

    /// Counts work that gas is paid for at the next [`Heap::unsettled`].
    #[inline]
    pub fn count_work(&mut self, gas: u64) {
        self.work = self.work.saturating_add(gas);
    }

    /// Counts memory that something beside the heap keeps for the call (a session's tuples, the stack of a native).
    pub fn account(&mut self, bytes: u64) -> Result<(), Halt> {
        self.allocate(bytes)
    }

    pub fn mark(&self) -> Mark {
        Mark {
            texts: self.interner.len(),
            objects: self.objects.len() as u32,
            slots: self.slots.len() as u32,
            lists: self.lists.len() as u32,
            maps: self.maps.len() as u32,
            tables: self.tables.len() as u32,
            regexps: self.regexps.len() as u32,
            classes: self.classes.len() as u32,
            allocated: self.allocated,
            settled: self.settled,
        }
    }

    /// Frees everything newer than the mark. What is older must not refer to what is newer.
    pub fn rewind(&mut self, mark: &Mark) {
        self.interner.truncate(mark.texts);
        self.objects.truncate(mark.objects as usize);
        self.slots.truncate(mark.slots as usize);
        self.lists.truncate(mark.lists as usize);
        self.maps.truncate(mark.maps as usize);
        self.tables.truncate(mark.tables as usize);
        self.regexps.truncate(mark.regexps as usize);
        self.classes.truncate(mark.classes as usize);
        for class in &mut self.error_classes {
            *class = class.filter(|class| class.0 < mark.objects);
        }
        self.allocated = mark.allocated;
        self.settled = mark.settled;
        self.work = 0;
    }

    // --- texts ---

    pub fn text(&self, id: TextId) -> &str {
        self.interner.text(id)
    }

    pub fn bytes(&self, id: TextId) -> &[u8] {
        self.interner.byte_string(id)
    }

    /// Code points of a text, bytes of a byte string.
    pub fn text_length(&self, id: TextId) -> u32 {
        self.interner.length(id)
    }

    /// Bytes of a text or byte string.
    pub fn text_size(&self, id: TextId) -> u32 {
        self.interner.size(id)
    }

    pub fn find_text(&self, text: &str) -> Option<TextId> {
        self.interner.find_text(text)
    }

    pub fn make_text(&mut self, text: &str) -> Result<TextId, Halt> {
        self.allocate(TEXT_OVERHEAD + text.len() as u64)?;
        Ok(self.interner.text_id(text))
    }

    pub fn make_bytes(&mut self, bytes: &[u8]) -> Result<TextId, Halt> {
        self.allocate(TEXT_OVERHEAD + bytes.len() as u64)?;
        Ok(self.interner.bytes_id(bytes))
    }

    /// The text or bytes of one value after the other; memory is checked before any copy is made.
    pub fn join_texts(&mut self, parts: &[&str]) -> Result<TextId, Halt> {
        let len: u64 = parts.iter().map(|part| part.len() as u64).sum();
        self.allocate(TEXT_OVERHEAD + len)?;
        Ok(self.interner.text_id(&parts.concat()))
    }

    /// Trap `memory-limit` now rather than after building a text of this many bytes.
    pub fn can_hold(&self, bytes: u64) -> Result<(), Halt> {
        if self.allocated.saturating_add(bytes) > self.limit {
            return Err(full());
        }
        Ok(())
    }

    // --- objects ---

    #[inline]
    fn object(&self, id: ObjId) -> Option<&Object> {
        self.objects.get(id.0 as usize)
    }

    fn push(&mut self, shape: Shape, start: usize, len: usize) -> ObjId {
        let id = ObjId(self.objects.len() as u32);
        self.objects.push(Object {
            shape,
            start: start as u32,
            len: len as u32,
            map: NO_MAP,
            frozen: false,
        });
        id
    }

    /// A record of a type with its defaults.
    pub fn new_record(&mut self, ty: u32) -> Result<ObjId, Halt> {
        let (len, has_templates) = {
            let layout = self.layouts.get(ty).ok_or_else(dangling)?;
            (layout.initial.len(), layout.has_templates)
        };
        self.allocate(OBJECT_OVERHEAD + VALUE_SIZE * len as u64)?;
        let start = self.slots.len();
        if let Some(layout) = self.layouts.get(ty) {
            self.slots.extend_from_slice(&layout.initial);
        }
        let id = self.push(Shape::Typed(ty), start, len);
        if has_templates {
            self.copy_templates(ty, start)?;
        }
        Ok(id)
    }

    fn copy_templates(&mut self, ty: u32, start: usize) -> Result<(), Halt> {
        if self.nesting == MAX_DEPTH {
            return Err(too_deep());
        }
        let layouts = Arc::clone(&self.layouts);
        let layout = layouts.get(ty).ok_or_else(dangling)?;
        self.nesting += 1;
        let mut copy = || {
            for (slot, field) in layout.slots.iter().enumerate() {
                if let Some(template) = &field.template {
                    let value = self.import(template)?;
                    self.slots[start + slot] = value;
                }
            }
            Ok(())
        };
        let copied = copy();
        self.nesting -= 1;
        copied
    }

    pub fn new_object(&mut self) -> Result<ObjId, Halt> {
        self.allocate(OBJECT_OVERHEAD)?;
        self.maps.push(Map::default());
        Ok(self.push(Shape::Record, self.maps.len() - 1, 0))
    }

    /// An empty record of a class.
    pub(super) fn new_instance(&mut self, class: ObjId) -> Result<ObjId, Halt> {
        let instance = self.new_object()?;
        self.objects[instance.0 as usize].map = class.0;
        Ok(instance)
    }

    /// The class that made a record.
    pub fn class_of(&self, object: ObjId) -> Option<ObjId> {
        let record = self.object(object)?;
        (record.shape == Shape::Record && record.map != NO_MAP).then_some(ObjId(record.map))
    }

    /// An object that is nothing but these values: a cell, what a function binds, a getter and a setter.
    pub(super) fn new_slots(&mut self, shape: Shape, values: &[Value]) -> Result<ObjId, Halt> {
        self.allocate(OBJECT_OVERHEAD + VALUE_SIZE * values.len() as u64)?;
        let start = self.slots.len();
        self.slots.extend_from_slice(values);
        Ok(self.push(shape, start, values.len()))
    }

    /// The values of what `new_slots` made.
    #[inline]
    pub(super) fn own_slots(&self, object: ObjId) -> &[Value] {
        let Some(object) = self.object(object) else { return &[] };
        let (start, len) = (object.start as usize, object.len as usize);
        self.slots.get(start..start + len).unwrap_or(&[])
    }

    #[inline]
    pub(super) fn set_own_slot(&mut self, object: ObjId, slot: usize, value: Value) {
        if let Some(object) = self.object(object) {
            let at = object.start as usize + slot;
            if let Some(place) = self.slots.get_mut(at) {
                *place = value;
            }
        }
    }

    /// A class, whose table of classes holds the rest.
    pub(super) fn new_class(&mut self, class: Class) -> Result<ObjId, Halt> {
        self.allocate(OBJECT_OVERHEAD + VALUE_SIZE * 4)?;
        self.classes.push(class);
        Ok(self.push(Shape::Class, self.classes.len() - 1, 0))
    }

    pub(super) fn class(&self, object: ObjId) -> Option<&Class> {
        let object = self.object(object)?;
        match object.shape {
            Shape::Class => self.classes.get(object.start as usize),
            _ => None,
        }
    }

    /// A handle of an instance of a process: a record with methods of its own.
    pub fn new_process(&mut self) -> Result<ObjId, Halt> {
        let object = self.new_object()?;
        if let Some(record) = self.objects.get_mut(object.0 as usize) {
            record.map = PROCESS;
        }
        Ok(object)
    }

    pub fn new_list(&mut self, items: Vec<Value>) -> Result<ObjId, Halt> {
        self.allocate(OBJECT_OVERHEAD + VALUE_SIZE * items.len() as u64)?;
        self.lists.push(items);
        Ok(self.push(Shape::List, self.lists.len() - 1, 0))
    }

    /// An empty Map or Set.
    pub(super) fn new_table(&mut self, shape: Shape) -> Result<ObjId, Halt> {
        self.allocate(OBJECT_OVERHEAD)?;
        self.tables.push(Table::default());
        Ok(self.push(shape, self.tables.len() - 1, 0))
    }

    /// A pattern; `flags` are in the order of the letters, source and flags were checked.
    pub fn new_regexp(&mut self, source: TextId, flags: &str) -> Result<ObjId, Halt> {
        let flags = self.make_text(flags)?;
        self.allocate(OBJECT_OVERHEAD)?;
        self.regexps.push(RegExp {
            source,
            flags,
            last_index: 0,
        });
        Ok(self.push(Shape::Pattern, self.regexps.len() - 1, 0))
    }

    pub(super) fn table_index(&self, object: ObjId) -> Option<usize> {
        let object = self.object(object)?;
        matches!(object.shape, Shape::Map | Shape::Set).then_some(object.start as usize)
    }

    pub(super) fn regexp_index(&self, object: ObjId) -> Option<usize> {
        let object = self.object(object)?;
        (object.shape == Shape::Pattern).then_some(object.start as usize)
    }

    #[inline]
    pub fn shape(&self, object: ObjId) -> Shape {
        self.object(object).map_or(Shape::Record, |object| object.shape)
    }

    /// The type of a typed record.
    #[inline]
    pub fn type_of(&self, object: ObjId) -> Option<u32> {
        match self.shape(object) {
            Shape::Typed(ty) => Some(ty),
            _ => None,
        }
    }

    /// Is the object a record of type `of` or of a subtype?
    #[inline]
    pub fn is_a(&self, object: ObjId, of: u32) -> bool {
        match self.shape(object) {
            Shape::Typed(ty) => ty == of || self.layouts.is_a(ty, of),
            _ => false,
        }
    }

    /// The value of a record's slot; `Null` past its end.
    #[inline]
    pub fn slot(&self, object: ObjId, slot: u32) -> Value {
        match self.object(object) {
            Some(record) if slot < record.len => self
                .slots
                .get((record.start + slot) as usize)
                .copied()
                .unwrap_or(Value::Null),
            _ => Value::Null,
        }
    }

    /// All slots of a record; none for a list or an untyped record.
    #[inline]
    pub fn slots(&self, object: ObjId) -> &[Value] {
        self.object(object)
            .and_then(|record| {
                self.slots
                    .get(record.start as usize..(record.start + record.len) as usize)
            })
            .filter(|_| matches!(self.shape(object), Shape::Typed(_)))
            .unwrap_or(&[])
    }

    /// Sets a slot; the value must fit the field's type (null always does).
    #[inline]
    pub fn set_slot(&mut self, object: ObjId, slot: u32, value: Value) -> Result<(), Halt> {
        let record = *self.object(object).ok_or_else(dangling)?;
        let Shape::Typed(ty) = record.shape else {
            return Err(Halt::trap("type-mismatch", "the value is not a typed record"));
        };
        if record.frozen {
            return Err(frozen("record"));
        }
        if slot >= record.len {
            return Err(dangling());
        }
        let value = self.check_slot(ty, slot, value)?;
        self.slots[(record.start + slot) as usize] = value;
        Ok(())
    }

    fn check_slot(&mut self, ty: u32, slot: u32, value: Value) -> Result<Value, Halt> {
        let layout = self.layouts.get(ty).ok_or_else(dangling)?;
        let field = layout.slots.get(slot as usize).ok_or_else(dangling)?;
        if !layout.open && value == Value::Undefined {
            return Ok(Value::Null);
        }
        if matches!(field.ty, TypeRef::Any) || matches!(value, Value::Null | Value::Undefined) {
            return Ok(value);
        }
        let mut looked = 0;
        let fits = self.fits(value, &field.ty, &mut looked);
        if fits {
            self.work += looked;
            return Ok(value);
        }
        Err(self.misfit(&format!("field `{}`", self.text(field.name)), value, &field.ty))
    }

    /// The trap of a value that does not fit: `not-whole` for a fraction, else `type-mismatch`.
    #[cold]
    pub fn misfit(&self, place: &str, value: Value, ty: &TypeRef) -> Halt {
        let wanted = match ty {
            TypeRef::Optional(inner) => inner,
            other => other,
        };
        match (wanted, value) {
            (TypeRef::Int, Value::Num(number)) => Halt::trap(
                "not-whole",
                format!("{place} takes whole numbers, not {number}; divide with `div(a, b)` or use `round(x)`"),
            ),
            _ => Halt::trap(
                "type-mismatch",
                format!("{place} does not take a value of kind {}", self.kind(value)),
            ),
        }
    }

    /// Does a value fit a type? Null fits `any` and optional types only. A list of more than [`MAX_CHECKED`] items in
    /// all fits none but `any`.
    pub fn conforms(&mut self, value: Value, ty: &TypeRef) -> bool {
        let mut looked = 0;
        let fits = self.fits(value, ty, &mut looked);
        self.work += looked;
        fits
    }

    fn fits(&self, value: Value, ty: &TypeRef, looked: &mut u64) -> bool {
        match (ty, value) {
            (TypeRef::Any, _) => true,
            (TypeRef::Optional(_), Value::Null | Value::Undefined) => true,
            (TypeRef::Optional(inner), _) => self.fits(value, inner, looked),
            (TypeRef::Bool, Value::Bool(_))
            | (TypeRef::Number, Value::Num(_))
            | (TypeRef::Text, Value::Text(_))
            | (TypeRef::Bytes, Value::Bytes(_))
            | (TypeRef::Date, Value::Date(_))
            | (TypeRef::Time, Value::Time(_))
            | (TypeRef::DateTime, Value::DateTime(_))
            | (TypeRef::Duration, Value::Duration(_))
            | (TypeRef::Period, Value::Period(_)) => true,
            (TypeRef::Int, Value::Num(number)) => number.is_integer(),
            (TypeRef::Enum(names), Value::Text(id)) => {
                *looked += names.len() as u64;
                names.iter().any(|name| name == self.text(id))
            }
            (TypeRef::Record, Value::Obj(object)) => matches!(self.shape(object), Shape::Record | Shape::Typed(_)),
            (TypeRef::Type(of), Value::Obj(object)) => self.is_a(object, *of),
            (TypeRef::List(inner), Value::Obj(object)) => match self.list(object) {
                Some(_) if **inner == TypeRef::Any => true,
                Some(items) => {
                    *looked += items.len() as u64;
                    *looked <= MAX_CHECKED && items.iter().all(|item| self.fits(*item, inner, looked))
                }
                None => false,
            },
            _ => false,
        }
    }

    /// The word for a value's kind in messages.
    pub fn kind(&self, value: Value) -> &'static str {
        match value {
            Value::Null => "null",
            Value::Undefined => "undefined",
            Value::Bool(_) => "boolean",
            Value::Num(_) => "number",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Date(_) => "date",
            Value::Time(_) => "time",
            Value::DateTime(_) => "datetime",
            Value::Duration(_) => "duration",
            Value::Period(_) => "period",
            Value::Obj(object) if self.object(object).is_some_and(|record| record.map == PROCESS) => "process",
            Value::Obj(object) => shape_kind(self.shape(object)),
            Value::Func(_) => "function",
            Value::Session(_) => "session",
        }
    }

    // --- fields by name ---

    /// A field by name. `None`: a declared type has no such field, or the object is a list.
    pub fn field(&self, object: ObjId, name: TextId) -> Option<Value> {
        let record = self.object(object)?;
        match record.shape {
            Shape::List => self.maps.get(record.map as usize).and_then(|map| map.get(name)),
            Shape::Record => Some(match self.maps.get(record.start as usize)?.get(name) {
                Some(value) => value,
                None if record.map == NO_MAP => Value::Undefined,
                None => self.inherited(ObjId(record.map), name),
            }),
            Shape::Typed(ty) => {
                if let Some(slot) = self.layouts.slot(ty, name) {
                    return Some(self.slot(object, slot));
                }
                if !self.layouts.get(ty)?.open {
                    return None;
                }
                let extra = self.maps.get(record.map as usize).and_then(|map| map.get(name));
                Some(extra.unwrap_or(Value::Undefined))
            }
            Shape::Class => Some(self.static_field(object, name)),
            _ => None,
        }
    }

    /// A field that an untyped record itself has.
    pub(super) fn own_field(&self, object: ObjId, name: TextId) -> Option<Value> {
        let record = self.object(object)?;
        match record.shape {
            Shape::Record => self.maps.get(record.start as usize)?.get(name),
            _ => None,
        }
    }

    /// Sets a field by name. Trap `unknown-field` on a declared type without it.
    pub fn set_field(&mut self, object: ObjId, name: TextId, value: Value) -> Result<(), Halt> {
        let record = *self.object(object).ok_or_else(dangling)?;
        if record.frozen {
            return Err(frozen("record"));
        }
        let map = match record.shape {
            Shape::Record => record.start,
            Shape::Class => return self.set_static(object, name, value),
            Shape::Typed(ty) => {
                if let Some(slot) = self.layouts.slot(ty, name) {
                    return self.set_slot(object, slot, value);
                }
                if !self.layouts.get(ty).is_some_and(|layout| layout.open) {
                    return Err(self.unknown_field(ty, name));
                }
                self.extra_map(object, record.map)
            }
            _ => return Err(self.no_fields(record.shape)),
        };
        self.set_entry(map, name, value)
    }

    /// Sets a field that an untyped record has already. Returns whether it has, and may be changed.
    #[inline]
    pub(super) fn replace_field(&mut self, object: ObjId, name: TextId, value: Value) -> bool {
        let Some(record) = self.object(object) else {
            return false;
        };
        if record.shape != Shape::Record || record.frozen {
            return false;
        }
        let map = record.start as usize;
        match self.maps.get_mut(map) {
            Some(map) => match map.position(name) {
                Some(position) => {
                    map.entries[position].1 = value;
                    true
                }
                None => false,
            },
            None => false,
        }
    }

    /// The extra map of an object, made if there is none.
    fn extra_map(&mut self, object: ObjId, map: u32) -> u32 {
        if map != NO_MAP {
            return map;
        }
        self.maps.push(Map::default());
        let map = self.maps.len() as u32 - 1;
        self.objects[object.0 as usize].map = map;
        map
    }

    fn set_entry(&mut self, map: u32, name: TextId, value: Value) -> Result<(), Halt> {
        if self
            .maps
            .get(map as usize)
            .is_none_or(|map| map.position(name).is_none())
        {
            self.allocate(ENTRY_SIZE)?;
        }
        let map = self.maps.get_mut(map as usize).ok_or_else(dangling)?;
        map.set(name, value);
        Ok(())
    }

    /// A named part of a list that is none of its items (`index` of a match).
    pub fn set_extra(&mut self, list: ObjId, name: &str, value: Value) -> Result<(), Halt> {
        let name = self.make_text(name)?;
        let map = self.object(list).ok_or_else(dangling)?.map;
        let map = self.extra_map(list, map);
        self.set_entry(map, name, value)
    }

    /// No more changes; what it holds may still change.
    pub fn freeze(&mut self, object: ObjId) {
        if let Some(object) = self.objects.get_mut(object.0 as usize) {
            object.frozen = true;
        }
    }

    pub fn is_frozen(&self, object: ObjId) -> bool {
        self.object(object).is_some_and(|object| object.frozen)
    }

    pub fn unknown_field(&self, ty: u32, name: TextId) -> Halt {
        let of = self.layouts.get(ty).map_or("", |layout| self.text(layout.name));
        Halt::trap(
            "unknown-field",
            format!("type `{of}` has no field `{}`", self.text(name)),
        )
    }

    #[cold]
    fn no_fields(&self, shape: Shape) -> Halt {
        let kind = shape_kind(shape);
        Halt::trap("type-mismatch", format!("the fields of a {kind} cannot be set"))
    }

    /// Is the field there and not undefined?
    pub fn has_field(&self, object: ObjId, name: TextId) -> bool {
        let Some(record) = self.object(object) else {
            return false;
        };
        match record.shape {
            Shape::List => self
                .maps
                .get(record.map as usize)
                .is_some_and(|map| map.position(name).is_some()),
            Shape::Record => {
                let map = self.maps.get(record.start as usize);
                map.is_some_and(|map| map.position(name).is_some())
                    || (record.map != NO_MAP && self.member(ObjId(record.map), name).is_some())
            }
            Shape::Class => self.static_field(object, name) != Value::Undefined,
            Shape::Typed(ty) => match self.layouts.slot(ty, name) {
                Some(slot) => self.slot(object, slot) != Value::Undefined,
                None => self
                    .maps
                    .get(record.map as usize)
                    .is_some_and(|map| map.position(name).is_some()),
            },
            _ => false,
        }
    }

    /// As `has_field`, but not what an instance has by its class.
    pub fn has_own(&self, object: ObjId, name: TextId) -> bool {
        match self.shape(object) {
            Shape::Record => self.own_field(object, name).is_some(),
            _ => self.has_field(object, name),
        }
    }

    /// Removes a field; a declared type's slot becomes null, an open type's undefined. Returns whether it was there.
    pub fn delete_field(&mut self, object: ObjId, name: TextId) -> Result<bool, Halt> {
        let record = *self.object(object).ok_or_else(dangling)?;
        if record.frozen {
            return Err(frozen("record"));
        }
        let map = match record.shape {
            Shape::Record => record.start,
            Shape::Typed(ty) => {
                if let Some(slot) = self.layouts.slot(ty, name) {
                    let was = self.slot(object, slot) != Value::Undefined;
                    self.set_slot(object, slot, Value::Undefined)?;
                    return Ok(was);
                }
                record.map
            }
            _ => return Err(self.no_fields(record.shape)),
        };
        Ok(self.maps.get_mut(map as usize).is_some_and(|map| map.remove(name)))
    }

    /// How many fields a record has (its own keys that are not undefined), or items a list.
    pub fn count(&self, object: ObjId) -> usize {
        let Some(record) = self.object(object) else { return 0 };
        match record.shape {
            Shape::List => self.lists.get(record.start as usize).map_or(0, Vec::len),
            Shape::Map | Shape::Set => self.tables.get(record.start as usize).map_or(0, Table::len),
            Shape::Record => self.maps.get(record.start as usize).map_or(0, |map| map.entries.len()),
            Shape::Typed(_) => {
                let set = self
                    .slots(object)
                    .iter()
                    .filter(|value| **value != Value::Undefined)
                    .count();
                set + self.maps.get(record.map as usize).map_or(0, |map| map.entries.len())
            }
            _ => 0,
        }
    }

    /// The fields of a record in order: the type's slots, then other keys as they came. Undefined slots are left out.
    pub fn fields(&self, object: ObjId) -> Vec<(TextId, Value)> {
        let Some(record) = self.object(object) else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        let map = match record.shape {
            Shape::Record if record.map != NO_MAP => {
                let own = self.maps.get(record.start as usize);
                let own = own.map_or(&[][..], |map| map.entries.as_slice());
                return own
                    .iter()
                    .filter(|(name, _)| !self.is_private(*name))
                    .copied()
                    .collect();
            }
            Shape::Record => record.start,
            Shape::Typed(ty) => {
                if let Some(layout) = self.layouts.get(ty) {
                    let named = layout
                        .slots
                        .iter()
                        .map(|slot| slot.name)
                        .zip(self.slots(object).iter().copied());
                    fields.extend(named.filter(|(_, value)| *value != Value::Undefined));
                }
                record.map
            }
            _ => return fields,
        };
        if let Some(map) = self.maps.get(map as usize) {
            fields.extend_from_slice(&map.entries);
        }
        fields
    }

    /// The fields that scripts go through: not the message and cause of an error.
    pub fn enumerable(&self, object: ObjId) -> Vec<(TextId, Value)> {
        let mut fields = self.fields(object);
        fields.retain(|(name, _)| !self.is_hidden(object, *name));
        fields
    }

    // --- lists ---

    #[inline]
    pub fn list(&self, object: ObjId) -> Option<&[Value]> {
        let record = self.object(object)?;
        match record.shape {
            Shape::List => self.lists.get(record.start as usize).map(Vec::as_slice),
            _ => None,
        }
    }

    /// The items of a list for changes that do not make it longer. Trap `frozen`; fault if the object is none.
    pub fn list_mut(&mut self, object: ObjId) -> Result<&mut Vec<Value>, Halt> {
        let record = *self.object(object).ok_or_else(dangling)?;
        if record.frozen {
            return Err(frozen("list"));
        }
        match record.shape {
            Shape::List => self.lists.get_mut(record.start as usize).ok_or_else(dangling),
            _ => Err(dangling()),
        }
    }

    /// Other items for a list. Traps `frozen`, `memory-limit`; fault if the object is none.
    pub fn set_items(&mut self, object: ObjId, items: Vec<Value>) -> Result<(), Halt> {
        let more = items.len().saturating_sub(self.list_mut(object)?.len());
        self.allocate(VALUE_SIZE * more as u64)?;
        *self.list_mut(object)? = items;
        Ok(())
    }

    /// Appends to a list. Trap `frozen`; fault if the object is none.
    pub fn push_item(&mut self, object: ObjId, value: Value) -> Result<(), Halt> {
        self.allocate(VALUE_SIZE)?;
        self.list_mut(object)?.push(value);
        Ok(())
    }

    // --- borders ---

    /// A value of owned data. A record whose `$type` names a type of the module becomes a record of it (fields are
    /// checked); any other record is untyped and keeps its `$type` as a plain key.
    pub fn import(&mut self, data: &Data) -> Result<Value, Halt> {
        self.import_within(data, MAX_DEPTH)
    }

    fn import_within(&mut self, data: &Data, depth: u32) -> Result<Value, Halt> {
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        Ok(match data {
            Data::Text(text) => Value::Text(self.make_text(text)?),
            Data::Bytes(bytes) => Value::Bytes(self.make_bytes(bytes)?),
            Data::List(items) => {
                let mut values = Vec::with_capacity(items.len().min(1 << 16));
                for item in items {
                    values.push(self.import_within(item, depth)?);
                }
                Value::Obj(self.new_list(values)?)
            }
            Data::Record(entries) => Value::Obj(self.import_record(entries, depth)?),
            other => scalar(other, &mut self.interner).unwrap_or(Value::Null),
        })
    }

    fn import_record(&mut self, entries: &[(String, Data)], depth: u32) -> Result<ObjId, Halt> {
        let declared = entries
            .iter()
            .find(|(key, _)| key == "$type")
            .and_then(|(_, name)| match name {
                Data::Text(name) => self.find_text(name).and_then(|name| self.layouts.named(name)),
                _ => None,
            });
        let object = match declared {
            Some(ty) => self.new_record(ty)?,
            None => self.new_object()?,
        };
        for (key, data) in entries {
            if declared.is_some() && key == "$type" {
                continue;
            }
            let name = self.make_text(key)?;
            let value = self.import_within(data, depth)?;
            self.set_field(object, name, value)?;
        }
        Ok(object)
    }

    /// A record of the given type from data, whatever its `$type` says, if it is a record at all. For endpoint
    /// arguments and variables whose type is known.
    pub fn import_as(&mut self, data: &Data, ty: &TypeRef) -> Result<Value, Halt> {
        let value = match (ty, data) {
            (TypeRef::Optional(inner), _) if *data != Data::Null => return self.import_as(data, inner),
            (TypeRef::Type(of), Data::Record(entries)) if !entries.iter().any(|(key, _)| key == "$type") => {
                let object = self.new_record(*of)?;
                for (key, data) in entries {
                    let name = self.make_text(key)?;
                    let value = self.import_within(data, MAX_DEPTH - 1)?;
                    self.set_field(object, name, value)?;
                }
                Value::Obj(object)
            }
            (TypeRef::List(inner), Data::List(items)) => {
                let mut values = Vec::with_capacity(items.len().min(1 << 16));
                for item in items {
                    values.push(self.import_as(item, inner)?);
                }
                Value::Obj(self.new_list(values)?)
            }
            _ => self.import(data)?,
        };
        if self.conforms(value, ty) {
            return Ok(value);
        }
        Err(self.misfit("an argument or variable", value, ty))
    }

    /// Owned data of a value; undefined is null, an undefined field is left out. Bounded in depth and size, so cycles
    /// and shared parts are safe.
    pub fn export(&self, value: Value) -> Result<Data, Halt> {
        let mut budget = EXPORT_LIMIT;
        self.export_within(value, MAX_DEPTH, &mut budget)
    }

    fn export_within(&self, value: Value, depth: u32, budget: &mut u64) -> Result<Data, Halt> {
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        let mut spend = |amount: u64| match budget.checked_sub(amount) {
            Some(rest) => {
                *budget = rest;
                Ok(())
            }
            None => Err(Halt::trap("output-limit", "the value is too large to leave the call")),
        };
        spend(VALUE_SIZE)?;
        Ok(match value {
            Value::Null | Value::Undefined => Data::Null,
            Value::Bool(value) => Data::Bool(value),
            Value::Num(value) => Data::Num(value),
            Value::Date(value) => Data::Date(value),
            Value::Time(value) => Data::Time(value),
            Value::DateTime(value) => Data::DateTime(value),
            Value::Duration(value) => Data::Duration(value),
            Value::Period(value) => Data::Period(value),
            Value::Text(id) => {
                spend(u64::from(self.text_size(id)))?;
                Data::Text(self.text(id).to_owned())
            }
            Value::Bytes(id) => {
                spend(u64::from(self.text_size(id)))?;
                Data::Bytes(self.bytes(id).to_owned())
            }
            Value::Obj(object) => match self.list(object) {
                Some(items) => {
                    let mut list = Vec::new();
                    for item in items {
                        list.push(self.export_within(*item, depth, budget)?);
                    }
                    Data::List(list)
                }
                None if matches!(self.shape(object), Shape::Record | Shape::Typed(_)) => {
                    self.export_record(object, depth, budget)?
                }
                None => return Err(self.not_data(value)),
            },
            Value::Func(_) | Value::Session(_) => return Err(self.not_data(value)),
        })
    }

    #[cold]
    fn not_data(&self, value: Value) -> Halt {
        let kind = self.kind(value);
        let hint = match kind {
            "map" => "; use `Object.fromEntries(map)` or `[...map]`",
            "set" => "; use `[...set]`",
            "regexp" => "; use its `source`",
            _ => "",
        };
        Halt::trap("not-data", format!("a {kind} cannot leave the call{hint}"))
    }

    fn export_record(&self, object: ObjId, depth: u32, budget: &mut u64) -> Result<Data, Halt> {
        let mut entries = Vec::new();
        if let Some(layout) = self.type_of(object).and_then(|ty| self.layouts.get(ty)) {
            entries.push(("$type".to_owned(), Data::Text(self.text(layout.name).to_owned())));
        }
        let error = self.error_kind(Value::Obj(object)).is_some();
        let message = self.find_text("message").filter(|_| error);
        let message = message.and_then(|name| Some((name, self.own_field(object, name)?)));
        for (name, value) in message.into_iter().chain(self.fields(object)) {
            if value == Value::Undefined || (name == self.type_key && !entries.is_empty()) {
                continue;
            }
            let data = self.export_within(value, depth, budget)?;
            let cost = u64::from(self.text_size(name));
            *budget = budget
                .checked_sub(cost)
                .ok_or_else(|| Halt::trap("output-limit", "the value is too large to leave the call"))?;
            entries.push((self.text(name).to_owned(), data));
        }
        Ok(Data::Record(entries))
    }
}

fn shape_kind(shape: Shape) -> &'static str {
    match shape {
        Shape::List => "list",
        Shape::Map => "map",
        Shape::Set => "set",
        Shape::Pattern => "regexp",
        Shape::Typed(_) | Shape::Record => "record",
        Shape::Closure(_) | Shape::Bound | Shape::Class | Shape::Accessor => "function",
        Shape::Cell => "cell",
    }
}

fn too_deep() -> Halt {
    Halt::trap(
        "too-deep",
        format!("the value is nested more than {MAX_DEPTH} deep or contains itself"),
    )
}

/// Size of data in the units of [`EXPORT_LIMIT`]; gas for what crosses the border is paid by it.
pub fn data_size(data: &Data) -> u64 {
    VALUE_SIZE
        + match data {
            Data::Text(text) => text.len() as u64,
            Data::Bytes(bytes) => bytes.len() as u64,
            Data::List(items) => items.iter().map(data_size).sum(),
            Data::Record(entries) => entries
                .iter()
                .map(|(key, value)| key.len() as u64 + data_size(value))
                .sum(),
            _ => 0,
        }
}
