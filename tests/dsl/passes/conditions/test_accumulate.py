"""`accumulate` and `collect` as folds."""

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.passes.conditions.folds import FOLDS
from tests.dsl.passes.helpers import rules_ir, shown


def conditions(text: str) -> tuple[ir.Condition, ...]:
    return rules_ir(f"rule r when {text} then end").rulesets[0].rules[0].conditions


@pytest.mark.parametrize("name", FOLDS)
def test_every_function_is_a_fold_over_its_argument(name: str) -> None:
    [made] = conditions(f"accumulate( A( $x : x ); $r : {name}( $x ) )")
    assert isinstance(made, ir.Accumulate)
    [fold] = made.folds
    assert fold.name == "$r"
    assert {let.name for let in fold.state} <= {n.name for n in ir.walk(fold) if isinstance(n, ir.Local)}


def test_a_sum_is_written_out() -> None:
    [made] = conditions("accumulate( A( $x : x ); $r : sum( $x ) )")
    assert isinstance(made, ir.Accumulate)
    assert shown(made.folds) == shown(
        ir.parse(
            """[(fold "$r" [(let "sum" (const 0 'int))]
                  [(if (binary "!=" (get-field (local "fact" '(type "A")) "x" false) (const nil 'null) false 'bool)
                     [(do (assign (local "sum" 'number) (get-field (local "fact" '(type "A")) "x" false)
                            "+" false 'number))] [])]
                  (local "sum" 'number))]"""
        )
    )


def test_constraints_on_results_are_tests_after_it() -> None:
    made, first, second = conditions("accumulate( A( $x : x ); $s : sum( $x ), $c : count(); $s > 3, $c < 2 )")
    assert isinstance(made, ir.Accumulate)
    assert [f.name for f in made.folds] == ["$s", "$c"]
    assert isinstance(first, ir.Test)
    assert isinstance(second, ir.Test)


def test_the_pattern_around_a_result_is_tests_of_it() -> None:
    made, test = conditions("Number( intValue > 3 ) from accumulate( A( $x : x ), sum( $x ) )")
    assert isinstance(made, ir.Accumulate)
    assert '"trunc" [(local "result" \'number)]' in shown(test)


def test_a_list_of_matches_is_handed_out_as_a_copy() -> None:
    made, test = conditions("$l : ArrayList( size > 2 ) from collect( A( x > 1 ) )")
    assert isinstance(made, ir.Accumulate)
    assert isinstance(made.folds[0].result, ir.Method)
    assert made.folds[0].result.name == "slice"
    assert isinstance(test, ir.Test)


def test_a_custom_fold_has_the_variables_of_init() -> None:
    [made] = conditions(
        "$n : Number() from accumulate( A( $x : x ), init( int t = 0; int n = 1 ) action( t += $x; n *= 2 ) "
        "reverse( t -= $x; ) result( t / n ) )"
    )
    assert isinstance(made, ir.Accumulate)
    [fold] = made.folds
    assert [let.name for let in fold.state] == ["t", "n"]
    assert len(fold.action) == 2
