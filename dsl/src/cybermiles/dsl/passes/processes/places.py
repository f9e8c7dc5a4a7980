"""Code of a process is compiled from its text alone; these functions move its places to where it stands in the file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax.xml import Text

N = TypeVar("N", bound=ir.Node)


class Places:
    """From places in a text by itself to places in the file it is in."""

    def __init__(self, text: Text, shift: int = 0) -> None:
        """``shift``: how many characters were put before the text for the compiler."""
        self._text = text
        self._shift = shift
        self._starts = [0]
        for at, character in enumerate(text.value):
            if character == "\n":
                self._starts.append(at + 1)

    def span(self, span: ir.Span) -> ir.Span:
        """The place in the file."""
        if not span.line:
            return span
        start = self._text.place(self._offset(span.line, span.column))
        end = self._text.place(self._offset(span.end_line, span.end_column))
        return ir.Span(self._text.file, *start, *end)

    def _offset(self, line: int, column: int) -> int:
        shift = self._shift if line == 1 else 0
        start = self._starts[min(line, len(self._starts)) - 1]
        return min(max(start + column - 1 - shift, 0), len(self._text.value))


class OnePlace(Places):
    """For code that the compiler makes up: all of it stands at one place."""

    def __init__(self, place: ir.Span) -> None:
        self._place = place

    def span(self, span: ir.Span) -> ir.Span:
        return self._place


def rebuild(node: N, change: Callable[[ir.Node], ir.Node], **values: object) -> N:
    """A copy of a node in which ``change`` was done to the nodes directly inside; ``values`` replace fields."""

    def moved(value: object) -> object:
        if isinstance(value, ir.Node):
            return change(value)
        if isinstance(value, tuple) and not isinstance(value, ir.Span):
            return tuple(moved(v) for v in value)
        return value

    fields: dict[str, Any] = {f.name: moved(getattr(node, f.name)) for f in dataclasses.fields(node)}
    return type(node)(**(fields | values))


def relocate(node: N, places: Places) -> N:
    """A copy of a node with its places moved."""

    def moved(node: ir.Node) -> ir.Node:
        return rebuild(node, moved, span=places.span(node.span))

    return moved(node)  # type: ignore[return-value]


def report(found: Diagnostics, places: Places, to: Diagnostics, hint: str | None = None) -> None:
    """Findings about the text become findings about the file; ``hint`` is for syntax errors that have none."""
    for finding in found:
        span = ir.Span(finding.file, finding.line, finding.column, finding.end_line, finding.end_column)
        shown = finding.hint or (hint if finding.code == "syntax" else None)
        to.add(finding.code, finding.message, places.span(span), shown)
