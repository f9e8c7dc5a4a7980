"""Operators that are words: ``contains``, ``memberOf``, ``matches``, ``str[...]`` and their ``not`` forms.

Null is a value like any other here: the plain form of each is false for null, its ``not`` form the opposite.
"""

from __future__ import annotations

import re

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import family, strip

_STR = re.compile(r"str\s*\[\s*(\w+)\s*\]")
_STR_FORMS = ("startsWith", "endsWith", "length")
_REFUSED = {
    "soundslike": "compare the texts with `==`, or with `matches`",
    "after": "compare times with `>`",
    "before": "compare times with `<`",
    "coincides": "compare times with `==`",
    "during": "compare both ends with `>` and `<`",
    "finishes": "compare times with `==` and `>`",
    "finishedby": "compare times with `==` and `<`",
    "includes": "compare both ends with `<` and `>`",
    "meets": "compare times with `==`",
    "metby": "compare times with `==`",
    "overlaps": "compare both ends with `<`",
    "overlappedby": "compare both ends with `>`",
    "starts": "compare times with `==` and `<`",
    "startedby": "compare times with `==` and `>`",
}


def word_operation(diagnostics: Diagnostics, op: str, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    """The meaning of ``left op right``; an unknown word is reported."""
    negated = op.startswith("not ")
    word = op.removeprefix("not ")
    if word == "excludes":
        negated, word = not negated, "contains"
    made = _positive(diagnostics, word, left, right, span)
    return ir.Unary("!", made, type=ir.BOOL, span=span) if negated else made


def _positive(diagnostics: Diagnostics, word: str, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    if form := _STR.fullmatch(word):
        return _str(diagnostics, form[1], left, right, span)
    match word:
        case "contains":
            return _contains(diagnostics, left, right, span)
        case "memberOf":
            return _contains(diagnostics, right, left, span)
        case "matches":
            return _unless_null(left, ir.Native("matches", (left, right), type=ir.BOOL, span=span))
    diagnostics.add("unsupported", f"the operator `{word}` is not supported", span, _REFUSED.get(word))
    return ir.Const(False, type=ir.BOOL, span=span)


def _contains(diagnostics: Diagnostics, whole: ir.Expr, part: ir.Expr, span: ir.Span) -> ir.Expr:
    """A text its part, a list its element, a record its key."""
    of, wanted = family(whole.type), family(part.type)
    if of == "text" and wanted not in (None, "text", "null"):
        message = f"a text cannot contain a {ir.show_type(strip(part.type))}"
        diagnostics.add("type-mismatch", message, part.span)
    elif of not in (None, "text", "list", "record", "null"):
        message = f"a {ir.show_type(strip(whole.type))} contains nothing"
        diagnostics.add("type-mismatch", message, whole.span, "`contains` takes a text or a list")
    return ir.Native("contains", (whole, part), type=ir.BOOL, span=span)


def _str(diagnostics: Diagnostics, form: str, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    match form:
        case "startsWith":
            return _unless_null(left, ir.Native("starts_with", (left, right), type=ir.BOOL, span=span))
        case "endsWith":
            return _unless_null(left, ir.Native("ends_with", (left, right), type=ir.BOOL, span=span))
        case "length":
            length = ir.Unary("length", left, type=ir.INT, span=left.span)
            return _unless_null(left, ir.Binary("==", length, right, type=ir.BOOL, span=span))
    hint = "write one of " + ", ".join(f"`str[{name}]`" for name in _STR_FORMS)
    diagnostics.add("unsupported", f"the operator `str[{form}]` is not supported", span, hint)
    return ir.Const(False, type=ir.BOOL, span=span)


def _unless_null(value: ir.Expr, test: ir.Expr) -> ir.Expr:
    """The test, false for a value that is null."""
    if isinstance(value, ir.Const) and value.value is not None:
        return test
    return ir.Logical("&&", not_null(value), test, type=ir.BOOL, span=test.span)


def not_null(value: ir.Expr) -> ir.Expr:
    """``value != null``."""
    return ir.Binary("!=", value, ir.Const(None, type=ir.NULL), type=ir.BOOL, span=value.span)
