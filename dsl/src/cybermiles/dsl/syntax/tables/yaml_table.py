"""A decision table in YAML: a mapping with the key `table`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, Path
from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.tables.shape import MAX_ROWS, check_shape, empty_table, hit_policy, too_many_rows

KEYS = ("table", "description", "fact", "insert", "hit", "inputs", "outputs", "rows")
_COLUMN_KEYS = ("expression", "field", "label", "type", "values", "default", "description")
_ROW_KEYS = ("when", "then", "description")


def parse_yaml_table(document: Document, diagnostics: Diagnostics) -> t.RuleFile:
    """The table of the file; nothing if it has errors."""
    try:
        table = _Reader(document, diagnostics).run()
    except CompileError:
        return t.RuleFile([])
    return t.RuleFile([table] if table is not None else [])


class _Reader:
    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        self.document = document
        self.diagnostics = diagnostics
        self.errors = 0

    def run(self) -> t.TableItem | None:
        data = self.document.data
        table = empty_table(str(data["table"]), self.document.span(("table",)))
        for key in data:
            if key not in KEYS:
                self._add(f"unknown key `{key}` of a table", (key,), suggest(key, KEYS))
        if not isinstance(data["table"], str) or not data["table"].strip():
            self._add("`table` is the table's name", ("table",))
        for key in ("fact", "insert"):
            if data.get(key) is not None:
                if isinstance(data[key], str):
                    setattr(table, key, data[key])
                    setattr(table, f"{key}_span", self.document.span((key,)))
                else:
                    self._add(f"`{key}` is the name of a type", (key,))
        table.hit = hit_policy(str(data.get("hit", "U")), self.document.span(("hit",)), self.diagnostics)
        table.inputs = self._columns("inputs", "expression")
        table.outputs = self._columns("outputs", "field")
        rows = data.get("rows")
        if not isinstance(rows, list):
            self._add("`rows` is a list of rows", ("rows",))
            return None
        if len(rows) > MAX_ROWS:
            raise too_many_rows(len(rows), self.document.span(("rows",)), self.diagnostics)
        for index, row in enumerate(rows):
            self._row(table, index, row)
        fine = check_shape(table, self.diagnostics)
        return table if fine and not self.errors else None

    def _add(self, message: str, path: Path, hint: str | None = None) -> None:
        self.errors += 1
        self.diagnostics.add("table-format", message, self.document.span(path), hint)

    def _columns(self, key: str, head: str) -> list[t.TableColumn]:
        entries = self.document.data.get(key, [])
        if not isinstance(entries, list):
            self._add(f"`{key}` is a list of columns", (key,))
            return []
        made = (self._column((key, index), entry, head) for index, entry in enumerate(entries))
        return [column for column in made if column is not None]

    def _column(self, path: Path, entry: Any, head: str) -> t.TableColumn | None:
        span = self.document.span(path)
        if isinstance(entry, str):
            return t.TableColumn(span, self.cell(path, entry), entry)
        if not isinstance(entry, dict) or not isinstance(entry.get(head), str):
            self._add(f"a column is a text, or a mapping with `{head}`", path)
            return None
        for key in entry:
            if key not in _COLUMN_KEYS:
                self._add(f"unknown key `{key}` of a column", (*path, key), suggest(key, _COLUMN_KEYS))
        column = t.TableColumn(span, self.cell((*path, head), entry[head]), str(entry.get("label", entry[head])))
        if isinstance(entry.get("type"), str):
            column.type = entry["type"]
        values = entry.get("values", [])
        if not isinstance(values, list):
            self._add("`values` is a list", (*path, "values"))
            values = []
        column.values = [self.cell((*path, "values", index), value) for index, value in enumerate(values)]
        if "default" in entry:
            column.default = self.cell((*path, "default"), entry["default"])
        return column

    def _row(self, table: t.TableItem, index: int, row: Any) -> None:
        path: Path = ("rows", index)
        wide, all_ = len(table.inputs), len(table.inputs) + len(table.outputs)
        if isinstance(row, list):
            if len(row) != all_:
                self._add(f"the row has {len(row)} cells, the table {all_} columns", path)
                return
            cells = [self.cell((*path, at), value) for at, value in enumerate(row)]
            table.rows.append(t.TableRow(self.document.span(path), index + 1, cells[:wide], cells[wide:]))
            return
        if not isinstance(row, dict):
            self._add("a row is a list of cells, or a mapping with `when` and `then`", path)
            return
        for key in row:
            if key not in _ROW_KEYS:
                self._add(f"unknown key `{key}` of a row", (*path, key), suggest(key, _ROW_KEYS))
        inputs = self._named(path, row, "when", table.inputs)
        outputs = self._named(path, row, "then", table.outputs)
        if inputs is not None and outputs is not None:
            table.rows.append(t.TableRow(self.document.span(path), index + 1, inputs, outputs))

    def _named(
        self, path: Path, row: dict[str, Any], key: str, columns: list[t.TableColumn]
    ) -> list[t.TableCell] | None:
        """The cells of a part of a row, as a list or by the columns' names; those not named are `-`."""
        value, path = row.get(key, {}), (*path, key)
        if isinstance(value, list) and len(value) == len(columns):
            return [self.cell((*path, at), item) for at, item in enumerate(value)]
        if not isinstance(value, dict):
            self._add(f"`{key}` is a list of {len(columns)} cells, or a mapping from columns to cells", path)
            return None
        names = {name: at for at, column in enumerate(columns) for name in (column.label, column.head.text)}
        span = self.document.span(path)
        cells = [t.TableCell(span, "-") for _ in columns]
        for name, item in value.items():
            if name not in names:
                self._add(f"the table has no column `{name}`", (*path, name), suggest(name, names))
                continue
            cells[names[name]] = self.cell((*path, name), item)
        return cells

    def cell(self, path: Path, value: Any) -> t.TableCell:
        """A cell of a value of the file."""
        span = self.document.span(path)
        match value:
            case None:
                return t.TableCell(span, "-" if not self._written(path) else self._written(path))
            case bool() | int() | Decimal():
                return t.TableCell(span, self._written(path), value)
            case str():
                return t.TableCell(span, value, None, self._inner(path, value, span))
            case list():
                items = [self.cell((*path, at), item) for at, item in enumerate(value)]
                return t.TableCell(span, ", ".join(item.text for item in items), items=items)
        self._add("a cell is a text, a number, a truth value or a list of them", path)
        return t.TableCell(span, "-")

    def _written(self, path: Path) -> str:
        scalar = self.document.scalars.get(path)
        return scalar.text if scalar else ""

    def _inner(self, path: Path, value: str, span: Span) -> tuple[int, int] | None:
        scalar = self.document.scalars.get(path)
        if scalar is None or span.line != span.end_line or scalar.style in ("|", ">") or "\\" in value:
            return None
        return scalar.line, scalar.column + (1 if scalar.style else 0)
