//! The closed subset of JSON Schema that contract parameters are declared in, and binding values to it.
//!
//! A parameter schema is `{type: object, properties: {..}, required?: [..]}`; other keys are refused by name.
use crate::number::Number;
use crate::value::{Data, Date, DateTime, Duration, Period, Time};

/// Nesting of a schema.
const MAX_DEPTH: u32 = 16;

/// `place` is a path as in `.properties.threshold`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaError {
    pub place: String,
    pub message: String,
}

type Result<T> = std::result::Result<T, SchemaError>;

fn bad<T>(place: &str, message: impl Into<String>) -> Result<T> {
    Err(SchemaError {
        place: place.to_owned(),
        message: message.into(),
    })
}

fn get<'a>(record: &'a Data, key: &str) -> Option<&'a Data> {
    match record {
        Data::Record(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
        _ => None,
    }
}

/// The schema of a parameter.
pub fn property<'a>(schema: &'a Data, name: &str) -> Option<&'a Data> {
    get(schema, "properties").and_then(|properties| get(properties, name))
}

const TYPES: &[&str] = &["string", "number", "integer", "boolean", "array", "object", "null"];

/// Is the data a parameter schema of the subset? Null stands for no parameters.
pub fn check(schema: &Data) -> Result<()> {
    match schema {
        Data::Null => Ok(()),
        _ => {
            if get(schema, "type") != Some(&Data::Text("object".into())) {
                return bad("", "the schema of the parameters is of type `object`");
            }
            check_node(schema, "", MAX_DEPTH)
        }
    }
}

fn check_node(schema: &Data, place: &str, depth: u32) -> Result<()> {
    let Some(depth) = depth.checked_sub(1) else {
        return bad(place, "the schema is nested too deep");
    };
    let Data::Record(entries) = schema else {
        return bad(place, "a schema is a record");
    };
    for (key, value) in entries {
        let place = format!("{place}.{key}");
        let is_count = matches!(value, Data::Num(Number::Int(count)) if *count >= 0);
        let right = match key.as_str() {
            "title" | "description" => matches!(value, Data::Text(_)),
            "type" => check_types(value),
            "enum" => matches!(value, Data::List(items) if !items.is_empty()),
            "const" | "default" => true,
            "examples" => matches!(value, Data::List(_)),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => matches!(value, Data::Num(_)),
            "minLength" | "maxLength" | "minItems" | "maxItems" => is_count,
            "format" => {
                matches!(value, Data::Text(name) if ["date", "time", "date-time", "duration"].contains(&name.as_str()))
            }
            "additionalProperties" => *value == Data::Bool(false),
            "required" => check_required(schema, value),
            "items" => {
                check_node(value, &place, depth)?;
                true
            }
            "properties" => {
                let Data::Record(properties) = value else {
                    return bad(&place, "the properties are a record");
                };
                for (name, property) in properties {
                    check_node(property, &format!("{place}.{name}"), depth)?;
                }
                true
            }
            _ => return bad(&place, "the schema key is not supported"),
        };
        if !right {
            return bad(&place, "the schema key has a wrong value");
        }
    }
    match get(schema, "default") {
        Some(default) if validate(schema, default, place).is_err() => {
            bad(&format!("{place}.default"), "the default does not fit its own schema")
        }
        _ => Ok(()),
    }
}

fn check_types(value: &Data) -> bool {
    let known = |value: &Data| matches!(value, Data::Text(name) if TYPES.contains(&name.as_str()));
    match value {
        Data::List(items) => !items.is_empty() && items.iter().all(known),
        value => known(value),
    }
}

fn check_required(schema: &Data, value: &Data) -> bool {
    let Data::List(names) = value else { return false };
    names
        .iter()
        .all(|name| matches!(name, Data::Text(name) if property(schema, name).is_some()))
}

fn is_type(value: &Data, name: &str) -> bool {
    match name {
        "string" => matches!(
            value,
            Data::Text(_) | Data::Date(_) | Data::Time(_) | Data::DateTime(_) | Data::Duration(_) | Data::Period(_)
        ),
        "number" => matches!(value, Data::Num(_)),
        "integer" => matches!(value, Data::Num(number) if number.is_integer()),
        "boolean" => matches!(value, Data::Bool(_)),
        "array" => matches!(value, Data::List(_)),
        "object" => matches!(value, Data::Record(_)),
        _ => *value == Data::Null,
    }
}

/// Does a value fit a schema of the subset?
pub fn validate(schema: &Data, value: &Data, place: &str) -> Result<()> {
    let Data::Record(entries) = schema else { return Ok(()) };
    for (key, rule) in entries {
        let fits = match (key.as_str(), rule, value) {
            ("type", Data::Text(name), _) => is_type(value, name),
            ("type", Data::List(names), _) => names
                .iter()
                .any(|name| matches!(name, Data::Text(name) if is_type(value, name))),
            ("enum", Data::List(items), _) => items.contains(value),
            ("const", constant, _) => constant == value,
            ("minimum", Data::Num(bound), Data::Num(number)) => number >= bound,
            ("maximum", Data::Num(bound), Data::Num(number)) => number <= bound,
            ("exclusiveMinimum", Data::Num(bound), Data::Num(number)) => number > bound,
            ("exclusiveMaximum", Data::Num(bound), Data::Num(number)) => number < bound,
            ("minLength", Data::Num(bound), Data::Text(text)) => length(text.chars().count()) >= *bound,
            ("maxLength", Data::Num(bound), Data::Text(text)) => length(text.chars().count()) <= *bound,
            ("minItems", Data::Num(bound), Data::List(items)) => length(items.len()) >= *bound,
            ("maxItems", Data::Num(bound), Data::List(items)) => length(items.len()) <= *bound,
            ("format", Data::Text(format), Data::Text(text)) => is_format(text, format),
            ("items", schema, Data::List(items)) => {
                for (at, item) in items.iter().enumerate() {
                    validate(schema, item, &format!("{place}[{at}]"))?;
                }
                true
            }
            ("required", Data::List(names), Data::Record(_)) => {
                for name in names {
                    if let Data::Text(name) = name {
                        if get(value, name).is_none() {
                            return bad(place, format!("`{name}` is missing"));
                        }
                    }
                }
                true
            }
            ("properties", Data::Record(properties), Data::Record(entries)) => {
                for (name, item) in entries {
                    match properties.iter().find(|(known, _)| known == name) {
                        Some((_, schema)) => validate(schema, item, &format!("{place}.{name}"))?,
                        None => return bad(place, format!("`{name}` is unknown")),
                    }
                }
                true
            }
            _ => true,
        };
        if !fits {
            return bad(place, format!("the value does not fit `{key}`"));
        }
    }
    Ok(())
}

fn is_format(text: &str, format: &str) -> bool {
    match format {
        "date" => Date::parse(text).is_some(),
        "time" => Time::parse(text).is_some(),
        "date-time" => DateTime::parse(text).is_some(),
        "duration" => Duration::parse(text).is_some() || Period::parse(text).is_some(),
        _ => true,
    }
}

fn length(count: usize) -> Number {
    Number::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The contract's parameters: what was given, checked, and defaults (or null) for the rest, in the schema's order.
pub fn bind(schema: &Data, given: &Data) -> Result<Data> {
    let empty = Data::Record(Vec::new());
    let given = if *given == Data::Null { &empty } else { given };
    let Data::Record(entries) = given else {
        return bad("", "parameters are a record");
    };
    let properties = match get(schema, "properties") {
        Some(Data::Record(properties)) => properties.as_slice(),
        _ => &[],
    };
    if let Some((name, _)) = entries
        .iter()
        .find(|(name, _)| !properties.iter().any(|(known, _)| known == name))
    {
        return bad("", format!("the parameter `{name}` is unknown"));
    }
    let mut bound = Vec::new();
    for (name, schema) in properties {
        match get(given, name).or_else(|| get(schema, "default")) {
            Some(value) => bound.push((name.clone(), value.clone())),
            None => continue,
        }
    }
    let mut bound = Data::Record(bound);
    validate(schema, &bound, "")?;
    if let Data::Record(entries) = &mut bound {
        for (name, _) in properties {
            if !entries.iter().any(|(known, _)| known == name) {
                entries.push((name.clone(), Data::Null));
            }
        }
        entries.sort_by_key(|(name, _)| properties.iter().position(|(known, _)| known == name));
    }
    Ok(bound)
}
