"""What the grammar reads and the resolver does not take: refused by name, so that nothing is silently left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax import tree as t

_NODES: dict[type, tuple[str, Callable[[Any], bool]]] = {
    t.GlobalItem: ("`global`", lambda n: True),
    t.FunctionItem: ("`function`", lambda n: True),
    t.AttributeItem: ("an attribute outside a rule", lambda n: n.attribute.name != "dialect"),
    t.Annotation: ("an annotation", lambda n: True),
    t.EnumItem: ("an enumeration with fields", lambda n: bool(n.fields) or any(n.args)),
}


def refuse_not_yet(file: t.RuleFile, diagnostics: Diagnostics) -> None:
    """Reports each construct that is read and not taken."""
    for item in file.items:
        for node in _walk(item):
            found = _NODES.get(type(node))
            if found is not None and found[1](node):
                diagnostics.add("unsupported", f"{found[0]} is not supported here yet", node.span)


def _walk(top: object) -> Iterator[Any]:
    stack: list[object] = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, list | tuple):
            stack += reversed(node)
        elif dataclasses.is_dataclass(node) and not isinstance(node, type):
            yield node
            stack += [getattr(node, f.name) for f in reversed(dataclasses.fields(node)) if f.name != "span"]
