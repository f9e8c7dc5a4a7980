//! From the parser's syntax to ours: classes of ASCII, refusals with their names, what is dear is counted.
use std::mem;

use regex_syntax::ast::{
    AssertionKind, Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem,
    Error, ErrorKind, Flag, Flags, FlagsItem, FlagsItemKind, Group, GroupKind,
};

use super::{bad, BadPattern, Classes};

/// The parser's error in our words.
pub(super) fn explain(error: &Error) -> BadPattern {
    let at = error.span().start.offset;
    let (message, hint) = match error.kind() {
        ErrorKind::UnsupportedBackreference => (
            "a reference to a group is not supported: it would need backtracking".to_owned(),
            Some("find the parts and compare them with `==`"),
        ),
        ErrorKind::UnsupportedLookAround => (
            "looking around is not supported: it would need backtracking".to_owned(),
            Some("test with two patterns, joined by `&&` or `!`"),
        ),
        ErrorKind::FlagUnrecognized => (
            "an unknown flag; flags are `i`, `m`, `s` and `x`, atomic groups are not supported".to_owned(),
            None,
        ),
        ErrorKind::NestLimitExceeded(limit) => (format!("groups are nested more than {limit} deep"), None),
        kind => {
            let text = kind.to_string();
            let mut chars = text.chars();
            let first = chars.next().map(|first| first.to_ascii_lowercase());
            (first.into_iter().chain(chars).collect(), None)
        }
    };
    bad(message, at, hint)
}

/// Replaces Perl's classes and word borders by those of ASCII, refuses what means something else in Java.
pub(super) fn narrow(ast: &mut Ast) -> Result<Classes, BadPattern> {
    let mut narrowing = Narrowing::default();
    narrowing.ast(ast)?;
    let folded = narrowing.characters + narrowing.named * CASED;
    Ok(Classes {
        named: narrowing.named,
        folded: if narrowing.folds { folded } else { 0 },
    })
}

/// Characters that Unicode's tables of case have at most.
const CASED: u64 = 3_000;

#[derive(Default)]
struct Narrowing {
    folds: bool,
    /// Characters beyond ASCII in ranges.
    characters: u64,
    named: u64,
}

impl Narrowing {
    fn ast(&mut self, ast: &mut Ast) -> Result<(), BadPattern> {
        match ast {
            Ast::Flags(set) => self.flags(&set.flags)?,
            Ast::Assertion(assertion) => match assertion.kind {
                AssertionKind::StartLine
                | AssertionKind::EndLine
                | AssertionKind::StartText
                | AssertionKind::EndText => {}
                AssertionKind::WordBoundary | AssertionKind::NotWordBoundary => {
                    let span = assertion.span;
                    let border = mem::replace(ast, Ast::empty(span));
                    *ast = ascii_only(span, border);
                }
                _ => {
                    let at = assertion.span.start.offset;
                    return Err(bad("only `\\b` and `\\B` are word borders", at, None));
                }
            },
            Ast::ClassUnicode(_) => self.named += 1,
            Ast::ClassPerl(class) => {
                *ast = Ast::ClassBracketed(Box::new(ClassBracketed {
                    span: class.span,
                    negated: false,
                    kind: ClassSet::Item(ClassSetItem::Ascii(ascii(class))),
                }));
            }
            Ast::ClassBracketed(class) => self.set(&mut class.kind),
            Ast::Repetition(repetition) => {
                if let Ast::Repetition(_) = *repetition.ast {
                    let hint = Some("put the inner repetition into a group if you mean both");
                    let at = repetition.op.span.start.offset;
                    return Err(bad("a repetition of a repetition (a possessive one in Java)", at, hint));
                }
                self.ast(&mut repetition.ast)?;
            }
            Ast::Group(group) => {
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.flags(flags)?;
                }
                self.ast(&mut group.ast)?;
            }
            Ast::Alternation(alternation) => self.all(&mut alternation.asts)?,
            Ast::Concat(concat) => self.all(&mut concat.asts)?,
            Ast::Empty(_) | Ast::Literal(_) | Ast::Dot(_) => {}
        }
        Ok(())
    }

    fn all(&mut self, asts: &mut [Ast]) -> Result<(), BadPattern> {
        asts.iter_mut().try_for_each(|ast| self.ast(ast))
    }

    fn flags(&mut self, flags: &Flags) -> Result<(), BadPattern> {
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.folds = true,
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::Unicode | Flag::CRLF) => {
                    return Err(bad("flags are `i`, `m`, `s` and `x`", item.span.start.offset, None));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn set(&mut self, set: &mut ClassSet) {
        match set {
            ClassSet::Item(item) => self.item(item),
            ClassSet::BinaryOp(operation) => {
                self.set(&mut operation.lhs);
                self.set(&mut operation.rhs);
            }
        }
    }

    fn item(&mut self, item: &mut ClassSetItem) {
        match item {
            ClassSetItem::Perl(class) => *item = ClassSetItem::Ascii(ascii(class)),
            ClassSetItem::Unicode(_) => self.named += 1,
            ClassSetItem::Bracketed(class) => self.set(&mut class.kind),
            ClassSetItem::Union(union) => union.items.iter_mut().for_each(|item| self.item(item)),
            ClassSetItem::Range(range) => {
                let (start, end) = (u32::from(range.start.c).max(0x80), u32::from(range.end.c));
                self.characters += u64::from((end + 1).saturating_sub(start)).min(CASED);
            }
            ClassSetItem::Empty(_) | ClassSetItem::Literal(_) | ClassSetItem::Ascii(_) => {}
        }
    }
}

fn ascii(class: &ClassPerl) -> ClassAscii {
    let kind = match class.kind {
        ClassPerlKind::Digit => ClassAsciiKind::Digit,
        ClassPerlKind::Space => ClassAsciiKind::Space,
        ClassPerlKind::Word => ClassAsciiKind::Word,
    };
    ClassAscii {
        span: class.span,
        kind,
        negated: class.negated,
    }
}

/// `(?-u:..)` around a word border.
fn ascii_only(span: regex_syntax::ast::Span, ast: Ast) -> Ast {
    let item = |kind| FlagsItem { span, kind };
    let flags = Flags {
        span,
        items: vec![item(FlagsItemKind::Negation), item(FlagsItemKind::Flag(Flag::Unicode))],
    };
    Ast::Group(Box::new(Group {
        span,
        kind: GroupKind::NonCapturing(flags),
        ast: Box::new(ast),
    }))
}
