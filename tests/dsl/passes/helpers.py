"""Sources to IR text, for the tests of passes."""

from __future__ import annotations

import textwrap

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import PASSES, ScriptEndpoint, Source, Unit, checked_ir


def rules_ir(text: str) -> ir.Module:
    """The checked IR of some rules."""
    return checked_ir(Unit(rulesets={"r": [Source("r.drl", textwrap.dedent(text))]}))


def script_ir(text: str) -> ir.Module:
    """The checked IR of a script."""
    endpoint = ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "e"), Source("s.js", textwrap.dedent(text)))
    return checked_ir(Unit(endpoints=[endpoint]))


def run_passes(module: ir.Module, upto: str) -> ir.Module:
    """The module after a pass and all before it."""
    for name, run in PASSES:
        module = run(module)
        if name == upto:
            return module
    raise LookupError(upto)


def shown(node: object) -> str:
    """The text form without spans, white space folded."""
    return " ".join(ir.show(node, spans=False).split())


def text(expected: str) -> str:
    """An expected text form, read and printed, so that its layout does not matter."""
    return shown(ir.parse(expected))
