"""Locals of an IR node replaced by other expressions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from cybermiles.dsl import ir

_N = TypeVar("_N", bound=ir.Node)


def rename(node: _N, names: Mapping[str, ir.Expr]) -> _N:
    """The node with each ``Local`` of a name in ``names`` replaced; a local that replaces one keeps its type and span.

    The names must not be declared inside the node.
    """
    if not names:
        return node
    made: _N = _visit(node, names)
    return made


def _visit(value: Any, names: Mapping[str, ir.Expr]) -> Any:
    if isinstance(value, ir.Local):
        other = names.get(value.name)
        if other is None:
            return value
        if isinstance(other, ir.Local):
            return dataclasses.replace(value, name=other.name)
        return dataclasses.replace(other, span=value.span)
    if isinstance(value, tuple):
        made = tuple(_visit(v, names) for v in value)
        return value if all(a is b for a, b in zip(made, value, strict=True)) else made
    if isinstance(value, ir.Node):
        changes: dict[str, Any] = {}
        for name in value.__dataclass_fields__:
            old = getattr(value, name)
            if name not in ("span", "type") and isinstance(old, ir.Node | tuple):
                new = _visit(old, names)
                if new is not old:
                    changes[name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value
