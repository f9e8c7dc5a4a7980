"""JavaScript's own names: what stands for them here, and the way to do what we have not."""

from __future__ import annotations

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.natives import NATIVES

ERRORS = frozenset(("Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "BpmnError"))
"""Classes of errors: values that the machine has."""

WRAPPERS = {"String": "string", "Number": "number", "Boolean": "boolean"}
"""Classes of plain values, which are never objects here."""

NAMESPACES = frozenset(("Math", "JSON", "Object", "Array", "Number", "String", "Map", "Set", "RegExp", "Boolean"))
"""Names that hold functions, and are no values themselves."""

BITS = {
    "&": "bit_and",
    "|": "bit_or",
    "^": "bit_xor",
    "~": "bit_not",
    "<<": "shift_left",
    ">>": "shift_right",
    ">>>": "shift_right_unsigned",
}
"""Operators on the bits of whole numbers of 32 bits; the library's functions for them."""

REFUSED_METHODS: dict[str, str] = {
    "hasOwnProperty": "use `Object.hasOwn(object, name)`",
    "isPrototypeOf": "use `value instanceof Class`",
    "propertyIsEnumerable": "use `Object.hasOwn(object, name)`",
    "localeCompare": "there is no locale: compare with `<` and `>`",
    "toLocaleString": "there is no locale: write with `toFixed(digits)` or `toString()`",
    "toLocaleUpperCase": "there is no locale: use `toUpperCase()`",
    "toLocaleLowerCase": "there is no locale: use `toLowerCase()`",
}
"""Methods that every value or text has in JavaScript and none has here."""

MOST_NAMED = 8
"""Parameters that a library function has by itself when it is a value; with more it takes all that come."""


def as_function(name: str, shown: str, span: ir.Span) -> ir.Closure:
    """A function of the library as a value."""
    native = NATIVES[name]
    if native.most > MOST_NAMED:
        args: tuple[ir.Expr, ...] = (ir.Spread(ir.Local("args#", span=span), span=span),)
        params: tuple[ir.Field, ...] = ()
        rest = "args#"
    else:
        params = tuple(ir.Field(f"arg#{at}", ir.ANY, span=span) for at in range(native.most))
        args, rest = tuple(ir.Local(p.name, span=span) for p in params), ""
    body = (ir.Return(ir.Native(name, args, type=native.returns, span=span), span=span),)
    return ir.Closure(shown, params, body, rest, span=span)


def regex_error(source: str, flags: str) -> tuple[str, int, str | None] | None:
    """What is wrong with a regular expression: a message, the character it is about, a hint."""
    error: tuple[str, int, str | None] | None = kernel.regexp_error(source, flags)
    return error


def shown_type(type_: ir.Type) -> str:
    """A type as scripts know it."""
    return "number" if type_ == ir.INT else ir.show_type(type_)
