"""A decision table as CSV: separated by commas, semicolons or tabs; texts with separators or line breaks in quotes."""

from __future__ import annotations

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.tables.grid import Grid, tables_of
from cybermiles.dsl.syntax.tables.shape import MAX_COLUMNS

_SEPARATORS = ",;\t"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def csv_text(data: bytes, file: str) -> str:
    """The text of a CSV file: UTF-8 with or without a byte order mark, or UTF-16 with one. Raises CompileError."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"the file is no {encoding.upper().removesuffix('-SIG')} text: line {line} holds other bytes"
        hint = "save it as `CSV UTF-8`"
        raise Diagnostics().fail("table-file", message, Span(file, line, 1, line, 1), hint) from None
    if "\0" in text:
        hint = "save it as `CSV UTF-8`"
        raise Diagnostics().fail("table-file", "the file is no text: it holds zeros", Span(file, 1, 1, 1, 1), hint)
    return text


def parse_csv_table(file: str, text: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The table of a CSV file; nothing if it has errors, which are reported."""
    try:
        grid = csv_cells(file, text)
    except ValueError as error:
        message, line, column = error.args
        diagnostics.add("table-file", message, Span(file, line, column, line, column))
        return t.RuleFile([])
    return tables_of([grid], file, diagnostics)


def _separator(text: str) -> str:
    """The separator that stands first in the text; the first row names the table."""
    head = text.lstrip()[:200]
    return next((c for c in head if c in _SEPARATORS), ",")


def csv_cells(file: str, text: str) -> Grid:
    """The cells with their places. Raises ValueError(message, line, column)."""
    separator = _separator(text)
    rows: Grid = []
    row: list[t.TableCell] = []
    at, line, start = 0, 1, 0
    end = len(text)
    while at <= end:
        column = at - start + 1
        first_line = line
        if at < end and text[at] == '"':
            parts: list[str] = []
            at += 1
            while True:
                close = text.find('"', at)
                if close < 0:
                    raise ValueError("a cell's closing quote is missing", first_line, column)
                parts.append(text[at:close])
                at = close + 1
                if text[at : at + 1] != '"':
                    break
                parts.append('"')
                at += 1
            value = "".join(parts)
            if breaks := value.count("\n"):
                line += breaks
                start = text.rindex("\n", 0, at) + 1
            if at < end and text[at] not in separator + "\r\n":
                raise ValueError("a quote within a cell is written twice", line, at - start + 1)
            inner = (first_line, column + 1) if len(parts) == 1 and not breaks else None
        else:
            stop = at
            while stop < end and text[stop] not in separator + "\r\n":
                stop += 1
            value, at = text[at:stop], stop
            inner = (first_line, column)
        span = Span(file, first_line, column, line, at - start + 1)
        row.append(t.TableCell(span, value, None, inner))
        if len(row) > 3 * MAX_COLUMNS:
            raise ValueError(f"row {len(rows) + 1} has more than {3 * MAX_COLUMNS} cells", line, column)
        if at < end and text[at] == separator:
            at += 1
            continue
        rows.append(row)
        row = []
        if at >= end:
            break
        at += 2 if text[at : at + 2] == "\r\n" else 1
        line, start = line + 1, at
    return rows
