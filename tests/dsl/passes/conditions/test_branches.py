"""`or` and labels as several rules of one name."""

from tests.dsl.passes.helpers import rules_ir


def types(text: str) -> list[list[str]]:
    """The types of the patterns of each rule, `not` and `exists` by their sign."""
    signs = {"join": "", "not": "!", "exists": "?"}
    return [[signs[c.kind] + c.of for c in rule.conditions] for rule in rules_ir(text).rulesets[0].rules]


def test_or_is_put_outside_of_and() -> None:
    assert types("rule a when (A() or B()) (C() or (D() and E())) then end") == [
        ["A", "C"],
        ["A", "D", "E"],
        ["B", "C"],
        ["B", "D", "E"],
    ]


def test_and_binds_more_than_or() -> None:
    assert types("rule a when A() and B() or C() then end") == [["A", "B"], ["C"]]


def test_not_of_or_is_each_not() -> None:
    assert types("rule a when not( A() or B() ) then end") == [["!A", "!B"]]


def test_branches_keep_their_name_and_body() -> None:
    rules = rules_ir("rule a when $x : A() or $x : B() then print($x.n) end").rulesets[0].rules
    assert [r.name for r in rules] == ["a", "a"]
    assert all(r.body for r in rules)


def test_labels_end_their_rule_and_breaks_keep_matches_from_the_rest() -> None:
    rules = (
        rules_ir(
            "rule a when A( $x : x ) do[p] B() if ( $x > 1 ) break[q] C() then print(0) "
            "then[p] print(1) then[q] print(2) end"
        )
        .rulesets[0]
        .rules
    )
    kinds = [[type(c).__name__ for c in r.conditions] for r in rules]
    assert kinds == [["Pattern"], ["Pattern", "Pattern", "Test"], ["Pattern", "Pattern", "Test", "Pattern"]]
    assert [r.body[-1].value.args[0].value for r in rules] == [1, 2, 0]


def test_what_branches_share_is_one_rule() -> None:
    rules = rules_ir("rule a when A() do[p] (B() or C()) then then[p] print(1) end").rulesets[0].rules
    assert len(rules) == 3


def test_a_query_with_or_makes_branches() -> None:
    assert types("query q() A() or B() end rule a when q() C() then end") == [["A", "C"], ["B", "C"]]


def test_the_conditions_of_the_rule_that_is_extended_come_first() -> None:
    assert types(
        'rule a when A() then end rule b extends a when B() then end rule c extends "b" when C() then end'
    ) == [
        ["A"],
        ["A", "B"],
        ["A", "B", "C"],
    ]
