"""JavaScript's tokens on top of the shared lexer: regular expressions, private names, more operators and numbers."""

from __future__ import annotations

import re

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax.lexer import Lexed, Lexer, Token

_OPERATORS = (
    *(">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "??=", "||=", "&&=", "=>", "==", "!=", "<=", ">="),
    *("&&", "||", "??", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "<<", ">>"),
    *("{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":"),
    *("=", ".", "@"),
)
PATTERN = re.compile(
    r"""
    (?P<ws>[ \t\r\f\v\u00a0\ufeff]+)
  | (?P<nl>\n)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<open_comment>/\*)
  | (?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)
  | (?P<name>\#?(?:[^\W\d]|\$)[\w$]*)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<open_text>["'])
  | (?P<template>`)
  | (?P<op>\?\.(?!\d)|"""
    + "|".join(re.escape(op) for op in _OPERATORS)
    + r""")
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/((?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+)/([A-Za-z]*)")
_LEGACY = re.compile(r"0[\d_]")
_BAD_ESCAPE = re.compile(r"\\(?:\\\\)*(?:u(?!\{[0-9a-fA-F]{1,6}\}|[0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2})|0\d|[1-9])")
_BEFORE_OPERAND = frozenset(
    (
        *("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof"),
        *("default", "extends"),
    )
)
"""Words after which a slash begins a regular expression."""


class ScriptLexer(Lexer):
    """Tokens of a contract script: ``TEXT``, ``NUMBER``, ``NAME`` (also ``#x``), ``REGEX``, ``TEMPLATE_*``, ``OP``."""

    pattern = PATTERN

    def __init__(self, file: str, text: str, diagnostics: Diagnostics) -> None:
        super().__init__(file, text, diagnostics)
        self._heads: list[bool] = []
        """Of each round bracket that is open: whether it is the head of an `if` or a loop."""

    def _take(self, kind: str, text: str, start: int, end: int) -> int:
        if kind == "op":
            return self._slash(text, start, end)
        if kind == "number":
            return self._literal(text, start, end)
        if kind == "text" and (bad := _BAD_ESCAPE.search(text)) and self._is_escape(text, bad.start()):
            span = self._span(start + bad.start(), start + bad.end())
            raise self._diagnostics.fail(
                "syntax", f"`{bad.group()}` is no escape", span, "write `\\\\` for a backslash"
            )
        return super()._take(kind, text, start, end)

    @staticmethod
    def _is_escape(text: str, at: int) -> bool:
        """Whether the backslash there is not itself escaped."""
        before = len(text[:at]) - len(text[:at].rstrip("\\"))
        return before % 2 == 0

    def _slash(self, text: str, start: int, end: int) -> int:
        if text in ("/", "/=") and self._operand_wanted():
            found = _REGEX.match(self._text, start)
            if found is None:
                span = self._span(start, start + 1)
                raise self._diagnostics.fail("syntax", "this regular expression never ends", span, "add `/`")
            self._push("REGEX", found.group(), start, found.end(), (found[1], found[2]))
            return found.end()
        if text == "(":
            self._heads.append(self._after_head_word())
            return self._operator(text, start, end)
        at = self._operator(text, start, end)
        if text == ")":
            self._out.tokens[-1].value = self._heads.pop()
        return at

    def _after_head_word(self) -> bool:
        """Whether a bracket that opens now is the head of an `if` or a loop: a statement follows it."""
        before = self._out.tokens[-2:]
        if not before or before[-1].type != "NAME" or before[-1].text not in ("if", "while", "for"):
            return False
        return len(before) < 2 or before[0].text not in (".", "?.")

    def _operand_wanted(self) -> bool:
        """Whether a value must come next, so that a slash cannot divide."""
        if not self._out.tokens:
            return True
        before: Token = self._out.tokens[-1]
        if before.type == "OP":
            if before.text == "}":
                return self._newline
            return before.value is True if before.text == ")" else before.text not in ("]", "++", "--")
        return before.text in _BEFORE_OPERAND if before.type == "NAME" else before.type.startswith("TEMPLATE_NEXT")

    def _literal(self, text: str, start: int, end: int) -> int:
        """A number, with what JavaScript allows and refuses in one."""
        plain = text.replace("_", "")
        wrong = None
        if _LEGACY.match(text):
            wrong = "a number does not begin with 0 here: write `0o17` for an octal one"
        elif text.endswith("_") or "__" in text or "_." in text or "._" in text or "_e" in text.lower():
            wrong = "`_` stands between two digits"
        elif self._text[end : end + 1] == "n" and not re.match(r"[\w$]", self._text[end + 1 : end + 2]):
            wrong = "there are no big integers: every number has 34 digits, so leave out the `n`"
        if wrong is not None:
            raise self._diagnostics.fail("bad-number", wrong, self._span(start, end))
        if plain[:2].lower() in ("0b", "0o"):
            value = int(plain[2:], 2 if plain[1] in "bB" else 8)
            if len(str(value)) <= 34:
                self._push("NUMBER", text, start, end, value)
                return self._after_number(end)
        return self._number(text, start, end)

    def _after_number(self, end: int) -> int:
        if re.match(r"[\w$]", self._text[end : end + 1]):
            span = self._span(end, end + 1)
            raise self._diagnostics.fail("bad-number", f"a number cannot be followed by `{self._text[end]}`", span)
        return end


def lex_script(file: str, text: str, diagnostics: Diagnostics) -> Lexed:
    """Tokens and comments of a script; raises CompileError."""
    lexer = ScriptLexer(file, text, diagnostics)
    out = lexer.run()
    lexer.check_closed()
    return out
