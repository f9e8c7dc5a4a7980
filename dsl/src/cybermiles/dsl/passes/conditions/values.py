"""Elements of lists that need not be records: what ``Integer()``, ``String(...)`` or ``List(...)`` mean in ``from``."""

from __future__ import annotations

import dataclasses

from cybermiles.dsl import ir
from cybermiles.dsl.types import ALIASES, TypeTable, family, is_subtype, strip

KINDS = {
    **{name: "number" for name, of in ALIASES.items() if of in (ir.NUMBER, ir.INT)},
    **{name: "text" for name, of in ALIASES.items() if of == ir.TEXT},
    **{name: "boolean" for name, of in ALIASES.items() if of == ir.BOOL},
    **{name: "list" for name, of in ALIASES.items() if isinstance(of, ir.ListOf)},
    **{name: "record" for name, of in ALIASES.items() if of == ir.RECORD},
    **{
        name: of.name
        for name, of in ALIASES.items()
        if of in (ir.DATE, ir.TIME, ir.DATETIME, ir.DURATION, ir.PERIOD, ir.BYTES)
    },
}
"""The kernel's word for the values that a type's name admits."""


def is_value_type(types: TypeTable, name: str) -> bool:
    """Whether the name means values that are no facts."""
    return name in ALIASES and name not in types


def kind_test(types: TypeTable, value: ir.Expr, wanted: ir.Type, name: str, span: ir.Span) -> ir.Expr | None:
    """The test that an element is of the type that its pattern names; None if it is known to be."""
    given = strip(value.type) if not isinstance(value.type, ir.Optional) else None
    if isinstance(wanted, ir.Ref):
        if isinstance(given, ir.Ref) and is_subtype(types, given.name, wanted.name):
            return None
        return ir.IsA(value, wanted.name, type=ir.BOOL, span=span)
    if wanted == ir.ANY or (given is not None and given != ir.ANY and family(given) == family(wanted)):
        return None
    if wanted == ir.INT:
        return ir.Native("is_integer", (value,), type=ir.BOOL, span=span)
    kind = ir.Const(KINDS[name], type=ir.TEXT, span=span)
    return ir.Native("is_kind", (value, kind), type=ir.BOOL, span=span)


def property_of(value: ir.Expr, name: str, span: ir.Span) -> ir.Expr | None:
    """``intValue``, ``size``, ``empty`` ... of a value as Java beans have them; None: there is no such property."""
    of = family(value.type)
    length = ir.Unary("length", value, type=ir.INT, span=span)
    match of, name:
        case "number", "intValue" | "longValue" | "shortValue":
            return ir.Native("trunc", (value,), type=ir.INT, span=span)
        case "number", "doubleValue" | "floatValue":
            return dataclasses.replace(value, span=span)
        case "text", "length":
            return length
        case "list", "size" | "length":
            return length
        case (("text" | "list"), "empty"):
            return ir.Binary("==", length, ir.Const(0, type=ir.INT), type=ir.BOOL, span=span)
    return None


def narrower(given: ir.Type, wanted: ir.Type) -> bool:
    """Whether what is known of a value says at least what a pattern's type says."""
    if given == ir.ANY or isinstance(given, ir.Optional) or isinstance(wanted, ir.Ref):
        return given == wanted
    return wanted == ir.ANY or family(given) == family(wanted)
