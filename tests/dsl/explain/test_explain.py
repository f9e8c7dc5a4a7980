"""Explanations: what conditions saw, what consequences changed, how near a silent rule came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl.compiler import Compiled, Source, compile_rules
from cybermiles.dsl.evaluate import RunFailedError, evaluate
from cybermiles.dsl.explain import MAX_FIRINGS, Explanation, Silent, agreed, explain

TYPES = """declare Person name : String age : int score : int tags : List end
declare Offer who : String rate : number end
"""
ANN: dict[str, Any] = {"$type": "Person", "name": "Ann", "age": 30, "score": 650}
BOB: dict[str, Any] = {"$type": "Person", "name": "Bob", "age": 12, "score": 800}


def compiled(rules: str) -> Compiled:
    return compile_rules([Source("t.drl", TYPES + rules)])


def explained(rules: str, *facts: dict[str, Any]) -> Explanation:
    found = evaluate(compiled(rules), facts, trace=True).explanation
    assert found is not None
    return found


def only_silent(rules: str, *facts: dict[str, Any]) -> Silent:
    found = explained(rules, *facts)
    assert len(found.silent) == 1, found
    return found.silent[0]


def test_a_firing_tells_what_its_conditions_saw_and_what_changed() -> None:
    found = explained(
        """rule "offer" when
          $p : Person( age >= 18, $s : score > 700 || name == "Ann" )
          not Offer( who == $p.name )
        then
          insert(new Offer($p.name, $s / 100)); modify($p) { age = $p.age + 1 }; print("done")
        end""",
        ANN,
    )
    [firing] = found.firings
    assert (firing.rule, firing.span.file, firing.span.line, firing.ids) == ("offer", "t.drl", 3, (1,))
    person, offer = firing.conditions
    assert person.text == '$p : Person( age >= 18, $s : score > 700 || name == "Ann" )'
    seen = [(check.text, [(one.text, one.value) for one in check.operands]) for check in person.checks]
    assert seen == [
        ("age >= 18", [("age", 30)]),
        ('score > 700 || name == "Ann"', [("score", 650), ("name", "Ann")]),
    ]
    assert (offer.text, offer.note) == ("not Offer( who == $p.name )", "there is no such Offer")
    assert firing.facts[0]["age"] == 30
    assert [(c.id, c.field, c.before, c.after) for c in firing.changed] == [(1, "age", 30, 31)]
    assert firing.inserted == ({"$type": "Offer", "who": "Ann", "rate": Decimal("6.5"), "$id": 2},)
    assert firing.printed == ("done",)


def test_deletions_are_told() -> None:
    [firing] = explained('rule "gone" when $p : Person() then delete($p) end', ANN).firings
    assert firing.deleted == (1,)


def test_a_silent_rule_names_the_first_condition_that_failed_and_its_values() -> None:
    silent = only_silent('rule "r" when $p : Person( age < 18 ) Offer( who == $p.name, rate > 3 ) then end', ANN, BOB)
    assert [held.fact["$id"] for held in silent.held if held.fact] == [2]
    assert (silent.of, silent.failed, silent.reason) == (2, "Offer( who == $p.name, rate > 3 )", "there is no Offer")


def test_the_nearest_candidate_comes_first() -> None:
    rule = 'rule "r" when Person( age > 20, score > 700 ) then end'
    silent = only_silent(rule, BOB, ANN)
    first = silent.misses[0]
    assert first.fact is not None
    assert first.check is not None
    assert (first.fact["name"], first.check.text, first.check.operands[0].value) == ("Ann", "score > 700", 650)
    assert silent.reason == "none of 2 Person facts meets it"


def test_a_not_names_the_fact_that_is_in_its_way() -> None:
    silent = only_silent('rule "r" when not Person( age < 18 ) then end', ANN, BOB)
    assert [miss.fact["name"] for miss in silent.misses if miss.fact] == ["Bob"]
    assert silent.reason == "there is such a Person"


@pytest.mark.parametrize(
    ("when", "failed", "reason"),
    [
        ("$p : Person() eval( $p.age > 40 )", "$p.age > 40", "it does not hold"),
        ('$p : Person() String( this == "x" ) from $p.tags', "String", "`$p.tags` has no items"),
        ("exists( Person( $n : name ) and Offer( who == $n ) )", "exists", "nothing meets all of it"),
        ("accumulate( Offer( $r : rate ); $m : max($r) )", "accumulate", "it has no result: nothing contributes to it"),
        ("Offer()", "Offer()", "there is no Offer"),
    ],
)
def test_each_kind_of_condition_says_why_it_failed(when: str, failed: str, reason: str) -> None:
    silent = only_silent(f'rule "r" when {when} then end', {**ANN, "tags": []})
    assert failed in silent.failed
    assert silent.reason == reason


def test_the_count_and_results_of_an_accumulate_are_told() -> None:
    rule = 'rule "r" when accumulate( Person( $a : age ); $n : count($a), $s : sum($a); $n > 1, $s > 0 ) then end'
    [firing] = explained(rule, ANN, BOB).firings
    assert firing.conditions[0].note == "$n = 2, $s = 42 (out of 2)"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('rule "r" agenda-group "g" when Person() then end', "it waits: its agenda group `g` did not get the focus"),
        (
            'rule "r" salience -1 activation-group "a" when Person() then end rule "first" activation-group "a" when '
            "Person() then end",
            "another rule of its activation group `a` fired",
        ),
        (
            'rule "r" when Person() then end rule "stop" salience 1 when Person() then drools.halt() end',
            "it waits to fire: firing ended before its turn",
        ),
    ],
)
def test_a_rule_that_matches_and_does_not_fire_says_what_kept_it(rule: str, reason: str) -> None:
    assert only_silent(rule, ANN).reason == reason


def test_a_match_that_was_taken_away_is_told() -> None:
    silent = only_silent(
        'rule "first" salience 1 when $p : Person( age > 20 ) then modify($p) { age = 1 } end '
        'rule "r" when Person( age > 20 ) then end',
        ANN,
    )
    assert silent.reason.endswith("it held for a while, until the rule `first` changed that")


def test_of_the_branches_of_an_or_the_nearest_is_told() -> None:
    rule = 'rule "r" when ( Offer() or Person( age > 20, score > 700 ) ) then end'
    assert only_silent(rule, ANN).failed == "Person( age > 20, score > 700 )"


def test_an_assignment_without_update_is_told() -> None:
    silent = only_silent(
        'rule "set" salience 1 when $p : Person( age > 20 ) then $p.score = 900 end '
        'rule "r" when Person( score > 700 ) then end',
        ANN,
    )
    assert silent.reason == "a Person would meet it now, but no `update` has said so"


def test_what_came_before_a_trap_is_explained() -> None:
    rules = (
        'rule "ok" salience 1 when Person() then end rule "bad" when $p : Person() then print(1 / ($p.age - 30)) end'
    )
    with pytest.raises(RunFailedError) as failed:
        evaluate(compiled(rules), [ANN], trace=True)
    found = failed.value.explanation
    assert found is not None
    assert [firing.rule for firing in found.firings] == ["ok", "bad"]
    assert found.note == "the run ended with division-by-zero: division by zero"


def test_explanations_are_bounded() -> None:
    rule = 'rule "up" when $p : Person( age < 10000 ) then modify($p) { age = $p.age + 1 } end'
    found = explained(rule, {**ANN, "age": 0})
    assert len(found.firings) == MAX_FIRINGS
    assert found.note == f"only the first {MAX_FIRINGS} firings are explained"
    many = explain(compiled(rule).ir, {}, [ANN] * 2001)
    assert many.note.startswith("not explained: there are more than")


def test_joins_that_are_too_much_work_end_early() -> None:
    rule = 'rule "all" when Person( $a : age ) Person( age > $a ) Person( age < $a ) then end'
    many = [{**ANN, "age": age} for age in range(60)]
    found = explain(compiled(rule).ir, {}, many)
    assert found.note.endswith("firings are explained: what follows is too much work")


def test_an_explanation_of_other_firings_is_our_bug_and_says_so() -> None:
    found = explained('rule "r" when Person() then end', ANN)
    assert agreed(found, [("r", [1])]) is found
    assert "our bug" in agreed(found, [("other", [1])]).note


def test_without_trace_nothing_is_explained() -> None:
    assert evaluate(compiled('rule "r" when Person() then end'), [ANN]).explanation is None
