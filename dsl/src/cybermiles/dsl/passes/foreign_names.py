"""What people know from Java and JavaScript by a class's name: ``Math.max(a, b)``, ``LocalDate.of(y, m, d)``,
``new BigDecimal("1.5")``. Each stands for something of ours; the rest is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from cybermiles.dsl import ir

_NUMBERS = ("Integer", "Long", "Short", "Double", "Float", "BigDecimal", "BigInteger", "Number")

FUNCTIONS: dict[tuple[str, str], str] = {
    **{("Math", name): name for name in ("abs", "max", "min", "floor", "ceil", "pow", "sqrt", "exp", "sign", "trunc")},
    ("Math", "log"): "ln",
    ("Math", "signum"): "sign",
    ("Math", "floorDiv"): "floor_div",
    ("Math", "floorMod"): "floor_mod",
    **{(owner, "valueOf"): "number" for owner in _NUMBERS},
    ("Integer", "parseInt"): "number",
    ("Long", "parseLong"): "number",
    ("Double", "parseDouble"): "number",
    ("Number", "parseFloat"): "number",
    ("Number", "isInteger"): "is_integer",
    **{(owner, "toString"): "text" for owner in (*_NUMBERS, "Objects", "Boolean")},
    ("String", "valueOf"): "text",
    ("Object", "keys"): "keys",
    ("Object", "values"): "values",
    **{("LocalDate", name): "date" for name in ("of", "parse")},
    **{("LocalTime", name): "time" for name in ("of", "parse")},
    **{(owner, "parse"): "datetime" for owner in ("LocalDateTime", "ZonedDateTime", "OffsetDateTime")},
    ("Duration", "parse"): "duration",
    ("Period", "parse"): "period",
    ("Collections", "max"): "max",
    ("Collections", "min"): "min",
    ("DAYS", "between"): "days_between",
    ("Period", "between"): "period_between",
}
"""(class, function) to a function of the library with the same arguments."""

_SPANS = {
    ("Duration", "ofDays"): ir.Temporal("duration", "P1D"),
    ("Duration", "ofHours"): ir.Temporal("duration", "PT1H"),
    ("Duration", "ofMinutes"): ir.Temporal("duration", "PT1M"),
    ("Duration", "ofSeconds"): ir.Temporal("duration", "PT1S"),
    ("Period", "ofDays"): ir.Temporal("period", "P1D"),
    ("Period", "ofWeeks"): ir.Temporal("period", "P7D"),
    ("Period", "ofMonths"): ir.Temporal("period", "P1M"),
    ("Period", "ofYears"): ir.Temporal("period", "P1Y"),
}

CONSTANTS: dict[tuple[str, str], ir.Constant] = {
    ("Integer", "MAX_VALUE"): 2**31 - 1,
    ("Integer", "MIN_VALUE"): -(2**31),
    ("Long", "MAX_VALUE"): 2**63 - 1,
    ("Long", "MIN_VALUE"): -(2**63),
    **{(owner, "ZERO"): 0 for owner in ("BigDecimal", "BigInteger")},
    **{(owner, "ONE"): 1 for owner in ("BigDecimal", "BigInteger")},
    **{(owner, "TEN"): 10 for owner in ("BigDecimal", "BigInteger")},
    ("Boolean", "TRUE"): True,
    ("Boolean", "FALSE"): False,
    ("Math", "PI"): Decimal("3.141592653589793238462643383279503"),
    ("Math", "E"): Decimal("2.718281828459045235360287471352662"),
    **{
        ("RoundingMode", name): name.lower()
        for name in ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN")
    },
}
"""(class, name) to a value."""

REFUSED: dict[tuple[str, str], str] = {
    ("String", "format"): "join texts with `+` or a template, and write places with `x.toFixed(2)`",
    ("Math", "random"): "a contract has no randomness",
    ("System", "out"): "write to the output with `print(x)`",
    ("System", "currentTimeMillis"): "the block's time is `now()`",
    ("System", "nanoTime"): "the block's time is `now()`",
    ("JSON", "stringify"): "return the value: it leaves the call as JSON",
}
"""(class, function) to the way to do it here."""

UNREACHABLE = frozenset(("System", "Math", "Arrays", "Collections", "Objects", "String", "Integer", "LocalDate"))
"""Classes whose constants are never the names of a type of the user's."""


def _text_is_true(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    lower = ir.Native("lower", (ir.Native("text", args, type=ir.TEXT, span=span),), type=ir.TEXT, span=span)
    return ir.Binary("==", lower, ir.Const("true", type=ir.TEXT, span=span), type=ir.BOOL, span=span)


def _equal(args: tuple[ir.Expr, ...], span: ir.Span, op: str = "==") -> ir.Expr:
    return ir.Binary(op, args[0], args[1], type=ir.BOOL, span=span)


def _null(span: ir.Span) -> ir.Expr:
    return ir.Const(None, type=ir.NULL, span=span)


def _rounded(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    """Halves go up, also below zero, as in Java and JavaScript."""
    half = ir.Const(Decimal("0.5"), type=ir.NUMBER, span=span)
    moved = ir.Binary("+", args[0], half, type=ir.NUMBER, span=span)
    return ir.Native("floor", (moved,), type=ir.NUMBER, span=span)


def _list(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    return ir.NewList(args, type=ir.ListOf(ir.ANY), span=span)


def _record(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    return ir.NewObject(args[::2], args[1::2], type=ir.RECORD, span=span)


def _method(name: str, returns: ir.Type) -> Callable[[tuple[ir.Expr, ...], ir.Span], ir.Expr]:
    return lambda args, span: ir.Method(args[0], name, args[1:], type=returns, span=span)


def _sorted(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    upwards = ir.Const(False, type=ir.BOOL, span=span)
    return ir.Method(args[0], "sort", (upwards,), type=ir.ListOf(ir.ANY), span=span)


def _now(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    del args
    return ir.Native("now", (), type=ir.DATETIME, span=span)


def _today(args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    return ir.Native("date", (_now(args, span),), type=ir.DATE, span=span)


_ANY_COUNT = -1
_MADE: dict[tuple[str, str], tuple[int, Callable[[tuple[ir.Expr, ...], ir.Span], ir.Expr]]] = {
    ("Math", "round"): (1, _rounded),
    **{("Boolean", name): (1, _text_is_true) for name in ("parseBoolean", "valueOf")},
    **{(owner, "compare"): (2, _method("compareTo", ir.INT)) for owner in _NUMBERS},
    ("String", "join"): (2, lambda args, span: ir.Method(args[1], "join", args[:1], type=ir.TEXT, span=span)),
    ("LocalDate", "now"): (0, _today),
    **{(owner, "now"): (0, _now) for owner in ("LocalDateTime", "ZonedDateTime", "OffsetDateTime", "Instant")},
    ("Arrays", "asList"): (_ANY_COUNT, _list),
    **{(owner, "of"): (_ANY_COUNT, _list) for owner in ("List", "Set")},
    **{("Collections", name): (0, _list) for name in ("emptyList", "emptySet")},
    **{("Collections", name): (1, _list) for name in ("singletonList", "singleton")},
    ("Collections", "sort"): (1, _sorted),
    ("Collections", "reverse"): (1, _method("reverse", ir.ListOf(ir.ANY))),
    ("Map", "of"): (_ANY_COUNT, _record),
    ("Collections", "emptyMap"): (0, _record),
    ("Objects", "equals"): (2, _equal),
    ("Objects", "isNull"): (1, lambda args, span: _equal((args[0], _null(span)), span)),
    ("Objects", "nonNull"): (1, lambda args, span: _equal((args[0], _null(span)), span, "!=")),
    ("Array", "isArray"): (
        1,
        lambda args, span: ir.Native(
            "is_kind", (args[0], ir.Const("list", type=ir.TEXT, span=span)), type=ir.BOOL, span=span
        ),
    ),
}


CLASSES = UNREACHABLE | {
    owner for table in (FUNCTIONS, CONSTANTS, REFUSED, _SPANS, _MADE) for owner, _ in table if owner != "DAYS"
}
"""Names of classes that mean something here, unless a type of that name is declared."""


def arguments(owner: str, name: str) -> int | None:
    """How many arguments a function that is written out takes: -1 for any number, None if there is none such."""
    if (owner, name) in _SPANS:
        return 1
    found = _MADE.get((owner, name))
    return None if found is None else found[0]


def written_out(owner: str, name: str, args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
    """What such a call means."""
    unit = _SPANS.get((owner, name))
    if unit is not None:
        kind = ir.DURATION if unit.kind == "duration" else ir.PERIOD
        return ir.Binary("*", ir.Const(unit, type=kind, span=span), args[0], type=kind, span=span)
    return _MADE[owner, name][1](args, span)


def known_names(owner: str) -> list[str]:
    """What a class has, for hints."""
    return sorted(name for table in (FUNCTIONS, CONSTANTS, _SPANS, _MADE) for of, name in table if of == owner)
