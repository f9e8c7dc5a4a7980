"""Decision tables, row by row: a row is true if each of its cells is true of its input."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.specification.operators import order
from cybermiles.dsl.specification.values import Value, constant, equal, present

Ask = Callable[[str, Sequence[Value]], bool]
"""Whether a function of all inputs, which stands in a cell, is true."""


def true_rows(table: ir.Table, inputs: Sequence[Value], ask: Ask) -> list[int]:
    """The numbers of the rows that are true, ascending, from 0."""
    return [number for number, row in enumerate(table.rows) if first_false(row, inputs, ask) is None]


def first_false(row: ir.TableRow, inputs: Sequence[Value], ask: Ask) -> int | None:
    """The first cell of a row that is false, None if all are true. Cells that are code are asked last."""
    for at, (cell, value) in enumerate(zip(row.cells, inputs, strict=True)):
        if not isinstance(cell, ir.CellCode) and not meets(cell, present(value)):
            return at
    for at, cell in enumerate(row.cells):
        if isinstance(cell, ir.CellCode) and not ask(cell.function, inputs):
            return at
    return None


def meets(cell: ir.CellAny | ir.CellTest, value: Value) -> bool:
    """Whether a cell without code is true of its input."""
    return isinstance(cell, ir.CellAny) or any(_part(part, value) for part in cell.parts) != cell.negated


def _part(part: ir.CellIs | ir.CellRange, value: Value) -> bool:
    if isinstance(part, ir.CellIs):
        return equal(value, constant(part.value.value))
    if part.low is not None:
        found = order(value, constant(part.low.value))
        if found is None or found < 0 or (found == 0 and part.brackets[0] == "("):
            return False
    if part.high is not None:
        found = order(value, constant(part.high.value))
        if found is None or found > 0 or (found == 0 and part.brackets[1] == ")"):
            return False
    return True
