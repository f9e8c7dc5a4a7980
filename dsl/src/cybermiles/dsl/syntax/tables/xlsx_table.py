"""Decision tables in XLSX workbooks: every sheet whose first cell is `table` holds one.

A workbook comes from strangers: its parts are counted while they are unpacked, entities and macros are refused,
nothing is evaluated. It is read once, into a plain text (JSON) that stands for it from then on.
"""

from __future__ import annotations

import datetime
import io
import json
import struct
import warnings
import zipfile
import zlib
from decimal import Decimal
from typing import Any

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.ir import Span, Temporal
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import parse_number
from cybermiles.dsl.syntax.tables.grid import Grid, tables_of
from cybermiles.dsl.syntax.tables.shape import MAX_CELL, MAX_COLUMNS, MAX_ROWS

MAX_PACKED = 4 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 1_000
MAX_SHEETS = 50
_SETTINGS_ROWS = 100
"""Rows that a sheet may have beside those of the table."""
_CHUNK = 64 * 1024
_EPOCH = datetime.date(1970, 1, 1)


def xlsx_text(data: bytes, file: str) -> str:
    """The sheets of a workbook as JSON. Raises CompileError with sheet, row and column of what cannot be taken."""
    _check_package(data, file)
    try:
        return _read(data, file)
    except CompileError:
        raise
    except Exception as error:  # the library raises whatever the bytes lead it to
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise _refuse(f"the workbook is damaged: {reason}", file) from error


def parse_xlsx_table(file: str, text: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The tables of a workbook's text; those with errors are reported and left out."""
    grids: list[Grid] = []
    for sheet in json.loads(text)["sheets"]:
        grid: Grid = []
        for number, cells in enumerate(sheet["rows"], 1):
            row = [_cell(value, Span(file, number, at, number, at + 1)) for at, value in enumerate(cells, 1)]
            grid.append(row or [t.TableCell(Span(file, number, 1, number, 2), "")])
        grids.append(grid)
    return tables_of(grids, file, diagnostics)


def holds_table(text: str) -> bool:
    """Whether any sheet of a workbook's text says that it holds a table."""
    first = (sheet["rows"][0][:1] for sheet in json.loads(text)["sheets"] if sheet["rows"])
    return any(str(cells[0]).strip().lower() == "table" for cells in first if cells)


def _cell(value: Any, span: Span) -> t.TableCell:
    match value:
        case None:
            return t.TableCell(span, "")
        case str():
            return t.TableCell(span, value)
        case ["number", text]:
            number = parse_number(text.removeprefix("-"))
            signed = -number if text.startswith("-") and number is not None else number
            return t.TableCell(span, text, signed)
        case ["bool", truth]:
            return t.TableCell(span, "true" if truth else "false", bool(truth))
        case [kind, text]:
            return t.TableCell(span, text, Temporal(kind, text))
    return t.TableCell(span, str(value))


def _refuse(message: str, file: str, row: int = 1, column: int = 1, hint: str | None = None) -> CompileError:
    return Diagnostics().fail("table-file", message, Span(file, row, column, row, column + 1), hint)


def _check_package(data: bytes, file: str) -> None:
    """The bounds of the zip file, counted while it is unpacked; its header is never believed."""
    if len(data) > MAX_PACKED:
        raise _refuse(f"the workbook has more than {MAX_PACKED} bytes", file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS:
                raise _refuse(f"the workbook has more than {MAX_PARTS} parts", file)
            total = 0
            for part in parts:
                if "vbaproject" in part.filename.lower() or "macrosheets" in part.filename.lower():
                    raise _refuse("the workbook holds macros", file, hint="save it as `.xlsx`, without macros")
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _refuse(f"`{part.filename[:60]}` is compressed by an unknown method", file)
                with packed.open(part) as stream:
                    tail = b""
                    while chunk := stream.read(_CHUNK):
                        total += len(chunk)
                        if total > MAX_UNPACKED:
                            raise _refuse(f"the workbook unpacks to more than {MAX_UNPACKED} bytes", file)
                        if b"<!ENTITY" in tail + chunk or b"<!DOCTYPE" in tail + chunk:
                            raise _refuse(f"`{part.filename[:60]}` declares entities", file)
                        tail = chunk[-16:]
    except CompileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise _refuse("the file is no workbook (XLSX)", file) from error
    except (RuntimeError, struct.error) as error:
        raise _refuse("the workbook is damaged or encrypted", file) from error


def _read(data: bytes, file: str) -> str:
    from openpyxl import load_workbook  # takes long to load, and few commands need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = book.worksheets
        if len(sheets) > MAX_SHEETS:
            raise _refuse(f"the workbook has more than {MAX_SHEETS} sheets", file)
        made = []
        for sheet in sheets:
            sheet.reset_dimensions()
            rows: list[list[Any]] = []
            holds = True
            for number, cells in enumerate(sheet.iter_rows(), 1):
                if number == 1:
                    holds = bool(cells) and str(cells[0].value).strip().lower() == "table"
                if not holds and (number > 1 or len(sheets) > 1):
                    break  # a sheet of something else
                rows.append(_row(sheet.title, number, cells, file))
            made.append({"name": sheet.title, "rows": rows})
    return json.dumps({"sheets": made}, ensure_ascii=False)


def _row(sheet: str, number: int, cells: Any, file: str) -> list[Any]:
    if number > MAX_ROWS + _SETTINGS_ROWS:
        message = f"the sheet `{sheet}` has more than {MAX_ROWS} rows"
        raise _refuse(message, file, number, 1, "split the table by one of its inputs")
    if len(cells) > 3 * MAX_COLUMNS:
        message = f"the sheet `{sheet}` has more than {3 * MAX_COLUMNS} columns in row {number}"
        raise _refuse(message, file, number, 3 * MAX_COLUMNS + 1)
    made = [_value(sheet, number, column, cell, file) for column, cell in enumerate(cells, 1)]
    while made and made[-1] is None:
        made.pop()
    return made


def place(sheet: str, row: int, column: int) -> str:
    """``Sheet1!C7``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row}"


def _value(sheet: str, row: int, column: int, cell: Any, file: str) -> Any:
    value = cell.value
    where = place(sheet, row, column)
    if getattr(cell, "data_type", "") == "f":
        hint = "copy the cell and paste its value"
        raise _refuse(f"`{where}` holds a formula", file, row, column, hint)
    if getattr(cell, "data_type", "") == "e":
        raise _refuse(f"`{where}` holds the error {value}", file, row, column)
    match value:
        case None:
            return None
        case bool():
            return ["bool", value]
        case int():
            return ["number", str(value)]
        case float():
            text = format(Decimal(repr(value)), "f")
            if parse_number(text.removeprefix("-")) is None:
                raise _refuse(f"`{where}` holds a number that does not fit 34 digits", file, row, column)
            return ["number", text]
        case datetime.datetime():
            if value.time() == datetime.time():
                return ["date", value.date().isoformat()]
            return ["datetime", value.replace(microsecond=0).isoformat() + "Z"]
        case datetime.date():
            return ["date", value.isoformat()]
        case datetime.time():
            return ["time", value.replace(microsecond=0).isoformat()]
        case datetime.timedelta():
            return ["duration", f"PT{int(value.total_seconds())}S"]
        case str():
            if len(value) > MAX_CELL:
                raise _refuse(f"`{where}` has more than {MAX_CELL} characters", file, row, column)
            return value
    raise _refuse(f"`{where}` holds a {type(value).__name__}", file, row, column)
