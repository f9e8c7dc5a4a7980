"""The gas benchmark leaves nothing out, and each of its programs runs."""

from __future__ import annotations

import re

import pytest

import cybermiles.platform as kernel
from cybermiles.dsl.compiler import Source, compile_rules
from tests.benchmarks import gas_cases as cases

_CODE = {**cases.INSTRUCTIONS, **cases.LIBRARY, **cases.PATTERNS, **cases.METHODS}


def _source(build: cases.Build) -> str:
    program = cases.Program()
    body = build(program)
    return program.source(body.replace("{n}", "1"), 1)


@pytest.mark.parametrize("family", _CODE)
def test_the_code_of_each_family_runs(family: str) -> None:
    module = kernel.Module(kernel.asm_parse(_source(_CODE[family])))
    assert module.run("main", [1, *cases.ARGUMENTS])["gas"] > module.run("main", [0, *cases.ARGUMENTS])["gas"]


def test_every_instruction_is_measured() -> None:
    text = " ".join(_source(build) for build in _CODE.values())
    used = set(re.findall(r"[a-z_]+", text))
    assert {name for _, name, *_ in kernel.OP_ROWS} - used - cases.OF_SESSIONS - cases.ONCE == set()


def test_every_function_is_measured() -> None:
    measured = {family.split(" (")[0] for family in cases.LIBRARY}
    assert {name for _, name, *_ in kernel.NATIVES} - cases.OF_HOST - cases.WITH_FUNCTIONS == measured


def test_every_method_is_measured() -> None:
    wanted = {f"{kind}.{name}" for kind, name, *_ in kernel.METHODS if kind not in ("session", "process")}
    assert wanted - cases.WITH_FUNCTIONS == set(cases.METHODS)


@pytest.mark.parametrize("family", cases.MATCHING)
def test_each_rule_set_does_what_it_measures(family: str) -> None:
    case = cases.MATCHING[family]
    compiled = compile_rules([Source("bench.drl", case.rules)])
    session = kernel.RuleSession(kernel.Module(compiled.code), "rules", gas_limit=1 << 62)
    for fact in case.facts:
        session.insert(fact)
    session.fire()
    activations, candidates, tuples, firings = session.counts()
    kind = family.partition(":")[0]
    work = {"activation": activations, "candidate": candidates, "tuple": tuples, "firing": firings}
    assert work.get(kind, len(case.facts)) >= len(case.facts)
    if kind in ("not", "exists", "accumulate", "modify", "update", "insert", "delete"):
        assert firings
