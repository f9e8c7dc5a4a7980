"""Mutated and huge models end in findings, soon."""

from __future__ import annotations

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
