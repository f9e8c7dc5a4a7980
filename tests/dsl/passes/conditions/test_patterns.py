"""Constraints, bindings, positional arguments and the guards of null-safe access."""

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import rules_ir, shown, text

P = "declare T a : int  b : int  t : T end declare S extends T c : int end "


def constraints(inside: str) -> str:
    rule = rules_ir(P + f"rule r when $p : T( {inside} ) then end").rulesets[0].rules[0]
    return shown(rule.conditions[0].constraints)


def field(name: str, of: str = '(local "$p" \'(type "T"))') -> str:
    return f'(get-field {of} "{name}" false \'(optional int))'


def test_null_safe_access_is_false_for_null_in_both_senses() -> None:
    inner = '(get-field (local "$p" \'(type "T")) "t" false \'(optional (type "T")))'
    read = f'(get-field {inner} "a" true \'(optional int))'
    guard = f"(binary \"!=\" {inner} (const nil 'null) false 'bool)"
    test = f"(binary \"!=\" {read} (const 3 'int) false 'bool)"
    assert constraints("t!.a != 3") == text(f"[(conditional {guard} {test} (const false 'bool) 'bool)]")


def test_positional_arguments_bind_or_compare() -> None:
    rule = rules_ir(P + "rule r when T( $x, 3; ) T( a == $x ) then end").rulesets[0].rules[0]
    first, second = rule.conditions
    assert [b.name for b in first.bindings] == ["$x"]
    assert shown(first.constraints) == text(
        '[(binary "==" (get-field (local "fact" \'(type "T")) "b" false \'(optional int))'
        " (const 3 'int) false 'bool)]"
    )
    assert '(local "fact" \'(type "T"))' in shown(second.constraints)


def test_unification_compares_what_is_known() -> None:
    rule = rules_ir(P + "rule r when T( $x := a ) T( $x := b ) then end").rulesets[0].rules[0]
    assert rule.conditions[0].constraints == ()
    assert [c.op for c in rule.conditions[1].constraints] == ["=="]


def test_a_binding_within_a_conjunction_is_a_constraint_of_its_own() -> None:
    rule = rules_ir(P + "rule r when T( a > 1 && $y : b < 9 ) then print($y) end").rulesets[0].rules[0]
    pattern = rule.conditions[0]
    assert [c.op for c in pattern.constraints] == [">", "<"]
    assert [b.name for b in pattern.bindings] == ["$y"]


def test_a_test_in_brackets_is_bound_as_a_truth_value() -> None:
    rule = rules_ir(P + "rule r when T( $y : ( a > 1 ) ) then print($y) end").rulesets[0].rules[0]
    assert rule.conditions[0].constraints == ()
    assert rule.conditions[0].bindings[0].value.type == ir.BOOL


def test_an_inline_cast_tests_the_type() -> None:
    shown_cast = constraints("this#S.c > 3")
    assert '(is-a (local "$p"' in shown_cast
    assert '\'(type "S")) "c"' in shown_cast


def test_word_operators_are_false_for_null_and_their_negation_is_not() -> None:
    rule = rules_ir('rule r when O( s not matches "x" ) then end').rulesets[0].rules[0]
    [constraint] = rule.conditions[0].constraints
    assert isinstance(constraint, ir.Unary)
    assert isinstance(constraint.operand, ir.Logical)


def test_watched_fields_are_the_patterns() -> None:
    rule = rules_ir(P + "rule r when T( a > 1 ) @watch( !a, b ) then end").rulesets[0].rules[0]
    assert rule.conditions[0].watch == ("!a", "b")
