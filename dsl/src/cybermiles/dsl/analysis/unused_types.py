"""Types that a rule file declares and nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable


def unused_types(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Reports declared types that no rule, function, field or endpoint names."""
    declared = [d for d in module.types if not d.open and d.name in types.in_rules]
    if not declared or not any(ruleset.rules for ruleset in module.rulesets):
        return
    used = set(_used(module))
    for definition in declared:
        if definition.name not in used:
            message = f"nothing uses the type `{definition.name}`"
            diagnostics.add("unused-type", message, definition.span, "remove it, or match its facts in a rule")


def _used(module: ir.Module) -> Iterator[str]:
    for definition in module.types:
        if definition.extends is not None:
            yield definition.extends
        yield from (name for field in definition.fields for name in _named(field.type))
    for field in (*module.variables, *(arg for endpoint in module.endpoints for arg in endpoint.args)):
        yield from _named(field.type)
    for node in ir.walk(module):
        match node:
            case ir.Pattern(of=of) | ir.New(of=of) | ir.Facts(of) | ir.IsA(of=of):
                yield of
            case ir.Let(value=value) if value is not None:
                yield from _named(value.type)
            case ir.Local(type=kind):
                yield from _named(kind)
            case ir.Endpoint(returns=returns):
                yield from _named(returns)


def _named(of: ir.Type) -> Iterator[str]:
    match of:
        case ir.Ref(name):
            yield name
        case ir.ListOf(item) | ir.Optional(item):
            yield from _named(item)
