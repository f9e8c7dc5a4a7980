"""What is wrong with a decision table although it compiles: gaps, overlaps, contradictions, rows that are never chosen.

Each input's values fall into finitely many classes that no cell tells apart: the constants, the stretches between
bounds, "any other text", null if a cell names it. A table is a union of boxes over these classes, so the questions are
exact: a box is split along a column until the rows that remain leave nothing open. Rows with expressions are left out,
which is said; a bound on the splits keeps the work finite, and reaching it is said too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.table_classes import Column, Mask, bits, classes_of
from cybermiles.dsl.diagnostics import Diagnostics

MAX_STEPS = 30_000
"""Boxes or pairs of rows that the search for an answer looks at."""
MAX_GAPS = 5
SAMPLE = 64
"""Rows that the next split is chosen from."""
MAX_FINDINGS = 20
"""Of each kind, for a table."""


class TooMuchError(Exception):
    """The bound on the work is reached."""


def analyse_tables(module: ir.Module, diagnostics: Diagnostics) -> None:
    """Reports on all tables of the module."""
    for table in module.tables:
        _Table(table, diagnostics).run()


class _Table:
    def __init__(self, table: ir.Table, diagnostics: Diagnostics) -> None:
        self.table = table
        self.diagnostics = diagnostics
        ordered = sorted(table.rows, key=lambda row: row.number)
        self.rows = [row for row in ordered if not any(isinstance(c, ir.CellCode) for c in row.cells)]
        self.partial = len(self.rows) < len(ordered)
        used = [i for i, c in enumerate(table.inputs) if not c.hidden and _asks(table.rows, i)]
        self.columns = [classes_of(table.inputs[i], [row.cells[i] for row in self.rows]) for i in used]
        self.boxes = [
            tuple(column.cells[i] & column.possible for column in self.columns) for i in range(len(self.rows))
        ]
        self.steps = MAX_STEPS
        self.space = _Space(self.columns)
        for box in self.boxes:
            self.space.add(box)

    def run(self) -> None:
        if self.partial:
            count = len(self.table.rows) - len(self.rows)
            message = (
                f"{count} rows of the table `{self.table.name}` have expressions in their cells and are not analysed"
            )
            self._add("table-unchecked", message, self.table.span)
        fine = self._empty_rows()
        for question in (self._pairs, self._shadowed, self._gaps):
            self.steps = MAX_STEPS
            try:
                question(fine)
            except TooMuchError:
                what = {"_pairs": "overlaps", "_shadowed": "shadowed rows", "_gaps": "gaps"}[question.__name__]
                message = f"the table `{self.table.name}` is too large to find all {what}"
                self._add("table-unchecked", message, self.table.span)

    def _add(self, code: str, message: str, span: ir.Span, hint: str | None = None) -> None:
        self.diagnostics.add(code, message, span, hint)

    def _step(self, count: int = 1) -> None:
        self.steps -= count
        if self.steps < 0:
            raise TooMuchError

    def _example(self, box: Sequence[Mask]) -> str:
        """An input within a box."""
        parts = []
        for column, classes in zip(self.columns, box, strict=True):
            first = (classes & -classes).bit_length() - 1
            parts.append(f"{column.label} = {column.examples[first]}")
        return ", ".join(parts) or "any input"

    # --- rows that are never true
    def _empty_rows(self) -> list[int]:
        """The rows that some input makes true; reports the others."""
        fine = []
        for index, box in enumerate(self.boxes):
            bad = next((i for i, classes in enumerate(box) if not classes), None)
            if bad is None:
                fine.append(index)
                continue
            row = self.rows[index]
            message = f"row {row.number} is never true: no {self.columns[bad].label} is in its cell"
            self._add("table-shadowed", message, row.span)
        return fine

    # --- two rows
    def _pairs(self, fine: list[int]) -> None:
        """Duplicates, and under `U` and `A` rows that are true together."""
        first: dict[tuple[Mask, ...], int] = {}
        duplicates: set[int] = set()
        found = 0
        for index in fine:
            before = first.setdefault(self.boxes[index], index)
            if before != index:
                duplicates.add(index)
                found += 1
                if found <= MAX_FINDINGS:
                    self._duplicate(before, index)
        if self.table.hit not in ("U", "A"):
            return
        found = 0
        for a, b in self._touching([index for index in fine if index not in duplicates]):
            same = _outputs(self.rows[a]) == _outputs(self.rows[b])
            if self.table.hit == "A" and same is not False:
                continue
            found += 1
            if found > MAX_FINDINGS:
                return
            both = [x & y for x, y in zip(self.boxes[a], self.boxes[b], strict=True)]
            code, what = (
                ("table-overlap", "are both true")
                if self.table.hit == "U"
                else ("table-contradiction", "are both true and give different outputs")
            )
            numbers = f"rows {self.rows[a].number} and {self.rows[b].number}"
            self._add(code, f"{numbers} {what} of {self._example(both)}", self.rows[b].span)

    def _duplicate(self, a: int, b: int) -> None:
        same = _outputs(self.rows[a]) == _outputs(self.rows[b])
        numbers = f"row {self.rows[b].number} asks the same as row {self.rows[a].number}"
        if same:
            self._add("table-duplicate", f"{numbers} and gives the same", self.rows[b].span, "remove one of them")
        elif self.table.hit in ("U", "A", "F"):
            example = self._example(self.boxes[b])
            message = f"{numbers} and gives something else; both are true of {example}"
            self._add("table-contradiction", message, self.rows[b].span)

    def _touching(self, rows: list[int]) -> Iterator[tuple[int, int]]:
        """Pairs of rows that some input makes true together."""
        before: Mask = 0
        for index in rows:
            self._step()
            for other in bits(self.space.touching(self.boxes[index]) & before):
                self._step()
                yield other, index
            before |= 1 << index

    # --- rows behind others
    def _shadowed(self, fine: list[int]) -> None:
        """Under `F` and `P` rows whose every input makes a row before them true."""
        if self.table.hit not in ("F", "P"):
            return
        order = {row.number: place for place, row in enumerate(self.table.rows)}
        rows = sorted(fine, key=lambda index: order[self.rows[index].number])
        found = 0
        above: Mask = 0
        boxes: set[tuple[Mask, ...]] = set()
        for index in rows:
            before, above = above, above | 1 << index
            if self.boxes[index] in boxes:
                continue  # reported as a duplicate
            boxes.add(self.boxes[index])
            if self._hole(self.boxes[index], before) is None:
                found += 1
                if found > MAX_FINDINGS:
                    return
                covers = next(bits(self.space.covering(self.boxes[index]) & before), None)
                by = f"row {self.rows[covers].number}" if covers is not None else "the rows before it together"
                example = self._example(self.boxes[index])
                message = f"row {self.rows[index].number} is never chosen: {by} is true of all that it is true of"
                message = message.replace("together is", "together are")
                self._add("table-shadowed", f"{message}, such as {example}", self.rows[index].span)

    # --- gaps
    def _gaps(self, fine: list[int]) -> None:
        """Inputs of which no row is true; reported one after the other, each as large as it can be made."""
        if self.partial or any(column.default is not None for column in self.table.outputs):
            return
        if self.table.hit not in ("U", "A", "P", "F"):
            return
        whole = tuple(column.possible for column in self.columns)
        rows = sum(1 << index for index in fine)
        for _ in range(MAX_GAPS):
            hole = self._hole(whole, rows)
            if hole is None:
                return
            hole = self._widened(hole, rows)
            message = f"no row of the table `{self.table.name}` is true of {self._example(hole)}"
            self._add("table-gap", message, self.table.span, "add a row for it, or a default to the output")
            rows |= 1 << self.space.add(hole)

    def _widened(self, hole: tuple[Mask, ...], rows: Mask) -> tuple[Mask, ...]:
        """The hole with neighbouring classes added, column by column, for as long as no row is touched."""
        made = list(hole)
        for at, column in enumerate(self.columns):
            self._step()
            near = rows & self.space.touching([*made[:at], column.possible, *made[at + 1 :]])
            free = sum(1 << number for number in bits(column.possible) if not near & self.space.rows[at][number])
            made[at] = _run(free, (made[at] & -made[at]).bit_length() - 1)
        return tuple(made)

    def _hole(self, box: tuple[Mask, ...], rows: Mask) -> tuple[Mask, ...] | None:
        """A part of the box that no row touches; None if the rows cover it."""
        work: list[tuple[tuple[Mask, ...], Mask]] = [(box, rows)]
        while work:
            space, near = work.pop()
            near &= self.space.touching(space)
            self._step()
            if not near:
                return space
            if near & self.space.covering(space):
                continue
            # what one row, the one that covers most of some, leaves open: in disjoint parts
            some = itertools.islice(bits(near), SAMPLE)
            best = max((self.space.boxes[row] for row in some), key=lambda other: _volume(other, space))
            inside = list(space)
            for at, classes in enumerate(best):
                rest = inside[at] & ~classes
                if rest:
                    work.append(((*inside[:at], rest, *inside[at + 1 :]), near))
                inside[at] &= classes
        return None


class _Space:
    """Boxes by class: which of them touch or cover another is found without a look at each."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.boxes: list[tuple[Mask, ...]] = []
        self.rows: list[list[Mask]] = [[0] * len(column.examples) for column in columns]
        """For each column and class the boxes that hold it."""
        self._any: dict[tuple[int, Mask], Mask] = {}
        self._all: dict[tuple[int, Mask], Mask] = {}

    def add(self, box: tuple[Mask, ...]) -> int:
        """A new box; its number."""
        number = len(self.boxes)
        self.boxes.append(box)
        for at, classes in enumerate(box):
            for found in bits(classes):
                self.rows[at][found] |= 1 << number
        self._any.clear()
        self._all.clear()
        return number

    def touching(self, box: Sequence[Mask]) -> Mask:
        """The boxes that share something with this one."""
        made = (1 << len(self.boxes)) - 1
        for at, classes in enumerate(box):
            key = (at, classes)
            if key not in self._any:
                found = 0
                for number in bits(classes):
                    found |= self.rows[at][number]
                self._any[key] = found
            made &= self._any[key]
        return made

    def covering(self, box: Sequence[Mask]) -> Mask:
        """The boxes that hold all of this one."""
        made = (1 << len(self.boxes)) - 1
        for at, classes in enumerate(box):
            key = (at, classes)
            if key not in self._all:
                found = (1 << len(self.boxes)) - 1
                for number in bits(classes):
                    found &= self.rows[at][number]
                    if not found:
                        break
                self._all[key] = found
            made &= self._all[key]
        return made


def _asks(rows: Sequence[ir.TableRow], column: int) -> bool:
    return any(not isinstance(row.cells[column], ir.CellAny) for row in rows)


def _outputs(row: ir.TableRow) -> list[Any] | None:
    """What a row gives, if that is constant; None: unknown."""
    if any(isinstance(output, ir.CellCode) for output in row.outputs):
        return None
    return [output.value for output in row.outputs if isinstance(output, ir.Const)]


def _run(mask: Mask, start: int) -> Mask:
    """The unbroken run of bits around one."""
    low = high = start
    while low and mask >> (low - 1) & 1:
        low -= 1
    while mask >> (high + 1) & 1:
        high += 1
    return (1 << (high + 1)) - (1 << low)


def _volume(box: Sequence[Mask], space: Sequence[Mask]) -> int:
    made = 1
    for a, b in zip(box, space, strict=True):
        made *= (a & b).bit_count()
    return made
