"""Rules in YAML: the same modules as from DRL, and findings at their places."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.compiler import Source, Unit, check_module, compile_module
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.yaml_rules import ITEM_KEYS, RULE_KEYS

ROOT = Path(__file__).parents[2] / "conformance" / "yaml"
SCHEMA = json.loads((resources.files("cybermiles.dsl") / "data" / "rules.schema.json").read_text(encoding="utf-8"))


def _cases(name: str) -> list[Any]:
    cases = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["note"]) for case in cases]


def _unit(name: str, text: str) -> Unit:
    return Unit(rulesets={"rules": [Source(name, text)]})


def _accepted(text: str) -> bool:
    data = load(text.encode(), "a.yaml", Diagnostics()).data
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(data))


@pytest.mark.parametrize("case", _cases("equal.yaml"))
def test_equal_rules_give_equal_modules(case: dict[str, Any]) -> None:
    drl = compile_module(_unit("a.drl", case["drl"]))
    made = compile_module(_unit("a.yaml", case["yaml"]))
    assert made.code == drl.code
    assert [d.code for d in made.diagnostics] == [d.code for d in drl.diagnostics]
    assert _accepted(case["yaml"])


@pytest.mark.parametrize("case", _cases("errors.yaml"))
def test_what_is_refused(case: dict[str, Any]) -> None:
    found = check_module(_unit("a.yaml", case["yaml"]))
    errors = [{"code": d.code, "line": d.line, "column": d.column} for d in found if d.severity == "error"]
    assert case["want"] in errors, found
    if case.get("schema"):
        assert not _accepted(case["yaml"])
    else:
        try:
            assert _accepted(case["yaml"]) or case["want"]["code"] == "yaml-rules"
        except CompileError as refused:
            assert refused.diagnostics[0].code == case["want"]["code"]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def _properties(schema: Any, path: str = "") -> list[tuple[str, Any]]:
    """All properties that an editor offers, with their schemas."""
    if isinstance(schema, list):
        return [found for item in schema for found in _properties(item, path)]
    if not isinstance(schema, dict):
        return []
    own = [(f"{path}.{name}", one) for name, one in (schema.get("properties") or {}).items()]
    return own + [found for key, value in schema.items() for found in _properties(value, f"{path}.{key}")]


def _described(schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return "description" in schema or "description" in SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return "description" in schema


def test_an_editor_can_complete_each_key_and_say_what_it_means() -> None:
    found = [(path, one) for path, one in _properties(SCHEMA) if isinstance(one, dict)]
    assert not [path for path, one in found if not _described(one)]
    assert set(SCHEMA["properties"]) == {"description", *ITEM_KEYS}
    refused = {"duration", "timer", "calendars"}
    assert set(SCHEMA["$defs"]["rule"]["properties"]) == set(RULE_KEYS) - refused
