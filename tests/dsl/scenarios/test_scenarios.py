"""Scenarios: what passes, what is said about what does not, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.evaluate import GAS_LIMIT
from cybermiles.dsl.scenarios.load import load_scenarios, schema
from cybermiles.dsl.scenarios.project import open_project
from cybermiles.dsl.scenarios.run import run_scenarios
from tests.dsl.scenarios.helpers import folder, run

ROOT = Path(__file__).parents[2] / "conformance" / "scenarios"


def _cases(name: str) -> list[Any]:
    return [pytest.param(c, id=c["note"]) for c in yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", _cases("outcomes.yaml"))
def test_outcomes(case: dict[str, Any], tmp_path: Path) -> None:
    project = open_project(folder(tmp_path, case["rules"], case["tests"]))
    scenarios = load_scenarios(project.sources, Diagnostics())
    report = run_scenarios(
        project.compiled.code,
        project.rules,
        scenarios,
        gas_limit=GAS_LIMIT,
        types=project.compiled.ir.types,
        debug=project.compiled.debug,
    )
    assert [list(result.differences) for result in report.results] == case["want"]


@pytest.mark.parametrize("case", _cases("refused.yaml"))
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(CompileError) as caught:
        load_scenarios({"tests/a.yaml": case["tests"].encode()}, Diagnostics())
    first = caught.value.diagnostics[0]
    want = case["want"]
    assert (first.code, first.line, first.column) == ("scenario-schema", want["line"], want["column"])
    assert want["message"] in first.message


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


RULES = "rule a salience 1 when T( n > 3 ) then end\nrule b when T() then print(1) end\nrule c when U() then end\n"
TESTS = """\
scenarios:
  - name: right
    when: {facts: [{$type: T, n: 4}]}
    then: {fired: [a, b]}
  - name: wrong & <odd>
    when: {facts: [{$type: T, n: 4}]}
    then: {fired: [b, c]}
"""


def test_the_report_for_people(tmp_path: Path) -> None:
    done = run(folder(tmp_path, RULES, TESTS))
    assert done.exit_code == 1
    lines = [line.split("  gas")[0].rstrip() for line in done.stdout.splitlines()]
    assert lines[:9] == [
        "tests/a.yaml",
        "  ✓ right",
        "  ✗ wrong & <odd>",
        "      tests/a.yaml:5",
        "      fired: expected [b, c], found [a, b]",
        "        + a",
        "          b",
        "        - c",
        "      printed: 1",
    ]
    assert lines[-2].startswith("1 passed, 1 failed in ")
    assert lines[-2].endswith("; 2 of 3 rules fired")
    assert lines[-1] == "  never fired: c"


def test_one_scenario_by_its_name(tmp_path: Path) -> None:
    done = run(folder(tmp_path, RULES, TESTS), "-k", "right", "--json")
    assert done.exit_code == 0
    assert [s["name"] for s in json.loads(done.stdout)["scenarios"]] == ["right"]


def test_junit(tmp_path: Path) -> None:
    target = tmp_path / "report.xml"
    assert run(folder(tmp_path, RULES, TESTS), "--junit", target).exit_code == 1
    root = ElementTree.parse(target).getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    cases = root.findall("testsuite/testcase")
    assert [(c.get("name"), c.get("line"), len(c.findall("failure"))) for c in cases] == [
        ("right", "2", 0),
        ("wrong & <odd>", "5", 1),
    ]
    assert "- c" in (cases[1].find("failure").text or "")  # type: ignore[union-attr]


def test_a_folder_without_rules(tmp_path: Path) -> None:
    done = run(tmp_path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "archive-no-manifest"
