"""Runs the cases of tests/conformance/analysis: which warnings rules get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cybermiles.dsl.compiler import Source, Unit, check_whole

CASES = Path(__file__).parents[2] / "conformance" / "analysis" / "rules.yaml"
CODES = {"never-matches", "self-activation", "missing-null-check", "unused-type"}


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text(encoding="utf-8")), ids=lambda case: case["note"])
def test_case(case: dict[str, Any]) -> None:
    found = check_whole(Unit(rulesets={"rules": [Source("r.drl", case["rules"])]}))
    assert [d for d in found if d.severity == "error"] == []
    assert [d.code for d in found if d.code in CODES] == case["want"]
