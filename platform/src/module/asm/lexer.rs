//! Tokens of assembly text.
use std::fmt;

/// Why a text is not assembly; lines and columns count from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsmError {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl fmt::Display for AsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for AsmError {}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A keyword, an instruction, a number.
    Word(String),
    Text(String),
    /// A quoted literal with its kind before it, as in `date"2026-01-01"`.
    Tagged(String, String),
    Mark(char),
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Text(_) => f.write_str("a text"),
            Self::Tagged(tag, _) => write!(f, "a {tag}"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
            Self::End => f.write_str("the end"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub token: Token,
    pub line: u32,
    pub column: u32,
}

struct Lexer<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: u32,
    column: u32,
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '+' | '.' | '@')
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let char = self.rest.next()?;
        if char == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(char)
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, AsmError> {
        Err(AsmError {
            line: self.line,
            column: self.column,
            message: message.into(),
        })
    }

    /// A quoted text whose opening quote was read; escapes as in JSON, code points as `\u{..}`.
    fn quoted(&mut self) -> Result<String, AsmError> {
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => return self.error("the text is not closed"),
                Some('"') => return Ok(text),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some(same @ ('"' | '\\')) => text.push(same),
                    Some('u') => text.push(self.code_point()?),
                    _ => return self.error("the escape is unknown"),
                },
                Some(char) => text.push(char),
            }
        }
    }

    fn code_point(&mut self) -> Result<char, AsmError> {
        if self.next() != Some('{') {
            return self.error("a code point is written as `\\u{1f600}`");
        }
        let mut value = 0u32;
        loop {
            match self.next() {
                Some('}') => break,
                Some(digit) => match digit.to_digit(16) {
                    Some(digit) if value < 0x11_0000 => value = value * 16 + digit,
                    _ => return self.error("a code point is written as `\\u{1f600}`"),
                },
                None => return self.error("the text is not closed"),
            }
        }
        char::from_u32(value).map_or_else(|| self.error("there is no such code point"), Ok)
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, AsmError> {
    let mut lexer = Lexer {
        rest: text.chars().peekable(),
        line: 1,
        column: 1,
    };
    let mut tokens = Vec::new();
    loop {
        let (line, column) = (lexer.line, lexer.column);
        let token = match lexer.rest.peek().copied() {
            None => Token::End,
            Some(char) if char.is_whitespace() => {
                lexer.next();
                continue;
            }
            Some(';') => {
                while lexer.rest.peek().is_some_and(|char| *char != '\n') {
                    lexer.next();
                }
                continue;
            }
            Some('"') => {
                lexer.next();
                Token::Text(lexer.quoted()?)
            }
            Some(char) if is_word(char) => {
                let mut word = String::new();
                while let Some(char) = lexer.rest.peek().copied().filter(|char| is_word(*char)) {
                    word.push(char);
                    lexer.next();
                }
                if lexer.rest.peek() == Some(&'"') {
                    lexer.next();
                    Token::Tagged(word, lexer.quoted()?)
                } else {
                    Token::Word(word)
                }
            }
            Some(mark @ ('{' | '}' | '[' | ']' | '(' | ')' | ',' | ':' | '=')) => {
                lexer.next();
                Token::Mark(mark)
            }
            Some(other) => return lexer.error(format!("the character `{}` has no meaning here", other.escape_debug())),
        };
        let end = token == Token::End;
        tokens.push(Placed { token, line, column });
        if end {
            return Ok(tokens);
        }
    }
}
