"""The table of elements in docs/language/processes.md says what the compiler does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cybermiles.dsl.bpmn.read import CM_NAMES, NODES
from cybermiles.dsl.compiler import Source, Unit, check_module
from tests.dsl.models import HEAD

PAGE = (Path(__file__).parents[3] / "docs" / "language" / "processes.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \|([^|]*)\| `(<[^|]+>)` \|$", PAGE, re.MULTILINE)
DECLARED = (
    '<message id="M" name="m"/><signal id="S" name="s"/><error id="E" errorCode="e"/>'
    '<escalation id="X" escalationCode="x"/>'
)
CALLED = '<process id="Q" isExecutable="true"><startEvent id="q"/></process>'


def _model(example: str) -> str:
    ends = {id_: f'<{tag} id="{id_}"/>' for id_, tag in (("s", "startEvent"), ("e", "endEvent"))}
    flows = []
    first = example.partition(">")[0]
    if "startEvent" not in first:
        flows.append('<sequenceFlow id="f1" sourceRef="s" targetRef="x"/>')
    leaves = re.search(r'sourceRef="x"|<endEvent id="x"|<intermediateThrowEvent id="x"><link', example)
    if leaves is None:
        flows.append('<sequenceFlow id="f2" sourceRef="x" targetRef="e"/>')
    inner = f"{ends['s']}{ends['e']}{example}{''.join(flows)}"
    return f'{HEAD}{DECLARED}<process id="P" isExecutable="true">{inner}</process>{CALLED}</definitions>'


@pytest.mark.parametrize(
    ("element", "support", "example"), [(r[0], r[1], r[3]) for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_the_table_is_true(element: str, support: str, example: str) -> None:
    unit = Unit(processes=[Source("m.bpmn", _model(example))], rulesets={"rules/pricing.drl": []})
    errors = [d for d in check_module(unit) if d.severity == "error" and d.code != "merge-conflict-possible"]
    if support.startswith("error"):
        assert errors, element
    else:
        assert not errors, errors


def test_every_element_and_attribute_is_in_the_page() -> None:
    assert len(ROWS) >= 40
    examples = " ".join(row[3] for row in ROWS)
    assert {tag for tag in NODES if f"<{tag} " not in examples} <= {"task"}
    assert not [name for name in CM_NAMES if f"cm:{name}" not in PAGE]
