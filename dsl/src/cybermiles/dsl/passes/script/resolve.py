"""Pass 2, scripts: the body of an endpoint and its functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.script.declared import survey
from cybermiles.dsl.passes.script.plain_functions import plain_functions
from cybermiles.dsl.passes.script.statements import StatementResolver
from cybermiles.dsl.syntax import tree as t


def resolve_script(context: Context, script: t.Script, name: str, args: Sequence[ir.Field]) -> list[ir.Function]:
    """The function ``name`` that runs the script, and those functions of the script that are plain ones."""
    resolver = StatementResolver(context, survey(script.body), implicit=True)
    fields: list[ir.Field] = []
    for arg in args:
        local = resolver.declare(t.Name(arg.span, arg.name), "param", arg.type)
        fields.append(dataclasses.replace(arg, name=local.name))
    resolver.predeclare_vars(script.body)
    made = resolver.statements(script.body)
    body, functions = plain_functions(name, (*resolver.frames[0].prologue, *made), resolver.hoisted)
    return [ir.Function(name, tuple(fields), body, span=script.span), *functions]
