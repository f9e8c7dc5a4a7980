"""Where each character of a YAML scalar stands in the file, so that a finding inside of it points at the very place."""

from __future__ import annotations

from cybermiles.dsl.archive.yaml_source import Scalar
from cybermiles.dsl.ir import Span

Places = list[tuple[int, int]]
"""(line, column) of each character of a text, counted from 1, and of its end."""

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}


def places(source: str, scalar: Scalar) -> Places:
    """The place of each character of the scalar's text, and of its end."""
    return _Walk(source, scalar).run()


def span_between(file: str, found: Places, start: int, end: int) -> Span:
    """The span of a part of a text."""
    line, column = found[min(start, len(found) - 1)]
    if end <= start:
        return Span(file, line, column, line, column)
    last_line, last_column = found[min(end, len(found)) - 1]
    return Span(file, line, column, last_line, last_column + 1)


class _Walk:
    """Follows the text and the source side by side; where YAML folds white space, the source skips ahead."""

    def __init__(self, source: str, scalar: Scalar) -> None:
        self.source = source
        self.scalar = scalar
        self.at = scalar.start
        self.line = scalar.line
        self.column = scalar.column

    def run(self) -> Places:
        out: Places = []
        style = self.scalar.style
        if style in ("|", ">"):
            self._next_line()
        elif style:
            self._step()
        for character in self.scalar.text:
            self._reach(character, style)
            out.append((self.line, self.column))
            self._pass(character, style)
        out.append((self.line, self.column))
        return out

    def _here(self) -> str:
        return self.source[self.at] if self.at < self.scalar.end else ""

    def _step(self, count: int = 1) -> None:
        for _ in range(count):
            if self._here() == "\n":
                self.line, self.column = self.line + 1, 1
            else:
                self.column += 1
            self.at += 1

    def _next_line(self) -> None:
        while self._here() not in ("\n", ""):
            self._step()
        self._step()

    def _reach(self, character: str, style: str | None) -> None:
        """Skips the indentation and the line breaks that stand for nothing."""
        if character in " \n" and self._here() in ("\n", "\r", ""):
            return
        while (here := self._here()) and here != character:
            escape = style == '"' and here == "\\"
            if escape and self.source[self.at + 1 : self.at + 2] in ("\n", "\r"):
                self._step(2)  # a continued line
            elif escape or here not in " \t\r\n":
                return
            else:
                self._step()

    def _pass(self, character: str, style: str | None) -> None:
        here = self._here()
        if style == '"' and here == "\\":
            self._step(_ESCAPE_LENGTHS.get(self.source[self.at + 1 : self.at + 2], 2))
        elif (style == "'" and here == "'") or (here == "\r" and self.source[self.at + 1 : self.at + 2] == "\n"):
            self._step(2)
        elif here:
            self._step()
