//! Regular expressions of contract script: JavaScript's syntax as far as it can be searched in linear time.
//!
//! - [`parse`]   a pattern's text to its tree; what would need backtracking is refused by name
//! - [`compile`] the tree to a program of few instructions
//! - [`search`]  all ways of a program followed at once, each with its groups (Pike's method)
//!
//! A group within a repetition is forgotten when the repetition begins its next turn, as in JavaScript. Texts are code
//! points, as with JavaScript's flag `u`; without the flag letters that have no meaning after `\` stand for themselves.
mod compile;
mod parse;
mod search;
#[cfg(test)]
mod tests;

use std::fmt;

pub use search::{Found, Scratch};

/// Bytes of a pattern.
pub const MAX_SIZE: usize = 4_096;
/// Groups within groups.
pub const MAX_NESTING: u32 = 50;
/// Groups that keep what they match.
pub const MAX_GROUPS: usize = 100;
/// Instructions of a program: repetitions are written out.
pub const MAX_PROGRAM: usize = 20_000;
/// Letters of flags, in the order in which `flags` gives them.
pub const FLAGS: &str = "gimsuy";

/// Why a text is no pattern of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadRegExp {
    /// One line, lower case, no final period.
    pub message: String,
    /// Byte of the pattern.
    pub at: usize,
    pub hint: Option<&'static str>,
}

impl fmt::Display for BadRegExp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {} of the pattern)", self.message, self.at)?;
        match self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BadRegExp {}

fn bad<T>(message: impl Into<String>, at: usize, hint: Option<&'static str>) -> Result<T, BadRegExp> {
    Err(BadRegExp {
        message: message.into(),
        at,
        hint,
    })
}

/// What the flags of a pattern say.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Flags {
    pub global: bool,
    pub ignore_case: bool,
    pub multiline: bool,
    pub dot_all: bool,
    pub unicode: bool,
    pub sticky: bool,
}

impl Flags {
    /// # Errors
    /// An unknown flag, or one that stands twice.
    pub fn parse(text: &str) -> Result<Flags, BadRegExp> {
        let mut flags = Flags::default();
        for (at, letter) in text.char_indices() {
            let flag = match letter {
                'g' => &mut flags.global,
                'i' => &mut flags.ignore_case,
                'm' => &mut flags.multiline,
                's' => &mut flags.dot_all,
                'u' => &mut flags.unicode,
                'y' => &mut flags.sticky,
                'd' | 'v' => return bad(format!("the flag `{letter}` is not supported"), at, None),
                _ => {
                    return bad(
                        format!("`{letter}` is no flag; flags are g, i, m, s, u and y"),
                        at,
                        None,
                    )
                }
            };
            if *flag {
                return bad(format!("the flag `{letter}` stands twice"), at, None);
            }
            *flag = true;
        }
        Ok(flags)
    }

    /// The letters in their order.
    pub fn text(self) -> String {
        let set = [
            self.global,
            self.ignore_case,
            self.multiline,
            self.dot_all,
            self.unicode,
            self.sticky,
        ];
        FLAGS
            .chars()
            .zip(set)
            .filter(|(_, set)| *set)
            .map(|(letter, _)| letter)
            .collect()
    }
}

/// Ascending ranges of code points, ends included.
type Ranges = Vec<(char, char)>;

/// A pattern's tree.
#[derive(Clone, PartialEq, Debug)]
enum Node {
    Empty,
    Char(char),
    Class(Ranges),
    Look(Look),
    /// What a group matches is kept under its number.
    Group(u32, Box<Node>),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        greedy: bool,
        /// The groups within: the first, and the one after the last.
        groups: (u32, u32),
    },
}

/// A test of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Look {
    Start,
    End,
    LineStart,
    LineEnd,
    Word,
    NotWord,
}

#[derive(Clone, PartialEq, Debug)]
enum Step {
    Char(char),
    /// A class of the program.
    Class(u32),
    Look(Look),
    /// Go on at both, the first is preferred.
    Split(u32, u32),
    Jump(u32),
    /// The place goes into a slot: two a group, its start and its end.
    Save(u32),
    /// These slots are forgotten: the first, and the one after the last.
    Forget(u32, u32),
    Match,
}

/// A pattern ready to search with.
#[derive(Debug)]
pub struct RegExp {
    pub flags: Flags,
    /// Names of groups, by number from 1.
    pub names: Vec<(String, u32)>,
    /// Groups, with 0 for the whole.
    pub groups: u32,
    steps: Vec<Step>,
    classes: Vec<Ranges>,
}

/// What is dear about making a pattern ready, besides its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Weight {
    /// Classes of Unicode's tables, and those whose case is folded.
    pub classes: u64,
    /// Characters whose case is folded.
    pub folded: u64,
    /// Instructions.
    pub steps: u64,
}

impl RegExp {
    /// # Errors
    /// What is not of the syntax, would need backtracking, or is too large.
    pub fn new(source: &str, flags: &str) -> Result<(RegExp, Weight), BadRegExp> {
        let flags = Flags::parse(flags)?;
        let tree = parse::parse(source, flags)?;
        let (steps, classes) = compile::compile(&tree.node)?;
        let weight = Weight {
            classes: tree.classes,
            folded: tree.folded,
            steps: steps.len() as u64 + classes.iter().map(|class| class.len() as u64).sum::<u64>(),
        };
        let regexp = RegExp {
            flags,
            names: tree.names,
            groups: tree.groups,
            steps,
            classes,
        };
        Ok((regexp, weight))
    }
}
