"""What is too much ends soon, and says why: facts, matches, endless rules, rules."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cybermiles import platform as kernel
from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.dsl.diagnostics import CompileError

GAS = 200_000_000


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """The bounds are some ten times what is needed on an idle machine."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < seconds


def _session(rules: str, gas: int = GAS) -> kernel.RuleSession:
    compiled = compile_rules([Source("bounds.drl", "declare F n : int end\n" + rules)])
    return kernel.RuleSession(kernel.Module(compiled.code), "rules", gas_limit=gas, record=False)


def _facts(count: int) -> kernel.FactBatch:
    return kernel.FactBatch([{"$type": "F", "n": n} for n in range(count)])


def _halt(session: kernel.RuleSession, facts: kernel.FactBatch) -> str:
    with pytest.raises(kernel.RunError) as caught:
        session.batch(facts, one_by_one=False)
    return str(caught.value.code)


def test_as_many_facts_as_memory_holds() -> None:
    session = _session('rule "few" when F( n < 10 ) then end')
    with _within(5):
        assert session.batch(_facts(300_000), one_by_one=False)[0] == 10


def test_a_million_facts_are_too_many() -> None:
    session = _session('rule "few" when F( n < 10 ) then end', gas=GAS * 10)
    facts = _facts(1_000_000)
    with _within(15):
        assert _halt(session, facts) == "memory-limit"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("rule a when F( $a : n ) F( $b : n != $a ) F( n != $a, n != $b ) then end", "out-of-gas"),
        ("rule a when F( $a : n ) not F( n > $a + 1000000 ) then end", "out-of-gas"),
    ],
)
def test_cross_products_are_paid_for(rule: str, code: str) -> None:
    session = _session(rule)
    with _within(10):
        assert _halt(session, _facts(20_000)) == code


def test_matches_that_no_memory_holds() -> None:
    session = _session("rule a when F() F() F() then end", gas=1 << 62)
    with _within(30):
        assert _halt(session, _facts(1_000)) == "session-memory"


@pytest.mark.parametrize(
    "rule",
    [
        "rule a when F( $n : n ) then insert(new F($n + 1)); end",
        "rule a when $f : F( $n : n ) then modify($f) { n = $n + 1 } end",
        "rule a when $f : F() then delete($f); insert(new F(1)); end",
    ],
)
def test_rules_without_end(rule: str) -> None:
    session = _session(rule)
    with _within(15):
        assert _halt(session, _facts(1)) in ("out-of-gas", "memory-limit")


def test_a_hundred_thousand_rules() -> None:
    rules = [
        Source(f"{part}.drl", "".join(f"rule r{part}_{n} when F( n == {n} ) then end\n" for n in range(10_000)))
        for part in range(10)
    ]
    with _within(40), pytest.raises(CompileError) as caught:
        compile_rules([Source("f.drl", "declare F n : int end"), *rules])
    assert [d.code for d in caught.value.diagnostics if d.severity == "error"] == ["module-too-large"]


def test_a_hundred_thousand_rules_in_one_file() -> None:
    text = "".join(f"rule r{n} when F( n == {n} ) then end\n" for n in range(100_000))
    with _within(5), pytest.raises(CompileError) as caught:
        compile_rules([Source("f.drl", text)])
    assert [d.code for d in caught.value.diagnostics] == ["source-too-large"]
