"""`not`, `exists` and `forall` over one and several conditions."""

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import rules_ir


def conditions(text: str) -> tuple[ir.Condition, ...]:
    return rules_ir(f"rule r when {text} then end").rulesets[0].rules[0].conditions


def test_one_pattern_is_a_node_of_its_kind() -> None:
    [pattern] = conditions("not A()")
    assert isinstance(pattern, ir.Pattern)
    assert pattern.kind == "not"


def test_several_conditions_are_a_group() -> None:
    [group] = conditions("exists( A( $x : x ) and B( x == $x ) )")
    assert isinstance(group, ir.Group)
    assert [c.of for c in group.conditions] == ["A", "B"]


def test_exists_of_or_is_not_none() -> None:
    [group] = conditions("exists( A() or B() )")
    assert isinstance(group, ir.Group)
    assert group.kind == "not"
    assert [(c.kind, c.of) for c in group.conditions] == [("not", "A"), ("not", "B")]


def test_forall_of_one_pattern_is_none_that_fails() -> None:
    [pattern] = conditions("forall( A( x > 1, y > 2 ) )")
    assert isinstance(pattern, ir.Pattern)
    assert pattern.kind == "not"
    [broken] = pattern.constraints
    assert isinstance(broken, ir.Unary)
    assert isinstance(broken.operand, ir.Logical)


def test_forall_of_several_is_none_without_the_others() -> None:
    [group] = conditions("forall( $a : A() B( x == $a.x ) C( x == $a.x ) )")
    assert isinstance(group, ir.Group)
    base, inner = group.conditions
    assert isinstance(base, ir.Pattern)
    assert isinstance(inner, ir.Group)
    assert (base.kind, inner.kind) == ("join", "not")


def test_forall_over_elements_stays_among_them() -> None:
    _, group = conditions("$a : A() forall( B( x > 1 ) from $a.items )")
    assert isinstance(group, ir.Group)
    [element] = group.conditions
    assert isinstance(element, ir.From)
    assert [type(c).__name__ for c in element.constraints] == ["IsA", "Unary"]
