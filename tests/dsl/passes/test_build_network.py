"""Which nodes rules become, and which they share."""

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import rules_ir, run_passes, shown, text


def network(rules: str) -> ir.Module:
    return run_passes(rules_ir(rules), "build network")


def test_constants_become_indexable_tests() -> None:
    [rs] = network('rule a when T( n > 3, 5 >= m, s == "x" ) then end').rulesets
    assert shown(rs.alphas) == text(
        """[(alpha-type "T") (alpha-compare 0 "n" ">" (const 3 'int)) (alpha-compare 1 "m" "<=" (const 5 'int))
            (alpha-compare 2 "s" "==" (const "x" 'text))]"""
    )
    assert shown(rs.betas) == text('[(beta-pattern "join" nil 3 [] [] ["m" "n" "s"])]')


def test_equality_with_an_earlier_fact_becomes_a_key() -> None:
    [rs] = network("rule a when $c : C( $i : id ) O( c == $i, t > $c.limit ) then end").rulesets
    assert shown(rs.betas) == text(
        """[(beta-pattern "join" nil 0 [] [] ["id" "limit"])
            (beta-pattern "join" 0 1 [(join-key 0 "id" "c" "C" "O")] ["r/test 0"] ["c" "t"])]"""
    )


def test_the_test_function_sees_the_tuple_then_the_candidate() -> None:
    module = network("rule a when $c : C() O( t > $c.limit ) then end")
    test = next(f for f in module.functions if f.name == "r/test 0")
    assert [(p.name, p.type) for p in test.params] == [("element0", ir.Ref("C")), ("element1", ir.Ref("O"))]


def test_equal_prefixes_are_shared() -> None:
    [rs] = network(
        """
        rule a when $x : A( n == 1 ) $y : B( m == $x.m, abs(k) > 1 ) then print("a") end
        rule b when $p : A( n == 1 ) $q : B( m == $p.m, abs(k) > 1 ) not C( z == $q.m ) then print("b") end
        """
    ).rulesets
    assert len(rs.alphas) == 5
    assert [b.kind for b in rs.betas if isinstance(b, ir.BetaPattern)] == ["join", "join", "not"]
    assert [r.beta for r in rs.rules] == [1, 2]


def test_nodes_that_watch_other_fields_are_not_shared() -> None:
    [rs] = network("rule a when A( n == 1 ) then end rule b when A( n == 1, $m : m ) then print($m) end").rulesets
    assert [b.watch for b in rs.betas if isinstance(b, ir.BetaPattern)] == [("n",), ("m", "n")]


def test_a_conjunction_is_two_constraints() -> None:
    [one] = network("rule a when T( n > 3 && n < 9 ) then end").rulesets
    [two] = network("rule a when T( n > 3, n < 9 ) then end").rulesets
    assert one.alphas == two.alphas


def test_a_rule_without_patterns() -> None:
    [rs] = network("rule a when then end").rulesets
    assert rs.rules[0].beta is None
    assert rs.betas == ()
