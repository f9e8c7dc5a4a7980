"""Decision tables between YAML, CSV and XLSX: equal meaning, remarks kept."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from cybermiles.dsl.cli import dsl
from cybermiles.dsl.compiler import Source, Unit, compile_module
from cybermiles.dsl.convert.tables import convert_table, read_sheet, shape
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.syntax.rule_file import source_text

YAML = """\
# discounts of the season
# since May
table: discount
description: what loyal customers get
fact: Order
hit: F
inputs:
  - category
  - expression: score
    type: number
outputs:
  - field: discount
    type: number
    default: 0

rows:
  - [gold, '>= 700', 0.2]  # the best
  - ['gold, silver', '[500..700)', 0.1]
  - [not(bronze), '-', 0.05]  # the rest
  - ['-', < -3.5, 0]
"""
CSV = """\
table,discount
description,what loyal customers get
description,# discounts of the season
description,# since May
fact,Order
hit,F
default discount,0
in category,in score: number,out discount: number,# remark
gold,>= 700,0.2,the best
"gold, silver",[500..700),0.1,
not(bronze),-,0.05,the rest
-,< -3.5,0,
"""


def _code(name: str, data: bytes) -> bytes:
    return compile_module(Unit(rulesets={"rules": [Source(name, source_text(name, data))]})).code


def test_yaml_and_csv() -> None:
    assert convert_table("a.yaml", YAML.encode(), "csv").decode() == CSV
    assert convert_table("a.csv", CSV.encode(), "yaml").decode() == YAML
    assert format_yaml("a.yaml", YAML) == YAML


@pytest.mark.parametrize(("first", "second"), [*permutations(("yaml", "csv", "xlsx"), 2)])
def test_each_notation_becomes_each_other(first: str, second: str) -> None:
    source = YAML.encode() if first == "yaml" else convert_table("a.yaml", YAML.encode(), first)
    made = convert_table(f"a.{first}", source, second)
    assert shape(read_sheet(f"b.{second}", made).table) == shape(read_sheet("a.yaml", YAML.encode()).table)
    assert _code(f"b.{second}", made) == _code("a.yaml", YAML.encode())
    back = made if second == "yaml" else convert_table(f"b.{second}", made, "yaml")
    assert back.decode() == YAML


def test_numbers_of_a_sheet_are_numbers_if_nothing_is_lost(tmp_path: Path) -> None:
    exact = YAML.replace("0.05", "0.1234567890123456789").replace("'>= 700'", "'= 700'")
    path = tmp_path / "a.xlsx"
    path.write_bytes(convert_table("a.yaml", exact.encode(), "xlsx"))
    page = openpyxl.load_workbook(path).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[8][:3] == ["gold", "= 700", 0.2]
    assert rows[10][2] == "0.1234567890123456789"
    assert page["B9"].data_type == "s"


def test_the_command(tmp_path: Path) -> None:
    table = tmp_path / "a.yaml"
    table.write_text(YAML)

    def run(*args: object) -> tuple[int, str]:
        done = CliRunner().invoke(dsl, ["convert", *map(str, args)])
        return done.exit_code, done.stdout

    assert run(table, "--to", "csv") == (0, CSV)
    assert run(table, "-o", tmp_path / "b.xlsx")[0] == 0
    assert run(tmp_path / "b.xlsx", "--to", "yaml") == (0, YAML)
    assert run(table, "--to", "xlsx")[0] == 2
    assert run(table, "--to", "drl")[0] == 2
