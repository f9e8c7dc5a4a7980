"""Pass 1: the types that rule files declare. After it every declared name is in the type table."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

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
                    _enumeration(context, item)
                else:
                    context.types.add(ir.TypeDef(item.name, False, item.extends, (), span=item.name_span))
                    context.types.in_rules.add(item.name)
                    context.types.nullable |= {(item.name, field.name) for field in item.fields if field.optional}
                    found.append(item)
    for item in found:
        context.types.add(_definition(context, item))
    for item in found:
        _check_parents(context, item)


_METADATA = frozenset(
    ("propertyReactive", "PropertyReactive", "typesafe", "Typesafe", "propertyChangeSupport", "PropertyChangeSupport")
)
"""Annotations of Drools that ask for what holds here anyway, or that only its Java classes need."""


def _enumeration(context: Context, item: t.EnumItem) -> None:
    """The values, and for each field its constant by value."""
    context.types.enums[item.name] = tuple(item.values)
    for i, field in enumerate(item.fields):
        constants: dict[str, ir.Const] = {}
        for value, args in zip(item.values, item.args, strict=True):
            made = constant(context, args[i]) if i < len(args) else None
            constants[value] = made or ir.Const(None, type=ir.NULL, span=field.span)
        context.types.enum_fields.setdefault(item.name, {})[field.name] = constants
    for value, args in zip(item.values, item.args, strict=True):
        if len(args) > len(item.fields):
            message = f"`{item.name}.{value}` has {len(args)} values for {len(item.fields)} fields"
            context.diagnostics.add("wrong-argument-count", message, args[-1].span)


def constant(context: Context, node: t.Expr) -> ir.Const | None:
    """The value of an expression without names, or None with a report: defaults are the same for every fact."""
    match node:
        case t.Literal(value=value) if not node.undefined:
            return ir.Const(value, type=literal_type(node), span=node.span)
        case t.UnaryExpr(op="-", operand=t.Literal(value=int() | Decimal() as number)) if not isinstance(number, bool):
            kind = ir.INT if isinstance(number, int) else ir.NUMBER
            return ir.Const(-number if number else number, type=kind, span=node.span)
        case t.BinaryExpr(op=("+" | "-" | "*") as op, left=left, right=right):
            a, b = constant(context, left), constant(context, right)
            if a and b and isinstance(a.value, int) and isinstance(b.value, int):
                value = {"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value}[op]
                return ir.Const(value, type=ir.INT, span=node.span)
            if a and b and op == "+" and isinstance(a.value, str) and isinstance(b.value, str):
                return ir.Const(a.value + b.value, type=ir.TEXT, span=node.span)
            if a is None or b is None:
                return None
        case t.Member(object=t.Name(text=owner), name=name) if owner in context.types.enums:
            return ir.Const(name, type=ir.TEXT, span=node.span)
    hint = "write a number, a text, `true`, `false` or `null`; set anything else where the fact is made"
    context.diagnostics.add("unsupported", "this value is no constant", node.span, hint)
    return None


def _annotations(context: Context, item: t.DeclareItem) -> None:
    """``@role(fact)`` and its like; ``@classReactive`` is remembered."""
    for annotation in item.annotations:
        first = annotation.args[0] if annotation.args else None
        match annotation.name:
            case "classReactive" | "ClassReactive":
                context.types.class_reactive.add(item.name)
            case "role" | "Role" if isinstance(first, t.Name) and first.text in ("fact", "FACT"):
                pass
            case name if name in _METADATA:
                pass
            case name:
                hint = "every fact is plain here: leave it out, or keep the time as a field and compare it"
                context.diagnostics.add(
                    "unsupported", f"the annotation `@{name}` is not supported", annotation.span, hint
                )


def _placed(context: Context, item: t.DeclareItem) -> tuple[list[t.FieldItem], tuple[str, ...]]:
    """The fields in order of ``@position``, those without behind, and the names of the key fields."""
    keys: list[str] = []
    places: dict[int, int] = {}
    for index, field in enumerate(item.fields):
        for annotation in field.annotations:
            match annotation.name, annotation.args:
                case (("key" | "Key"), []):
                    keys.append(field.name)
                case (("position" | "Position"), [t.Literal(value=int() as place)]):
                    places[index] = place
                case name, _:
                    message = f"the annotation `@{name}` is not supported here"
                    context.diagnostics.add("unsupported", message, annotation.span, suggest(name, ("key", "position")))
    order = sorted(range(len(item.fields)), key=lambda i: (places.get(i, len(item.fields) + i), i))
    return [item.fields[i] for i in order], tuple(keys)


def _definition(context: Context, item: t.DeclareItem) -> ir.TypeDef:
    fields: dict[str, ir.Field] = {}
    placed, keys = _placed(context, item)
    _annotations(context, item)
    for field in placed:
        if field.name in fields:
            message = f"the field `{field.name}` is declared twice"
            context.diagnostics.add("duplicate-name", message, field.span)
            continue
        kind = _type(context, field)
        default = None
        if field.default is not None:
            default = constant(context, field.default)
            if default is not None and not accepts(context.types, kind, default.type):
                message = f"the default of `{field.name}` is no {ir.show_type(kind)}"
                context.diagnostics.add("type-mismatch", message, default.span)
        fields[field.name] = ir.Field(field.name, kind, default, span=field.span)
    parent = item.extends.rsplit(".", 1)[-1] if item.extends else None
    return ir.TypeDef(item.name, False, parent, tuple(fields.values()), keys, span=item.name_span)


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
        _check_fields(context, item, parent)
        seen.add(definition.extends)
        definition = parent


def _check_fields(context: Context, item: t.DeclareItem, parent: ir.TypeDef) -> None:
    """A field of a parent is there already."""
    inherited = {field.name for field in parent.fields}
    for field in item.fields:
        if field.name in inherited:
            message = f"`{item.name}` has the field `{field.name}` from `{parent.name}`"
            context.diagnostics.add("duplicate-name", message, field.span, "leave it out here")


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
