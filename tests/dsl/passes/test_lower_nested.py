"""Nested when/then as loops and ifs."""

from cybermiles.dsl import ir
from cybermiles.dsl.passes.lower_nested import lower_nested
from tests.dsl.passes.helpers import shown, text


def lowered(body: str) -> str:
    rule = ir.Rule("a", 0, False, (), ir.parse(body))
    module = ir.Module("m", "0", (), (ir.RuleSet("r", "drools", (rule,)),))
    return shown(lower_nested(module).rulesets[0].rules[0].body)


def test_a_test_becomes_an_if() -> None:
    assert lowered('[(when [(test (local "x"))] [(break)])]') == text('[(if (local "x") [(break)] [])]')


def test_a_pattern_becomes_a_loop_over_the_facts() -> None:
    before = '[(when [(pattern "join" "p" "T" [] [(local "c") (local "d")])] [(break)])]'
    after = """[(for-each "p" (facts "T" '(list (type "T")))
                  [(if (local "c") [(if (local "d") [(break)] [])] [])])]"""
    assert lowered(before) == text(after)


def test_not_looks_for_one_and_goes_on_without() -> None:
    before = '[(when [(pattern "not" "p" "T" [] [(local "c")])] [(continue)])]'
    after = """[(let "found#1" (const false 'bool))
                (for-each "p" (facts "T" '(list (type "T")))
                  [(if (local "c")
                     [(do (assign (local "found#1" 'bool) (const true 'bool) "" false 'bool)) (break)] [])])
                (if (unary "!" (local "found#1" 'bool) 'bool) [(continue)] [])]"""
    assert lowered(before) == text(after)


def test_whens_within_ifs_and_loops() -> None:
    inner = '(when [(test (local "x"))] [])'
    assert "when" not in lowered(f'[(if (local "a") [{inner}] [{inner}]) (loop nil [{inner}] [] false)]')
