"""Coverage of the rows of decision tables: those whose outputs were used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cybermiles.dsl.convert.tables import convert_table
from tests.dsl.scenarios.helpers import run

TABLE = """\
table: discount
fact: Order
hit: {hit}
inputs: [category, score]
outputs: [discount]
rows:
  - [gold, '>= 700', 0.2]
  - [gold, '-', 0.1]
  - ['-', '-', 0]
"""
TESTS = """\
scenarios:
  - name: a
    when: {facts: [{$type: Order, category: gold, score: 800}]}
    then: {counts: {Order: 1}}
"""


def folder(tmp_path: Path, hit: str) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "discount.yaml").write_text(TABLE.replace("{hit}", hit))
    (tmp_path / "tests" / "a.yaml").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize(
    ("hit", "decided"), [("F", [True, False, False]), ("C", [True, True, True]), ("C+", [True, True, True])]
)
def test_rows_that_decided(tmp_path: Path, hit: str, decided: list[bool]) -> None:
    done = run(folder(tmp_path, hit), "--coverage", "--json")
    assert done.exit_code == 0, done.stdout
    rows = json.loads(done.stdout)["coverage"]["rows"]
    assert [(row["row"], row["line"]) for row in rows] == [(1, 7), (2, 8), (3, 9)]
    assert [row["decided"] for row in rows] == decided


def test_a_workbook_beside_its_scenarios(tmp_path: Path) -> None:
    made = folder(tmp_path, "F")
    book = convert_table("discount.yaml", (made / "discount.yaml").read_bytes(), "xlsx")
    (made / "discount.yaml").unlink()
    (made / "discount.xlsx").write_bytes(book)
    done = run(made, "--coverage", "--json")
    assert done.exit_code == 0, done.stdout
    assert [row["decided"] for row in json.loads(done.stdout)["coverage"]["rows"]] == [True, False, False]


def test_the_report(tmp_path: Path) -> None:
    shown = run(folder(tmp_path, "F"), "--coverage").stdout.splitlines()
    assert shown[-3:] == [
        "1 of 3 rows of the table discount decided something",
        "    discount.yaml:8  row 2  never decided",
        "    discount.yaml:9  row 3  never decided",
    ]
