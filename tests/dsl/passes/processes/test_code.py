"""What process code reads and writes, and the small notations around it."""

from __future__ import annotations

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.code import CodeMaker, unwrap
from cybermiles.dsl.passes.processes.forms import properties, read_form
from cybermiles.dsl.passes.processes.notation import pairs
from cybermiles.dsl.passes.processes.times import is_cycle, is_date, is_duration, looks_constant
from cybermiles.dsl.syntax.xml import Text
from cybermiles.dsl.types import TypeTable


def text(value: str) -> Text:
    return Text(value, "f", ((0, 1, 1),), ir.Span("f", 1, 1, 1, 1 + len(value)))


def maker(variables: tuple[str, ...] = ()) -> tuple[CodeMaker, Diagnostics]:
    findings = Diagnostics()
    context = Context(findings, TypeTable((), {}), variables=dict.fromkeys(variables, ir.ANY))
    return CodeMaker(context, "process p"), findings


WRITES = {
    "x = 1": "x",
    "x += y": "x",
    "x++": "x",
    "let x = y": "",
    "var x = 1; x = 2": "",
    "{ let x = 1; x = 2 } x = 3": "x",
    "o.a = 1": "o",
    "o.a.b[2] = 1": "o",
    "delete o.a": "o",
    "o.items.push(x)": "o",
    "let a = o; a.x = 1": "o",
    "let a = o.items; let b = a; b.push(1)": "o",
    "let a = [o]; a[0].x = 1": "o",
    "let a = {k: o}; a.k.x = 1": "o",
    "let a = c ? o : p; a.x = 1": "o p",
    "let a = o ?? p; a.x = 1": "o p",
    "let {items} = o; items.push(1)": "o",
    "let [first] = o; first.x = 1": "o",
    "for (let i of o) { i.x = 1 }": "o",
    "for (let i of o) { n = n + i }": "n",
    "o.forEach(i => { i.x = 1 })": "o",
    "o.forEach(i => { total = total + i })": "total",
    "let f = () => { x = 1 }; f()": "x",
    "function f(a) { a.x = 1 } f(o)": "o",
    "function f() { o.x = 1 } f()": "o",
    "r = o.items.map(i => i.price)": "r",
    "r = o.items.filter(i => i.price > limit)": "r",
    "r = o; r.x = 1": "o r",
    "x = [...list, 1]": "x",
    "x = {...o, a: 1}": "x",
    "[x, y] = [y, x]": "x y",
    "({a: x} = o)": "x",
    "if (c) { x = 1 } else { y = 2 }": "x y",
    "while (n < 3) { n = n + 1 }": "n",
    "switch (k) { case 1: x = 1; break; default: y = 1 }": "x y",
    "try { x = f1.a } catch (e) { y = e.message } finally { z = 1 }": "x y z",
    "o.first = x": "o",
    "o.first = x; o.first.a = 1": "o x",
    "o.items.push(x); o.items[0].a = 1": "o x",
    "let a = o; a.first = x; o.first.b = 1": "o x",
    "o.first = x; let b = o.first; b.k = 1": "o x",
    "let a = o.items; a.push(x)": "o x",  # on the safe side
    "o.items.map(i => { i.x = 1; return i })": "o",
    "o.a?.b.push(1)": "o",
    "x ??= 1": "x",
    "const c = o; (() => { c.n = 1 })()": "o",
    "class A { constructor(v) { v.x = 1 } } new A(o)": "o",
    "o.items.sort((a, b) => a - b)": "o",
    "x = o.items.toSorted()": "x",
    "for (const k in o) { n = n + 1 }": "n",
    "print(x)": "",
    "total": "",
    "list.sort()": "list",
    "let s = text(o); s.length": "",
    "state = 5": "",
    "x = state": "x",
}


@pytest.mark.parametrize(("code", "written"), WRITES.items(), ids=WRITES)
def test_what_statements_may_change(code: str, written: str) -> None:
    made, findings = maker(("state",))
    found = made.statements(text(code), "a")
    assert found is not None, list(findings)
    assert found.writes == tuple(written.split())
    assert set(found.writes) <= set(found.reads)
    assert list(found.reads) == sorted(found.reads)


def test_parameters_stand_in_the_order_of_what_is_read_then_what_is_given() -> None:
    findings = Diagnostics()
    context = Context(findings, TypeTable((), {}))
    code = CodeMaker(context, "process p").statements(text("b = a + event.x"), "n.set", ("event",))
    assert code is not None
    assert (code.reads, code.writes, code.extra) == (("a", "b"), ("b",), ("event",))
    (function,) = context.functions
    assert function.name == code.function == "process p n.set"
    assert [p.name for p in function.params] == ["a", "b", "event"]


def test_names_of_functions_are_unique_and_short() -> None:
    made, _ = maker()
    codes = [made.statements(text("x = 1"), "n" * 500) for _ in range(3)]
    functions = {c.function for c in codes if c is not None}
    assert len(functions) == 3
    assert max(map(len, functions)) <= 210


@pytest.mark.parametrize("value", ["a > 1", "${a > 1}", "#{ a > 1 }", "= a > 1", "  =a > 1  "])
def test_the_ways_to_write_an_expression(value: str) -> None:
    assert unwrap(text(value)).value == "a > 1"
    made, _ = maker()
    code = made.expression(text(value), "c")
    assert code is not None
    assert (code.reads, code.writes) == (("a",), ())


@pytest.mark.parametrize("value", ["== 1", "${a} + ${b}", "{a: 1}", '${"}"}'])
def test_what_only_looks_wrapped(value: str) -> None:
    inner = unwrap(text(value)).value
    assert inner == ('"}"' if value.startswith('${"') else value)


def test_an_object_is_an_expression() -> None:
    made, _ = maker()
    assert made.expression(text("{a: x}"), "c") is not None


@pytest.mark.parametrize("value", ["", "${}", "a; b", "let x = 1", "x = 1", "a ="])
def test_what_is_no_expression(value: str) -> None:
    made, findings = maker()
    assert made.expression(text(value), "c") is None
    assert findings.has_errors


def test_mappings() -> None:
    found = [(n.value, v and v.value) for n, v in pairs(text('a b=c+1, d=f(x, y) e="a b" g=[1, 2]'))]
    assert found == [("a", None), ("b", "c+1"), ("d", "f(x, y)"), ("e", '"a b"'), ("g", "[1, 2]")]


def test_times() -> None:
    durations = ("P1D", "PT1H30M", "P1Y2M3W4DT5H6M7.5S", "PT0S", "P2W")
    assert all(is_duration(t) for t in durations)
    assert not any(is_duration(t) for t in ("P", "PT", "P1", "1D", "P1DT", "PT1D", "P-1D", "P1H", ""))
    assert all(
        is_date(t) for t in ("2026-01-31", "2026-01-31T10:00", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00+02:00")
    )
    assert not any(is_date(t) for t in ("2026-02-30", "20260101", "2026-1-1", "10:00", ""))
    assert all(is_cycle(t) for t in ("R3/PT1H", "R/P1D", "R2/2026-01-01T00:00:00Z/PT1M"))
    assert not any(is_cycle(t) for t in ("PT1H", "R3", "R3/", "R-1/PT1H", "R3/PT1H/2026-01-01", "0 0 * * *"))
    assert all(looks_constant(t) for t in (*durations, "2026-13-01", "R3/x", "0 0 * * *", "*/5"))
    assert not any(looks_constant(t) for t in ("wait", "${wait}", "Period", "now()", "Pay", "Rate"))


def form(value: str, **files: str) -> tuple[str, list[str]]:
    findings = Diagnostics()
    made = read_form(text(value), "processes/p.bpmn", {f"processes/{n}.json": t for n, t in files.items()}, findings)
    return made, [d.code for d in findings]


def test_forms() -> None:
    made, codes = form('{"type": "object", "properties": {"b": {"maximum": 2.50}, "a": {"const": 3.0}}}')
    assert (made, codes) == ('{"properties":{"a":{"const":3},"b":{"maximum":2.5}},"type":"object"}', [])
    assert properties(made) == ["a", "b"]
    assert form("f.json", f='{"type": "object"}') == ('{"type":"object"}', [])
    assert properties("") == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("g.json", "process-bad-reference"),
        ('{"type": "array"}', "process-bad-value"),
        ('{"type": "object", "required": 5}', "process-bad-value"),
        ('{"type": "object", "properties": {"a": {"maximum": 1e999999}}}', "process-bad-value"),
        ('{"type": "object", "x": NaN}', "process-bad-value"),
        ('{"a":' * 5000, "process-bad-value"),
        ('{"type": "object", "title": "' + "x" * 70_000 + '"}', "process-bad-value"),
    ],
)
def test_bad_forms(value: str, code: str) -> None:
    assert form(value) == ("", [code])
