//! JSON text to data.
use std::collections::BTreeSet;

use super::err::JsonError;
use super::lexer::Lexer;
use super::{Form, BYTES, DATE, DATE_TIME, DURATION, MAX_DEPTH, MAX_SIZE, NUMBER, PERIOD, RECORD, TIME};
use crate::number::Number;
use crate::value::{Data, Date, DateTime, Duration, Period, Time};

type Result<T> = std::result::Result<T, JsonError>;
type Entries = Vec<(String, Data)>;

/// Keys of one object that are compared one by one; beyond, a set keeps them.
const FEW_KEYS: usize = 16;

/// Records keep the order of the text.
///
/// # Errors
/// What is not JSON (RFC 8259), repeats a key, has a number that is not exact, or exceeds depth or size.
pub fn decode(text: &str, form: Form) -> Result<Data> {
    let mut lexer = Lexer::new(text);
    if text.len() > MAX_SIZE {
        return lexer.fail("json-too-long", 0);
    }
    let data = value(&mut lexer, form, 0)?;
    lexer.finish()?;
    Ok(data)
}

fn value(lexer: &mut Lexer, form: Form, depth: u32) -> Result<Data> {
    let first = lexer.peek()?;
    let start = lexer.offset();
    // a typed scalar is an object in the text, but no container
    let limit = MAX_DEPTH + u32::from(form == Form::Typed);
    if matches!(first, b'{' | b'[') && depth >= limit {
        return lexer.fail("json-too-deep", start);
    }
    let data = any(lexer, form, depth, first)?;
    if depth >= MAX_DEPTH && matches!(data, Data::List(_) | Data::Record(_)) {
        return lexer.fail("json-too-deep", start);
    }
    Ok(data)
}

fn any(lexer: &mut Lexer, form: Form, depth: u32, first: u8) -> Result<Data> {
    match first {
        b'n' => lexer.word("null").map(|()| Data::Null),
        b't' => lexer.word("true").map(|()| Data::Bool(true)),
        b'f' => lexer.word("false").map(|()| Data::Bool(false)),
        b'"' => lexer.string().map(Data::Text),
        b'-' | b'0'..=b'9' => lexer.number().map(Data::Num),
        b'[' => list(lexer, form, depth),
        b'{' => {
            let start = lexer.offset();
            let entries = object(lexer, form, depth, form == Form::Typed)?;
            match (form, entries) {
                (Form::Plain, entries) => Ok(Data::Record(entries)),
                (Form::Typed, entries) => match typed(entries) {
                    Some(data) => Ok(data),
                    None => lexer.fail("json-typed-value", start),
                },
            }
        }
        _ => lexer.fail("json-syntax", lexer.offset()),
    }
}

fn list(lexer: &mut Lexer, form: Form, depth: u32) -> Result<Data> {
    lexer.expect(b'[')?;
    let mut items = Vec::new();
    if lexer.eat(b']')? {
        return Ok(Data::List(items));
    }
    loop {
        items.push(value(lexer, form, depth + 1)?);
        if lexer.eat(b']')? {
            return Ok(Data::List(items));
        }
        lexer.expect(b',')?;
    }
}

/// `wrapper`: it may be the wrapper of a record that looks typed.
fn object(lexer: &mut Lexer, form: Form, depth: u32, wrapper: bool) -> Result<Entries> {
    lexer.expect(b'{')?;
    let mut entries = Entries::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    if lexer.eat(b'}')? {
        return Ok(entries);
    }
    loop {
        if lexer.peek()? != b'"' {
            return lexer.fail("json-syntax", lexer.offset());
        }
        let start = lexer.offset();
        let key = lexer.string()?;
        if entries.len() == FEW_KEYS {
            seen = entries.iter().map(|(key, _)| key.clone()).collect();
        }
        let repeated = if entries.len() < FEW_KEYS {
            entries.iter().any(|(other, _)| *other == key)
        } else {
            !seen.insert(key.clone())
        };
        if repeated {
            return lexer.fail("json-duplicate-key", start);
        }
        lexer.expect(b':')?;
        let wraps = wrapper && entries.is_empty() && key == RECORD;
        let content = if wraps && lexer.peek()? == b'{' {
            Data::Record(object(lexer, form, depth, false)?)
        } else {
            value(lexer, form, depth + 1)?
        };
        entries.push((key, content));
        if lexer.eat(b'}')? {
            return Ok(entries);
        }
        lexer.expect(b',')?;
    }
}

/// The value that a typed record stands for; `None` if it is not in its form.
fn typed(mut entries: Entries) -> Option<Data> {
    let [(key, content)] = entries.as_mut_slice() else {
        return entries
            .iter()
            .all(|(key, _)| key != RECORD)
            .then_some(Data::Record(entries));
    };
    let text = content.as_text();
    Some(match key.as_str() {
        NUMBER => Data::Num(Number::parse_exact(text?).ok()?),
        BYTES => Data::Bytes(from_hex(text?)?),
        DATE => Data::Date(Date::parse(text?)?),
        TIME => Data::Time(Time::parse(text?)?),
        DATE_TIME => Data::DateTime(DateTime::parse(text?)?),
        DURATION => Data::Duration(Duration::parse(text?)?),
        PERIOD => Data::Period(Period::parse(text?)?),
        RECORD => return matches!(content, Data::Record(_)).then(|| std::mem::take(content)),
        _ => Data::Record(entries),
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}
