"""What all notations of a decision table share: settings, limits, and the checks of their form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import NOWHERE, Span
from cybermiles.dsl.syntax import tree as t

HIT_POLICIES = {
    "U": "unique: at most one row is true",
    "A": "any: all true rows give the same",
    "P": "priority: the true row whose output stands first in the output's values",
    "F": "first: the first true row",
    "R": "rule order: all true rows, in order",
    "O": "output order: all true rows, by the order of the output's values",
    "C": "collect: all true rows",
    "C+": "collect, sum",
    "C<": "collect, least",
    "C>": "collect, greatest",
    "C#": "collect, count",
}
"""DMN's hit policies."""
MAX_ROWS = 16_384
MAX_COLUMNS = 60
"""Of inputs, and of outputs; expressions in cells may need a few more."""
MAX_CELL = 2_000
"""Characters of a cell."""
MAX_NAME = 100
_FIELD = re.compile(r"[^\W\d][\w$]{0,79}")
_TYPE = re.compile(rf"{_FIELD.pattern}(\.{_FIELD.pattern})*")


def hit_policy(text: str, span: Span, diagnostics: Diagnostics) -> str:
    """The policy that a text names, by its letter or its first word."""
    short = text.strip().upper()
    for policy, meaning in HIT_POLICIES.items():
        if short in (policy, meaning.partition(":")[0].upper()):
            return policy
    hint = suggest(text, HIT_POLICIES) or "write one of " + " ".join(HIT_POLICIES)
    diagnostics.add("table-format", f"unknown hit policy `{text[:40]}`", span, hint)
    return "U"


def too_many_rows(count: int, span: Span, diagnostics: Diagnostics) -> CompileError:
    """A table that no module could hold."""
    message = f"the table has {count} rows, more than {MAX_ROWS}"
    return diagnostics.fail("table-file", message, span, "split the table by one of its inputs")


def check_shape(table: t.TableItem, diagnostics: Diagnostics) -> bool:
    """Whether the table has what every table needs; reports what is missing."""
    found = len(diagnostics)
    if not 0 < len(table.name.strip()) <= MAX_NAME or not table.name.isprintable():
        message = f"a table's name is a line of 1 to {MAX_NAME} characters"
        diagnostics.add("table-format", message, table.name_span)
    for name, span in ((table.fact, table.fact_span), (table.insert, table.insert_span)):
        if name is not None and not _TYPE.fullmatch(name):
            diagnostics.add("table-format", f"`{name[:40]}` is no name of a type", span)
    for column in table.outputs:
        if not _FIELD.fullmatch(column.head.text):
            diagnostics.add("table-format", f"`{column.head.text[:40]}` is no name of a field", column.head.span)
    if not table.outputs:
        diagnostics.add("table-format", "the table has no output column", table.span)
    for what, columns in (("input", table.inputs), ("output", table.outputs)):
        if len(columns) > MAX_COLUMNS:
            message = f"the table has {len(columns)} {what} columns, more than {MAX_COLUMNS}"
            diagnostics.add("table-format", message, table.span)
    seen: dict[str, t.TableColumn] = {}
    for column in table.outputs:
        if column.head.text in seen:
            message = f"the output `{column.head.text}` stands twice"
            diagnostics.add("table-format", message, column.span)
        seen[column.head.text] = column
    if table.insert is not None and table.fact is None:
        message = "`insert` needs the type of the facts that are decided"
        diagnostics.add("table-format", message, table.insert_span, "add `fact`")
    if table.hit in ("C+", "C<", "C>", "C#") and len(table.outputs) > 1:
        message = f"the hit policy `{table.hit}` takes one output, not {len(table.outputs)}"
        diagnostics.add("table-format", message, table.outputs[1].span, "split the table")
    if table.hit in ("P", "O") and not any(column.values for column in table.outputs):
        message = f"the hit policy `{table.hit}` needs the values of an output, the first in priority first"
        diagnostics.add("table-format", message, table.outputs[0].span if table.outputs else table.span)
    for row in table.rows:
        for cell in (*row.inputs, *row.outputs):
            if len(cell.text) > MAX_CELL:
                message = f"the cell has {len(cell.text)} characters, more than {MAX_CELL}"
                diagnostics.add("table-cell", message, cell.span)
    return len(diagnostics) == found


def empty_table(name: str, span: Span) -> t.TableItem:
    """A table to be filled in."""
    return t.TableItem(span, name, span, None, NOWHERE, None, NOWHERE, "U", [], [], [])


def names(columns: Sequence[t.TableColumn]) -> list[str]:
    """The columns' names as written."""
    return [column.head.text for column in columns]
