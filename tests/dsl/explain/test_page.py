"""The example of docs/explain.md prints what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cybermiles.dsl.cli import dsl

PAGE = (Path(__file__).parents[3] / "docs" / "explain.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("offers.drl").write_text(block("drl"))
    Path("facts.json").write_text(block("json"))
    shown = CliRunner().invoke(dsl, ["eval", "offers.drl", "--facts", "facts.json", "--trace"]).stdout
    without_gas = re.sub(r" \(gas [\d,]+\)", "", shown)
    assert without_gas.startswith(block("text"))
