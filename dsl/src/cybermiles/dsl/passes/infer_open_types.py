"""Pass 3: the fields of open types are those that anything mentions, in the order of first mention."""

from __future__ import annotations

import dataclasses

from cybermiles.dsl import ir
from cybermiles.dsl.types import strip


def infer_open_types(module: ir.Module) -> ir.Module:
    """The module with the fields of its open types filled in."""
    found: dict[str, dict[str, ir.Field]] = {d.name: {f.name: f for f in d.fields} for d in module.types if d.open}
    for node in ir.walk(module):
        if isinstance(node, ir.GetField):
            of = strip(node.object.type)
            if isinstance(of, ir.Ref) and of.name in found:
                found[of.name].setdefault(node.name, ir.Field(node.name, ir.ANY, span=node.span))
    types = tuple(dataclasses.replace(d, fields=tuple(found[d.name].values())) if d.open else d for d in module.types)
    return dataclasses.replace(module, types=types)
