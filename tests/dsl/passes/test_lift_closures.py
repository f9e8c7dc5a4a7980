"""Closure conversion: which captured locals travel as values, which live in cells, and where cells are made."""

from __future__ import annotations

from cybermiles.dsl import ir
from tests.dsl.passes.helpers import run_passes, script_ir


def _lifted(text: str) -> dict[str, ir.Function]:
    """The functions of a script after the pass, by name."""
    return {f.name: f for f in run_passes(script_ir(text), "lift closures").functions}


def _count(function: ir.Function, kind: type[ir.Node]) -> int:
    return sum(isinstance(node, kind) for node in ir.walk(function))


def _made(function: ir.Function) -> list[tuple[str, list[str]]]:
    """The closures that a function makes: what each calls and which locals it takes."""
    nodes = (node for node in ir.walk(function) if isinstance(node, ir.MakeClosure))
    return [(node.function, [c.name for c in node.captures if isinstance(c, ir.Local)]) for node in nodes]


def test_a_local_that_never_changes_is_captured_by_value() -> None:
    functions = _lifted("const n = 2; const f = x => x + n; return f(1)")
    inner = functions["e.f"]
    assert [p.name for p in inner.params] == ["n", "x"]
    assert (inner.captures, inner.own_this, inner.rest) == (1, False, False)
    assert _made(functions["e"]) == [("e.f", ["n"])]
    assert not _count(functions["e"], ir.NewCell)
    assert not _count(inner, ir.CellGet)


def test_a_local_that_changes_lives_in_a_cell_on_both_sides() -> None:
    functions = _lifted("let n = 0; const f = () => ++n; f(); return n")
    assert [_count(functions[name], ir.NewCell) for name in ("e", "e.f")] == [1, 0]
    assert [_count(functions[name], ir.CellSet) for name in ("e", "e.f")] == [0, 1]
    assert [_count(functions[name], ir.CellGet) for name in ("e", "e.f")] == [1, 1]


def test_a_local_that_its_maker_changes_is_read_from_the_cell_in_the_closure() -> None:
    functions = _lifted("let n = 1; const f = () => n; n = 2; return f()")
    assert _count(functions["e.f"], ir.CellGet) == 1
    assert _count(functions["e"], ir.CellSet) == 1


def test_what_an_inner_closure_sees_passes_through_the_outer_one() -> None:
    functions = _lifted("let n = 0; const f = () => () => n++; f()(); return n")
    assert _made(functions["e"]) == [("e.f", ["n"])]
    assert _made(functions["e.f"]) == [("e.f.function", ["n"])]
    assert not _count(functions["e.f"], ir.CellGet)


def test_a_function_that_names_itself_takes_its_cell_which_stands_before_it() -> None:
    functions = _lifted("const k = 1; const f = n => n < k ? 0 : f(n - 1); return f(3)")
    body = functions["e"].body
    cells = [at for at, s in enumerate(body) if isinstance(s, ir.Let) and isinstance(s.value, ir.NewCell)]
    makers = [at for at, s in enumerate(body) if any(isinstance(n, ir.MakeClosure) for n in ir.walk(s))]
    assert len(cells) == len(makers) == 1
    assert cells[0] < makers[0]


def test_each_turn_of_a_loop_makes_its_own_cell() -> None:
    functions = _lifted("const fs = []; for (let i = 0; i < 3; i++) { let n = i; fs.push(() => n++) } return fs[0]()")
    (loop,) = (node for node in ir.walk(functions["e"]) if isinstance(node, ir.Loop))
    assert sum(isinstance(node, ir.NewCell) for node in ir.walk(loop)) == 1
    assert _count(functions["e"], ir.NewCell) == 1


def test_a_parameter_that_changes_moves_into_a_cell_first() -> None:
    functions = _lifted("const f = n => { const g = () => n; n = 2; return g() }; return f(1)")
    first = functions["e.f"].body[0]
    assert isinstance(first, ir.Let)
    assert (first.name, first.value) == ("n", ir.NewCell(ir.Local("n")))


def test_an_arrow_takes_this_of_the_function_around_it() -> None:
    functions = _lifted("const o = {v: 1, m() { return () => this.v }}; return o.m()()")
    outer, inner = functions["e.m"], functions["e.m.function"]
    assert (outer.captures, outer.own_this) == (0, True)
    assert (inner.captures, inner.own_this) == (1, False)
    assert [p.name for p in outer.params] == [p.name for p in inner.params]


def test_the_rest_of_the_arguments_is_the_last_parameter() -> None:
    function = _lifted("const k = 1; const f = (a, ...rest) => rest.length + k; return f(1, 2)")["e.f"]
    assert [p.name for p in function.params] == ["k", "a", "rest"]
    assert function.rest


def test_closures_of_one_name_are_functions_of_different_names() -> None:
    functions = _lifted("const k = 1; { const f = () => k; f() } { const f = () => k + 1; return f() }")
    names = [name for name, _ in _made(functions["e"])]
    assert len(set(names)) == 2
    assert set(names) < set(functions)
