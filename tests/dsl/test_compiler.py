"""The whole pipeline: determinism, round trips of the IR, limits."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cybermiles.dsl import ir, natives
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, checked_ir, compile_module, compile_rules
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import Module, RunError

ROOT = Path(__file__).parents[1] / "conformance" / "drl"
RULES = [
    case["rules"]
    for path in sorted(ROOT.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    if "rules" in case and "want_error" not in case
]
_PROGRAM = """
import hashlib, sys
from cybermiles.dsl.compiler import Source, compile_rules
for text in sys.stdin.read().split("\\0"):
    print(hashlib.sha256(compile_rules([Source("r.drl", text)]).code).hexdigest())
"""


def test_same_source_same_bytes_whatever_the_hash_seed() -> None:
    ours = [hashlib.sha256(compile_rules([Source("r.drl", text)]).code).hexdigest() for text in RULES]
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input="\0".join(RULES),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert run.stdout.split() == ours


@pytest.mark.parametrize("text", RULES)
def test_ir_round_trips_and_modules_are_admitted(text: str) -> None:
    module = checked_ir(Unit(rulesets={"r": [Source("a b.drl", text)]}))
    assert ir.show(ir.parse(ir.show(module))) == ir.show(module)
    compiled = compile_rules([Source("r.drl", text)])
    assert ir.parse(ir.show(compiled.ir, spans=False)) == compiled.ir
    Module(compiled.code)


def test_comments_and_layout_change_nothing_but_the_debug_map() -> None:
    one = compile_rules([Source("r.drl", "rule a when T( n > 3 ) then print(1) end")])
    two = compile_rules([Source("r.drl", "// note\nrule a\nwhen\n  T( n > 3 )\nthen\n  print(1)\nend\n")])
    assert one.code == two.code
    assert one.debug != two.debug


def test_every_library_function_has_types() -> None:
    assert set(natives._TYPES) == set(natives.NATIVES)
    for kind, (_, named) in natives._METHOD_RETURNS.items():
        assert set(named) <= set(natives.METHODS[kind]), kind
    assert all(len(n.args) <= n.most for n in natives.NATIVES.values())


def test_a_module_that_a_chain_could_not_store_is_refused() -> None:
    rules = "\n".join(f'rule "r{i}" when T( n == {i}, s == "{i:0400}" ) then print("{i}") end' for i in range(1200))
    with pytest.raises(CompileError) as caught:
        compile_rules([Source("r.drl", rules)])
    assert [d.code for d in caught.value.diagnostics if d.severity == "error"] == ["module-too-large"]


_TOKENS = st.sampled_from(
    [
        "rule",
        '"a"',
        "b",
        "when",
        "then",
        "end",
        "T",
        "(",
        "n",
        ">",
        "3",
        ")",
        ",",
        "$x",
        ":",
        "y",
        "==",
        "not",
        "exists",
        "&&",
        "||",
        "<",
        "declare",
        ":",
        "number",
        ";",
        "\n",
        "if",
        "{",
        "}",
        "=",
        "modify",
        "insert",
        "new",
        ".",
        "[",
        "]",
        "+",
        "-",
        "!",
        "1.5",
        "'q'",
        "for",
        "while",
        "return",
        "in",
        "?",
        "salience",
        "no-loop",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TOKENS, max_size=40).map(" ".join))
def test_any_text_compiles_or_gets_diagnostics(text: str) -> None:
    try:
        compiled = compile_rules([Source("r.drl", text)])
    except CompileError as error:
        assert any(d.severity == "error" for d in error.diagnostics)
    else:
        Module(compiled.code)


_VALUES = st.recursive(
    st.sampled_from(["1", "2.5", "'t'", "true", "null", "undefined", "a", "b", "o", "l", "params.p", "v"]),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "??"]),
            inner,
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda x: f"(!{x})"),
        inner.map(lambda x: f"o.f{len(x) % 3}"),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]}, {t[1]}][{t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"{{k: {t[0]}, ['x']: {t[1]}}}.k"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        inner.map(lambda x: f"(a = {x})"),
        inner.map(lambda x: f"(o.f1 += {x})"),
        inner.map(lambda x: f"(l[0] ??= {x})"),
        inner.map(lambda x: f"f({x}, b++)"),
        inner.map(lambda x: f"text({x}).length"),
        inner.map(lambda x: f"`n${{{x}}}`"),
    ),
    max_leaves=6,
)
_STATEMENTS = st.recursive(
    _VALUES.map(lambda x: f"a = {x}\n") | _VALUES.map(lambda x: f"return {x}\n") | st.just("v = a\n"),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda b: "{\n" + "".join(b) + "}\n"),
        st.tuples(_VALUES, inner, inner).map(lambda t: f"if ({t[0]}) {{ {t[1]} }} else {{ {t[2]} }}\n"),
        st.tuples(_VALUES, inner).map(lambda t: f"while ({t[0]}) {{ {t[1]} break }}\n"),
        st.tuples(_VALUES, inner).map(
            lambda t: f"for (let i = 0; {t[0]}; i++) {{ if (i > 3) break\n{t[1]} continue }}\n"
        ),
        st.tuples(_VALUES, inner).map(lambda t: f"for (const x of [{t[0]}, a]) {{ {t[1]} }}\n"),
        st.tuples(_VALUES, inner).map(lambda t: f"do {{ {t[1]} }} while ({t[0]} && b++ < 3)\n"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_STATEMENTS, max_size=4).map("".join))
def test_every_script_that_compiles_is_admitted(body: str) -> None:
    text = "let a = 1, b = 2, o = {f1: 3}, l = [4]\nfunction f(x, y) { return x }\n" + body
    unit = Unit(
        endpoints=[ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "endpoint e"), Source("s.js", text))],
        variables=[ir.Field("v", ir.ANY)],
        parameters={"type": "object", "properties": {"p": {}}},
    )
    try:
        compiled = compile_module(unit)
    except CompileError as error:
        assert {d.code for d in error.diagnostics if d.severity == "error"} <= {"type-mismatch"}
        return
    try:
        Module(compiled.code).run("endpoint e", [], gas_limit=200_000, parameters={})
    except RunError as error:
        assert error.kind in ("trap", "out_of_gas")
