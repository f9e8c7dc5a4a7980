"""Functions, patterns and loops of scripts in the IR."""

from __future__ import annotations

import pytest

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import script_ir, shown, text


def _main(source: str) -> ir.Function:
    return script_ir(source).functions[0]


def _kinds(node: ir.Node) -> set[str]:
    return {type(n).__name__ for n in ir.walk(node)}


@pytest.mark.parametrize(
    "source",
    [
        "return f(1)\nfunction f(a) { return g(a) }\nfunction g(a) { return a < 1 ? 0 : f(a - 1) }",
        "const f = (a, b = 2) => a + b\nreturn f(1)",
        "function f(...xs) { return xs.length }\nreturn f(1, 2)",
        "function f() { function g() { return 1 } return g() }\nreturn f()",
    ],
)
def test_functions_that_capture_nothing_and_are_only_called_are_plain(source: str) -> None:
    module = script_ir(source)
    assert len(module.functions) > 1
    assert all("Closure" not in _kinds(f) and "CallValue" not in _kinds(f) for f in module.functions)


@pytest.mark.parametrize(
    "source",
    [
        "let n = 0\nfunction f() { return n++ }\nreturn f()",
        "function f() { return 1 }\nconst g = f\nreturn g()",
        "function f() { return this }\nreturn f()",
        "function f(a) { return a }\nreturn f(...[1])",
        "let f = () => 1\nf = () => 2\nreturn f()",
        "function f(a) { return a }\nreturn f(1, print(2))",
        "const g = () => f()\nconst f = () => 1\nreturn g()",
    ],
)
def test_others_stay_closures(source: str) -> None:
    [main] = script_ir(source).functions
    assert "Closure" in _kinds(main)


def test_arguments_that_are_missing_are_undefined_and_further_ones_a_list() -> None:
    main = _main("return f(1)\nfunction f(a, b, ...c) { return b }")
    assert shown(main.body) == text(
        """[(return (call "e.f" [(const 1 'int) (const undefined) (new-list [] '(list any))]))]"""
    )


def test_only_undefined_takes_a_default() -> None:
    function = script_ir("return f()\nfunction f(a = 1) { return a }").functions[1]
    first = function.body[0]
    assert isinstance(first, ir.If)
    assert shown(first.condition) == text(
        """(binary "==" (unary "typeof" (local "a") 'text) (const "undefined" 'text) false 'bool)"""
    )


def test_names_are_unique_across_closures() -> None:
    main = _main("let x = 1\nconst f = x => { let y = x; { let x = y; return () => x } }\nreturn [f, x]")
    lets = [n.name for n in ir.walk(main) if isinstance(n, ir.Let)]
    params = [p.name for n in ir.walk(main) if isinstance(n, ir.Closure) for p in n.params]
    assert len({*lets, *params}) == len(lets) + len(params)


def test_a_head_that_closures_capture_is_copied_each_turn() -> None:
    plain = _main("let fs = []\nfor (let i = 0; i < 3; i++) { fs.push(i) }\nreturn fs")
    [loop] = [n for n in ir.walk(plain) if isinstance(n, ir.Loop)]
    assert loop.condition is not None
    copied = _main("let fs = []\nfor (let i = 0; i < 3; i++) { fs.push(() => i) }\nreturn fs")
    [loop] = [n for n in ir.walk(copied) if isinstance(n, ir.Loop)]
    assert loop.condition is None
    assert isinstance(loop.body[0], ir.Let)
    [closure] = [n for n in ir.walk(copied) if isinstance(n, ir.Closure)]
    names = [n.name for n in ir.walk(closure) if isinstance(n, ir.Local)]
    assert names == [loop.body[0].name]


def test_var_is_declared_at_the_start_of_its_function() -> None:
    main = _main("if (now()) { var a = 1 }\nreturn a")
    assert shown(main.body[0]) == text('(let "a" nil)')


def test_strict_equality_tells_null_from_undefined() -> None:
    assert "Native" in _kinds(
        _main("let a = params_of(), b = a\nreturn a.x === b.x\nfunction params_of() { return {} }")
    )
    assert "Native" not in _kinds(_main("let a = {}\nreturn a.x === 'b'"))


def test_errors_of_a_script_without_try_are_reverts() -> None:
    assert "Revert" in _kinds(_main("throw new Error('a')"))
    assert "Throw" in _kinds(_main("try { throw new Error('a') } catch { }"))
    assert "Throw" in _kinds(_main("throw new BpmnError('A')"))


def test_an_assignment_of_a_pattern_has_the_value_of_its_right_side() -> None:
    main = _main("let a, b\nreturn [a, b] = [1, 2]")
    result = main.body[-1]
    assert isinstance(result, ir.Return)
    assert isinstance(result.value, ir.Sequence)
    assert shown(result.value.values[-1]) == text("""(local "value#" '(list any))""")


def test_private_names_of_two_classes_differ() -> None:
    main = _main("class A { #x = 1 }\nclass B extends A { #x = 2 }\nreturn new B()")
    keys = {n.key.value for n in ir.walk(main) if isinstance(n, ir.Member) and isinstance(n.key, ir.Const)}
    assert len(keys) == 2


def test_what_other_cases_of_a_switch_declare_is_checked_when_it_runs() -> None:
    main = _main("switch (height()) { case 0: let x = 1; case 1: return x }")
    assert "CellGet" in _kinds(main)
    assert "CellGet" not in _kinds(_main("switch (height()) { case 0: { let x = 1; return x } }"))
