"""Names in rules: fields, bindings, constants of types."""

from tests.dsl.passes.helpers import rules_ir, shown, text


def test_fields_bindings_and_constants() -> None:
    [rule] = (
        rules_ir('rule "a" when $o : Order( $t : total > 3, state == Order.NEW ) then print($t) end').rulesets[0].rules
    )
    assert shown(rule.conditions) == text(
        """[(pattern "join" "$o" "Order"
              [(binding "$t" (get-field (local "$o" '(type "Order")) "total" false))]
              [(binary ">" (get-field (local "$o" '(type "Order")) "total" false) (const 3 'int) true 'bool)
               (binary "==" (get-field (local "$o" '(type "Order")) "state" false) (const "NEW" 'text) false 'bool)
              ])]"""
    )
    assert shown(rule.body) == text(
        """[(let "$t" (get-field (local "$o" '(type "Order")) "total" false))
            (do (native "print" [(logical "??" (local "$t") (const nil 'null))] 'null))]"""
    )


def test_a_binding_that_only_conditions_use_is_no_local() -> None:
    rule = rules_ir("rule a when A( $x : x ) B( y == $x ) then end").rulesets[0].rules[0]
    assert rule.body == ()


def test_half_comparisons_are_completed() -> None:
    [rule] = rules_ir("rule a when T( n > 3 && < 9 ) then end").rulesets[0].rules
    field = """(get-field (local "fact" '(type "T")) "n" false)"""
    assert shown(rule.conditions[0].constraints[0]) == text(
        f"""(logical "&&" (binary ">" {field} (const 3 'int) true 'bool)
                          (binary "<" {field} (const 9 'int) true 'bool) 'bool)"""
    )


def test_ordered_comparison_is_safe_in_conditions_only() -> None:
    [rule] = rules_ir("rule a when $t : T() then if ($t.n > 3) { print(1) } end").rulesets[0].rules
    assert '"n" false) (const 3 \'int) false' in shown(rule.body)
