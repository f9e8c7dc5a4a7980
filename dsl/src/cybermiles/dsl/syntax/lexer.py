"""Text to tokens: one lexer for all our languages; keywords and line ends are decided by the parser's driver."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span

MAX_SOURCE = 1 << 20
"""Bytes of UTF-8 that a source file may have."""
MAX_BRACKETS = 100
"""How deep brackets and blocks may be nested."""

_EXACT = Context(prec=34, Emin=-6143, Emax=6144, clamp=1, traps=[Inexact, InvalidOperation, Overflow])


@dataclass(slots=True)
class Token:
    """A piece of source; ``type`` is ``NAME``, ``NUMBER``, ``TEXT``, ``TEMPLATE_*``, ``OP`` or ``END``."""

    type: str
    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    file: str
    newline: bool
    """Whether a line break stands between this token and the one before."""
    value: object = None
    role: str = ""
    """The terminal that the parser took it for; set by the driver."""
    starts: bool = False
    """Whether a statement begins here; set by the driver."""

    @property
    def span(self) -> Span:
        """The place of the token."""
        return Span(self.file, self.line, self.column, self.end_line, self.end_column)


@dataclass(slots=True)
class Comment:
    """A comment, for the formatter."""

    text: str
    line: int
    column: int
    end_line: int


@dataclass(slots=True)
class Lexed:
    """The tokens of a file (an ``END`` token last) and its comments."""

    tokens: list[Token]
    comments: list[Comment] = field(default_factory=list)


_OPERATORS = (
    *("**=", "??=", "||=", "&&=", "===", "!==", "...", ">>>", "=>", "->", ":="),
    *("**", "??", "||", "&&", "?.", "!.", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "++", "--"),
    *(
        "<<",
        ">>",
        "::",
        "->",
        ":=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        "?",
        ".",
        "=",
        "<",
        ">",
        "+",
        "-",
        "*",
    ),
    *("/", "%", "!", "&", "|", "^", "~", "@", "#"),
)
_PATTERN = re.compile(
    r"""
    (?P<ws>[ \t\r\f\v\u00a0\ufeff]+)
  | (?P<nl>\n)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<open_comment>/\*)
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<open_text>["'])
  | (?P<template>`)
  | (?P<op>"""
    + "|".join(re.escape(op) for op in _OPERATORS)
    + r""")
    """,
    re.VERBOSE | re.DOTALL,
)
_TEMPLATE = re.compile(r"((?:[^`\\$]|\\.|\$(?!\{))*)(`|\$\{)", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\n|.)",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_CLOSING = {"(": ")", "[": "]", "{": "}", "${": "}"}
_SUFFIX = re.compile(r"[BbIiLlDdFf](?![\w$])")


def _unescape(text: str) -> str:
    def one(m: re.Match[str]) -> str:
        if m[2]:
            return chr(0x10000 + ((int(m[2], 16) - 0xD800) << 10) + int(m[3], 16) - 0xDC00)
        code = m[4] or m[5] or m[6]
        if code:
            point = int(code, 16)
            return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "�"
        return _ESCAPES.get(m[1], m[1])

    return _ESCAPE.sub(one, text) if "\\" in text else text


def parse_number(text: str) -> int | Decimal | None:
    """The exact value of a number's text, or None if 34 digits cannot hold it."""
    if text[:2] in ("0x", "0X"):
        text = str(int(text[2:60], 16)) if len(text) < 60 else "1" * 99
    try:
        value = _EXACT.create_decimal(text).normalize(_EXACT)
    except (Inexact, InvalidOperation, Overflow):
        return None
    if value == value.to_integral_value() and abs(value.adjusted()) < 34:
        return int(value)
    return value


class Lexer:
    """Turns one source into tokens, and refuses what is too large, too deep or unreadable."""

    pattern = _PATTERN

    def __init__(self, file: str, text: str, diagnostics: Diagnostics, *, java_numbers: bool = False) -> None:
        self._file = file
        self._text = text
        self._diagnostics = diagnostics
        self._java = java_numbers
        self._line = 1
        self._line_start = 0
        self._newline = True
        self._open: list[tuple[str, Token]] = []
        self._out = Lexed([])

    def run(self) -> Lexed:
        """All tokens of the source."""
        if len(self._text.encode("utf-8", "replace")) > MAX_SOURCE:
            raise self._diagnostics.fail(
                "source-too-large",
                f"the file has more than {MAX_SOURCE} bytes",
                Span(self._file, 1, 1, 1, 1),
                "split it over several files",
            )
        at, end, match = 0, len(self._text), self.pattern.match
        while at < end:
            found = match(self._text, at)
            if found is None:
                shown = self._text[at]
                hint = "use straight quotes" if shown in "“”„‘’" else None
                span = self._span(at, at + 1)
                raise self._diagnostics.fail("unexpected-character", f"unexpected character `{shown}`", span, hint)
            at = self._take(found.lastgroup or "", found.group(), at, found.end())
        self._push("END", "", end, end)
        return self._out

    def _span(self, start: int, end: int) -> Span:
        column = start - self._line_start + 1
        return Span(self._file, self._line, column, self._line, column + end - start)

    def _push(self, kind: str, text: str, start: int, end: int, value: object = None) -> Token:
        column = start - self._line_start + 1
        line = self._line
        breaks = text.count("\n")
        if breaks:
            self._line += breaks
            self._line_start = start + text.rindex("\n") + 1
        token = Token(
            kind, text, line, column, self._line, end - self._line_start + 1, self._file, self._newline, value
        )
        self._newline = False
        self._out.tokens.append(token)
        return token

    def _take(self, kind: str, text: str, start: int, end: int) -> int:
        match kind:
            case "ws":
                pass
            case "nl":
                self._line += 1
                self._line_start = end
                self._newline = True
            case "name":
                self._push("NAME", text, start, end, text)
            case "op":
                return self._operator(text, start, end)
            case "number":
                return self._number(text, start, end)
            case "text":
                self._push("TEXT", text, start, end, _unescape(text[1:-1]))
            case "comment":
                line, column = self._line, start - self._line_start + 1
                if breaks := text.count("\n"):
                    self._line += breaks
                    self._line_start = start + text.rindex("\n") + 1
                    self._newline = True
                self._out.comments.append(Comment(text, line, column, self._line))
            case "template":
                return self._template(start, start + 1, "TEMPLATE_START")
            case "open_comment":
                span = self._span(start, end)
                raise self._diagnostics.fail("unclosed-comment", "this comment is never closed", span, "add `*/`")
            case _:
                span = self._span(start, end)
                hint = f"add {text} before the end of the line"
                raise self._diagnostics.fail("unclosed-text", "this text has no closing quote", span, hint)
        return end

    def _number(self, text: str, start: int, end: int) -> int:
        value = parse_number(text.replace("_", ""))
        if value is None:
            shown = text if len(text) <= 50 else text[:47] + "..."
            span = self._span(start, end)
            raise self._diagnostics.fail("bad-number", f"`{shown}` does not fit 34 digits", span)
        if self._java and (suffix := _SUFFIX.match(self._text, end)):
            end = suffix.end()
        elif self._java:
            pass  # `5s` is a duration of Drools: the parser says what is wrong with it
        if not self._java and end < len(self._text) and re.match(r"[\w$]", self._text[end]):
            span = self._span(start, end + 1)
            message = f"a number cannot be followed by `{self._text[end]}`"
            raise self._diagnostics.fail("bad-number", message, span, "put a space or an operator between")
        self._push("NUMBER", self._text[start:end], start, end, value)
        return end

    def _operator(self, text: str, start: int, end: int) -> int:
        if text == "}" and self._open and self._open[-1][0] == "${":
            self._open.pop()
            return self._template(start, end, "TEMPLATE_NEXT")
        token = self._push("OP", text, start, end)
        if text in _CLOSING:
            self._nest(text, token)
        elif text in (")", "]", "}"):
            if not self._open:
                raise self._diagnostics.fail("syntax", f"`{text}` closes nothing", token.span)
            opened, at = self._open[-1]
            if _CLOSING[opened] != text:
                raise self._diagnostics.fail(
                    "syntax",
                    f"`{text}` does not close `{opened}` of line {at.line}, column {at.column}",
                    token.span,
                    f"`{_CLOSING[opened]}` is missing before it",
                )
            self._open.pop()
        return end

    def _nest(self, text: str, token: Token) -> None:
        self._open.append((text, token))
        if len(self._open) > MAX_BRACKETS:
            message = f"more than {MAX_BRACKETS} brackets are open here"
            raise self._diagnostics.fail("nesting-too-deep", message, token.span)

    def _template(self, start: int, body: int, kind: str) -> int:
        found = _TEMPLATE.match(self._text, body)
        if found is None:
            span = self._span(start, body)
            raise self._diagnostics.fail("unclosed-text", "this template has no closing quote", span, "add a `")
        more = found[2] == "${"
        token = self._push(
            kind + ("" if more else "_END"),
            self._text[start : found.end()],
            start,
            found.end(),
            _unescape(found[1]),
        )
        if more:
            self._nest("${", token)
        return found.end()

    def check_closed(self) -> None:
        """Raises CompileError if a bracket was never closed."""
        if self._open:
            text, token = self._open[-1]
            raise self._diagnostics.fail("syntax", f"`{text}` is never closed", token.span, f"add `{_CLOSING[text]}`")


def lex(file: str, text: str, diagnostics: Diagnostics, *, java_numbers: bool = False) -> Lexed:
    """Tokens of a source; raises CompileError."""
    lexer = Lexer(file, text, diagnostics, java_numbers=java_numbers)
    out = lexer.run()
    lexer.check_closed()
    return out
