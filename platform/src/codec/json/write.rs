//! Data to JSON text.
use std::fmt::Write;

use super::{Form, BYTES, DATE, DATE_TIME, DURATION, NUMBER, PERIOD, RECORD, TIME, WRAPPERS};
use crate::value::Data;

pub fn encode(data: &Data, form: Form) -> String {
    let mut out = String::new();
    write(&mut out, data, form);
    out
}

fn write(out: &mut String, data: &Data, form: Form) {
    match data {
        Data::Null => out.push_str("null"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Text(text) => string(out, text),
        Data::Num(value) => scalar(out, form, NUMBER, &value.to_string()),
        Data::Bytes(bytes) => scalar(out, form, BYTES, &hex(bytes)),
        Data::Date(value) => scalar(out, form, DATE, &value.to_string()),
        Data::Time(value) => scalar(out, form, TIME, &value.to_string()),
        Data::DateTime(value) => scalar(out, form, DATE_TIME, &value.to_string()),
        Data::Duration(value) => scalar(out, form, DURATION, &value.to_string()),
        Data::Period(value) => scalar(out, form, PERIOD, &value.to_string()),
        Data::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(out, item, form);
            }
            out.push(']');
        }
        Data::Record(entries) => {
            let looks_typed = matches!(entries.as_slice(), [(key, _)] if WRAPPERS.contains(&key.as_str()))
                || entries.iter().any(|(key, _)| key == RECORD);
            if form == Form::Typed && looks_typed {
                let _ = write!(out, "{{\"{RECORD}\":");
                record(out, entries, form);
                out.push('}');
            } else {
                record(out, entries, form);
            }
        }
    }
}

/// Of entries with the same key the last is written.
fn record(out: &mut String, entries: &[(String, Data)], form: Form) {
    let mut sorted: Vec<&(String, Data)> = entries.iter().rev().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.dedup_by(|later, kept| later.0 == kept.0);
    out.push('{');
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        string(out, key);
        out.push(':');
        write(out, value, form);
    }
    out.push('}');
}

fn scalar(out: &mut String, form: Form, key: &str, text: &str) {
    match form {
        Form::Plain => string(out, text),
        Form::Typed => {
            let _ = write!(out, "{{\"{key}\":\"{text}\"}}");
        }
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
