"""Tokens one after the other, what is said of those that do not fit, and how deep a tree may become."""

from __future__ import annotations

from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.script.refused import RESERVED, WORDS

MAX_DEPTH = 200
"""Constructs within each other that no bracket counts: `- - -x`, `a ? b : c ? ...`, `else if`."""
MAX_OPERATORS = 1000
"""Operators that one expression may chain: its tree leans to the left."""
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class Cursor:
    """A place among the tokens of one script."""

    def __init__(self, tokens: list[Token], diagnostics: Diagnostics) -> None:
        self.tokens = tokens
        self.diagnostics = diagnostics
        self.at = 0
        self.depth = 0
        self.closing = _pairs(tokens)
        """The index of the bracket that closes the one at an index."""

    # --- looking
    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """A token after the next one; the last one again beyond the end."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def is_op(self, *texts: str) -> bool:
        """Whether the next token is one of these operators."""
        token = self.tokens[self.at]
        return token.type == "OP" and token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Whether the next token is one of these words."""
        token = self.tokens[self.at]
        return token.type == "NAME" and token.text in texts

    # --- taking
    def take(self, role: str = "") -> Token:
        """The next token."""
        token = self.tokens[self.at]
        token.role = role or (token.type if token.type in ("NAME", "NUMBER", "TEXT") else token.role)
        self.at += 1
        return token

    def accept(self, text: str) -> Token | None:
        """The next token if it is this operator or word."""
        token = self.tokens[self.at]
        if token.text == text and token.type in ("OP", "NAME"):
            return self.take("WORD" if token.type == "NAME" else "")
        return None

    def expect(self, text: str) -> Token:
        """The next token, which must be this operator or word. Raises CompileError."""
        found = self.accept(text)
        if found is None:
            raise self.unexpected(f"`{text}`")
        if text in (")", "]", "}"):
            found.role = {")": "RPAR", "]": "RSQB", "}": "RBRACE"}[text]
        return found

    def name(self, what: str = "a name") -> t.Name:
        """A name that a variable may have. Raises CompileError."""
        token = self.token
        if token.type != "NAME" or token.text.startswith("#"):
            raise self.unexpected(what)
        if token.text in RESERVED:
            raise self.unexpected(what)
        if (hint := _NOT_NAMES.get(token.text)) is not None:
            raise self.diagnostics.fail("unsupported", f"`{token.text}` is no name here", token.span, hint)
        self.take()
        return t.Name(token.span, token.text)

    def end_of_statement(self) -> None:
        """`;`, or a place where JavaScript puts one. Raises CompileError."""
        if self.accept(";") or self.is_op("}") or self.token.type == "END" or self.token.newline:
            return
        raise self.unexpected("`;` or a new line")

    # --- bounds
    def deeper(self, token: Token) -> None:
        """One construct more within the others; `self.depth -= 1` when it ends. Raises CompileError."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} constructs stand within each other here"
            raise self.diagnostics.fail("nesting-too-deep", message, token.span)

    # --- saying
    def unexpected(self, wanted: str = "", token: Token | None = None) -> CompileError:
        """The error that the next token (or this one) does not fit."""
        token = token or self.token
        if token.type == "NAME" and token.text in WORDS:
            what, hint = WORDS[token.text]
            return self.diagnostics.fail("unsupported", f"{what} not supported", token.span, hint)
        before = self.tokens[self.at - 1] if self.at else None
        if before is not None and before.type == "NAME" and before.text in WORDS:
            what, hint = WORDS[before.text]
            return self.diagnostics.fail("unsupported", f"{what} not supported", before.span, hint)
        shown = "end of the file" if token.type == "END" else f"`{_short(token.text)}`"
        hint_ = None
        if token.type == "NAME" and before is not None and before.type == "NAME" and before.text not in RESERVED:
            hint_ = suggest(before.text, sorted(RESERVED - {"enum", "package"}))
        if token.text == "#" or (token.text == "@" and token.type == "OP"):
            hint_ = "a comment begins with `//`" if token.text == "#" else "decorators are not supported"
        message = f"unexpected {shown}" + (f", expected {wanted}" if wanted else "")
        return self.diagnostics.fail("syntax", message, token.span, hint_)

    def refuse(self, message: str, span: Span, hint: str | None = None) -> CompileError:
        """A construct that we do not have."""
        return self.diagnostics.fail("unsupported", message, span, hint)


_NOT_NAMES = {
    "arguments": "a function names its parameters; `...rest` takes all that are left",
    "eval": "code is compiled before it runs",
    "undefined": "it is the value of what was never set",
}


def _short(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= 40 else line[:37] + "..."


def _pairs(tokens: list[Token]) -> dict[int, int]:
    """For each opening bracket the one that closes it; the lexer made sure that there is one."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for at, token in enumerate(tokens):
        if token.type == "OP":
            if token.text in _CLOSES:
                opened.append(at)
            elif token.text in (")", "]", "}") and opened:
                pairs[opened.pop()] = at
    return pairs
