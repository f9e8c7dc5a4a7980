//! Where the fields of a module's types lie in a record.
use rustc_hash::FxHashMap;

use super::text::Interner;
use super::value::{TextId, Value};
use crate::module::{Module, TypeRef};
use crate::value::Data;

/// One slot of a type.
#[derive(Clone, Debug)]
pub struct Slot {
    pub name: TextId,
    pub ty: TypeRef,
    /// What a new record holds here; a list or record default is copied each time from `template`.
    pub initial: Value,
    pub template: Option<Data>,
}

#[derive(Clone, Debug)]
pub struct Layout {
    pub name: TextId,
    pub open: bool,
    /// From the root of the type's family to the type itself.
    pub lineage: Vec<u32>,
    /// The parent's slots come first.
    pub slots: Vec<Slot>,
    /// What a new record holds, slot by slot.
    pub initial: Vec<Value>,
    /// Some default is a list or a record.
    pub has_templates: bool,
}

/// The layouts of one module.
#[derive(Clone, Default, Debug)]
pub struct Layouts {
    types: Vec<Layout>,
    by_name: FxHashMap<TextId, u32>,
    slots: FxHashMap<(u32, TextId), u32>,
}

impl Layouts {
    /// The module's parents stand before their children (admission checks it).
    pub(super) fn new(module: &Module, interner: &mut Interner) -> Self {
        let mut layouts = Self::default();
        for (index, ty) in module.types.iter().enumerate() {
            let parent = ty.extends.and_then(|parent| layouts.types.get(parent as usize));
            let mut slots = parent.map_or_else(Vec::new, |parent| parent.slots.clone());
            let mut lineage = parent.map_or_else(Vec::new, |parent| parent.lineage.clone());
            lineage.push(index as u32);
            for field in &ty.fields {
                let (initial, template) = initial(ty.open, field.default.as_ref(), interner);
                slots.push(Slot {
                    name: interner.text_id(&field.name),
                    ty: field.ty.clone(),
                    initial,
                    template,
                });
            }
            let name = interner.text_id(&ty.name);
            for (slot, field) in slots.iter().enumerate() {
                layouts.slots.entry((index as u32, field.name)).or_insert(slot as u32);
            }
            layouts.by_name.entry(name).or_insert(index as u32);
            layouts.types.push(Layout {
                name,
                open: ty.open,
                lineage,
                initial: slots.iter().map(|slot| slot.initial).collect(),
                has_templates: slots.iter().any(|slot| slot.template.is_some()),
                slots,
            });
        }
        layouts
    }

    pub fn get(&self, ty: u32) -> Option<&Layout> {
        self.types.get(ty as usize)
    }

    pub fn named(&self, name: TextId) -> Option<u32> {
        self.by_name.get(&name).copied()
    }

    pub fn slot(&self, ty: u32, name: TextId) -> Option<u32> {
        self.slots.get(&(ty, name)).copied()
    }

    /// Is `ty` the type `of` or a subtype of it?
    pub fn is_a(&self, ty: u32, of: u32) -> bool {
        if ty == of {
            return true;
        }
        let Some(depth) = self.get(of).map(|layout| layout.lineage.len()) else {
            return false;
        };
        self.get(ty).and_then(|layout| layout.lineage.get(depth - 1)) == Some(&of)
    }
}

/// A scalar of the base: texts are interned for good.
pub(super) fn scalar(data: &Data, interner: &mut Interner) -> Option<Value> {
    Some(match data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Num(value) => Value::Num(*value),
        Data::Text(text) => Value::Text(interner.text_id(text)),
        Data::Bytes(bytes) => Value::Bytes(interner.bytes_id(bytes)),
        Data::Date(value) => Value::Date(*value),
        Data::Time(value) => Value::Time(*value),
        Data::DateTime(value) => Value::DateTime(*value),
        Data::Duration(value) => Value::Duration(*value),
        Data::Period(value) => Value::Period(*value),
        Data::List(_) | Data::Record(_) => return None,
    })
}

fn initial(open: bool, default: Option<&Data>, interner: &mut Interner) -> (Value, Option<Data>) {
    match default {
        None if open => (Value::Undefined, None),
        None => (Value::Null, None),
        Some(data) => match scalar(data, interner) {
            Some(value) => (value, None),
            None => (Value::Null, Some(data.clone())),
        },
    }
}
