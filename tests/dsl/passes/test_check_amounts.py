"""Quotients that reach a transfer without being rounded."""

from __future__ import annotations

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module


def warnings(script: str) -> list[int]:
    endpoint = ScriptEndpoint(
        ir.Endpoint("e", (ir.Field("x", ir.NUMBER),), ir.ANY, "endpoint e"), Source("s.js", script)
    )
    found = check_module(Unit(endpoints=[endpoint], permissions=("transfer",)))
    assert not [d for d in found if d.severity == "error"], found
    return [d.line for d in found if d.code == "unrounded-amount"]


@pytest.mark.parametrize(
    "script",
    [
        "transfer(caller(), x / 3)",
        "const part = x / 3; transfer(caller(), part)",
        "let a = x\nlet b = a / 7\nlet c = 1 + b * 2\ntransfer(caller(), c)",
        "let a = x\na /= 3\ntransfer(caller(), a)",
        "transfer(caller(), x > 1 ? x / 3 : 1)",
        "transfer(caller(), avg([x, 1, 2]))",
        "transfer(caller(), min(x / 3, 5))",
        "transfer(caller(), x.divide(3))",
        "function part(y) { return y / 3 }\ntransfer(caller(), part(x))",
        "function part(y) { return y / 3 }\nfunction twice(y) { return part(y) * 2 }\ntransfer(caller(), twice(x))",
        "for (const y of [1, 2]) { let z = y / x; transfer(caller(), z) }",
    ],
)
def test_what_may_be_too_fine(script: str) -> None:
    assert warnings(script) == [script.count("\n", 0, script.index("transfer(")) + 1]


@pytest.mark.parametrize(
    "script",
    [
        "transfer(caller(), round(x / 3, 2, 'down'))",
        "transfer(caller(), div(x, 3))",
        "transfer(caller(), x / 100)",
        "transfer(caller(), x / 2.5)",
        "const part = round(x / 3, 2); transfer(caller(), part)",
        "transfer(caller(), (x / 3).setScale(2))",
        "transfer(caller(), round_currency(x / 3, 'EUR'))",
        "transfer(caller(), x.divide(3, 2))",
        "transfer(caller(), percent(x, 20))",
        "let rate = x / 3; transfer(caller(), x)",
    ],
)
def test_what_is_fine(script: str) -> None:
    assert warnings(script) == []
