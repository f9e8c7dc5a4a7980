"""Every case of the rule language and random programs can be explained, and the explanation is of what happened."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl.compiler import Source
from cybermiles.dsl.evaluate import EPOCH, RunFailedError, compile_for, evaluate
from cybermiles.dsl.explain import Explanation
from cybermiles.dsl.explain.recorder import Recorder
from cybermiles.dsl.explain.silent import silent_rules
from cybermiles.dsl.explain.text import MAX_TEXT, Texts
from cybermiles.dsl.specification import Halt
from tests.dsl.specification.differential import lowered
from tests.dsl.specification.generator import generate, rules_of
from tests.dsl.test_conformance import _cases, _rules

CASES = [case for case in _cases() if "want" in case.values[0]]


@pytest.mark.parametrize("case", CASES)
def test_cases_are_explained(case: dict[str, Any]) -> None:
    compiled = compile_for([Source("case.drl", _rules(case))], case["facts"])
    try:
        found = evaluate(compiled, case["facts"], now=case.get("now", EPOCH), trace=True)
    except RunFailedError as failed:
        assert failed.explanation is not None
        return
    assert isinstance(found.explanation, Explanation)
    assert found.explanation.note in ("", "only the first 500 firings are explained")
    if not found.explanation.note:
        told = {firing.rule for firing in found.explanation.firings} | {s.rule for s in found.explanation.silent}
        assert told == {rule.name for ruleset in compiled.ir.rulesets for rule in ruleset.rules}
    for silent in found.explanation.silent:
        assert silent.reason
        assert len(silent.held) <= silent.of
        assert len(silent.failed) <= MAX_TEXT


@pytest.mark.parametrize("batch", range(4))
def test_random_programs_are_explained(batch: int) -> None:
    for seed in range(batch * 75, batch * 75 + 75):
        program = generate(seed)
        session = Recorder(lowered(program.module), "rules", Texts({}))
        try:
            for event in program.events:
                session.fire(event) if isinstance(event, int) else session.insert_data(event)
        except Halt:
            continue
        told = {rule for rule, _ in session.fired()} | {silent.rule for silent in silent_rules(session)}
        assert told == {rule.name for rule in rules_of(program)}
        assert [(f.rule, list(f.ids)) for f in session.firings] == session.fired()
