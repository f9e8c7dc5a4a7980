"""Pass 1: the types that rule files declare. After it every declared name is in the type table."""

from __future__ import annotations

from collections.abc import Iterable

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import ALIASES, accepts


def declare_types(context: Context, files: Iterable[t.RuleFile]) -> None:
    """Adds all declared types of the files, in order; fields may name types that are declared later."""
    found: list[t.DeclareItem] = []
    for file in files:
        for item in file.items:
            if isinstance(item, t.DeclareItem | t.EnumItem):
                if item.name in context.types:
                    message = f"the type `{item.name}` is declared twice"
                    context.diagnostics.add("duplicate-name", message, item.name_span)
                elif isinstance(item, t.EnumItem):
                    context.types.enums[item.name] = tuple(item.values)
                else:
                    context.types.add(ir.TypeDef(item.name, False, item.extends, (), span=item.name_span))
                    found.append(item)
    for item in found:
        context.types.add(_definition(context, item))
    for item in found:
        _check_parents(context, item)


def _definition(context: Context, item: t.DeclareItem) -> ir.TypeDef:
    fields: dict[str, ir.Field] = {}
    for field in item.fields:
        if field.name in fields:
            message = f"the field `{field.name}` is declared twice"
            context.diagnostics.add("duplicate-name", message, field.span)
            continue
        kind = _type(context, field)
        default = None
        if isinstance(field.default, t.Literal):
            default = ir.Const(field.default.value, type=literal_type(field.default), span=field.default.span)
            if not accepts(context.types, kind, default.type):
                message = f"the default of `{field.name}` is no {ir.show_type(kind)}"
                context.diagnostics.add("type-mismatch", message, field.default.span)
        fields[field.name] = ir.Field(field.name, kind, default, span=field.span)
    parent = item.extends.rsplit(".", 1)[-1] if item.extends else None
    return ir.TypeDef(item.name, False, parent, tuple(fields.values()), span=item.name_span)


def _type(context: Context, field: t.FieldItem) -> ir.Type:
    found = context.types.resolve(field.type.rsplit(".", 1)[-1])
    if found is None:
        hint = suggest(field.type, [*ALIASES, *context.types.names()])
        context.diagnostics.add("unknown-type", f"unknown type `{field.type}`", field.type_span, hint)
        return ir.ANY
    # fields of declared types may be unset, so null is always allowed in rules
    return found if isinstance(found, ir.Optional) or found == ir.ANY else ir.Optional(found)


def _check_parents(context: Context, item: t.DeclareItem) -> None:
    definition = context.types.get(item.name)
    seen = {item.name}
    while definition is not None and definition.extends is not None:
        parent = context.types.get(definition.extends)
        if parent is None or definition.extends in seen:
            what = "extends itself" if parent else f"extends the unknown type `{definition.extends}`"
            context.diagnostics.add("unknown-type", f"`{item.name}` {what}", item.name_span)
            broken = context.types.get(item.name)
            if broken is not None:
                context.types.add(ir.TypeDef(item.name, False, None, broken.fields, span=broken.span))
            return
        seen.add(definition.extends)
        definition = parent


def literal_type(node: t.Literal) -> ir.Type:
    """The type of a literal."""
    match node.value:
        case None:
            return ir.NULL
        case bool():
            return ir.BOOL
        case int():
            return ir.INT
        case str():
            return ir.TEXT
        case _:
            return ir.NUMBER
