//! Classes, their instances, getters and setters. An instance is an untyped record that knows its class; leaving the call
//! it is a plain record of its public fields. There are no prototypes: a class holds its methods, and its parent's are
//! looked up after its own.
use super::halt::Halt;
use super::heap::{Heap, Shape};
use super::natives::CLASSES;
use super::value::{ObjId, TextId, Value};

/// A class as `make_class` and `define_method` make it.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub name: TextId,
    pub parent: Option<ObjId>,
    /// A function, or undefined: then the parent's.
    pub constructor: Value,
    /// Methods and accessors of its instances: a record.
    pub members: ObjId,
    /// Fields of the class itself: a record.
    pub statics: ObjId,
    /// Index in [`CLASSES`].
    pub builtin: Option<u8>,
}

/// Index of `BpmnError` in [`CLASSES`].
pub(super) const BPMN_ERROR: u8 = 5;

impl Heap {
    /// A class without members.
    pub(super) fn make_class(
        &mut self,
        name: TextId,
        parent: Option<ObjId>,
        constructor: Value,
        builtin: Option<u8>,
    ) -> Result<ObjId, Halt> {
        let (members, statics) = (self.new_object()?, self.new_object()?);
        self.new_class(Class {
            name,
            parent,
            constructor,
            members,
            statics,
            builtin,
        })
    }

    /// One of [`CLASSES`], made when it is first asked for in a call.
    pub(super) fn error_class(&mut self, index: u8) -> Result<ObjId, Halt> {
        let at = usize::from(index);
        if let Some(class) = self.error_classes.get(at).copied().flatten() {
            return Ok(class);
        }
        let parent = if index == 0 { None } else { Some(self.error_class(0)?) };
        let name = self.make_text(CLASSES.get(at).copied().unwrap_or("Error"))?;
        let class = self.make_class(name, parent, Value::Undefined, Some(index))?;
        if let Some(place) = self.error_classes.get_mut(at) {
            *place = Some(class);
        }
        Ok(class)
    }

    /// The class and those that it extends, nearest first.
    fn line(&self, class: ObjId) -> impl Iterator<Item = (ObjId, &Class)> {
        let mut at = Some(class);
        std::iter::from_fn(move || {
            let here = at?;
            let class = self.class(here)?;
            at = class.parent;
            Some((here, class))
        })
    }

    /// A method or accessor of a class or of one that it extends.
    pub(super) fn member(&self, class: ObjId, name: TextId) -> Option<Value> {
        self.line(class)
            .find_map(|(_, class)| self.own_field(class.members, name))
    }

    /// What an instance has by its class.
    pub(super) fn inherited(&self, class: ObjId, name: TextId) -> Value {
        if let Some(member) = self.member(class, name) {
            return member;
        }
        match self.text(name) {
            "name" => match self.line(class).find(|(_, class)| class.builtin.is_some()) {
                Some((_, class)) => Value::Text(class.name),
                None => Value::Undefined,
            },
            "constructor" => Value::Obj(class),
            _ => Value::Undefined,
        }
    }

    /// A field of the class itself, or of one that it extends.
    pub(super) fn static_field(&self, class: ObjId, name: TextId) -> Value {
        let found = self
            .line(class)
            .find_map(|(_, class)| self.own_field(class.statics, name));
        match (found, self.class(class)) {
            (Some(value), _) => value,
            (None, Some(class)) if self.text(name) == "name" => Value::Text(class.name),
            _ => Value::Undefined,
        }
    }

    pub(super) fn set_static(&mut self, class: ObjId, name: TextId, value: Value) -> Result<(), Halt> {
        match self.class(class).map(|class| class.statics) {
            Some(statics) => self.set_field(statics, name, value),
            None => Ok(()),
        }
    }

    /// The constructor that `new` runs: that of the class, else of the nearest that it extends; or a built-in one.
    pub(super) fn constructor(&self, class: ObjId) -> Result<Option<Value>, u8> {
        for (_, class) in self.line(class) {
            if let Some(builtin) = class.builtin {
                return Err(builtin);
            }
            if class.constructor != Value::Undefined {
                return Ok(Some(class.constructor));
            }
        }
        Ok(None)
    }

    /// Did the class, or one that extends it, make the value?
    pub(super) fn is_instance(&self, value: Value, of: ObjId) -> bool {
        let Value::Obj(object) = value else { return false };
        self.class_of(object)
            .is_some_and(|class| self.line(class).any(|(at, _)| at == of))
    }

    /// The built-in class of errors that an instance is of.
    pub(super) fn error_kind(&self, value: Value) -> Option<u8> {
        let Value::Obj(object) = value else { return None };
        self.line(self.class_of(object)?).find_map(|(_, class)| class.builtin)
    }

    /// Fields of an error that no list of its fields shows, as in JavaScript.
    pub(super) fn is_hidden(&self, object: ObjId, name: TextId) -> bool {
        self.is_private(name)
            || (matches!(self.text(name), "message" | "cause") && self.error_kind(Value::Obj(object)).is_some())
    }

    /// Private names are found by the code that says them, never by a text.
    pub(super) fn is_private(&self, name: TextId) -> bool {
        self.text(name).starts_with('#')
    }

    /// Getter and setter, if the value stands for them.
    #[inline]
    pub(super) fn accessor(&self, value: Value) -> Option<(Value, Value)> {
        if !self.accessors {
            return None;
        }
        match value {
            Value::Obj(object) if self.shape(object) == Shape::Accessor => match self.own_slots(object) {
                [get, set] => Some((*get, *set)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Puts a getter or a setter into a record; the other one that stands there stays.
    pub(super) fn define_accessor(
        &mut self,
        record: ObjId,
        name: TextId,
        function: Value,
        getter: bool,
    ) -> Result<(), Halt> {
        let before = self.own_field(record, name).and_then(|value| self.accessor(value));
        let (get, set) = before.unwrap_or((Value::Undefined, Value::Undefined));
        let pair = if getter { [function, set] } else { [get, function] };
        self.accessors = true;
        let made = self.new_slots(Shape::Accessor, &pair)?;
        self.set_field(record, name, Value::Obj(made))
    }
}
