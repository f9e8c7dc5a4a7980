"""A decision table as the module carries it."""

from __future__ import annotations

from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.backend.tables import Tables


def decision_table(tables: Tables, table: ir.Table) -> dict[str, Any]:
    """The table's map form."""
    return {
        "name": table.name,
        "inputs": len(table.inputs),
        "outputs": len(table.outputs),
        "rows": [
            [[_cell(tables, cell) for cell in row.cells], [_output(tables, output) for output in row.outputs]]
            for row in table.rows
        ],
    }


def _cell(tables: Tables, cell: ir.Cell) -> Any:
    match cell:
        case ir.CellAny():
            return None
        case ir.CellTest(False, (part,)):
            return _part(tables, part)
        case ir.CellTest(negated, parts):
            return ["not" if negated else "or", *(_part(tables, part) for part in parts)]
        case ir.CellCode(function):
            return ["code", tables.functions[function]]


def _part(tables: Tables, part: ir.CellIs | ir.CellRange) -> Any:
    match part:
        case ir.CellIs(value):
            return tables.constant(value.value)
        case ir.CellRange(brackets, low, high):
            return [brackets, *(None if end is None else tables.constant(end.value) for end in (low, high))]


def _output(tables: Tables, output: ir.Const | ir.CellCode) -> Any:
    if isinstance(output, ir.CellCode):
        return ["code", tables.functions[output.function]]
    return tables.constant(output.value)
