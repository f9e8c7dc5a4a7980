"""The deepest trees that the parser lets pass compile, in a thread's smaller stack too."""

from __future__ import annotations

import threading

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, compile_module, compile_rules

RULES = [
    *(f"rule a when T( n {f'{op} 1 ' * 990}) then end" for op in ("+", "&&", "||", "==")),
    "rule a when T() U( $n : n, m " + "+ $n " * 990 + ") then end",
    "rule a when T( n == " + "(" * 90 + "1" + ")" * 90 + ") then end",
]
SCRIPTS = [
    "let a = 1; a = " + "!" * 190 + "1",
    "let a = {}; a = a" + ".b" * 990,
    "let a = " + "[" * 95 + "]" * 95,
    "let a = 1;" + "{" * 95 + "a = 2" + "}" * 95,
    "let a = 1;" + "if (a) a = 3; else " * 300 + "a = 2",
    "let a = 1; a = " + "a ? 1 : " * 95 + "a",
    "function f() {" * 60 + "return 1" + "}" * 60,
    "const f = " + "a => " * 150 + "1",
    "return " + "(() => " * 45 + "1" + ")()" * 45,
    "try {" * 90 + "a()" + "} catch {}" * 90 + " function a() {}",
    "switch (1) { case 1: " * 60 + "break;" + "}" * 60,
    "let a = {}; return a" + "?.b" * 900,
    "let a = () => a; return a" + "(1)" * 900,
    "const A = " + "class { f = " * 90 + "1" + "}" * 90,
    "let " + "{a: " * 90 + "b" + "}" * 90 + " = 1",
    "return " + "[..." * 90 + "[]" + "]" * 90,
    "return " + "`${" * 95 + "1" + "}`" * 95,
    "".join(f"function f{i}() {{ return f{(i + 1) % 1000}() }} " for i in range(1000)),
]


@pytest.mark.parametrize("text", RULES + SCRIPTS)
def test_deepest(text: str) -> None:
    made: list[bytes] = []

    def work() -> None:
        if text in RULES:
            made.append(compile_rules([Source("a.drl", text)]).code)
        else:
            endpoint = ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "e"), Source("s.js", text))
            made.append(compile_module(Unit(endpoints=[endpoint])).code)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert made
