"""The values of an input in classes that no cell of the column tells apart, each with an example."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.passes.tables.policies import sort_key
from cybermiles.dsl.types import strip

Mask = int
"""A set of classes or of rows, as bits."""
Identity = tuple[str, Any]
"""Kind and value of a constant; equal constants have one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's classes: an example of each, and for each row the classes that its cell admits."""

    label: str
    examples: tuple[str, ...]
    cells: tuple[Mask, ...]
    possible: Mask
    """Classes that an input is expected to be in: those of the type, null only if a cell names it."""


@dataclass(frozen=True, slots=True)
class _Class:
    """One constant (``side`` 0), a stretch before (-1) or behind (1) a bound, or (no kind) all that no cell names."""

    kind: str
    bound: Any
    side: int


def bits(mask: Mask) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def identity(value: ir.Constant) -> Identity:
    """Kind and value of a constant."""
    if value is None:
        return ("null", None)
    if isinstance(value, bool):
        return ("boolean", value)
    return sort_key(value) or ("period", str(value))


def constant_text(value: ir.Constant) -> str:
    """A constant as a cell has it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case Decimal():
            return format(value, "f")
        case ir.Temporal(_, text):
            return text
    return str(value)


def classes_of(column: ir.TableInput, cells: Sequence[ir.Cell]) -> Column:
    """The classes of a column with these cells, none of which is an expression."""
    parts = [part for cell in cells if isinstance(cell, ir.CellTest) for part in cell.parts]
    named = [part.value.value for part in parts if isinstance(part, ir.CellIs)]
    ends = [e.value for p in parts if isinstance(p, ir.CellRange) for e in (p.low, p.high) if e is not None]
    of = strip(column.value.type)
    known = _known(column, of)
    shown: dict[Identity, str] = {}
    for value in (*named, *ends, *known):
        shown.setdefault(identity(value), constant_text(value))
    ordered = {identity(end)[0] for end in ends}
    classes: list[_Class] = []
    examples: list[str] = []
    for (kind, value), text in shown.items():
        if kind not in ordered:
            classes.append(_Class(kind, value, 0))
            examples.append(text)
    for kind in sorted(ordered):
        bounds = sorted(value for (k, value) in shown if k == kind)
        for text, found in _stretches(kind, bounds, shown, whole=of == ir.INT):
            classes.append(found)
            examples.append(text)
    other = None if known else _other(of, shown, ordered)
    if other is not None:
        classes.append(_Class("", None, 0))
        examples.append(other)
    expected = {identity(value) for value in known}
    possible = sum(
        1 << i
        for i, c in enumerate(classes)
        if (not known or (c.side == 0 and (c.kind, c.bound) in expected)) and (c.kind != "null" or None in named)
    )
    masks = _Masks(classes)
    return Column(column.label, tuple(examples), tuple(masks.of(cell) for cell in cells), possible)


def _known(column: ir.TableInput, of: ir.Type) -> list[ir.Constant]:
    """All values that the input may have, if they are few and given."""
    if column.allowed:
        return [allowed.value for allowed in column.allowed]
    if isinstance(of, ir.Enum):
        return list(of.values)
    return [True, False] if of == ir.BOOL else []


def _stretches(
    kind: str, bounds: Sequence[Any], shown: dict[Identity, str], *, whole: bool
) -> Iterator[tuple[str, _Class]]:
    """Before, at, between and behind the bounds."""
    below = _between(kind, None, bounds[0], whole)
    if below is not None:
        yield below, _Class(kind, bounds[0], -1)
    for at, bound in enumerate(bounds):
        yield shown[kind, bound], _Class(kind, bound, 0)
        above = _between(kind, bound, bounds[at + 1] if at + 1 < len(bounds) else None, whole)
        if above is not None:
            yield above, _Class(kind, bound, 1)


def _between(kind: str, low: Any, high: Any, whole: bool) -> str | None:
    """An example of a value between two bounds; None if there is none."""
    match kind:
        case "number":
            return _number_between(low, high, whole)
        case "text":
            if low is None:
                return '""' if high else None
            return next((f'"{t}"' for t in (low + "a", low + " ", low + "\0") if high is None or t < high), None)
        case "date":
            for base, days in ((high, -1), (low, 1)):
                made = None if base is None else _day(str(base), days)
                if made is None:
                    continue
                found = kernel.Date(made)
                if (low is None or low < found) and (high is None or found < high):
                    return made
            return None
    if low is None:
        return f"before {high}"
    return f"after {low}" if high is None else f"between {low} and {high}"


def _number_between(low: Any, high: Any, whole: bool) -> str | None:
    if low is None or high is None:
        near = Decimal(high) - 1 if low is None else Decimal(low) + 1
        return _number(near.to_integral_value() if whole else near)
    middle = (Decimal(low) + Decimal(high)) / 2
    choices = (middle.to_integral_value(), Decimal(low).to_integral_value() + 1, *(() if whole else (middle,)))
    return next((_number(made) for made in choices if low < made < high), None)


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _day(text: str, days: int) -> str | None:
    try:
        return (datetime.date.fromisoformat(text) + datetime.timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def _other(of: ir.Type, shown: Iterable[Identity], ordered: set[str]) -> str | None:
    """An example of what no cell names; None if the ranges know all values."""
    values = [(kind, value) for kind, value in shown if kind not in ordered]
    if ordered and of != ir.ANY:
        return None
    if of == ir.TEXT or (of == ir.ANY and any(kind == "text" for kind, _ in values)):
        made = "other"
        while ("text", made) in values:
            made += "!"
        return f'"{made}"'
    numbers = [Decimal(value) for kind, value in values if kind == "number"]
    if of in (ir.NUMBER, ir.INT) or (of == ir.ANY and numbers):
        return _number(max(numbers, default=Decimal(0)) + 1)
    return None if ordered or of == ir.BOOL else "any other value"


class _Masks:
    """The classes that a cell admits. Those of a scale stand together, in order, so that a range is a run of bits."""

    def __init__(self, classes: Sequence[_Class]) -> None:
        self.everything = (1 << len(classes)) - 1
        self.places = {(c.kind, c.bound): i for i, c in enumerate(classes) if c.side == 0}
        self.scales: dict[str, tuple[int, int]] = {}
        for i, found in enumerate(classes):
            first, _ = self.scales.get(found.kind, (i, i))
            self.scales[found.kind] = (first, i + 1)

    def of(self, cell: ir.Cell) -> Mask:
        """The classes of a cell."""
        if not isinstance(cell, ir.CellTest):
            return self.everything
        made = 0
        for part in cell.parts:
            if isinstance(part, ir.CellIs):
                made |= 1 << self.places[identity(part.value.value)]
            else:
                made |= self._range(part)
        return self.everything & ~made if cell.negated else made

    def _range(self, part: ir.CellRange) -> Mask:
        end = part.low or part.high
        first, last = self.scales[identity(end.value)[0]] if end is not None else (0, 0)
        if part.low is not None:
            first = self.places[identity(part.low.value)] + (part.brackets[0] == "(")
        if part.high is not None:
            last = self.places[identity(part.high.value)] + (part.brackets[1] == "]")
        return (1 << last) - (1 << first) if first < last else 0
