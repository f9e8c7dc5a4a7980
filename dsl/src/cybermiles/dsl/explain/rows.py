"""Decision tables row by row: which rows were true, and at which cell the others failed."""

from __future__ import annotations

from cybermiles.dsl import ir
from cybermiles.dsl.explain.checks import bounded
from cybermiles.dsl.explain.model import Check, Decision, Operand, Row
from cybermiles.dsl.explain.text import Texts, short, written
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.tables import first_false
from cybermiles.dsl.specification.values import Value

MAX_TRUE = 10
MAX_FALSE = 10
MAX_ROWS = 1_000
"""Rows that are looked at for those that came near."""


def decision(table: ir.Table, inputs: list[Value], true: list[int], evaluator: Evaluator, texts: Texts) -> Decision:
    """A table's answer: its true rows, and of the others those whose first false cell stands last."""
    shown = [i for i, column in enumerate(table.inputs) if not column.hidden]
    seen = tuple(Operand(table.inputs[i].label, bounded(inputs[i])) for i in shown)
    rows = [Row(table.rows[at].number, True, None, table.rows[at].span) for at in true[:MAX_TRUE]]
    others = set(range(min(len(table.rows), MAX_ROWS))) - set(true)
    failed = {at: first_false(table.rows[at], inputs, evaluator.asked) for at in others}
    for at in sorted(others, key=lambda at: (-(failed[at] or 0), at))[:MAX_FALSE]:
        column = failed[at] or 0
        row = table.rows[at]
        text = cell_text(row.cells[column], texts)
        operand = Operand(table.inputs[column].label, bounded(inputs[column]))
        rows.append(Row(row.number, False, Check(text, False, (operand,), row.cells[column].span), row.span))
    return Decision(table.name, seen, tuple(rows), len(table.rows))


def cell_text(cell: ir.CellAny | ir.CellTest | ir.CellCode, texts: Texts) -> str:
    """A cell as it is written, or in the terms of a table."""
    if found := texts.source(cell.span).strip("\"' "):
        return short(found)
    match cell:
        case ir.CellCode(_, text):
            return short(text)
        case ir.CellTest(negated, parts):
            inner = ", ".join(map(_part, parts))
            return short(f"not({inner})" if negated else inner)
    return "-"


def _part(part: ir.CellIs | ir.CellRange) -> str:
    match part:
        case ir.CellIs(value):
            return written(value)
        case ir.CellRange(brackets, low, None) if low is not None:
            return f"{'>=' if brackets[0] == '[' else '>'} {written(low)}"
        case ir.CellRange(brackets, None, high) if high is not None:
            return f"{'<=' if brackets[1] == ']' else '<'} {written(high)}"
        case ir.CellRange(brackets, low, high) if low is not None and high is not None:
            return f"{brackets[0]}{written(low)} .. {written(high)}{brackets[1]}"
    return "-"
