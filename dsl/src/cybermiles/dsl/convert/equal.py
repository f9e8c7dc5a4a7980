"""Whether two syntax trees mean the same: equal but for the places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from cybermiles.dsl.syntax import tree as t


def shape(node: Any) -> Any:
    """A tree as nested tuples, without spans; a group of `and` that brackets alone make is its members."""
    if is_dataclass(node) and not isinstance(node, type):
        named = [f.name for f in fields(node) if f.name != "span" and not f.name.endswith("_span")]
        return (type(node).__name__, *(_member(node, name) for name in named))
    if isinstance(node, list | tuple):
        return tuple(shape(item) for item in node)
    return (type(node).__name__, node)


def _member(node: Any, name: str) -> Any:
    value = getattr(node, name)
    if isinstance(node, t.Attribute) and name == "value" and value is None:
        return shape(t.Literal(node.span, True))  # `no-loop` alone
    if isinstance(value, t.Name) and isinstance(node, t.Attribute) and node.name not in ("salience", "enabled"):
        return shape(t.Literal(value.span, value.text))  # `agenda-group a`
    if name in ("conditions", "items") and isinstance(value, list | tuple):
        return tuple(shape(_unwrapped(item)) for item in value)
    return shape(value)


def _unwrapped(node: Any) -> Any:
    while isinstance(node, t.GroupNode) and node.kind == "and" and len(node.items) == 1:
        node = node.items[0]
    return node


def same_items(left: Sequence[t.Item], right: Sequence[t.Item]) -> bool:
    """Whether the items of each kind are equal, in their order; kinds may be mixed in other ways."""
    return _by_kind(left) == _by_kind(right)


def _by_kind(items: Sequence[t.Item]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(type(item).__name__, []).append(shape(item))
    return found
