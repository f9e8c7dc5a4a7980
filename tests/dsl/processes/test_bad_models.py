"""Mutated and huge models end in findings, soon."""

from __future__ import annotations

import resource
import time

import pytest

from cybermiles.dsl.compiler import Source, Unit, check_whole
from tests.dsl.models import HEAD
from tests.dsl.processes.fuzz_processes import run

MANY = {
    "tasks": ("process-too-large", lambda: "".join(f'<task id="t{i}"/>' for i in range(90_000))),
    "equal ids": ("process-duplicate-id", lambda: '<task id="t"/>' * 90_000),
    "unknown elements": ("process-unsupported", lambda: "".join(f'<tea id="t{i}"/>' for i in range(90_000))),
    "deep": ("xml-too-large", lambda: '<subProcess id="t">' * 120 + "</subProcess>" * 120),
}


def test_mutated_models() -> None:
    assert run(7, most=3_000) == 3_000


@pytest.mark.parametrize("name", MANY)
def test_huge_models(name: str) -> None:
    code, body = MANY[name]
    text = f'{HEAD}<process id="P" isExecutable="true"><startEvent id="s"/>{body()}</process></definitions>'
    started = time.monotonic()
    found = check_whole(Unit(processes=[Source("m.bpmn", text)]))
    assert {d.code for d in found} == {code}
    assert time.monotonic() - started < 15


def test_tokens_without_number() -> None:
    """Splits that nothing joins make more tokens than fit anywhere: the search for deadlocks gives up."""
    most = 400
    gates = "".join(f'<parallelGateway id="g{i}"/>' for i in range(most))
    ways = [("s", "g0"), *((f"g{i}", f"g{i + 1}") for i in range(most - 1))]
    ways += [(f"g{i}", f"g{min(i + 1 + i * 7 % 20, most - 1)}") for i in range(most - 1)]
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(ways))
    text = f'{HEAD}<process id="P" isExecutable="true"><startEvent id="s"/>{gates}{flows}</process></definitions>'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    found = check_whole(Unit(processes=[Source("m.bpmn", text)]))
    assert {d.severity for d in found} <= {"warning"}
    assert time.monotonic() - started < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KiB
