//! Constants and types. Codes: `bad-const`, `bad-type`, `bad-default`, `duplicate-name`, `too-large`.
use std::collections::BTreeSet;

use super::limits::{check_name, MAX_SLOTS};
use super::refuse;
use crate::module::{AdmissionError, Field, Module, TypeRef};
use crate::value::Data;

/// Nesting of a default.
const MAX_DEFAULT_DEPTH: u32 = 16;

pub(super) fn check_consts(module: &Module) -> Result<(), AdmissionError> {
    for (index, data) in module.consts.iter().enumerate() {
        if matches!(data, Data::List(_) | Data::Record(_)) {
            return refuse(
                "bad-const",
                format!("consts[{index}]"),
                "a constant is no list and no record",
            );
        }
    }
    Ok(())
}

/// Number of slots of a type, inherited ones included. The types before it have been checked.
pub(super) fn slot_count(module: &Module, ty: u32) -> usize {
    let mut count = 0;
    let mut next = Some(ty);
    while let Some(def) = next.and_then(|ty| module.types.get(ty as usize)) {
        count += def.fields.len();
        next = def.extends;
    }
    count
}

pub(super) fn check_types(module: &Module) -> Result<(), AdmissionError> {
    let mut counts: Vec<usize> = Vec::new();
    for (index, ty) in module.types.iter().enumerate() {
        let place = format!("types[{index}]");
        let mut inherited = 0;
        if let Some(parent) = ty.extends {
            match module.types.get(parent as usize) {
                Some(def) if (parent as usize) < index && def.open == ty.open => {}
                _ => {
                    return refuse(
                        "bad-type",
                        place,
                        "a type extends a type of its kind that stands before it",
                    )
                }
            }
            inherited = counts.get(parent as usize).copied().unwrap_or(0);
        }
        let count = inherited + ty.fields.len();
        if count > MAX_SLOTS {
            return refuse("too-large", place, format!("a type has at most {MAX_SLOTS} fields"));
        }
        counts.push(count);
        let mut names = BTreeSet::new();
        let mut family = Some(index as u32);
        while let Some(def) = family.and_then(|ty| module.types.get(ty as usize)) {
            for field in &def.fields {
                if !names.insert(field.name.as_str()) {
                    return refuse(
                        "duplicate-name",
                        place,
                        format!("the field `{}` stands twice", field.name),
                    );
                }
            }
            family = def.extends;
        }
        for (at, field) in ty.fields.iter().enumerate() {
            check_field(module, &format!("{place}.fields[{at}]"), field)?;
        }
        if ty.keys.iter().any(|slot| *slot as usize >= count) || !ty.keys.is_sorted_by(|a, b| a < b) {
            return refuse("bad-type", place, "keys are slots of the type, ascending");
        }
    }
    Ok(())
}

/// A field's name, type and default.
pub(super) fn check_field(module: &Module, place: &str, field: &Field) -> Result<(), AdmissionError> {
    check_name(place, &field.name)?;
    check_type_ref(module, place, &field.ty)?;
    match &field.default {
        Some(data) if !fits(data, &field.ty, MAX_DEFAULT_DEPTH) => refuse(
            "bad-default",
            place,
            format!("the default of `{}` does not fit its type", field.name),
        ),
        _ => Ok(()),
    }
}

pub(super) fn check_type_ref(module: &Module, place: &str, ty: &TypeRef) -> Result<(), AdmissionError> {
    match ty {
        TypeRef::List(inner) | TypeRef::Optional(inner) => check_type_ref(module, place, inner),
        TypeRef::Type(index) if *index as usize >= module.types.len() => {
            refuse("bad-index", place, format!("there is no type {index}"))
        }
        TypeRef::Enum(names) => {
            let unique: BTreeSet<&String> = names.iter().collect();
            if names.is_empty() || unique.len() != names.len() {
                return refuse("bad-type", place, "an enum is a list of different texts");
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Plain data without `$type`, so that copying a default makes no typed record.
fn is_plain(data: &Data, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match data {
        Data::List(items) => items.iter().all(|item| is_plain(item, depth)),
        Data::Record(entries) => entries
            .iter()
            .all(|(key, value)| key != "$type" && is_plain(value, depth)),
        _ => true,
    }
}

fn fits(data: &Data, ty: &TypeRef, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match (ty, data) {
        (TypeRef::Any | TypeRef::Record, Data::Record(_)) | (TypeRef::Any, _) => is_plain(data, depth),
        (TypeRef::Optional(_), Data::Null) => true,
        (TypeRef::Optional(inner), _) => fits(data, inner, depth),
        (TypeRef::List(inner), Data::List(items)) => items.iter().all(|item| fits(item, inner, depth)),
        (TypeRef::Enum(names), Data::Text(text)) => names.contains(text),
        (TypeRef::Int, Data::Num(number)) => number.is_integer(),
        (TypeRef::Bool, Data::Bool(_))
        | (TypeRef::Number, Data::Num(_))
        | (TypeRef::Text, Data::Text(_))
        | (TypeRef::Bytes, Data::Bytes(_))
        | (TypeRef::Date, Data::Date(_))
        | (TypeRef::Time, Data::Time(_))
        | (TypeRef::DateTime, Data::DateTime(_))
        | (TypeRef::Duration, Data::Duration(_))
        | (TypeRef::Period, Data::Period(_)) => true,
        _ => false,
    }
}
