//! A pattern's text to its tree.
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::{bad, BadRegExp, Flags, Look, Node, Ranges, MAX_GROUPS, MAX_NESTING, MAX_SIZE};

type Result<T> = std::result::Result<T, BadRegExp>;

/// A parsed pattern.
pub(super) struct Tree {
    pub node: Node,
    pub names: Vec<(String, u32)>,
    pub groups: u32,
    /// Classes that were looked up or folded.
    pub classes: u64,
    /// Characters that were folded.
    pub folded: u64,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    flags: Flags,
    names: Vec<(String, u32)>,
    /// Whether any group has a name: then `\k` means one.
    named: bool,
    groups: u32,
    depth: u32,
    classes: u64,
    folded: u64,
}

pub(super) fn parse(text: &str, flags: Flags) -> Result<Tree> {
    if text.len() > MAX_SIZE {
        return bad(
            format!("a pattern has at most {MAX_SIZE} bytes, this one ends"),
            text.len(),
            None,
        );
    }
    let mut parser = Parser {
        text,
        at: 0,
        flags,
        names: Vec::new(),
        named: text.contains("(?<"),
        groups: 1,
        depth: 0,
        classes: 0,
        folded: 0,
    };
    let node = parser.either()?;
    match parser.peek() {
        None => Ok(Tree {
            node,
            names: parser.names,
            groups: parser.groups,
            classes: parser.classes,
            folded: parser.folded,
        }),
        Some(_) => bad("`)` closes no group", parser.at, None),
    }
}

/// Line ends of JavaScript.
const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];
/// White space of JavaScript, as ranges.
const SPACE: [(char, char); 10] = [
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];
const DIGIT: [(char, char); 1] = [('0', '9')];
const WORD: [(char, char); 4] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

fn class(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(start, end)| ClassUnicodeRange::new(*start, *end)))
}

fn ranges(class: &ClassUnicode) -> Ranges {
    class.iter().map(|range| (range.start(), range.end())).collect()
}

/// Adds the characters that differ by case only: by Unicode's tables with the flag `u`, else those whose upper case is
/// one and the same character, and not of ASCII for one that is beyond it.
///
/// Returns how many characters were looked at one by one.
fn fold(class: &mut ClassUnicode, unicode: bool) -> u64 {
    let before = class.clone();
    // the tables are built in: this cannot fail
    let _ = class.try_case_fold_simple();
    if unicode {
        return 1;
    }
    let mut added = class.clone();
    added.difference(&before);
    let added: Vec<char> = added.iter().flat_map(|range| range.start()..=range.end()).collect();
    let kept = added.iter().filter(|char| {
        let upper = upper_case(**char);
        let mut same = self::class(&[(**char, **char)]);
        let _ = same.try_case_fold_simple();
        let mut same = same.iter().flat_map(|range| range.start()..=range.end());
        same.any(|other| upper_case(other) == upper && contains(&before, other))
    });
    let mut all = before.clone();
    all.union(&ClassUnicode::new(
        kept.map(|char| ClassUnicodeRange::new(*char, *char)),
    ));
    *class = all;
    1 + added.len() as u64
}

fn contains(class: &ClassUnicode, char: char) -> bool {
    let ranges = class.ranges();
    let place = ranges.partition_point(|range| range.end() < char);
    ranges.get(place).is_some_and(|range| range.start() <= char)
}

/// The one character that is the upper case, if that is one and does not lead into ASCII.
fn upper_case(char: char) -> char {
    match unicode_case_mapping::to_uppercase(char) {
        [code, 0, 0] if code != 0 && (char.is_ascii() || code >= 0x80) => char::from_u32(code).unwrap_or(char),
        _ => char,
    }
}

/// A part of a class: one code point, or several.
enum Atom {
    Char(char),
    Class(ClassUnicode),
}

const PARTS: Option<&str> = Some("find the parts and compare them with `===`");
const TWO: Option<&str> = Some("test with two patterns, joined by `&&` or `!`");

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.text[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn either(&mut self) -> Result<Node> {
        let mut ways = vec![self.concat()?];
        while self.eat("|") {
            ways.push(self.concat()?);
        }
        Ok(match ways.len() {
            1 => ways.remove(0),
            _ => Node::Either(ways),
        })
    }

    fn concat(&mut self) -> Result<Node> {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let groups = self.groups;
            let start = self.at;
            let part = self.term()?;
            parts.push(self.repeated(part, groups, start)?);
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.remove(0),
            _ => Node::Concat(parts),
        })
    }

    /// A term and the repetition after it.
    fn repeated(&mut self, node: Node, first: u32, start: usize) -> Result<Node> {
        let at = self.at;
        let Some((min, max)) = self.counts()? else {
            return Ok(node);
        };
        if matches!(node, Node::Look(_)) {
            return bad("a repetition of nothing that can be repeated", at, None);
        }
        if max.is_some_and(|max| max < min) {
            return bad("the numbers of a repetition are out of order", at, None);
        }
        let greedy = !self.eat("?");
        let again = self.at;
        if self.counts()?.is_some() {
            return bad(
                "a repetition of a repetition",
                again,
                Some("put the inner one into a group"),
            );
        }
        debug_assert!(start <= at);
        Ok(Node::Repeat {
            node: Box::new(node),
            min,
            max,
            greedy,
            groups: (first, self.groups),
        })
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        Ok(match self.peek() {
            Some('*') => {
                self.at += 1;
                Some((0, None))
            }
            Some('+') => {
                self.at += 1;
                Some((1, None))
            }
            Some('?') => {
                self.at += 1;
                Some((0, Some(1)))
            }
            Some('{') => self.braces()?,
            _ => None,
        })
    }

    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        let start = self.at;
        self.at += 1;
        let found = 'counts: {
            let Some(min) = self.digits() else { break 'counts None };
            let max = if self.eat(",") {
                if self.peek() == Some('}') {
                    None
                } else {
                    match self.digits() {
                        Some(max) => Some(max),
                        None => break 'counts None,
                    }
                }
            } else {
                Some(min)
            };
            self.eat("}").then_some((min, max))
        };
        if found.is_none() {
            self.at = start;
            if self.flags.unicode {
                return bad("`{` begins no repetition", start, Some("write `\\{` for the character"));
            }
        }
        Ok(found)
    }

    fn digits(&mut self) -> Option<u32> {
        let rest = &self.text[self.at..];
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += len;
        (len > 0).then(|| rest[..len].parse().unwrap_or(u32::MAX))
    }

    fn term(&mut self) -> Result<Node> {
        let start = self.at;
        match self.next() {
            Some('^') => Ok(Node::Look(if self.flags.multiline {
                Look::LineStart
            } else {
                Look::Start
            })),
            Some('$') => Ok(Node::Look(if self.flags.multiline { Look::LineEnd } else { Look::End })),
            Some('.') => Ok(self.dot()),
            Some('(') => self.group(start),
            Some('[') => self.bracket(start),
            Some('\\') => self.escape(start),
            Some('*' | '+' | '?') => bad("a repetition of nothing", start, None),
            Some('{') if !self.flags.unicode => {
                self.at = start;
                if self.braces()?.is_some() {
                    return bad("a repetition of nothing", start, None);
                }
                self.at = start + 1;
                Ok(Node::Char('{'))
            }
            Some(char @ (']' | '{' | '}')) if self.flags.unicode => bad(
                format!("`{char}` stands alone"),
                start,
                Some("write `\\` before it for the character"),
            ),
            Some(char) => Ok(self.char(char)),
            None => Ok(Node::Empty),
        }
    }

    fn dot(&self) -> Node {
        let mut all = class(&[]);
        if !self.flags.dot_all {
            all = class(&LINE_ENDS.map(|end| (end, end)));
        }
        all.negate();
        Node::Class(ranges(&all))
    }

    /// A code point, in either case with the flag `i`.
    fn char(&mut self, char: char) -> Node {
        if !self.flags.ignore_case {
            return Node::Char(char);
        }
        let mut folded = class(&[(char, char)]);
        self.folded += fold(&mut folded, self.flags.unicode);
        match &ranges(&folded)[..] {
            [(start, end)] if start == end => Node::Char(*start),
            folded => Node::Class(folded.to_vec()),
        }
    }

    fn fold(&mut self, class: &mut ClassUnicode) {
        if self.flags.ignore_case {
            self.classes += 1;
            self.folded += fold(class, self.flags.unicode);
        }
    }

    fn class(&mut self, mut class: ClassUnicode, negated: bool) -> Node {
        self.fold(&mut class);
        if negated {
            class.negate();
        }
        Node::Class(ranges(&class))
    }

    fn group(&mut self, start: usize) -> Result<Node> {
        let mut number = None;
        if self.eat("?") {
            if self.eat("=") || self.eat("!") {
                return bad("looking ahead is not supported: it would need backtracking", start, TWO);
            }
            if self.eat("<=") || self.eat("<!") {
                return bad(
                    "looking behind is not supported: it would need backtracking",
                    start,
                    TWO,
                );
            }
            if self.eat("<") {
                let name = self.group_name(start)?;
                if self.names.iter().any(|(known, _)| *known == name) {
                    return bad(format!("the group `{name}` stands twice"), start, None);
                }
                self.names.push((name, self.groups));
                number = Some(self.groups);
            } else if !self.eat(":") {
                return bad("a group begins with `(`, `(?:` or `(?<name>`", start, None);
            }
        } else {
            number = Some(self.groups);
        }
        if number.is_some() {
            self.groups += 1;
            if self.groups as usize > MAX_GROUPS {
                return bad(format!("a pattern has at most {MAX_GROUPS} groups"), start, None);
            }
        }
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return bad(format!("groups are nested more than {MAX_NESTING} deep"), start, None);
        }
        let inner = self.either()?;
        self.depth -= 1;
        if !self.eat(")") {
            return bad("the group is not closed", start, None);
        }
        Ok(match number {
            Some(number) => Node::Group(number, Box::new(inner)),
            // a group of its own: what follows repeats all of it
            None => Node::Concat(vec![inner]),
        })
    }

    fn group_name(&mut self, start: usize) -> Result<String> {
        let rest = &self.text[self.at..];
        let name = rest.split('>').next().unwrap_or("");
        let plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
        let valid = !name.is_empty() && name.chars().all(plain) && !name.starts_with(|char: char| char.is_numeric());
        if !valid || name.len() == rest.len() {
            return bad("the name of a group is not a name", start, None);
        }
        self.at += name.len() + 1;
        Ok(name.to_owned())
    }

    fn bracket(&mut self, start: usize) -> Result<Node> {
        let negated = self.eat("^");
        let mut all = class(&[]);
        loop {
            let at = self.at;
            match self.peek() {
                None => return bad("the class is not closed", start, None),
                Some(']') => {
                    self.at += 1;
                    return Ok(self.class(all, negated));
                }
                Some(_) => {}
            }
            let first = self.class_atom()?;
            let dash = self.text[self.at..].starts_with('-') && !self.text[self.at..].starts_with("-]");
            if !dash {
                match first {
                    Atom::Char(char) => all.push(ClassUnicodeRange::new(char, char)),
                    Atom::Class(class) => all.union(&class),
                }
                continue;
            }
            self.at += 1;
            if self.peek().is_none() {
                return bad("the class is not closed", start, None);
            }
            match (first, self.class_atom()?) {
                (Atom::Char(first), Atom::Char(last)) if first <= last => {
                    all.push(ClassUnicodeRange::new(first, last));
                }
                (Atom::Char(_), Atom::Char(_)) => return bad("the range is out of order", at, None),
                _ if self.flags.unicode => return bad("a class is no end of a range", at, None),
                (first, last) => {
                    for atom in [first, Atom::Char('-'), last] {
                        match atom {
                            Atom::Char(char) => all.push(ClassUnicodeRange::new(char, char)),
                            Atom::Class(class) => all.union(&class),
                        }
                    }
                }
            }
        }
    }

    fn class_atom(&mut self) -> Result<Atom> {
        let start = self.at;
        match self.next() {
            Some('\\') => match self.peek() {
                Some('b') => {
                    self.at += 1;
                    Ok(Atom::Char('\u{8}'))
                }
                Some('-') => {
                    self.at += 1;
                    Ok(Atom::Char('-'))
                }
                _ => self.escaped(start),
            },
            Some(char) => Ok(Atom::Char(char)),
            None => bad("the class is not closed", start, None),
        }
    }

    fn escape(&mut self, start: usize) -> Result<Node> {
        match self.peek() {
            Some('b') => {
                self.at += 1;
                return Ok(Node::Look(Look::Word));
            }
            Some('B') => {
                self.at += 1;
                return Ok(Node::Look(Look::NotWord));
            }
            Some('1'..='9') => {
                return bad(
                    "a reference to a group is not supported: it would need backtracking",
                    start,
                    PARTS,
                );
            }
            Some('k') if self.named || self.flags.unicode => {
                return bad(
                    "a reference to a group is not supported: it would need backtracking",
                    start,
                    PARTS,
                );
            }
            _ => {}
        }
        Ok(match self.escaped(start)? {
            Atom::Char(char) => self.char(char),
            Atom::Class(class) => self.class(class, false),
        })
    }

    /// What follows a `\`.
    fn escaped(&mut self, start: usize) -> Result<Atom> {
        let Some(letter) = self.next() else {
            return bad("`\\` ends the pattern", start, None);
        };
        let named = |ranges: &[(char, char)], negated: bool| {
            let mut found = class(ranges);
            if negated {
                found.negate();
            }
            Ok(Atom::Class(found))
        };
        match letter {
            'd' => named(&DIGIT, false),
            'D' => named(&DIGIT, true),
            'w' => named(&WORD, false),
            'W' => named(&WORD, true),
            's' => named(&SPACE, false),
            'S' => named(&SPACE, true),
            't' => Ok(Atom::Char('\t')),
            'n' => Ok(Atom::Char('\n')),
            'v' => Ok(Atom::Char('\u{b}')),
            'f' => Ok(Atom::Char('\u{c}')),
            'r' => Ok(Atom::Char('\r')),
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => Ok(Atom::Char('\0')),
            '0'..='9' => bad(
                "an octal escape is not supported",
                start,
                Some("write `\\x0a` or `\\u000a`"),
            ),
            'c' => match self.peek() {
                Some(control) if control.is_ascii_alphabetic() => {
                    self.at += 1;
                    Ok(Atom::Char(char::from(control as u8 & 31)))
                }
                _ => bad("`\\c` takes a letter", start, None),
            },
            'x' => match self.hex(2) {
                Some(code) => self.code(code, start),
                None => self.itself(letter, start),
            },
            'u' => self.unicode(start),
            'p' | 'P' if self.flags.unicode => self.property(letter == 'P', start),
            letter => self.itself(letter, start),
        }
    }

    /// A letter without a meaning after `\`: itself, unless the flag `u` forbids it.
    fn itself(&self, letter: char, start: usize) -> Result<Atom> {
        let syntax = "^$\\.*+?()[]{}|/";
        if self.flags.unicode && !syntax.contains(letter) {
            return bad(format!("`\\{letter}` has no meaning"), start, None);
        }
        Ok(Atom::Char(letter))
    }

    /// So many hexadecimal digits.
    fn hex(&mut self, count: usize) -> Option<u32> {
        let digits = self.text[self.at..].get(..count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += count;
        u32::from_str_radix(digits, 16).ok()
    }

    fn code(&self, code: u32, start: usize) -> Result<Atom> {
        match char::from_u32(code) {
            Some(char) => Ok(Atom::Char(char)),
            None => bad(
                "half of a surrogate pair is no character",
                start,
                Some("write `\\u{1F600}` with the flag u"),
            ),
        }
    }

    fn unicode(&mut self, start: usize) -> Result<Atom> {
        if self.flags.unicode && self.eat("{") {
            let digits = self.text[self.at..].split('}').next().unwrap_or("");
            let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            self.at += digits.len();
            return match code {
                Some(char) if self.eat("}") => Ok(Atom::Char(char)),
                _ => bad("`\\u{..}` takes a code point in hexadecimal digits", start, None),
            };
        }
        let Some(first) = self.hex(4) else {
            return self.itself('u', start);
        };
        if (0xd800..0xdc00).contains(&first) && self.eat("\\u") {
            if let Some(second) = self.hex(4).filter(|second| (0xdc00..0xe000).contains(second)) {
                return self.code(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00), start);
            }
        }
        self.code(first, start)
    }

    /// `\p{..}`: general categories, scripts and binary properties of Unicode's tables.
    fn property(&mut self, negated: bool, start: usize) -> Result<Atom> {
        let name = self.text[self.at..]
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'));
        let Some((name, _)) = name else {
            return bad("`\\p` takes a property of Unicode, as `\\p{Lu}`", start, None);
        };
        self.at += name.len() + 2;
        self.classes += 1;
        let plain = name
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '='));
        let parsed = plain
            .then(|| regex_syntax::parse(&format!("\\p{{{name}}}")).ok())
            .flatten();
        let Some(HirKind::Class(Class::Unicode(mut class))) = parsed.map(regex_syntax::hir::Hir::into_kind) else {
            return bad(
                format!("`{name}` is no property of Unicode that is known here"),
                start,
                None,
            );
        };
        if negated {
            class.negate();
        }
        Ok(Atom::Class(class))
    }
}
