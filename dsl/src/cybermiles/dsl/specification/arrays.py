"""JavaScript's methods of arrays, in the words of its own specification: a relative position counts from the end if it
is negative, and is kept within the list. Each takes the items, which it may change, and the other arguments."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.specification.values import Halt, Items, Value, absent, kind, number


def _integer(value: Value) -> int:
    """A position without its fraction."""
    if isinstance(value, Decimal):
        return int(value)
    if absent(value):
        raise Halt("null-operand", "a position of null")
    raise Halt("bad-argument", f"a position is a number, not a {kind(value)}")


def _relative(value: Value, length: int, default: int) -> int:
    if absent(value):
        return default
    at = _integer(value)
    return max(length + at, 0) if at < 0 else min(at, length)


def _same(a: Value, b: Value) -> bool:
    """``===``: null and undefined are two."""
    return type(a) is type(b) and (a is b if isinstance(a, Items) else bool(a == b))


def _at(items: list[Value], index: Value = Decimal(0)) -> Value:
    at = _integer(index)
    at += len(items) if at < 0 else 0
    return items[at] if 0 <= at < len(items) else ir.UNDEFINED


def _spliced(items: list[Value], args: tuple[Value, ...]) -> tuple[list[Value], list[Value]]:
    """The items after a splice, and those removed."""
    start = _relative(args[0] if args else Decimal(0), len(items), 0)
    count = 0 if not args else len(items) - start
    if len(args) > 1:
        count = min(max(_integer(args[1]), 0), len(items) - start)
    return [*items[:start], *args[2:], *items[start + count :]], items[start : start + count]


def _splice(items: list[Value], *args: Value) -> Value:
    kept, removed = _spliced(items, args)
    items[:] = kept
    return Items(removed)


def _to_spliced(items: list[Value], *args: Value) -> Value:
    return Items(_spliced(items, args)[0])


def _slice(items: list[Value], start: Value = None, end: Value = None) -> Value:
    first, last = _relative(start, len(items), 0), _relative(end, len(items), len(items))
    return Items(items[first : max(first, last)])


def _index_of(items: list[Value], wanted: Value, start: Value = None) -> Value:
    first = _relative(start, len(items), 0)
    return number(next((at for at in range(first, len(items)) if _same(items[at], wanted)), -1))


def _last_index_of(items: list[Value], wanted: Value, start: Value = ir.UNDEFINED) -> Value:
    at = len(items) - 1 if start is ir.UNDEFINED else _integer(start)
    last = len(items) + at if at < 0 else min(at, len(items) - 1)
    return number(next((i for i in range(last, -1, -1) if _same(items[i], wanted)), -1))


def _with(items: list[Value], index: Value, value: Value) -> Value:
    at = _integer(index)
    at += len(items) if at < 0 else 0
    if not 0 <= at < len(items):
        raise Halt("index-range", f"the list has no item `{index}`")
    return Items([*items[:at], value, *items[at + 1 :]])


def _flat(items: list[Value], depth: Value = Decimal(1)) -> Value:
    return Items(_flattened(items, 1 if absent(depth) else _integer(depth), 64))


def _flattened(items: list[Value], depth: int, room: int) -> list[Value]:
    if room == 0:
        raise Halt("too-deep", "lists are nested more than 64 deep or contain themselves")
    made: list[Value] = []
    for item in items:
        made += _flattened(item.values, depth - 1, room - 1) if isinstance(item, Items) and depth > 0 else [item]
    return made


def _fill(items: list[Value], value: Value = ir.UNDEFINED, start: Value = None, end: Value = None) -> list[Value]:
    first, last = _relative(start, len(items), 0), _relative(end, len(items), len(items))
    return [value if first <= at < last else item for at, item in enumerate(items)]


def _copied(items: list[Value], target: Value = None, start: Value = None, end: Value = None) -> list[Value]:
    to = _relative(target, len(items), 0)
    first, last = _relative(start, len(items), 0), _relative(end, len(items), len(items))
    part = items[first:last][: len(items) - to]
    return items[:to] + part + items[to + len(part) :]


REORDERED: dict[str, Callable[..., list[Value]]] = {"fill": _fill, "copyWithin": _copied}
"""Methods that give the list itself, with these items."""
METHODS: dict[str, Callable[..., Value]] = {
    "at": _at,
    "splice": _splice,
    "toSpliced": _to_spliced,
    "slice": _slice,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "includes": lambda items, wanted, start=None: _index_of(items, wanted, start) >= 0,
    "with": _with,
    "toReversed": lambda items: Items(items[::-1]),
    "flat": _flat,
    "keys": lambda items: Items([number(at) for at in range(len(items))]),
    "values": lambda items: Items(list(items)),
    "entries": lambda items: Items([Items([number(at), item]) for at, item in enumerate(items)]),
}
"""By name."""
