"""The functions of ``accumulate``, written out: state, what one match does to it, and the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cybermiles.dsl import ir

Fresh = Callable[[str, ir.Type], ir.Local]
"""Makes a local that no other is named as."""


@dataclass(frozen=True, slots=True)
class FoldDef:
    """A function of ``accumulate``: how many arguments it takes, and its fold over one value."""

    least: int
    make: Callable[[Fresh, str, ir.Expr, ir.Span], ir.Fold]
    of: frozenset[str] | None = None
    """Families of the values that it takes; None: any."""


def _const(value: int | None, span: ir.Span) -> ir.Const:
    return ir.Const(value, type=ir.NULL if value is None else ir.INT, span=span)


def _let(local: ir.Local, value: ir.Expr) -> ir.Let:
    return ir.Let(local.name, value, span=local.span)


def _set(local: ir.Local, value: ir.Expr, op: str = "") -> ir.Stmt:
    return ir.Do(ir.Assign(local, value, op, type=local.type, span=value.span), span=value.span)


def _if_there(value: ir.Expr, then: tuple[ir.Stmt, ...]) -> ir.If:
    there = ir.Binary("!=", value, _const(None, value.span), type=ir.BOOL, span=value.span)
    return ir.If(there, then, span=value.span)


def _number(value: ir.Expr) -> ir.Type:
    return ir.INT if value.type in (ir.INT, ir.Optional(ir.INT)) else ir.NUMBER


def _sum(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
    total = fresh("sum", _number(value))
    action = _if_there(value, (_set(total, value, "+"),))
    return ir.Fold(name, (_let(total, _const(0, span)),), (action,), total, span=span)


def _count(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
    count = fresh("count", ir.INT)
    one = _set(count, _const(1, span), "+")
    action = one if isinstance(value, ir.Const) else _if_there(value, (one,))
    return ir.Fold(name, (_let(count, _const(0, span)),), (action,), count, span=span)


def _extreme(op: str, word: str) -> Callable[[Fresh, str, ir.Expr, ir.Span], ir.Fold]:
    def make(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
        best = fresh(word, value.type)
        first = ir.Binary("==", best, _const(None, span), type=ir.BOOL, span=span)
        better = ir.Binary(op, value, best, type=ir.BOOL, span=span)
        take = ir.If(ir.Logical("||", first, better, type=ir.BOOL, span=span), (_set(best, value),), span=span)
        return ir.Fold(name, (_let(best, _const(None, span)),), (_if_there(value, (take,)),), best, span=span)

    return make


def _none_if_empty(count: ir.Local, value: ir.Expr, span: ir.Span) -> ir.Expr:
    empty = ir.Binary("==", count, _const(0, span), type=ir.BOOL, span=span)
    return ir.Conditional(empty, _const(None, span), value, type=ir.NUMBER, span=span)


def _times(op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr:
    return ir.Binary(op, left, right, type=ir.NUMBER, span=left.span)


def _average(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
    total, count = fresh("sum", ir.NUMBER), fresh("count", ir.INT)
    action = _if_there(value, (_set(total, value, "+"), _set(count, _const(1, span), "+")))
    result = _none_if_empty(count, _times("/", total, count), span)
    state = (_let(total, _const(0, span)), _let(count, _const(0, span)))
    return ir.Fold(name, state, (action,), result, span=span)


def _spread(root: bool) -> Callable[[Fresh, str, ir.Expr, ir.Span], ir.Fold]:
    def make(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
        """Of the population: (n * sum of squares - square of the sum) / n^2, with one rounding at the division."""
        total, squares, count = fresh("sum", ir.NUMBER), fresh("squares", ir.NUMBER), fresh("count", ir.INT)
        step = (
            _set(total, value, "+"),
            _set(squares, _times("*", value, value), "+"),
            _set(count, _const(1, span), "+"),
        )
        above = _times("-", _times("*", count, squares), _times("*", total, total))
        result = _times("/", above, _times("*", count, count))
        if root:
            result = ir.Native("sqrt", (result,), type=ir.NUMBER, span=span)
        state = tuple(_let(local, _const(0, span)) for local in (total, squares, count))
        return ir.Fold(name, state, (_if_there(value, step),), _none_if_empty(count, result, span), span=span)

    return make


def copy(items: ir.Expr, span: ir.Span) -> ir.Expr:
    """A list of its own, so that later matches do not change one that was handed out."""
    return ir.Method(items, "slice", (), type=items.type, span=span)


def collected(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span, *, once: bool = False) -> ir.Fold:
    """The list of the values that are not null; ``once``: equal ones once."""
    items = fresh("items", ir.ListOf(value.type))
    step: ir.Stmt = ir.Do(ir.Method(items, "push", (value,), span=span), span=span)
    if once:
        known = ir.Native("contains", (items, value), type=ir.BOOL, span=span)
        step = ir.If(ir.Unary("!", known, type=ir.BOOL, span=span), (step,), span=span)
    empty = ir.NewList((), type=items.type, span=span)
    return ir.Fold(name, (_let(items, empty),), (_if_there(value, (step,)),), copy(items, span), span=span)


def _set_of(fresh: Fresh, name: str, value: ir.Expr, span: ir.Span) -> ir.Fold:
    return collected(fresh, name, value, span, once=True)


_NUMBERS = frozenset(("number",))
_ORDERED = frozenset(("number", "text", "date", "time", "datetime", "duration"))

FOLDS: Mapping[str, FoldDef] = {
    "sum": FoldDef(1, _sum, _NUMBERS),
    "count": FoldDef(0, _count),
    "min": FoldDef(1, _extreme("<", "least"), _ORDERED),
    "max": FoldDef(1, _extreme(">", "greatest"), _ORDERED),
    "average": FoldDef(1, _average, _NUMBERS),
    "variance": FoldDef(1, _spread(False), _NUMBERS),
    "standardDeviation": FoldDef(1, _spread(True), _NUMBERS),
    "collectList": FoldDef(1, collected),
    "collectSet": FoldDef(1, _set_of),
}
"""All functions that rules may name, as Drools names them."""
