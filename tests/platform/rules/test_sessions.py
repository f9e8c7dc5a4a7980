"""Sessions: what the random programs do not reach. Loops, properties, stale values, bounds, rewinding."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.platform import FactBatch, Module, RuleSession, RunError

DECLARE = "declare A x : int y : int end\ndeclare B x : int y : int end\n"
GAS = 10**9


def session(rules: str, gas_limit: int = GAS) -> RuleSession:
    return RuleSession(Module(compile_rules([Source("t.drl", DECLARE + rules)]).code), "rules", gas_limit=gas_limit)


def a(x: int, y: int = 0, of: str = "A") -> dict[str, Any]:
    return {"$type": of, "x": x, "y": y}


def rule(name: str, when: str, then: str = "", attributes: str = "") -> str:
    return f'rule "{name}"\n{attributes}\nwhen\n  {when}\nthen\n  {then}\nend\n'


def names(found: RuleSession) -> list[str]:
    return [name for name, _ in found.fired()]


def test_modify_of_a_field_that_no_pattern_looks_at_fires_nothing_again() -> None:
    s = session(rule("r", "$a : A( x == 1 )", "modify($a) { y = $a.y + 1 }"))
    s.insert(a(1))
    assert s.fire() == 1
    assert s.facts()[0]["y"] == 1


def test_modify_of_a_field_that_a_later_join_reads_matches_again() -> None:
    s = session(
        rule("join", "$a : A( x == 1 ), B( x == $a.y )")
        + rule("step", "$a : A( x == 1 ), not B( y == 9 )", "insert(new B(2, 9)); modify($a) { y = 2 }")
    )
    s.insert(a(1, 0))
    s.fire()
    assert names(s) == ["step", "join"]


def test_no_loop_stops_a_rule_from_waking_itself() -> None:
    s = session(rule("r", "$a : A( x < 3 )", "$a.x = $a.x + 1; update($a)", "no-loop true"))
    s.insert(a(0))
    assert s.fire() == 1
    s = session(rule("r", "$a : A( x < 3 )", "$a.x = $a.x + 1; update($a)"))
    s.insert(a(0))
    assert s.fire() == 3


def test_two_rules_that_wake_each_other_end_by_gas_alone() -> None:
    s = session(
        rule("up", "$a : A( x == 0 )", "$a.x = 1; update($a)")
        + rule("down", "$a : A( x == 1 )", "$a.x = 0; update($a)"),
        gas_limit=100_000,
    )
    s.insert(a(0))
    with pytest.raises(RunError) as stopped:
        s.fire()
    assert (stopped.value.kind, s.gas) == ("out_of_gas", 100_000)
    with pytest.raises(ValueError, match="rewind"):
        s.fire()
    s.rewind(GAS)
    s.insert(a(5))
    assert s.fire() == 0


def test_an_assignment_without_update_corrupts_no_node() -> None:
    s = session(
        rule("first", "$a : A( x == 1 )", "$a.x = 2", "salience 10")
        + rule("pair", "$a : A(), $b : B( x == $a.x )", "delete($b); delete($a)")
    )
    s.insert(a(1))
    s.insert(a(1, of="B"))
    s.fire()
    assert names(s) == ["first", "pair"]
    assert s.facts() == []


def test_a_fact_joins_itself_once() -> None:
    s = session(rule("r", "$p : A(), $q : A( x == $p.x )"))
    s.insert(a(1))
    assert s.fire() == 1
    s.insert(a(1))
    assert s.fire() == 3


def test_not_comes_and_goes() -> None:
    s = session(rule("none", "not B( x == 1 )", "insert(new A(1, 1))") + rule("some", "$b : B( x == 1 )", "delete($b)"))
    assert s.fire() == 1
    s.insert(a(1, of="B"))
    s.fire()
    assert names(s) == ["none", "some", "none"]


def test_halt_ends_firing_and_fire_goes_on() -> None:
    s = session(rule("r", "$a : A()", "drools.halt()"))
    for x in range(3):
        s.insert(a(x))
    assert [s.fire(), s.fire(5), s.fire(), s.fire()] == [1, 1, 1, 0]


def test_limits_of_fire() -> None:
    s = session(rule("r", "$a : A()"))
    for x in range(5):
        s.insert(a(x))
    assert [s.fire(0), s.fire(2), s.fire()] == [0, 2, 3]


def test_null_equals_only_null_and_has_no_order() -> None:
    s = session(
        rule("eq", "A( x == null )")
        + rule("lt", "A( x < 5 )")
        + rule("ne", "A( x != 1 )")
        + rule("j", "$a : A(), B( x == $a.x )")
    )
    s.insert({"$type": "A"})
    s.insert({"$type": "B"})
    s.fire()
    assert sorted(names(s)) == ["eq", "j", "ne"]


@pytest.mark.parametrize(
    ("test", "fits"),
    [("x > 3", [4]), ("x >= 3", [3, 4]), ("x < 3", [2]), ("x <= 3", [2, 3]), ("x != 3", [2, 4]), ("x == 3", [3])],
)
def test_bounds_are_exact(test: str, fits: list[int]) -> None:
    s = session(rule("r", f"$a : A( {test} )") + rule("other", "A( x > 3, x >= 3, x < 3, x <= 3 )"))
    for x in (2, 3, 4):
        s.insert(a(x))
    s.fire()
    assert [s.facts()[ids[0] - 1]["x"] for _, ids in s.fired()] == fits


def test_a_stream_one_by_one_equals_sessions_of_their_own() -> None:
    rules = rule("r", "$a : A( x > 2 )", "$a.y = 1; insert(new B(1, 1))") + rule("s", "$b : B()", "delete($b)")
    facts = [a(x) for x in range(6)]
    s = session(rules)
    fired, gas = s.batch(FactBatch(facts), one_by_one=True)
    assert fired == 6
    again = s.batch(FactBatch(facts), one_by_one=True)
    assert again == (fired, gas)
    assert s.facts() == []


def test_the_same_object_is_one_fact() -> None:
    s = session(rule("r", "$a : A( x == 1 )", "insert($a)"))
    s.insert(a(1))
    assert s.fire() == 1
    assert len(s.facts()) == 1


def test_too_many_matches_end_in_an_error_not_in_memory() -> None:
    s = session(rule("r", "$a : A(), $b : A(), $c : A(), $d : A()"), gas_limit=1 << 60)
    with pytest.raises(RunError) as stopped:
        for x in range(60):
            s.insert(a(x))
    assert stopped.value.code == "session-memory"
