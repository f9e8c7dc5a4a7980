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


def line_places(source: str, scalar: Scalar) -> list[tuple[int, int]] | None:
    """(line, column) where each line of the text begins, if each line stands in the source as it is; else None."""
    if scalar.style is None or scalar.style in "'\"":
        quote = 0 if scalar.style is None else 1
        if scalar.end - scalar.start == len(scalar.text) + 2 * quote and "\n" not in scalar.text:
            at = scalar.start + quote
            if source[at : at + len(scalar.text)] == scalar.text:
                return [(scalar.line, scalar.column + quote)]
        return None
    if scalar.style != "|":
        return None
    begin = source.find("\n", scalar.start, scalar.end) + 1
    found = []
    lines = source[begin : scalar.end].split("\n")
    text = scalar.text.split("\n")
    if not begin or len(text) > len(lines) + 1:
        return None
    for number, line in enumerate(text):
        written = lines[number] if number < len(lines) else line
        if line and not written.endswith(line):
            return None
        found.append((scalar.line + 1 + number, len(written) - len(line) + 1 if line else 1))
    return found


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
        self.indent = _indent(source, scalar) if scalar.style in ("|", ">") else 0

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
            if self._here() != "\n":
                self.at, self.column = self.at + 1, self.column + 1
                continue
            self.at, self.line, self.column = self.at + 1, self.line + 1, 1
            while self.column <= self.indent and self._here() == " ":
                self.at, self.column = self.at + 1, self.column + 1

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


def _indent(source: str, scalar: Scalar) -> int:
    """The indentation of a block: that of its first line, less what belongs to the text."""
    begin = source.find("\n", scalar.start, scalar.end) + 1
    lines = source[begin : scalar.end].split("\n") if begin else []
    written = next((line for line in lines if line.strip()), "")
    text = next((line for line in scalar.text.split("\n") if line.strip()), "")
    return len(written) - len(written.lstrip(" ")) - (len(text) - len(text.lstrip(" ")))
