"""Tables in files: encodings of CSV, workbooks good and bad, archives, `decide` and `load_rules`."""

from __future__ import annotations

import datetime
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from cybermiles.dsl.cli import dsl
from cybermiles.dsl.compiler import Source, check_module, compile_rules
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.evaluate import evaluate, read_source, rules_unit
from cybermiles.dsl.syntax.tables import xlsx_table

ROWS: list[list[Any]] = [
    ["table", "t"],
    ["fact", "F"],
    ["hit", "F"],
    ["in größe", "in n: number", "out x", "# why"],
    ["groß, größer", ">= 700", 0.2, "remark"],
    [None, None, None, None],
    ["-", "[500..700)", 7],
    ["-", "-", "(n / 2)"],
]
FACTS = [
    {"$type": "F", "größe": "groß", "n": 700},
    {"$type": "F", "größe": "klein", "n": 500},
    {"$type": "F", "größe": "klein", "n": 900},
]


def csv_text(separator: str = ",") -> str:
    """The rows as CSV."""

    def quoted(value: Any) -> str:
        text = "" if value is None else str(value)
        return f'"{text}"' if separator in text else text

    return "\r\n".join(separator.join(map(quoted, row)) for row in ROWS)


def workbook(rows: list[list[Any]], **cells: Any) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def decided(path: Path, facts: list[dict[str, Any]] = FACTS) -> list[Any]:
    """What the table of a file gives to `x` of each fact."""
    compiled = compile_rules([read_source(path)], fact_types=["F"])
    return [str(fact.get("x")) for fact in evaluate(compiled, facts).facts]


def refused(path: Path) -> tuple[str, int, int]:
    """Message and place of the refusal."""
    with pytest.raises(CompileError) as error:
        read_source(path)
    found = error.value.diagnostics[0]
    assert found.code == "table-file"
    return found.message, found.line, found.column


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "t.csv"
    text = csv_text(separator)
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding))
    assert decided(path) == ["0.2", "7", "450"]


def test_csv_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(csv_text().encode("latin-1"))
    message, line, _ = refused(path)
    assert (message, line) == ("the file is no UTF-8 text: line 4 holds other bytes", 4)
    path.write_bytes(csv_text().encode("utf-16-le"))
    assert "UTF-8" in refused(path)[0] or "zeros" in refused(path)[0]


def test_workbook(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(ROWS))
    assert decided(path) == ["0.2", "7", "450"]


def test_workbook_values_keep_their_kinds(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    rows: list[list[Any]] = [
        ["table", "t"],
        ["fact", "F"],
        ["hit", "F"],
        ["in since: date", "in ok: boolean", "in code: text", "out x"],
        [datetime.date(2026, 1, 31), True, 12, 0.1],
        ["> 2026-01-31", False, "007", 1e-7],
    ]
    path.write_bytes(workbook(rows))
    types = tmp_path / "types.drl"
    types.write_text("declare F since : date ok : boolean code : text x : number end\n")
    compiled = compile_rules([read_source(types), read_source(path)])
    facts: list[dict[str, Any]] = [
        {"$type": "F", "since": "2026-01-31", "ok": True, "code": "12"},
        {"$type": "F", "since": "2026-02-01", "ok": False, "code": "007"},
        {"$type": "F", "since": "2026-02-01", "ok": True, "code": "12"},
    ]
    assert [str(fact["x"]) for fact in evaluate(compiled, facts).facts] == ["0.1", "1E-7", "None"]


def test_several_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["notes of the author"])
    for name, field in (("a", "x"), ("b", "y")):
        sheet = book.create_sheet(name)
        for row in (["table", name], ["fact", "F"], ["in n", f"out {field}"], [1, 2]):
            sheet.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    compiled = compile_rules([read_source(path)], fact_types=["F"])
    found = evaluate(compiled, [{"$type": "F", "n": 1}])
    assert [rule for rule, _ in found.fired] == ["a", "b"]
    assert (found.facts[0]["x"], found.facts[0]["y"]) == (2, 2)


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("C5", "=1+1", "`Sheet!C5` holds a formula"),
        ("B7", "x" * 3000, "`Sheet!B7` has more than 2000 characters"),
        ("C5", "#DIV/0!", "`Sheet!C5` holds the error #DIV/0!"),
    ],
)
def test_cells_that_cannot_be_taken(tmp_path: Path, cell: str, value: str, message: str) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(ROWS, **{cell: value}))
    found, line, column = refused(path)
    assert (found, line, column) == (message, int(cell[1:]), ord(cell[0]) - 64)


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one more part."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def test_workbooks_of_strangers(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    good = workbook(ROWS)
    for data, message in [
        (repacked(good, "xl/vbaProject.bin", b"x"), "the workbook holds macros"),
        (repacked(good, "xl/bomb.xml", b" " * (xlsx_table.MAX_UNPACKED + 1)), "unpacks to more than"),
        (repacked(good, "xl/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]>'), "declares entities"),
        (good[:500], "is no workbook"),
        (good[:100] + b"\0" * 50 + good[150:], ""),
        (b"", "is no workbook"),
        (b"x" * (xlsx_table.MAX_PACKED + 1), "has more than"),
    ]:
        path.write_bytes(data)
        assert message in refused(path)[0]


def test_a_sheet_of_a_million_rows(tmp_path: Path) -> None:
    """A small file may claim any number of rows: reading stops soon."""
    path = tmp_path / "t.xlsx"
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>table</t></is></c></row>'
        '<row r="1000000"><c r="A1000000"><v>1</v></c></row></sheetData></worksheet>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = sheet.encode() if part.filename == "xl/worksheets/sheet1.xml" else old.read(part)
            new.writestr(part.filename, content)
    path.write_bytes(out.getvalue())
    message, line, _ = refused(path)
    assert message == "the sheet `Sheet` has more than 16384 rows"
    assert line == 16_485


def test_too_many_rows_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("table,t\nin n,out x\n" + "1,2\n" * 16_385)
    found = check_module(rules_unit([read_source(path)]))
    assert [(d.code, d.message) for d in found] == [("table-file", "the table has 16385 rows, more than 16384")]


def test_archive_scripts_and_rules_ask_tables(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "contract.yaml").write_text(
        "name: t\nversion: 1.0.0\nlicense: Apache-2.0\npermissions: []\nendpoints:\n"
        "  ask: {args: {n: number}, returns: any, script: scripts/ask.js}\n"
        "  open: {args: {n: number}, returns: any, script: scripts/open.js}\n"
    )
    (tmp_path / "rules" / "tariff.csv").write_text("table,tariff\nfact,F\nin n: number,out x\n< 10,1\n>= 10,n * 2\n")
    (tmp_path / "rules" / "all.yaml").write_text(
        "table: all\nhit: R\ninputs: [a, b]\noutputs: [x, y]\nrows: [[1, '-', p, q], ['-', 2, r, s]]\n"
    )
    (tmp_path / "scripts" / "ask.js").write_text(
        'const all = decide("all", { a: 1, b: 2 });\n'
        'return [decide("tariff", { n: n }), all.length, all[1].x, decide("all", { a: 2, b: 1 }).length];\n'
    )
    (tmp_path / "scripts" / "open.js").write_text(
        'const s = load_rules("tariff.csv");\nconst f = new F();\nf.n = n;\ns.send(f);\nreturn f.x;\n'
    )
    for endpoint, want in (("ask", ["24", "2", "r", "0"]), ("open", "24")):
        ran = CliRunner().invoke(dsl, ["call", str(tmp_path), endpoint, "--args", '{"n": 12}', "--json"])
        assert ran.exit_code == 0, ran.output
        assert json.loads(ran.stdout)["result"] == want


def test_rules_ask_tables(tmp_path: Path) -> None:
    table = tmp_path / "t.yaml"
    table.write_text("table: tariff\ninputs: [n]\noutputs: [x]\nrows: [['< 10', 1], ['>= 10', 2]]\n")
    rules = tmp_path / "r.drl"
    rules.write_text(
        'rule "a" when $f : F( decide("tariff", this) == 2 ) then $f.x = decide("tariff", $f) + 1; end\n'
        'rule "b" when $f : F( n == 99 ) then $f.x = decide("tarif", $f); end\n'
    )
    found = check_module(rules_unit([read_source(table), read_source(rules)]))
    assert [(d.code, d.hint) for d in found if d.severity == "error"] == [("unknown-table", "did you mean `tariff`?")]
    rules.write_text(rules.read_text().split('rule "b"')[0])
    compiled = compile_rules([read_source(table), read_source(rules)], fact_types=["F"])
    found_facts = evaluate(compiled, [{"$type": "F", "n": 12}, {"$type": "F", "n": 1}]).facts
    assert [fact.get("x") for fact in found_facts] == [3, None]


def test_a_folder_holds_sheets_of_other_things_too(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("name,age\nAnn,7\n")
    (tmp_path / "data.xlsx").write_bytes(workbook([["name", "age"], ["Ann", 7]]))
    assert CliRunner().invoke(dsl, ["check", str(tmp_path)]).exit_code == 0
    (tmp_path / "t.csv").write_text("table,t\nfact,F\nin n,out x\n[2..1],1\n")
    (tmp_path / "t.xlsx").write_bytes(workbook([["table", "u"], ["fact", "F"], ["in n", "out x"], ["[2..1]", 1]]))
    found = json.loads(CliRunner().invoke(dsl, ["check", str(tmp_path), "--json"]).stdout)
    errors = [(Path(d["file"]).name, d["code"], d["line"]) for d in found if d["severity"] == "error"]
    assert errors == [("t.csv", "table-cell", 4), ("t.xlsx", "table-cell", 4)]


def test_any_text_is_a_table_or_refused() -> None:
    """Mutations of a good file end in diagnostics, never in another exception."""
    pick = random.Random(4)
    good = csv_text()
    pieces = ['"', ",", "\n", "[", ")", "..", "?", "not(", "-", "é", "\\", "="]
    for _ in range(150):
        text = list(good)
        for _ in range(pick.randrange(1, 5)):
            at = pick.randrange(len(text))
            text[at : at + pick.randrange(3)] = pick.choice(pieces)
        source = Source("t.csv", "".join(text))
        found = check_module(rules_unit([source]))
        if not any(d.severity == "error" for d in found):
            compile_rules([source])
