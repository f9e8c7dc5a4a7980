"""A decision table on a sheet: settings, a header, rows. CSV and XLSX both become such a grid of cells.

table   | discount
fact    | Order
hit     | U
in category | in score: number | out discount | # remark
gold        | >= 700           | 0.2          | the best
"""

from __future__ import annotations

import re

from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.tables.shape import MAX_ROWS, check_shape, empty_table, hit_policy, too_many_rows

Grid = list[list[t.TableCell]]
"""Rows of cells; a cell without a text is empty."""

_SETTINGS = ("table", "fact", "insert", "hit", "description", "values", "default")
_HEAD = re.compile(r"(in|input|out|output)\b\s*:?\s*(.*?)(?:\s*:\s*([A-Za-z]+\??))?", re.IGNORECASE | re.DOTALL)


def is_table(grid: Grid) -> bool:
    """Whether a sheet says that it holds a table."""
    first = next((row for row in grid if any(cell.text.strip() for cell in row)), [])
    return bool(first) and first[0].text.strip().lower() == "table"


def read_grid(grid: Grid, file: str, diagnostics: Diagnostics) -> t.TableItem | None:
    """The table of a sheet; None if it has errors, which are reported."""
    found = len(diagnostics)
    rows = [row for row in grid if any(cell.text.strip() for cell in row)]
    whole = Span(file, 1, 1, 1, 1)
    if not is_table(grid):
        place = rows[0][0].span if rows else whole
        hint = "begin with a row `table, NAME`"
        diagnostics.add("table-format", "the sheet does not begin with the table's name", place, hint)
        return None
    table = empty_table("", rows[0][0].span)
    extra: list[tuple[str, str, list[t.TableCell]]] = []
    at = 0
    while at < len(rows) and not _is_header(rows[at]):
        _setting(table, rows[at], extra, diagnostics)
        at += 1
    if at == len(rows):
        diagnostics.add(
            "table-format", "the table has no header row", whole, "write cells like `in score`, `out discount`"
        )
        return None
    columns = _header(table, rows[at], diagnostics)
    for key, name, cells in extra:
        _extra(table, key, name, cells, diagnostics)
    if len(rows) - at - 1 > MAX_ROWS:
        raise too_many_rows(len(rows) - at - 1, rows[at][0].span, diagnostics)
    for number, row in enumerate(rows[at + 1 :], 1):
        _row(table, number, row, columns, diagnostics)
    fine = check_shape(table, diagnostics)
    return table if fine and len(diagnostics) == found else None


def tables_of(grids: list[Grid], file: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The tables of all sheets that hold one."""
    wanted = [grid for grid in grids if is_table(grid)] or grids[:1]
    made = []
    for grid in wanted:
        try:
            table = read_grid(grid, file, diagnostics)
        except CompileError:
            continue
        if table is not None:
            made.append(table)
    return t.RuleFile(list(made))


def _is_header(row: list[t.TableCell]) -> bool:
    filled = [cell.text.strip() for cell in row if cell.text.strip()]
    heads = [_HEAD.fullmatch(text) for text in filled]
    return any(h is not None and h[2] for h in heads) and filled[0].split()[0].lower() not in _SETTINGS


def _setting(
    table: t.TableItem,
    row: list[t.TableCell],
    extra: list[tuple[str, str, list[t.TableCell]]],
    diagnostics: Diagnostics,
) -> None:
    first = row[0].text.strip()
    key, _, name = first.partition(" ")
    key = key.lower()
    values = [cell for cell in row[1:] if cell.text.strip()]
    value = values[0] if values else None
    if key in ("values", "default") and name.strip() and values:
        extra.append((key, name.strip(), values))
        return
    if key not in _SETTINGS or name:
        hint = suggest(first, _SETTINGS) or "the header has cells like `in score`, `out discount`"
        diagnostics.add("table-format", f"unknown setting `{first[:40]}`", row[0].span, hint)
        return
    if key == "description":
        return
    if value is None or len(values) > 1:
        diagnostics.add("table-format", f"`{key}` takes one value", row[0].span)
        return
    text = value.text.strip()
    match key:
        case "table":
            table.name, table.name_span = text, value.span
        case "fact":
            table.fact, table.fact_span = text, value.span
        case "insert":
            table.insert, table.insert_span = text, value.span
        case _:
            table.hit = hit_policy(text, value.span, diagnostics)


def _header(table: t.TableItem, row: list[t.TableCell], diagnostics: Diagnostics) -> list[tuple[str, int]]:
    """What each column of the sheet is: (`in`, `out` or nothing, its place)."""
    columns: list[tuple[str, int]] = []
    for cell in row:
        text = cell.text.strip()
        found = _HEAD.fullmatch(text)
        if text.startswith("#") or not text:
            columns.append(("", 0))
        elif found is None or not found[2]:
            hint = "write `in EXPRESSION`, `out FIELD` or `# remark`"
            diagnostics.add("table-format", f"`{text[:40]}` is no head of a column", cell.span, hint)
            columns.append(("", 0))
        else:
            kind = found[1].lower()[:3].removesuffix("p")
            of = table.inputs if kind == "in" else table.outputs
            inner = (
                None
                if cell.inner is None
                else (cell.inner[0], cell.inner[1] + cell.text.index(found[2], len(found[1])))
            )
            head = t.TableCell(cell.span, found[2], None, inner)
            of.append(t.TableColumn(cell.span, head, found[2], found[3]))
            columns.append((kind, len(of) - 1))
    return columns


def _extra(table: t.TableItem, key: str, name: str, cells: list[t.TableCell], diagnostics: Diagnostics) -> None:
    known = {column.head.text: column for column in (*table.inputs, *table.outputs)}
    if name not in known:
        diagnostics.add("table-format", f"the table has no column `{name[:40]}`", cells[0].span, suggest(name, known))
    elif key == "default":
        known[name].default = cells[0]
    else:
        parts = [part for cell in cells for part in cell.text.split(",")] if len(cells) == 1 else []
        known[name].values = [t.TableCell(cells[0].span, part.strip()) for part in parts] or cells


def _row(
    table: t.TableItem,
    number: int,
    row: list[t.TableCell],
    columns: list[tuple[str, int]],
    diagnostics: Diagnostics,
) -> None:
    span = row[0].span
    inputs = [t.TableCell(span, "-") for _ in table.inputs]
    outputs = [t.TableCell(span, "-") for _ in table.outputs]
    for place, cell in enumerate(row):
        if place >= len(columns):
            if cell.text.strip():
                message = f"row {number} has a cell beyond the header's {len(columns)} columns"
                diagnostics.add("table-format", message, cell.span)
                return
            continue
        kind, at = columns[place]
        if kind:
            (inputs if kind == "in" else outputs)[at] = cell
    table.rows.append(t.TableRow(span, number, inputs, outputs))
