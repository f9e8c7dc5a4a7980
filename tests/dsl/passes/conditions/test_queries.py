"""Queries in their place, and as functions."""

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import rules_ir

P = "declare P a : text  b : text end "
RECURSIVE = P + "query q( String x, String y ) P( x, y; ) or ( P( x, z; ) and q( z, y; ) ) end "


def test_a_live_call_is_the_conditions_with_the_arguments() -> None:
    text = P + 'query q( String x, String y ) P( x := a, y := b ) end rule r when q( "k", $y; ) then print($y) end'
    module = rules_ir(text)
    [pattern] = module.rulesets[0].rules[0].conditions
    assert isinstance(pattern, ir.Pattern)
    assert len(pattern.constraints) == 1
    assert not module.functions


def test_a_pulled_call_is_a_function_of_what_is_known() -> None:
    module = rules_ir(RECURSIVE + 'rule r when ?q( "k", $y; ) then print($y) end')
    settled, rows = module.rulesets[0].rules[0].conditions
    assert isinstance(settled, ir.Accumulate)
    assert isinstance(rows, ir.From)
    assert isinstance(rows.items, ir.Call)
    assert [f.name for f in module.functions] == ["r/query q bf"]
    assert rows.items.function == "r/query q bf"


def test_each_combination_of_known_arguments_has_its_function() -> None:
    module = rules_ir(RECURSIVE + "rule r when ?q( $x, $y; ) then print($x + $y) end")
    assert sorted(f.name for f in module.functions) == ["r/query q bf", "r/query q ff"]


def test_a_query_that_nothing_calls_is_checked_and_left_out() -> None:
    assert not rules_ir(RECURSIVE + "rule r when P() then end").functions
