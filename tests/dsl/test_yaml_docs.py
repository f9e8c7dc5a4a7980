"""The examples of docs/yaml-rules.md and docs/testing.md do what the pages say."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.compiler import Source, Unit, check_module
from cybermiles.dsl.convert.from_drl import drl_to_yaml
from cybermiles.dsl.convert.to_drl import yaml_to_drl
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.evaluate import compile_for, evaluate
from cybermiles.dsl.facts import parse_facts
from tests.dsl.scenarios.helpers import folder, run

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMA = json.loads((resources.files("cybermiles.dsl") / "data" / "rules.schema.json").read_text(encoding="utf-8"))


class Example(NamedTuple):
    """Rules, the code with which they are refused, facts, output."""

    rules: str
    code: str
    facts: str = "[]"
    output: str | None = None


def _examples() -> list[Example]:
    out: list[Example] = []
    for language, kind, code, body in _BLOCK.findall((DOCS / "yaml-rules.md").read_text(encoding="utf-8")):
        if language == "yaml" and kind == "rules":
            out.append(Example(body, code))
        elif language == "json":
            out[-1] = out[-1]._replace(facts=body)
        elif language == "text":
            out[-1] = out[-1]._replace(output=body)
    return out


@pytest.mark.parametrize("example", _examples(), ids=lambda e: e.rules.split("name: ")[-1].split("\n")[0] + e.code)
def test_example(example: Example) -> None:
    source = Source("example.yaml", example.rules)
    errors = [d.code for d in check_module(Unit(rulesets={"rules": [source]})) if d.severity == "error"]
    assert errors == ([example.code] if example.code else [])
    if example.code:
        return
    jsonschema.validate(load(example.rules.encode(), "example.yaml", Diagnostics()).data, SCHEMA)
    assert format_yaml("example.yaml", example.rules) == example.rules
    again = Source("again.yaml", drl_to_yaml("again.drl", yaml_to_drl("example.yaml", example.rules)))
    for rules in (source, again):
        facts = parse_facts(example.facts, "facts")
        assert evaluate(compile_for([rules], facts), facts).output == (example.output or "").splitlines()


def test_the_report(tmp_path: Path) -> None:
    blocks = _BLOCK.findall((DOCS / "testing.md").read_text(encoding="utf-8"))
    bodies = {language: body for language, _, _, body in blocks}
    made = folder(tmp_path, bodies["drl"], bodies["yaml"])
    (made / "tests" / "a.yaml").rename(made / "tests" / "scenarios.yaml")
    shown = re.sub(r"  gas [\d,]+| in \d+\.\d\d s", "", run(made, "--coverage").stdout)
    assert shown == bodies["text"]
