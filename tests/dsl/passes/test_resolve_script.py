"""Scopes and types of a script's variables."""

from tests.dsl.passes.helpers import script_ir, shown, text


def test_shadowing_makes_new_locals() -> None:
    [main] = script_ir("let x = 1; { let x = 2; x = 3 } x = 4").functions
    assert shown(main.body) == text(
        """[(let "x" (const 1 'int)) (let "x#1" (const 2 'int))
            (do (assign (local "x#1") (const 3 'int) "" false 'int))
            (do (assign (local "x") (const 4 'int) "" false 'int))]"""
    )


def test_a_variable_that_is_assigned_once_has_its_values_type() -> None:
    [main] = script_ir("const m = new M()\nreturn m.a").functions
    assert shown(main.body) == text(
        """[(let "m" (new "M" [] '(type "M"))) (return (get-field (local "m" '(type "M")) "a" false))]"""
    )


def test_implicit_variables_are_declared_at_the_top() -> None:
    [main] = script_ir("if (1 > 0) { x = 1 }\nreturn x").functions
    assert shown(main.body[0]) == text('(let "x" nil)')


def test_functions_are_apart() -> None:
    names = [f.name for f in script_ir("return f(1)\nfunction f(a) { return a }").functions]
    assert names == ["e", "e.f"]
