"""The examples of docs/decision-tables.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cybermiles.dsl.cli import dsl
from cybermiles.dsl.compiler import Source, check_module
from cybermiles.dsl.evaluate import rules_unit

PAGE = Path(__file__).parents[3] / "docs" / "decision-tables.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[Any]:
    """(suffix, table, facts, the facts afterwards, findings)"""
    out: list[dict[str, str]] = []
    for language, kind, body in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "table":
            out.append({"suffix": language, "table": body})
        else:
            out[-1][kind or language] = body
    return [pytest.param(example, id=example["table"].split("\n")[0]) for example in out]


@pytest.mark.parametrize("example", examples())
def test_example(example: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / f"example.{example['suffix']}"
    path.write_text(example["table"], encoding="utf-8")
    findings = [
        d for d in check_module(rules_unit([Source(path.name, example["table"])])) if d.code != "undeclared-type"
    ]
    if "check" in example:
        assert [f"{d.code}: {d.message}" for d in findings] == example["check"].splitlines()
    assert not [d for d in findings if d.severity == "error"]
    if "json" in example:
        facts = tmp_path / "facts.json"
        facts.write_text(example["json"], encoding="utf-8")
        ran = CliRunner().invoke(dsl, ["eval", str(path), "--facts", str(facts)], catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        assert [line for line in ran.stdout.splitlines() if line.startswith("#")] == example["text"].splitlines()
