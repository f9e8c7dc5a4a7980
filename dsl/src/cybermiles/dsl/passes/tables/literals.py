"""Constants in cells: what a text without quotes means in a column of a type."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import parse_number
from cybermiles.dsl.types import strip

_NUMBER = re.compile(r"[-+]?(\d[\d_]*(\.\d+)?|\.\d+)([eE][-+]?\d{1,4})?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_BARE = re.compile(r"[^\W\d]\w*([ \-./&']\w+)*")
_AT = re.compile(r'(?:@|(date|time|datetime|duration|period)\s*\()\s*"([^"]*)"\s*\)?')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_KINDS: dict[ir.Type, tuple[str, Any]] = {
    ir.DATE: ("date", kernel.Date),
    ir.TIME: ("time", kernel.Time),
    ir.DATETIME: ("datetime", kernel.DateTime),
    ir.DURATION: ("duration", kernel.Duration),
    ir.PERIOD: ("period", kernel.Period),
}


def literal(text: str, type_: ir.Type, span: ir.Span, *, names: bool = False) -> ir.Const | None:
    """The constant that a text is in a column of a type; None: it is an expression.

    With ``names`` a bare word is the name of a field, no text. Raises ValueError for a constant of a wrong kind.
    """
    of = strip(type_)
    if quoted := _QUOTED.fullmatch(text):
        body = quoted[1] if quoted[1] is not None else quoted[2]
        plain = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)
        return temporal(plain, of, span) if of in _KINDS else ir.Const(plain, type=ir.TEXT, span=span)
    if at := _AT.fullmatch(text):
        kind = next((k for k, (name, _) in _KINDS.items() if name == at[1]), of)
        return temporal(at[2], kind if kind in _KINDS else _guess(at[2]), span)
    if text.lower() in _WORDS and not (of == ir.TEXT and text.lower() != "null"):
        value = _WORDS[text.lower()]
        return ir.Const(value, type=ir.NULL if value is None else ir.BOOL, span=span)
    is_text = of == ir.TEXT or isinstance(of, ir.Enum)
    if _NUMBER.fullmatch(text):
        if is_text:
            return ir.Const(text, type=ir.TEXT, span=span)
        return number(text, span)
    if of in _KINDS and (text[:1].isdigit() or re.fullmatch(r"-?P[\dTYMWDHS.]+", text)):
        return temporal(text, of, span)
    if names:
        return None
    if _BARE.fullmatch(text) and (is_text or of == ir.ANY):
        return ir.Const(text, type=ir.TEXT, span=span)
    if of == ir.ANY and _guess(text) is not ir.ANY:
        return ir.Const(text, type=ir.TEXT, span=span)
    return None


def number(text: str, span: ir.Span) -> ir.Const:
    """A number. Raises ValueError if 34 digits cannot hold it."""
    value = parse_number(text.lstrip("+-").replace("_", ""))
    if value is None:
        raise ValueError(f"the number `{text[:40]}` does not fit 34 digits")
    value = -value if text.startswith("-") and value else value
    return ir.Const(value, type=ir.INT if isinstance(value, int) else ir.NUMBER, span=span)


def temporal(text: str, kind: ir.Type, span: ir.Span) -> ir.Const:
    """A date, time, date-time, duration or period. Raises ValueError if the text is none."""
    name, make = _KINDS.get(kind, ("date", kernel.Date))
    try:
        if kind == ir.DATETIME and len(text) == 10:
            text += "T00:00:00Z"
        return ir.Const(ir.Temporal(name, str(make(text))), type=kind, span=span)
    except ValueError:
        raise ValueError(f"`{text[:40]}` is no {name}") from None


def _guess(text: str) -> ir.Type:
    """The kind of temporal value that a text in ISO notation is; ``any`` if it is none."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return ir.DATE
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?", text):
        return ir.DATETIME
    if re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?", text):
        return ir.TIME
    if re.fullmatch(r"-?P(?=[^T]*T|\d+D)[\dTDHMS.]+", text):
        return ir.DURATION
    if re.fullmatch(r"-?P[\dYM]+", text):
        return ir.PERIOD
    return ir.ANY


def given(cell: t.TableCell, type_: ir.Type) -> ir.Const | None:
    """The constant of a cell whose value the file gives as such; None: the cell is a text."""
    value = cell.value
    if value is None:
        return None
    of = strip(type_)
    if of == ir.TEXT or isinstance(of, ir.Enum):
        return ir.Const(cell.text, type=ir.TEXT, span=cell.span)
    match value:
        case bool():
            return ir.Const(value, type=ir.BOOL, span=cell.span)
        case ir.Temporal(kind, text):
            if kind == "datetime" and of == ir.DATE:
                return temporal(text[:10], of, cell.span)
            if kind == "date" and of == ir.DATETIME:
                return temporal(text, of, cell.span)
            if of == ir.ANY:
                return ir.Const(text, type=ir.TEXT, span=cell.span)
            return ir.Const(value, type=ir.SCALARS[kind], span=cell.span)
        case int() | Decimal():
            return (
                number(str(value), cell.span)
                if not isinstance(value, int)
                else ir.Const(value, type=ir.INT, span=cell.span)
            )
