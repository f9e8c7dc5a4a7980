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
from cybermiles.dsl.compiler import Source, Unit, checked_ir, compile_rules
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import Module

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
    assert set(natives._SESSION_RETURNS) == set(natives.SESSION_METHODS)
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
        compile_rules([Source("r.drl", text)])
    except CompileError as error:
        assert any(d.severity == "error" for d in error.diagnostics)
