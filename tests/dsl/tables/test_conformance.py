"""The cases of tests/conformance/tables, on the kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cybermiles.dsl.compiler import Source, check_module, compile_rules
from cybermiles.dsl.evaluate import RunFailedError, evaluate, rules_unit
from cybermiles.dsl.facts import decode, to_json

FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "tables"


def cases(name: str) -> list[Any]:
    """The cases of a file; numbers as texts, as JSON output shows them."""
    return [pytest.param(case, id=case["note"]) for case in YAML(typ="safe").load(FOLDER / f"{name}.yaml")]


def sources(case: dict[str, Any]) -> list[Source]:
    """The files of a case."""
    name = "t.yaml" if case["table"].startswith("table:") else "t.csv"
    types = [Source("types.drl", case["types"])] if "types" in case else []
    return [*types, Source(name, case["table"])]


def exact(value: Any) -> Any:
    """YAML's numbers as exact ones."""
    return decode(json.dumps(value), "facts")


def shown(value: Any) -> Any:
    return to_json(exact(value))


@pytest.mark.parametrize("case", cases("decisions"))
def test_decisions(case: dict[str, Any]) -> None:
    facts = [exact(fact) for fact in case["facts"]]
    compiled = compile_rules(sources(case), fact_types=[fact["$type"] for fact in facts])
    if "trap" in case:
        with pytest.raises(RunFailedError) as failed:
            evaluate(compiled, facts)
        assert failed.value.code == case["trap"]
        return
    found = [to_json(fact) for fact in evaluate(compiled, facts).facts]
    assert len(found) == len(case["want"])
    for fact, want in zip(found, case["want"], strict=True):
        assert {name: fact.get(name) for name in want} == {name: shown(value) for name, value in want.items()}


@pytest.mark.parametrize("case", cases("refused"))
def test_refused(case: dict[str, Any]) -> None:
    want = case["want"]
    errors = [d for d in check_module(rules_unit(sources(case))) if d.severity == "error"]
    assert [(d.code, d.line, d.column) for d in errors[:1]] == [(want["code"], want["line"], want["column"])]
    assert want["message"] in errors[0].message


@pytest.mark.parametrize("case", cases("analysis"))
def test_analysis(case: dict[str, Any]) -> None:
    found = [d for d in check_module(rules_unit(sources(case))) if d.code.startswith("table-")]
    assert [(d.code, d.line) for d in found] == [(code, line) for code, line, _ in case["want"]], found
    for diagnostic, (_, _, message) in zip(found, case["want"], strict=True):
        assert message in diagnostic.message
