"""Runs the rule language cases of tests/conformance/drl and the worked examples of tests/conformance/rules/cases."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from cybermiles.dsl.compiler import Source, Unit, check_module
from cybermiles.dsl.evaluate import EPOCH, GAS_LIMIT, RunFailedError, compile_for, evaluate

ROOT = Path(__file__).parents[1] / "conformance"


class _Exact(yaml.SafeLoader):
    """YAML with exact numbers."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def _cases() -> list[Any]:
    out = []
    for path in sorted([*(ROOT / "drl").glob("*.yaml"), *(ROOT / "rules" / "cases").glob("*.yaml")]):
        for case in yaml.load(path.read_text(encoding="utf-8"), _Exact):
            out.append(pytest.param(case, id=f"{path.stem}: {case['note']}"))
    return out


def _rules(case: dict[str, Any]) -> str:
    if "file" in case:
        return (ROOT / case["file"]).read_text(encoding="utf-8")
    if "rules_repeat" in case:
        made = case["rules_repeat"]
        return str(made["before"] + made["repeat"] * made["count"] + made["after"])
    return str(case["rules"])


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    source = Source("case.drl", _rules(case))
    if "want_error" in case:
        found = check_module(Unit(rulesets={"rules": [source]}))
        errors = [(d.code, d.line) for d in found if d.severity == "error"]
        assert (case["want_error"]["code"], case["want_error"]["line"]) in errors, found
        return
    facts = case["facts"]
    compiled = compile_for([source], facts)
    options = {"now": case.get("now", EPOCH), "gas_limit": case.get("gas_limit", GAS_LIMIT)}
    if halt := case.get("want_halt"):
        with pytest.raises(RunFailedError) as caught:
            evaluate(compiled, facts, **options)
        assert caught.value.kind == halt["kind"]
        assert caught.value.code == halt.get("code", caught.value.code)
        if "line" in halt:
            assert caught.value.span is not None
            assert caught.value.span.line == halt["line"]
        return
    result = evaluate(compiled, facts, **options)
    want = case["want"]
    if "fired" in want:
        assert [rule for rule, _ in result.fired] == want["fired"]
    if "output" in want:
        assert result.output == want["output"]
    if "facts" in want:
        found_facts = [{k: v for k, v in f.items() if k != "$id" and v is not None} for f in result.facts]
        assert found_facts == want["facts"]
