"""The functions that rules lean on; the rest is the kernel's (``kernel_library``). Each takes a list of values."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.specification import kernel_library
from cybermiles.dsl.specification.operators import text
from cybermiles.dsl.specification.values import Halt, Items, Record, Value, absent, equal, kind, number, whole

_HALF_UP = decimal.Context(prec=7000, rounding=decimal.ROUND_HALF_UP)
_MODES = {
    "half-up": decimal.ROUND_HALF_UP,
    "half-even": decimal.ROUND_HALF_EVEN,
    "half-down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}


def call(name: str, args: list[Value]) -> Value:
    """A function of the library."""
    found = _FUNCTIONS.get(name)
    return found(args) if found else kernel_library.function(name, args)


def rounded(value: Decimal, places: int, mode: str) -> Decimal:
    """A number at so many places."""
    step = Decimal((0, (1,), -places))
    return number(value.quantize(step, rounding=_MODES[mode], context=_HALF_UP))


def _number(args: list[Value], at: int, name: str) -> Decimal:
    value = args[at]
    if isinstance(value, Decimal):
        return value
    raise _bad(name, "number", value)


def _bad(name: str, wanted: str, value: Value) -> Halt:
    if absent(value):
        return Halt("null-operand", f"`{name}` of null")
    return Halt("bad-argument", f"`{name}` takes a {wanted}, not a {kind(value)}")


def _to_whole(mode: str, name: str) -> Callable[[list[Value]], Value]:
    return lambda args: rounded(_number(args, 0, name), 0, mode)


def _least(choose: Callable[[list[Decimal]], Decimal], name: str) -> Callable[[list[Value]], Value]:
    def run(args: list[Value]) -> Value:
        given = args[0].values if len(args) == 1 and isinstance(args[0], Items) else args
        for value in given:
            if not isinstance(value, Decimal):
                raise _bad(name, "number", value)
        if not given:
            raise Halt("invalid-number", "invalid number operation")
        return choose(given)

    return run


def _round(args: list[Value]) -> Value:
    if len(args) > 2 or (len(args) == 2 and whole(args[1]) is None):
        return kernel_library.function("round", args)
    return rounded(_number(args, 0, "round"), int(args[1]) if len(args) == 2 else 0, "half-up")


def _contains(args: list[Value]) -> Value:
    where, part = args
    if isinstance(where, Items):
        return any(equal(item, part) for item in where.values)
    if isinstance(where, str) and isinstance(part, str):
        return part in where
    return False if absent(where) else kernel_library.function("contains", args)


def _fields(args: list[Value], pick: Callable[[str, Value], Value]) -> Value:
    record = args[0]
    if isinstance(record, Items):
        return Items([])
    if not isinstance(record, Record):
        raise _bad("keys", "record", record)
    return Items([pick(n, v) for n, v in record.fields.items() if v is not ir.UNDEFINED])


def _range(args: list[Value]) -> Value:
    bounds = [whole(a) for a in args]
    if None in bounds:
        raise _bad("range", "whole number", args[bounds.index(None)])
    return Items([number(n) for n in range(*[int(a) for a in args])])


def _sum(args: list[Value]) -> Value:
    """Of the numbers, or of the items of the one list; the rest is the kernel's, by the kinds of the items."""
    items = args[0].values if len(args) == 1 and isinstance(args[0], Items) else args
    for value in items:
        if isinstance(value, Items | Record):
            raise Halt("type-mismatch", f"`sum` does not take a {kind(value)}")
    return kernel_library.function("sum", args)


_FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "abs": lambda args: _number(args, 0, "abs").copy_abs(),
    "min": _least(min, "min"),
    "max": _least(max, "max"),
    "floor": _to_whole("floor", "floor"),
    "ceil": _to_whole("ceiling", "ceil"),
    "trunc": _to_whole("down", "trunc"),
    "round": _round,
    "is_integer": lambda args: isinstance(args[0], Decimal) and args[0] == args[0].to_integral_value(),
    "text": lambda args: text(args[0]),
    "contains": _contains,
    "keys": lambda args: _fields(args, lambda name, value: name),
    "values": lambda args: _fields(args, lambda name, value: value),
    "range": _range,
    "sum": _sum,
}
