"""A rule file as tokens that know where brackets close and conditions end, and as the text between any two of them."""

from __future__ import annotations

import bisect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.diagnostics import CompilerBug, Diagnostics
from cybermiles.dsl.syntax.lexer import Comment, Token
from cybermiles.dsl.syntax.parser import lex_rules

OPEN = {"(": ")", "[": "]", "{": "}"}
CALLS = frozenset(("forall", "eval", "accumulate", "acc", "groupby"))
"""Conditions that are written as calls."""


@dataclass(slots=True)
class Range:
    """Tokens from `start` up to, not including, `end`."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.end > self.start


class DrlTokens:
    """The tokens of a formatted rule file."""

    def __init__(self, file: str, source: str) -> None:
        self.source = source
        lexed = lex_rules(file, source, Diagnostics())
        self.comments = lexed.comments
        self.tokens = lexed.tokens
        self.starts = [0, *(at + 1 for at, character in enumerate(source) if character == "\n")]
        self.comment_places = [self._at(comment.line, comment.column) for comment in self.comments]
        self.taken: set[int] = set()
        """Comments that stand within a text."""

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def _begin(self, token: Token) -> int:
        return self._at(token.line, token.column)

    def _end(self, token: Token) -> int:
        return self._at(token.end_line, token.end_column)

    def _slice(self, inside: Range) -> str:
        """The source of some tokens, with the comments among them."""
        first, last = self.tokens[inside.start], self.tokens[inside.end - 1]
        begin, end = self._begin(first), self._end(last)
        self._take(begin, end)
        head = self.source.rfind("\n", 0, begin) + 1
        indent = self.source[head:begin]
        return textwrap.dedent((indent if indent.isspace() else "") + self.source[begin:end]).strip()

    def _take(self, begin: int, end: int) -> None:
        """The comments of a stretch are part of a text."""
        first, last = (bisect.bisect_left(self.comment_places, at) for at in (begin, end))
        self.taken.update(range(first, last))

    def _body(self, begin: int, end: int) -> str:
        """Statements between two offsets, with all their comments."""
        self._take(begin, end)
        text = self.source[begin:end]
        first = text.split("\n", 1)[0]
        if first.strip() and "\n" in text:  # a comment behind `then`
            text = first.strip() + "\n" + textwrap.dedent(text.split("\n", 1)[1])
        return textwrap.dedent(text).strip("\n").rstrip()

    def _notes(self) -> list[out.Note]:
        notes = []
        for number, comment in enumerate(self.comments):
            if number in self.taken:
                continue
            at = self._at(comment.line, comment.column)
            line = self.starts[comment.line - 1]
            behind = bool(self.source[line:at].strip())
            after = self.starts[comment.end_line] if comment.end_line < len(self.starts) else len(self.source)
            notes.append(out.Note(_lines(comment), at, behind, not behind and self.source[after : after + 1] == "\n"))
        return notes

    def _separators(self, start: int, end: int) -> Iterator[int]:
        """Commas and semicolons outside of brackets."""
        i = start
        while i < end:
            if self.tokens[i].text in OPEN and self.tokens[i].type == "OP":
                i = self._close(i)
            elif self.tokens[i].text in (",", ";"):
                yield i
            i += 1

    # --- where things end
    def _close(self, opening: int) -> int:
        """The bracket that closes this one."""
        depth = 0
        for i in range(opening, len(self.tokens)):
            text = self.tokens[i].text
            if self.tokens[i].type == "OP":
                depth += (text in OPEN) - (text in (")", "]", "}"))
            if not depth:
                return i
        raise CompilerBug("a bracket is never closed")

    def _split(self, start: int, end: int) -> list[Range]:
        """The parts between commas."""
        parts, begin, i = [], start, start
        while i < end:
            text = self.tokens[i].text
            if text in OPEN and self.tokens[i].type == "OP":
                i = self._close(i)
            elif text == ",":
                parts.append(Range(begin, i))
                begin = i + 1
            i += 1
        return [p for p in [*parts, Range(begin, end)] if p]

    def _elements(self, start: int, end: int) -> list[Range] | None:
        """The conditions that stand one after the other, or None if their form is not a plain one."""
        parts = []
        i = start
        while i < end:
            begin = i
            while True:
                found = self._element(i, end)
                if found is None:
                    return None
                i = found
                if i >= end or self.tokens[i].text not in ("and", "or", "&&", "||"):
                    break
                i += 1
            parts.append(Range(begin, i))
            while i < end and self.tokens[i].text in (",", ";"):
                i += 1
        return parts

    def _element(self, i: int, end: int) -> int | None:
        """Where one condition ends."""
        tokens = self.tokens
        while i < end and tokens[i].text in ("not", "exists"):
            i += 1
        if i >= end:
            return None
        if tokens[i].text == "(" or (tokens[i].text in CALLS and tokens[i + 1].text == "("):
            return self._close(i if tokens[i].text == "(" else i + 1) + 1
        if tokens[i].text in ("do", "break") and tokens[i + 1].text == "[":
            return i + 4
        if tokens[i].text == "if" and tokens[i + 1].text == "(":
            return self._choice(i, end)
        if tokens[i + 1].text in (":", ":="):
            i += 2
            if tokens[i].text == "(":
                return self._close(i) + 1
        i += tokens[i].text == "?"
        while i < end and tokens[i].type == "NAME" and tokens[i + 1].text == ".":
            i += 2
        if i >= end or tokens[i].type != "NAME" or tokens[i + 1].text != "(":
            return None
        i = self._close(i + 1) + 1
        if i + 2 < end and tokens[i].text == "@" and tokens[i + 2].text == "(":
            i = self._close(i + 2) + 1
        return min(self._from(i, end), end)

    def _from(self, i: int, end: int) -> int:
        """Where `from` and what it names end, if it stands here."""
        tokens = self.tokens
        if i >= end or tokens[i].text != "from":
            return i
        i += 1
        i += tokens[i].text == "new"
        i = self._close(i) + 1 if tokens[i].text in OPEN else i + 1
        while i < end and tokens[i].text in (".", "?.", "!.", "(", "[", "#"):
            i = self._close(i) + 1 if tokens[i].text in OPEN else i + 2
        return i

    def _choice(self, i: int, end: int) -> int | None:
        """`if (..) do[a] else if (..) break[b] else do[c]`."""
        tokens = self.tokens
        while i < end and tokens[i].text == "if":
            i = self._close(i + 1) + 5
            if i >= end or tokens[i].text != "else":
                return min(i, end)
            i += 1
        return min(i + 4, end)


def _lines(comment: Comment) -> tuple[str, ...]:
    """The lines of a comment without its signs."""
    text = comment.text
    if text.startswith("//"):
        return (text[2:].rstrip(),)
    inner = text[2:-2].strip("\n").split("\n")
    lines = [line.strip().removeprefix("*").strip() for line in inner]
    return tuple(f" {line}".rstrip() for line in lines if line or len(lines) == 1)
