"""Decision tables between their notations: YAML, CSV, XLSX. Equal meaning, remarks kept.

A table is read into a ``Sheet``: the syntax tree and the words around it. In YAML words are comments and descriptions;
on a sheet they are rows `description` and a column `# remark`.
"""

from __future__ import annotations

import bisect
import csv
import datetime
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, load
from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.convert.yaml_format import notes
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics
from cybermiles.dsl.ir import NOWHERE
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.rule_file import parse_rule_file, source_text
from cybermiles.dsl.syntax.tables.csv_table import csv_cells

_WIDTH = 110
"""Columns that a row in YAML may have on one line."""
_STAMP = datetime.datetime(2020, 1, 1)  # noqa: DTZ001 - a workbook has no zones


@dataclass(slots=True)
class Sheet:
    """A table, with what its author wrote about it and about each of its rows."""

    table: t.TableItem
    about: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Of each row; empty for none."""


def convert_table(file: str, data: bytes, target: str) -> bytes:
    """The table of a file in another notation: `yaml`, `csv` or `xlsx`. Raises CompileError."""
    sheet = read_sheet(file, data)
    made = _WRITERS[target](sheet)
    again = read_sheet(f"converted.{target}", made)
    if shape(again.table) != shape(sheet.table):
        raise CompilerBug(f"converting `{file}` would change its meaning")
    return made


def is_table(file: str, data: bytes) -> bool:
    """Whether a file holds a decision table."""
    try:
        return any(isinstance(item, t.TableItem) for item in _parse(file, source_text(file, data)).items)
    except (CompileError, UnicodeDecodeError):
        return False


def read_sheet(file: str, data: bytes) -> Sheet:
    """The one table of a file. Raises CompileError."""
    text = source_text(file, data)
    tables = [item for item in _parse(file, text).items if isinstance(item, t.TableItem)]
    if len(tables) != 1:
        message = f"`{file}` holds {len(tables)} tables; one is converted at a time"
        raise Diagnostics().fail("table-format", message, NOWHERE._replace(file=file, line=1, column=1))
    if file.endswith((".yaml", ".yml")):
        return _yaml_words(tables[0], load(text.encode(), file, Diagnostics()))
    return _grid_words(tables[0], grid_of(file, text))


def _parse(file: str, text: str) -> t.RuleFile:
    findings = Diagnostics()
    made = parse_rule_file(file, text, findings)
    findings.check()
    return made


def shape(table: t.TableItem) -> Any:
    """What a table means: texts without the space around them, numbers and values as written."""
    return (
        *(table.name.strip(), table.fact, table.insert, table.hit),
        *([_column(column) for column in columns] for columns in (table.inputs, table.outputs)),
        [([_cell(c) for c in row.inputs], [_cell(c) for c in row.outputs]) for row in table.rows],
    )


def _column(column: t.TableColumn) -> Any:
    default = None if column.default is None else _cell(column.default)
    return (column.head.text.strip(), column.type, [_cell(value) for value in column.values], default)


def _cell(cell: t.TableCell) -> str:
    if cell.items is not None:
        return ", ".join(_cell(item) for item in cell.items)
    return cell.text.strip() or "-"


# --- the words around a table


def _yaml_words(table: t.TableItem, document: Document) -> Sheet:
    """Comments and descriptions: those of rows stand at them, all others are about the table."""
    sheet = Sheet(table, remarks=["" for _ in table.rows])
    rows = document.data.get("rows") or []
    if isinstance(document.data.get("description"), str):
        sheet.about += document.data["description"].strip().split("\n")
    starts = [_start(document, ("rows", index)) for index in range(len(rows))]
    for index, row in enumerate(rows):
        if isinstance(row, dict) and isinstance(row.get("description"), str):
            _remark(sheet, index, row["description"])
    for note in notes(document):
        at = bisect.bisect_right(starts, note.at) - 1 if note.behind else bisect.bisect_left(starts, note.at)
        text = " ".join(line.strip() for line in note.lines)
        if (
            not starts
            or not 0 <= at < len(rows)
            or (note.at < starts[0] and not _directly_above(document, note, starts[0]))
        ):
            sheet.about.append(f"# {text}")
        else:
            _remark(sheet, at, text)
    return sheet


def _start(document: Document, path: tuple[str | int, ...]) -> int:
    """Where the first scalar of a part stands."""
    found = [s.start for where, s in (*document.scalars.items(), *document.keys.items()) if where[: len(path)] == path]
    return min(found, default=0)


def _directly_above(document: Document, note: out.Note, start: int) -> bool:
    key = document.keys.get(("rows",))
    return key is not None and key.start < note.at < start


def _remark(sheet: Sheet, row: int, text: str) -> None:
    text = " ".join(text.split())
    sheet.remarks[row] = f"{sheet.remarks[row]}; {text}" if sheet.remarks[row] else text


def _grid_words(table: t.TableItem, grid: Sequence[Sequence[str]]) -> Sheet:
    """Rows `description` and columns `#`."""
    sheet = Sheet(table)
    rows = [row for row in grid if any(text.strip() for text in row)]
    header = next(i for i, row in enumerate(rows) if _is_header(row))
    for row in rows[:header]:
        if row[0].strip().lower() == "description":
            sheet.about.append(" ".join(text.strip() for text in row[1:] if text.strip()))
    marked = [at for at, text in enumerate(rows[header]) if text.strip().startswith("#")]
    for row in rows[header + 1 :]:
        words = [row[at].strip() for at in marked if at < len(row) and row[at].strip()]
        sheet.remarks.append("; ".join(words))
    return sheet


def _is_header(row: Sequence[str]) -> bool:
    words = [text.split()[0].lower() for text in row if text.strip()]
    return any(word in ("in", "out", "input", "output") for word in words) and words[0] != "description"


# --- YAML


def _to_yaml(sheet: Sheet) -> bytes:
    table = sheet.table
    about = [line for line in sheet.about if not line.startswith("#")]
    entries = [_entry("table", out.Text(table.name))]
    entries[0].comments = [line[1:] for line in sheet.about if line.startswith("#")]
    if about:
        entries.append(_entry("description", out.Text("\n".join(about) + "\n" if len(about) > 1 else about[0])))
    for key, value in (("fact", table.fact), ("insert", table.insert)):
        if value is not None:
            entries.append(_entry(key, out.Text(value)))
    entries.append(_entry("hit", out.Text(table.hit)))
    for key, head, columns in (("inputs", "expression", table.inputs), ("outputs", "field", table.outputs)):
        if columns:
            entries.append(_entry(key, out.Listing([out.Entry(_yaml_column(column, head)) for column in columns])))
    rows = [
        _yaml_row(row, sheet.remarks[index] if index < len(sheet.remarks) else "")
        for index, row in enumerate(table.rows)
    ]
    entries.append(_entry("rows", out.Listing(rows)))
    entries[-1].blank_before = True
    return out.emit(out.Mapping(entries)).encode()


def _entry(key: str, value: out.Node) -> out.Entry:
    return out.Entry(value, out.Text(key))


def _yaml_column(column: t.TableColumn, head: str) -> out.Node:
    if column.type is None and not column.values and column.default is None:
        return out.Text(column.head.text)
    entries = [_entry(head, out.Text(column.head.text))]
    if column.type is not None:
        entries.append(_entry("type", out.Text(column.type)))
    if column.values:
        entries.append(_entry("values", out.Flow("[" + ", ".join(_flow(value) for value in column.values) + "]")))
    if column.default is not None:
        entries.append(_entry("default", out.Raw(_flow(column.default))))
    return out.Mapping(entries)


def _yaml_row(row: t.TableRow, remark: str) -> out.Entry:
    cells = [_flow(cell) for cell in (*row.inputs, *row.outputs)]
    flow = "[" + ", ".join(cells) + "]"
    note = f" {remark}" if remark else None
    if len(flow) <= _WIDTH:
        if note is None or len(flow) + len(note) <= _WIDTH:
            return out.Entry(out.Flow(flow), trailing=note)
        return out.Entry(out.Flow(flow), comments=[note])
    whole = [out.Entry(out.Raw(cell)) for cell in cells]
    return out.Entry(out.Listing(whole), comments=[note] if note is not None else [])


def _flow(cell: t.TableCell) -> str:
    """A cell within `[ ]`: a number or truth value as such, else a text."""
    if cell.items is not None:
        return "[" + ", ".join(_flow(item) for item in cell.items) + "]"
    text = cell.text.strip() or "-"
    if isinstance(cell.value, int | Decimal) or _plain_number(text):
        return text
    return out.quote(text, flow=True)


def _plain_number(text: str) -> bool:
    """Whether a text is a number that YAML reads as the same number."""
    digits = text.removeprefix("-")
    whole, _, fraction = digits.partition(".")
    return (
        whole.isdecimal()
        and whole.isascii()
        and (whole == "0" or whole[0] != "0")
        and ("." not in digits or (fraction.isdecimal() and fraction.isascii()))
    )


# --- sheets


def _rows(sheet: Sheet) -> list[list[t.TableCell | str]]:
    """The rows of a sheet."""
    table = sheet.table
    rows: list[list[t.TableCell | str]] = [["table", table.name.strip()]]
    rows += [["description", line] for line in sheet.about]
    rows += [[key, value] for key, value in (("fact", table.fact), ("insert", table.insert)) if value is not None]
    rows.append(["hit", table.hit])
    for column in (*table.inputs, *table.outputs):
        if column.values:
            rows.append([f"values {column.head.text}", *column.values])
        if column.default is not None:
            rows.append([f"default {column.head.text}", column.default])
    marked = any(sheet.remarks)
    head: list[t.TableCell | str] = []
    for word, columns in (("in", table.inputs), ("out", table.outputs)):
        head += [f"{word} {c.head.text.strip()}" + (f": {c.type}" if c.type else "") for c in columns]
    rows.append([*head, "# remark"] if marked else head)
    for index, row in enumerate(table.rows):
        cells: list[t.TableCell | str] = [*row.inputs, *row.outputs]
        rows.append([*cells, sheet.remarks[index]] if marked else cells)
    return rows


def _to_csv(sheet: Sheet) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    for row in _rows(sheet):
        writer.writerow([cell if isinstance(cell, str) else _cell(cell) for cell in row])
    return made.getvalue().encode()


def _to_xlsx(sheet: Sheet) -> bytes:
    from openpyxl import Workbook  # takes long to load

    book = Workbook()
    book.properties.created = book.properties.modified = _STAMP
    page = book.worksheets[0]
    page.title = "".join(c for c in sheet.table.name if c not in "[]:*?/\\'")[:31] or "table"
    for number, row in enumerate(_rows(sheet), 1):
        for column, cell in enumerate(row, 1):
            value = cell if isinstance(cell, str) else _value(cell)
            placed = page.cell(number, column, value)
            if isinstance(value, str):
                placed.data_type = "s"  # a text that begins with `=` is no formula
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _value(cell: t.TableCell) -> str | int | float | bool:
    """A cell as a value of a sheet; a number that a sheet would round stays a text."""
    text = _cell(cell)
    if isinstance(cell.value, bool):
        return cell.value
    if cell.items is None and _plain_number(text):
        number = Decimal(text)
        if number == number.to_integral_value() and abs(number) < 2**53 and "." not in text:
            return int(number)
        if format(Decimal(repr(float(number))), "f") == text:
            return float(number)
    return text


def grid_of(file: str, text: str) -> list[list[str]]:
    """The texts of the cells of a CSV file, or of a workbook's sheet that holds the table."""
    if file.endswith(".csv"):
        return [[cell.text for cell in row] for row in csv_cells(file, text)]
    sheets = [[[_text(value) for value in row] for row in sheet["rows"]] for sheet in json.loads(text)["sheets"]]
    wanted = (rows for rows in sheets if next((r[0] for r in rows if any(r)), "").strip().lower() == "table")
    return next(wanted, sheets[0] if sheets else [])


def _text(value: Any) -> str:
    return "" if value is None else str(value if isinstance(value, str) else value[1])


_WRITERS: dict[str, Callable[[Sheet], bytes]] = {"yaml": _to_yaml, "csv": _to_csv, "xlsx": _to_xlsx}
