"""`from` and paths."""

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import rules_ir, shown

P = "declare Toy n : int end declare Kid age : int  toys : list end declare Man kids : list  best : Kid end "


def conditions(text: str) -> tuple[ir.Condition, ...]:
    return rules_ir(P + f"rule r when {text} then end").rulesets[0].rules[0].conditions


def test_elements_are_tested_for_their_type() -> None:
    _, element = conditions("$m : Man() Kid( age > 3 ) from $m.kids")
    assert isinstance(element, ir.From)
    assert [type(c).__name__ for c in element.constraints] == ["IsA", "Binary"]


def test_whole_numbers_are_told_from_other_values() -> None:
    _, element = conditions("$m : Man() $k : Integer( this > 3 ) from [1, 2]")
    assert isinstance(element, ir.From)
    assert shown(element.constraints[0]) == shown(ir.parse('(native "is_integer" [(local "$k" \'any)] \'bool)'))


def test_steps_of_a_path_are_lists_one_within_another() -> None:
    pattern, kid, toy = conditions("Man( $t : /kids#Kid[ age > 3 ]/toys#Toy )")
    assert isinstance(pattern, ir.Pattern)
    assert isinstance(kid, ir.From)
    assert isinstance(toy, ir.From)
    assert shown(toy.items) == shown(
        ir.parse('(get-field (local "kids" \'(type "Kid")) "toys" false \'(optional (list any)))')
    )


def test_an_index_picks_one_element() -> None:
    _, kid = conditions("Man( $k : /kids[ 0 ] )")
    assert isinstance(kid, ir.From)
    assert "get-index" in shown(kid.items)
