//! Data literals: numbers and texts plain, other scalars quoted after their kind.
use std::fmt::Write;

use crate::value::Data;

/// Writes a quoted text on one line of printable characters.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if char.is_control() || !is_visible(char) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

/// Neither a mark that turns the direction of text nor one that cannot be seen.
fn is_visible(char: char) -> bool {
    !matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

pub(super) fn write_bytes(out: &mut String, bytes: &[u8]) {
    out.push_str("x\"");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('"');
}

pub(super) fn write_data(out: &mut String, data: &Data) {
    match data {
        Data::Null => out.push_str("null"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Num(number) => {
            let _ = write!(out, "{number}");
        }
        Data::Text(text) => write_text(out, text),
        Data::Bytes(bytes) => write_bytes(out, bytes),
        Data::Date(value) => {
            let _ = write!(out, "date\"{value}\"");
        }
        Data::Time(value) => {
            let _ = write!(out, "time\"{value}\"");
        }
        Data::DateTime(value) => {
            let _ = write!(out, "datetime\"{value}\"");
        }
        Data::Duration(value) => {
            let _ = write!(out, "duration\"{value}\"");
        }
        Data::Period(value) => {
            let _ = write!(out, "period\"{value}\"");
        }
        Data::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_data(out, item);
            }
            out.push(']');
        }
        Data::Record(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_text(out, key);
                out.push_str(": ");
                write_data(out, value);
            }
            out.push('}');
        }
    }
}

pub(super) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|char| char.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A quoted literal by its kind.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Data> {
    match tag {
        "x" => bytes(text).map(Data::Bytes),
        "date" => crate::value::Date::parse(text).map(Data::Date),
        "time" => crate::value::Time::parse(text).map(Data::Time),
        "datetime" => crate::value::DateTime::parse(text).map(Data::DateTime),
        "duration" => crate::value::Duration::parse(text).map(Data::Duration),
        "period" => crate::value::Period::parse(text).map(Data::Period),
        _ => None,
    }
}
