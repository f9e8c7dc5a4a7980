//! Regular expressions in linear time: a pattern becomes a nondeterministic automaton over bytes, and a search follows
//! all of its ways at once. Each look at a state is a step that is paid for, so no pattern is worth an attack.
//!
//! The syntax is what Java, JavaScript and Python have in common; `\d`, `\w`, `\s` and `\b` are of ASCII, as Java's.
//! What would need backtracking (references to groups, looking around) is refused by name.
use std::fmt;

use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures, NFA};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

mod search;
mod syntax;
#[cfg(test)]
mod tests;

pub use search::{Mode, Scratch};

/// Bytes of a pattern.
pub const MAX_SIZE: usize = 1_000;
/// Groups and classes in each other.
pub const MAX_NESTING: u32 = 40;
/// Weight of a pattern with its repetitions written out; about the states of its automaton.
pub const MAX_WEIGHT: u64 = 60_000;
/// Bytes of the automaton, should the weight mislead.
const MAX_AUTOMATON: usize = 8 << 20;

/// Why a text is no pattern of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadPattern {
    /// Lower case, no final period.
    pub message: String,
    /// Where in the pattern, in bytes.
    pub at: usize,
    pub hint: Option<&'static str>,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at position {} of the pattern", self.message, self.at)
    }
}

fn bad(message: impl Into<String>, at: usize, hint: Option<&'static str>) -> BadPattern {
    BadPattern {
        message: message.into(),
        at,
        hint,
    }
}

/// A pattern that was read; what making its automaton takes is known before it is made.
pub struct Parsed {
    hir: Hir,
    pub weight: u64,
}

/// What reading a pattern takes besides its length.
#[derive(Clone, Copy, Default, Debug)]
pub struct Classes {
    /// Classes of Unicode's tables.
    pub named: u64,
    /// Characters of classes that are looked up in the tables of case.
    pub folded: u64,
}

/// A pattern's syntax tree, checked.
pub struct Checked {
    ast: regex_syntax::ast::Ast,
    pub classes: Classes,
}

/// Reads a pattern.
pub fn check(text: &str) -> Result<Checked, BadPattern> {
    if text.len() > MAX_SIZE {
        let message = format!("a pattern has at most {MAX_SIZE} bytes, this one ends");
        return Err(bad(message, text.len(), None));
    }
    let mut ast = ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(text)
        .map_err(|error| syntax::explain(&error))?;
    let classes = syntax::narrow(&mut ast)?;
    Ok(Checked { ast, classes })
}

impl Checked {
    pub fn parse(&self, text: &str) -> Result<Parsed, BadPattern> {
        let hir = TranslatorBuilder::new()
            .utf8(true)
            .build()
            .translate(text, &self.ast)
            .map_err(|error| bad(error.kind().to_string(), error.span().start.offset, None))?;
        let weight = weight(&hir);
        if weight > MAX_WEIGHT {
            let hint = Some("repeat smaller parts, or fewer times");
            return Err(bad("the repetitions make the pattern too large", 0, hint));
        }
        Ok(Parsed { hir, weight })
    }
}

/// About how many states the automaton has.
fn weight(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .flat_map(|range| Utf8Sequences::new(range.start(), range.end()))
            .map(|sequence| sequence.len() as u64)
            .sum::<u64>()
            .max(1),
        HirKind::Repetition(repetition) => {
            let times = u64::from(repetition.max.unwrap_or(repetition.min.saturating_add(1))).max(1);
            weight(&repetition.sub).saturating_mul(times).saturating_add(1)
        }
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(weight).fold(0, u64::saturating_add),
        HirKind::Alternation(parts) => parts
            .iter()
            .map(|part| weight(part).saturating_add(1))
            .fold(0, u64::saturating_add),
    }
}

/// A pattern ready to search with.
#[derive(Debug)]
pub struct Pattern {
    nfa: NFA,
}

impl Parsed {
    pub fn compile(&self) -> Result<Pattern, BadPattern> {
        let config = Config::new()
            .utf8(true)
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(MAX_AUTOMATON));
        Compiler::new()
            .configure(config)
            .build_from_hir(&self.hir)
            .map(|nfa| Pattern { nfa })
            .map_err(|_| bad("the pattern is too large", 0, None))
    }
}

/// Reads and compiles at once; for checks outside of a call.
pub fn compile(text: &str) -> Result<Pattern, BadPattern> {
    check(text)?.parse(text)?.compile()
}
