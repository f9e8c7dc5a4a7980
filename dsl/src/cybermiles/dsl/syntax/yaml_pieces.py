"""Tokens from YAML: of texts, each at its place in the file, and of the words that keys and lists stand for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, Path, Scalar, is_value
from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.lexer import Comment, Token
from cybermiles.dsl.syntax.parser import lex_rules
from cybermiles.dsl.syntax.yaml_text import Places, line_places, places, span_between

ATTRIBUTES = (
    *("salience", "enabled", "no-loop", "lock-on-active", "agenda-group", "auto-focus", "activation-group"),
    *("ruleflow-group", "date-effective", "date-expires", "dialect", "duration", "timer", "calendars"),
)
"""The attributes of a rule, by DRL's names; those that we refuse are refused by the parser, with its hint."""
_WORDS = re.compile(r"\w+|\S")


@dataclass(slots=True)
class Piece:
    """Tokens that stand on a line of their own, or go on with the line before."""

    tokens: list[Token]
    parts: list[tuple[Token | Comment, int]]
    """Tokens and comments in order, each with its line within its own text, from 0; for layout."""
    newline: bool
    path: Path | None = None
    """Of the scalar that the text is; None for keys and for what the structure stands for."""


class ShapeError(Exception):
    """The structure of an item is wrong; the finding is recorded."""


class Pieces:
    """Collects the tokens of one item after the other."""

    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        self.document = document
        self.diagnostics = diagnostics
        self.pieces: list[Piece] = []
        self.places: dict[int, tuple[list[int], Places]] = {}
        """Of the last scalar that needed them: where its lines begin, and where each character stands."""

    # --- findings
    def _add(self, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> None:
        scalar = self.document.keys.get(path) if key else None
        span = self._span_of(scalar) if scalar else self.document.span(path)
        self.diagnostics.add("yaml-rules", message, span, hint)

    def _fail(self, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> ShapeError:
        self._add(message, path, hint, key=key)
        return ShapeError()

    def _span_of(self, scalar: Scalar) -> Span:
        if (simple := line_places(self.document.source, scalar)) and len(simple) == 1:
            line, column = simple[0]
            return Span(self.document.file, line, column, line, column + len(scalar.text))
        found = places(self.document.source, scalar)
        return span_between(self.document.file, found, 0, len(found) - 1)

    # --- pieces
    def _key(self, path: Path) -> Span:
        """The place of an entry's key, or of the entry."""
        scalar = self.document.keys.get(path)
        return self._span_of(scalar) if scalar else self.document.span(path)

    def word(self, text: str, span: Span, newline: bool = False) -> None:
        """Words and signs that the structure stands for."""
        tokens = [_token("NAME" if x[0].isalpha() else "OP", x, span, x) for x in _WORDS.findall(text)]
        tokens[0].newline = newline
        self.pieces.append(Piece(tokens, [(token, 0) for token in tokens], newline))

    def literal(self, value: str, span: Span) -> None:
        """A text as a token in quotes."""
        token = _token("TEXT", json.dumps(value, ensure_ascii=False), span, value)
        self.pieces.append(Piece([token], [(token, 0)], False))

    def _lex(self, scalar: Scalar, path: Path, newline: bool) -> Piece:
        inner = Diagnostics()
        try:
            lexed = lex_rules(self.document.file, scalar.text, inner)
        except CompileError:
            for d in inner:
                place = self._inside(scalar, Span(d.file, d.line, d.column, d.end_line, d.end_column))
                self.diagnostics.add(d.code, d.message, place, d.hint)
            raise ShapeError from None
        tokens = lexed.tokens[:-1]
        if not tokens and not (lexed.comments and (path[-1] == "then" or path[0] == "functions")):
            raise self._fail("this text is empty", path)
        both: list[Token | Comment] = [*tokens, *lexed.comments]
        if lexed.comments:
            both.sort(key=lambda p: (p.line, p.column))
        piece = Piece(tokens, [(part, part.line - 1) for part in both], newline)
        self._move(scalar, tokens)
        if tokens:
            tokens[0].newline = newline
        return piece

    def _move(self, scalar: Scalar, tokens: list[Token]) -> None:
        """From places in the text to places in the file."""
        if (lines := line_places(self.document.source, scalar)) is not None:
            for token in tokens:
                (token.line, first), (token.end_line, last) = lines[token.line - 1], lines[token.end_line - 1]
                token.column, token.end_column = token.column + first - 1, token.end_column + last - 1
            return
        for token in tokens:
            _, token.line, token.column, token.end_line, token.end_column = self._inside(scalar, token.span)

    def _inside(self, scalar: Scalar, span: Span) -> Span:
        """A place in a scalar's text as a place in the file."""
        if id(scalar) not in self.places:
            starts = [0, *(at + 1 for at, character in enumerate(scalar.text) if character == "\n")]
            self.places = {id(scalar): (starts, places(self.document.source, scalar))}
        starts, found = self.places[id(scalar)]
        begin, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        return span_between(self.document.file, found, begin, end)

    def text(self, path: Path, newline: bool = False, *, key: bool = False) -> Piece:
        """A scalar whose text is of the rule language."""
        scalar = (self.document.keys if key else self.document.scalars).get(path)
        if scalar is None or (not key and not self._may_stand(path, scalar)):
            raise self._fail("this must be a text", path)
        piece = self._lex(scalar, path, newline)
        piece.path = None if key else path
        self.pieces.append(piece)
        return piece

    def _may_stand(self, path: Path, scalar: Scalar) -> bool:
        """Numbers and truth values stand only for values: of attributes, defaults, fields that are set, conditions."""
        if scalar.style is not None or not is_value(scalar.text):
            return True
        return path[0] == "attributes" or path[-1] in (*ATTRIBUTES, "default", "if") or "set" in path[-2:-1]

    def _mapping(self, path: Path, value: Any, known: Iterable[str], what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(f"{what} is a mapping", path)
        names = list(known)
        for key in value:
            if key not in names:
                raise self._fail(f"unknown key `{key}` of {what}", (*path, key), suggest(key, names), key=True)
        return value

    def _value(self, path: Path, value: Any) -> None:
        """A constant: a YAML text is a text."""
        if isinstance(value, str):
            self.literal(value, self.document.span(path))
        elif value is None or isinstance(value, dict | list):
            raise self._fail("this must be a number, a text or a truth value", path)
        else:
            self.text(path)


def _token(kind: str, text: str, span: Span, value: object) -> Token:
    return Token(kind, text, span.line, span.column, span.end_line, span.end_column, span.file, False, value)
