//! Strings, numbers and punctuation of a JSON text.
use super::err::JsonError;
use crate::number::{Number, NumberError};

type Result<T> = std::result::Result<T, JsonError>;

pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub fn offset(&self) -> usize {
        self.at
    }

    #[cold]
    pub fn fail<T>(&self, code: &'static str, offset: usize) -> Result<T> {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Err(JsonError {
            code,
            offset,
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        })
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, which is not consumed.
    pub fn peek(&mut self) -> Result<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        match self.byte() {
            Some(byte) => Ok(byte),
            None => self.fail("json-truncated", self.at),
        }
    }

    pub fn eat(&mut self, byte: u8) -> Result<bool> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        Ok(found)
    }

    pub fn expect(&mut self, byte: u8) -> Result<()> {
        if self.eat(byte)? {
            return Ok(());
        }
        self.fail("json-syntax", self.at)
    }

    pub fn word(&mut self, word: &str) -> Result<()> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("json-syntax", self.at);
        }
        self.at += word.len();
        Ok(())
    }

    pub fn finish(&mut self) -> Result<()> {
        match self.peek() {
            Err(_) => Ok(()),
            Ok(_) => self.fail("json-trailing-text", self.at),
        }
    }

    pub fn number(&mut self) -> Result<Number> {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        match Number::parse_exact(text) {
            Ok(number) => Ok(number),
            Err(NumberError::Invalid) if Number::parse(text).is_err() => self.fail("json-number", start),
            Err(_) => self.fail("json-number-inexact", start),
        }
    }

    pub fn string(&mut self) -> Result<String> {
        let start = self.at;
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let run = self.at;
            while self.byte().is_some_and(|b| b >= 0x20 && b != b'"' && b != b'\\') {
                self.at += 1;
            }
            out.push_str(&self.text[run..self.at]);
            match self.byte() {
                None => return self.fail("json-truncated", start),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return self.fail("json-string", self.at),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.byte();
        self.at += 1;
        Ok(match letter {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => return self.fail("json-string", start),
        })
    }

    fn code_point(&mut self, start: usize) -> Result<char> {
        let first = self.hex(start)?;
        let code = if (0xd800..0xdc00).contains(&first) {
            if self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
                return self.fail("json-surrogate", start);
            }
            self.at += 2;
            let second = self.hex(start)?;
            if !(0xdc00..0xe000).contains(&second) {
                return self.fail("json-surrogate", start);
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        match char::from_u32(code) {
            Some(c) => Ok(c),
            None => self.fail("json-surrogate", start),
        }
    }

    fn hex(&mut self, start: usize) -> Result<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let mut code = 0;
        for byte in digits {
            match char::from(*byte).to_digit(16) {
                Some(digit) => code = code * 16 + digit,
                None => return self.fail("json-string", start),
            }
        }
        if digits.len() < 4 {
            return self.fail("json-string", start);
        }
        self.at += 4;
        Ok(code)
    }
}
