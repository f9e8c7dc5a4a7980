//! What is fuzzed, what must hold, and where its inputs start.
use std::path::Path;

use _kernel::codec::json::{self, Form};
use _kernel::codec::{cbor, cbor::Reader};
use _kernel::ledger::tx::Tx;
use _kernel::module::{admission, asm, Module};
use _kernel::value::Data;
use _kernel::vm::pattern::{self, Mode, Scratch};

use super::corpus::digest;

/// `run` tells the outcomes apart by a number; `Err` is a broken promise.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]) -> Result<u64, String>,
    pub seeds: fn(&Path) -> Vec<Vec<u8>>,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "cbor",
        run: run_cbor,
        seeds: vectors,
    },
    Target {
        name: "json",
        run: run_json,
        seeds: |folder| files(&folder.join("json")),
    },
    Target {
        name: "module",
        run: run_module,
        seeds: |folder| files(&folder.join("module")),
    },
    Target {
        name: "asm",
        run: run_asm,
        seeds: |folder| files(&folder.join("asm")),
    },
    Target {
        name: "tx",
        run: run_tx,
        seeds: |folder| files(&folder.join("tx")),
    },
    Target {
        name: "pattern",
        run: run_pattern,
        seeds: |folder| files(&folder.join("pattern")),
    },
];

/// Files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// The bytes of the conformance vectors.
fn vectors(seeds: &Path) -> Vec<Vec<u8>> {
    let folder = seeds.join("../../../tests/conformance/encoding");
    let mut found = Vec::new();
    for name in ["values.json", "refused.json"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        for part in text.split("\"cbor\": \"").skip(1) {
            let hex = part.split('"').next().unwrap_or_default();
            let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
            found.extend((0..hex.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>());
        }
    }
    found
}

/// A number for the shape of a value: kinds and sizes, three levels down.
fn shape(data: &Data, depth: u32) -> u64 {
    let inner: Vec<u64> = match data {
        _ if depth == 0 => Vec::new(),
        Data::List(items) => items.iter().take(4).map(|item| shape(item, depth - 1)).collect(),
        Data::Record(entries) => entries.iter().take(4).map(|(_, item)| shape(item, depth - 1)).collect(),
        _ => Vec::new(),
    };
    digest((data.kind(), inner))
}

/// Canonical or refused; the reader that builds nothing agrees with the one that builds trees.
fn run_cbor(input: &[u8]) -> Result<u64, String> {
    let mut reader = Reader::new(input);
    let skipped = reader.item().and_then(|_| reader.finish());
    match cbor::decode(input) {
        Ok(data) => {
            if cbor::encode(&data) != input {
                return Err("decoded bytes are not canonical".into());
            }
            if skipped.is_err() {
                return Err(format!("decoded, but skipping says {skipped:?}"));
            }
            Ok(shape(&data, 3))
        }
        Err(error) if skipped == Err(error) => Ok(digest((error.code, error.offset.min(40)))),
        Err(error) => Err(format!("{error:?}, but skipping says {skipped:?}")),
    }
}

/// What is read is written and read again as the same.
fn run_json(input: &[u8]) -> Result<u64, String> {
    let Ok(text) = std::str::from_utf8(input) else {
        return Ok(0);
    };
    let mut outcome = 0;
    for form in [Form::Plain, Form::Typed] {
        match json::decode(text, form) {
            Ok(data) => {
                let typed = json::encode(&data, Form::Typed);
                match json::decode(&typed, Form::Typed) {
                    Ok(again) if cbor::encode(&again) == cbor::encode(&data) => {}
                    other => return Err(format!("typed text `{typed}` reads as {other:?}")),
                }
                if cbor::decode(&cbor::encode(&data)).is_err() {
                    return Err("read data has no encoding".into());
                }
                outcome ^= shape(&data, 3);
            }
            Err(error) => outcome ^= digest((error.code, error.offset.min(40), form == Form::Typed)),
        }
    }
    Ok(outcome)
}

/// Decoding and admission refuse or accept, they never fail; an admitted module prints and parses back.
fn run_module(input: &[u8]) -> Result<u64, String> {
    let module = match Module::decode(input) {
        Ok(module) => module,
        Err(error) => return Ok(digest((error.code, error.place))),
    };
    if module.encode() != input {
        return Err("decoded bytes are not canonical".into());
    }
    match admission::check(&module) {
        Ok(()) => {
            let text = asm::print(&module);
            match asm::parse(&text) {
                Ok(again) if again.encode() == input => Ok(digest(text.len() / 16)),
                _ => Err("the assembly text of an admitted module does not parse back".into()),
            }
        }
        Err(error) => Ok(digest((error.code, error.place))),
    }
}

/// Assembly text is read or refused; what is read has bytes that decode.
fn run_asm(input: &[u8]) -> Result<u64, String> {
    let Ok(text) = std::str::from_utf8(input) else {
        return Ok(0);
    };
    match asm::parse(text) {
        Ok(module) => {
            let bytes = module.encode();
            match Module::decode(&bytes) {
                Ok(again) if again.encode() == bytes => Ok(digest(bytes.len() / 16)),
                Ok(_) => Err("the bytes of a parsed module decode as another".into()),
                Err(error) => Ok(digest((error.code, error.place))),
            }
        }
        Err(error) => Ok(digest(
            error
                .to_string()
                .chars()
                .filter(|c| !c.is_ascii_digit())
                .take(40)
                .collect::<String>(),
        )),
    }
}

/// A transaction is decoded or refused.
fn run_tx(input: &[u8]) -> Result<u64, String> {
    let outcome = |result: Result<Tx<'_>, _kernel::contracts::err::Failure>| match result {
        Ok(tx) => digest(tx.messages.len()),
        Err(failure) => digest(failure.message),
    };
    Ok(digest([
        outcome(Tx::decode(input)),
        outcome(Tx::decode_unsigned(input)),
        outcome(Tx::decode_body(input)),
    ]))
}

/// A pattern, a line feed, a text: searches end in time, and what they find stands between characters.
fn run_pattern(input: &[u8]) -> Result<u64, String> {
    let Ok(input) = std::str::from_utf8(input) else {
        return Ok(0);
    };
    let (expression, text) = input.split_once('\n').unwrap_or((input, "aab"));
    let text = text.get(..200).unwrap_or(text);
    let parsed = match pattern::check(expression).and_then(|checked| checked.parse(expression)) {
        Ok(parsed) => parsed,
        Err(error) => return Ok(digest(error.message.as_bytes())),
    };
    let Ok(compiled) = parsed.compile() else {
        return Err("a pattern within its weight cannot be compiled".into());
    };
    let most = (text.len() as u64 + 1) * (8 * parsed.weight + 64);
    let mut outcome = 1;
    for mode in [Mode::Whole, Mode::First] {
        let mut steps = 0;
        let counted = |count| {
            steps += count;
            Ok(())
        };
        let found = compiled.search(&mut Scratch::default(), text, 0, mode, counted);
        if steps > most {
            return Err(format!(
                "{steps} steps for weight {} and {} bytes",
                parsed.weight,
                text.len()
            ));
        }
        match found {
            Ok(Some((start, end))) if text.get(start..end).is_none() => {
                return Err(format!("{start}..{end} does not stand between characters"));
            }
            Ok(found) => outcome = 2 * outcome + u64::from(found.is_some()),
            Err(halt) => return Err(halt.message().to_owned()),
        }
    }
    Ok(outcome)
}
