"""The specification on rules whose outcome is known: from the documentation of Drools, or told by counting."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.dsl.specification import Halt, Session


def session(rules: str, *facts: dict[str, Any]) -> Session:
    made = Session(compile_rules([Source("t.drl", rules)]).ir)
    for fact in facts:
        made.insert_data(fact)
    return made


def names(made: Session) -> list[str]:
    return [name for name, _ in made.fired()]


FIBONACCI = """
declare E n : int v : int end
rule "recurse" salience 10
when
  E( $n : n, v == -1, n > 1 )
  not E( n == $n - 1 )
then
  insert(new E($n - 1, -1))
end
rule "calculate"
when
  E( $a : n, $x : v, v != -1 )
  E( n == $a + 1, $y : v, v != -1 )
  $e : E( n == $a + 2, v == -1 )
then
  modify($e) { v = $x + $y }
end
"""


def test_fibonacci() -> None:
    given = [{"$type": "E", "n": n, "v": n} for n in (0, 1)] + [{"$type": "E", "n": n, "v": -1} for n in range(2, 10)]
    made = session(FIBONACCI, *given)
    assert made.fire() == 8
    assert [fact["v"] for fact in made.facts()] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]


TYPES = "declare A x : int y : int end declare B x : int end "


def a(x: int, y: int = 0) -> dict[str, Any]:
    return {"$type": "A", "x": x, "y": y}


def test_salience_then_declaration_then_arrival() -> None:
    rules = (
        TYPES
        + """
    rule "first" when A() then end
    rule "high" salience 1 when A() then end
    rule "last" when A() then end"""
    )
    made = session(rules, a(1), a(2))
    made.fire()
    assert made.fired() == [(rule, [i]) for rule in ("high", "first", "last") for i in (1, 2)]


def test_no_loop_keeps_out_what_the_own_consequence_makes() -> None:
    rule = 'rule "r" no-loop true when $a : A( x < 5 ) then modify($a) { x = $a.x + 1 } end'
    made = session(TYPES + rule, a(0))
    assert made.fire() == 1
    assert session(TYPES + rule.replace("no-loop true", ""), a(0)).fire() == 5


def test_lock_on_active_keeps_out_what_arises_while_the_group_fires() -> None:
    rules = (
        TYPES
        + """
    rule "one" lock-on-active true when $a : A( x == 0 ) then modify($a) { x = 1 } end
    rule "two" lock-on-active true when $a : A( x == 1 ) then modify($a) { x = 2 } end"""
    )
    made = session(rules, a(0))
    made.fire()
    assert names(made) == ["one"]


def test_agenda_groups_fire_when_they_get_the_focus() -> None:
    rules = (
        TYPES
        + """
    rule "report" agenda-group "report" when A() then end
    rule "work" when A() then drools.setFocus("report") end
    rule "more" when A() then end"""
    )
    made = session(rules, a(1))
    made.fire()
    assert names(made) == ["work", "report", "more"]


def test_of_an_activation_group_one_rule_fires() -> None:
    rules = (
        TYPES
        + """
    rule "one" activation-group "g" when A() then end
    rule "two" activation-group "g" salience 5 when A() then end"""
    )
    made = session(rules, a(1))
    made.fire()
    assert names(made) == ["two"]


def test_a_logical_fact_goes_with_what_it_rests_on() -> None:
    rules = (
        TYPES
        + """
    rule "infer" when A( x > 1 ) then insertLogical(new B(1)) end
    rule "lower" salience -1 when $a : A( x > 1 ), B() then modify($a) { x = 0 } end"""
    )
    made = session(rules, a(2))
    made.fire()
    assert names(made) == ["infer", "lower"]
    assert [fact["$type"] for fact in made.facts()] == ["A"]


def test_an_update_fires_again_only_if_a_condition_looks_at_the_field() -> None:
    rules = (
        TYPES
        + """
    rule "sees x" when $a : A( x > 0 ) then end
    rule "sets y" salience -1 when $a : A( y == 0 ) then modify($a) { y = 1 } end"""
    )
    made = session(rules, a(1))
    made.fire()
    assert names(made) == ["sees x", "sets y"]


def test_exists_does_not_fire_again_for_an_update_that_it_survives() -> None:
    rules = (
        TYPES
        + """
    rule "some" when exists A( x > 0 ) then end
    rule "step" salience -1 when $a : A( x == 1 ) then modify($a) { x = 2 } end"""
    )
    made = session(rules, a(1))
    made.fire()
    assert names(made) == ["some", "step"]


def test_an_accumulate_is_up_to_date_before_a_rule_is_chosen() -> None:
    rules = (
        TYPES
        + """
    rule "sum" when accumulate( A( $x : x ); $s : sum($x); $s > 3 ) then print($s) end
    rule "more" salience 5 when $a : A( x == 1 ) then insert(new A(2, 0)); insert(new A(4, 0)); delete($a) end"""
    )
    made = session(rules, a(1))
    made.fire()
    assert made.evaluator.output == ["6"]


def test_an_assignment_without_update_changes_no_decision() -> None:
    rules = (
        TYPES
        + """
    rule "set" salience 5 when $a : A( x == 0 ) then $a.x = 1 end
    rule "zero" when A( x == 0 ) then end
    rule "one" when A( x == 1 ) then end"""
    )
    made = session(rules, a(0))
    made.fire()
    assert names(made) == ["set", "zero"]


def test_halt_ends_firing_and_the_next_fire_goes_on() -> None:
    made = session(TYPES + 'rule "r" when A() then drools.halt() end', a(1), a(2))
    assert [made.fire(), made.fire(), made.fire()] == [1, 1, 0]


def test_a_rewound_session_is_as_new() -> None:
    made = session(FIBONACCI, {"$type": "E", "n": 3, "v": -1})
    made.fire()
    first = made.fired(), made.facts(), made.work()
    made.rewind()
    made.insert_data({"$type": "E", "n": 3, "v": -1})
    made.fire()
    assert (made.fired(), made.facts(), made.work()) == first


def test_a_rule_that_never_ends_is_stopped() -> None:
    made = Session(
        compile_rules([Source("t.drl", TYPES + 'rule "r" when $a : A() then update($a) end')]).ir, steps=1000
    )
    made.insert_data(a(1))
    with pytest.raises(Halt, match="too many steps"):
        made.fire()


def test_firing_from_a_consequence_is_an_error() -> None:
    made = session(TYPES + 'rule "r" when A() then end', a(1))
    made.current = made.history  # type: ignore[assignment]
    with pytest.raises(Halt, match="nested-firing"):
        made.fire()
