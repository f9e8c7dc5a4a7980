"""Code of processes on the real machine: what it gives back for the variables it may change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import Source, Unit, compile_module
from cybermiles.platform import Module
from tests.dsl.models import bpmn

ITEMS = [{"name": "a", "price": 2}, {"name": "b", "price": 3}]

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "x = 1": ({}, {"x": 1}),
    "x = x + 1": ({"x": 2}, {"x": 3}),
    "if (x > 1) { return; } x = 5": ({"x": 2}, {"x": 2}),
    "o.items.push(x)": ({"o": {"items": [1]}, "x": 2}, {"o": {"items": [1, 2]}}),
    "function add(n) { total = total + n } items.forEach(i => add(i.price))": (
        {"total": 1, "items": ITEMS},
        {"total": 6},
    ),
    "const twice = n => { total = total + 2 * n }; for (const i of items) { twice(i.price) }": (
        {"total": 0, "items": ITEMS},
        {"total": 10, "items": ITEMS},
    ),
    "items.forEach(i => { i.price = i.price * 2 })": (
        {"items": ITEMS},
        {"items": [{"name": "a", "price": 4}, {"name": "b", "price": 6}]},
    ),
    "names = items.map(i => i.name).join('+')": ({"items": ITEMS}, {"names": "a+b"}),
    "try { throw new Error('no') } catch (e) { why = e.message } finally { done = true }": (
        {},
        {"why": "no", "done": True},
    ),
    "switch (kind) { case 'a': case 'b': n = 1; break; default: n = 2 }": ({"kind": "b"}, {"n": 1}),
    "const f = n => { if (n) { return 1 } return 2 }; x = f(true) + f(false)": ({}, {"x": 3}),
    "const f = () => { x = 1; return 2 }; return f(); x = 3": ({}, {"x": 1}),
    "[x, y = 5] = list": ({"list": [1]}, {"x": 1, "y": 5}),
    "const {first, ...rest} = o; n = Object.keys(rest).length": ({"o": {"first": 1, "b": 2, "c": 3}}, {"n": 2}),
    "who = o.customer?.name ?? 'nobody'": ({"o": {}}, {"who": "nobody"}),
    "let f = () => x; x = 7; y = f()": ({"x": 1}, {"x": 7, "y": 7}),
    "class Sum { n = 0; add(v) { this.n = this.n + v; return this } } r = new Sum().add(x).add(2).n": (
        {"x": 1},
        {"r": 3},
    ),
}


def _compiled(code: str) -> tuple[Module, ir.Code]:
    text = bpmn(f'<scriptTask id="a"><script><![CDATA[{code}]]></script></scriptTask>', "s>a a>e")
    compiled = compile_module(Unit(processes=[Source("p.bpmn", text)]))
    made = next(n.code for n in compiled.ir.processes[0].nodes if n.id == "a")
    assert made is not None
    return Module(compiled.code), made


@pytest.mark.parametrize("code", CASES)
def test_statements(code: str) -> None:
    given, wanted = CASES[code]
    module, made = _compiled(code)
    result = module.run(made.function, [given.get(name) for name in made.reads], gas_limit=10_000_000)["result"]
    found = {k: v for k, v in zip(made.writes, result, strict=True) if k in wanted or v != given.get(k)}
    assert found == wanted


def test_a_process_error_leaves_the_machine_as_one() -> None:
    module, made = _compiled('throw new BpmnError("NO_STOCK", "none left")')
    with pytest.raises(Exception, match="none left") as caught:
        module.run(made.function, [], gas_limit=1_000_000)
    assert getattr(caught.value, "code", "") == "bpmn-error"


@pytest.mark.parametrize(
    ("text", "given", "wanted"),
    [
        ("list.some(v => v > n)", {"list": [0, 2], "n": 1}, True),
        ("(a ?? 0) + 0.2", {"a": Decimal("0.1")}, Decimal("0.3")),
        ("{a: x}.a", {"x": 3}, 3),
        ("o?.p?.q ?? 'none'", {}, "none"),
    ],
)
def test_expressions(text: str, given: dict[str, Any], wanted: Any) -> None:
    model = bpmn(
        f'<serviceTask id="a"><extensionElements><cm:call><![CDATA[{text}]]></cm:call><cm:result>r</cm:result>'
        "</extensionElements></serviceTask>",
        "s>a a>e",
    )
    compiled = compile_module(Unit(processes=[Source("p.bpmn", model)]))
    made = next(n.code for n in compiled.ir.processes[0].nodes if n.id == "a")
    assert made is not None
    args = [given.get(name) for name in made.reads]
    assert Module(compiled.code).run(made.function, args, gas_limit=1_000_000)["result"] == [wanted]
