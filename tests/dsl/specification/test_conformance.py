"""Each case of the rule language on the kernel (cold, rewound) and on the specification: all do and charge the same."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl.compiler import Source
from cybermiles.dsl.evaluate import EPOCH, compile_for
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.specification import Halt, Session
from cybermiles.platform import Module, RuleSession, RunError
from tests.dsl.test_conformance import _cases, _rules

GAS = 10**9
CASES = [case for case in _cases() if "facts" in case.values[0] and "want_error" not in case.values[0]]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    compiled = compile_for([Source("case.drl", _rules(case))], case["facts"])
    facts = typed_facts(case["facts"], compiled.ir.types)
    now = case.get("now", EPOCH)
    kernel = RuleSession(Module(compiled.code), "rules", gas_limit=case.get("gas_limit", GAS), now=now)
    first = on_kernel(kernel, facts)
    if first["ended"] == ("out_of_gas", "out-of-gas"):
        assert (
            case["want_halt"]["kind"] == "out_of_gas"
        )  # gas of instructions is the kernel's alone: nothing to compare
        return
    gas = kernel.gas
    kernel.rewind(case.get("gas_limit", GAS))
    assert (on_kernel(kernel, facts), kernel.gas) == (first, gas), "a rewound session differs"
    wanted = on_specification(lambda: Session(compiled.ir, now=now), facts)
    if first["ended"]:
        first["work"] = wanted["work"]  # the kernel stops in the middle of an event
    assert first == wanted


def on_kernel(session: Any, facts: list[dict[str, Any]]) -> dict[str, Any]:
    """What the kernel does."""
    ended, left = None, []
    try:
        for fact in facts:
            session.insert(fact)
        session.fire()
        left = session.facts()
    except RunError as error:
        ended = (error.kind, error.code)
    work = session.counts()
    return {"ended": ended, "fired": session.fired(), "facts": left, "output": list(session.output), "work": work}


def on_specification(make: Any, facts: list[dict[str, Any]]) -> dict[str, Any]:
    """What the specification says."""
    ended, left, session = None, [], make()
    try:
        for fact in facts:
            session.insert_data(fact)
        session.fire()
        left = session.facts()
    except Halt as halt:
        ended = (halt.kind, halt.code)
    output = session.evaluator.output
    return {"ended": ended, "fired": session.fired(), "facts": left, "output": output, "work": session.work()}
