"""Methods of lists and records; JavaScript's of lists stand in ``arrays``, those of texts and numbers are the kernel's
(``kernel_library``).

Each takes a list of values, the one whose method it is first. What changes a list or record does so in place.
"""

from __future__ import annotations

from collections.abc import Callable

from cybermiles.dsl import ir
from cybermiles.dsl.specification import arrays, kernel_library
from cybermiles.dsl.specification.operators import text
from cybermiles.dsl.specification.values import (
    Halt,
    Items,
    Record,
    Types,
    Value,
    absent,
    equal,
    kind,
    number,
    present,
    whole,
)


def method(name: str, value: Value, args: list[Value], types: Types) -> Value:
    """A method of a value."""
    if absent(value):
        raise Halt("null-operand", f"the method `{name}` of null")
    if isinstance(value, Items) and name in _LISTS:
        return _LISTS[name]([value, *args])
    if isinstance(value, Items) and name in arrays.METHODS:
        return arrays.METHODS[name](value.values, *args)
    if isinstance(value, Items) and name in arrays.REORDERED:
        value.values[:] = arrays.REORDERED[name](value.values, *args)
        return value
    if isinstance(value, Record) and name in _RECORDS:
        return _RECORDS[name](types, value, args)
    return kernel_library.method(name, value, args)


def _given(value: Value, of: type, wanted: str) -> Value:
    """An argument that must be a list or record."""
    if isinstance(value, of):
        return value
    if absent(value):
        raise Halt("null-operand", f"a {wanted} of null")
    raise Halt("bad-argument", f"a {wanted} is wanted, not a {kind(value)}")


# --- lists
def _place(args: list[Value], most: int) -> int:
    """The index in the second argument, which must be one of the list's."""
    at = whole(args[1])
    if absent(args[1]):
        raise Halt("null-operand", "an index of null")
    if at is None:
        raise Halt("bad-argument", "an index is a whole number")
    if not 0 <= at < most:
        raise Halt("index-range", f"the list has no item `{at}`")
    return at


def _push(args: list[Value]) -> Value:
    args[0].values.extend(args[1:])
    return number(len(args[0].values))


def _add(args: list[Value]) -> Value:
    if len(args) == 3:
        args[0].values.insert(_place(args, len(args[0].values) + 1), args[2])
        return None
    args[0].values.append(args[1])
    return True


def _add_all(args: list[Value]) -> Value:
    more = list(_given(args[1], Items, "list").values)
    args[0].values.extend(more)
    return bool(more)


def _set(args: list[Value]) -> Value:
    at = _place(args, len(args[0].values))
    before, args[0].values[at] = args[0].values[at], args[2]
    return before


def _remove(args: list[Value]) -> Value:
    values = args[0].values
    if whole(args[1]) is not None:
        return values.pop(_place(args, len(values)))
    at = next((i for i, item in enumerate(values) if equal(item, args[1])), None)
    if at is not None:
        del values[at]
    return at is not None


def _clear(args: list[Value]) -> Value:
    args[0].values.clear()
    return None


def _contains(args: list[Value]) -> Value:
    return any(equal(item, args[1]) for item in args[0].values)


def _contains_all(args: list[Value]) -> Value:
    return all(_contains([args[0], wanted]) for wanted in _given(args[1], Items, "list").values)


def _distinct(args: list[Value]) -> Value:
    made = Items([])
    for item in args[0].values:
        if not _contains([made, item]):
            made.values.append(item)
    return made


def _sort(args: list[Value]) -> Value:
    args[0].values[:] = kernel_library.method("toSorted", args[0], args[1:]).values
    return args[0]


def _take(at: int) -> Callable[[list[Value]], Value]:
    return lambda args: args[0].values.pop(at) if args[0].values else ir.UNDEFINED


def _unshift(args: list[Value]) -> Value:
    args[0].values[:0] = args[1:]
    return number(len(args[0].values))


def _reverse(args: list[Value]) -> Value:
    args[0].values.reverse()
    return args[0]


def _get(args: list[Value]) -> Value:
    return args[0].values[_place(args, len(args[0].values))]


def _concat(args: list[Value]) -> Value:
    made = list(args[0].values)
    for arg in args[1:]:
        made += arg.values if isinstance(arg, Items) else [arg]
    return Items(made)


def _join(args: list[Value]) -> Value:
    separator = args[1] if len(args) > 1 and args[1] is not ir.UNDEFINED else ","
    return separator.join("" if absent(item) else text(item) for item in args[0].values)


_LISTS: dict[str, Callable[[list[Value]], Value]] = {
    "push": _push,
    "add": _add,
    "pop": _take(-1),
    "shift": _take(0),
    "unshift": _unshift,
    "reverse": _reverse,
    "get": _get,
    "size": lambda args: number(len(args[0].values)),
    "isEmpty": lambda args: not args[0].values,
    "contains": _contains,
    "containsAll": _contains_all,
    "addAll": _add_all,
    "set": _set,
    "remove": _remove,
    "clear": _clear,
    "distinct": _distinct,
    "sort": _sort,
    "subList": lambda args: Items(args[0].values[int(args[1]) : int(args[2])]),
    "equals": lambda args: args[0] is args[1],
    "toString": lambda args: text(args[0]),
    "length": lambda args: number(len(args[0].values)),
    "concat": _concat,
    "join": _join,
}


# --- records
def _key(value: Value) -> str:
    if absent(value):
        raise Halt("null-operand", "a key of null")
    return text(value)


def _found(record: Record, key: Value) -> Value:
    return present(record.fields.get(_key(key)))


def _put(types: Types, record: Record, args: list[Value]) -> Value:
    before = _found(record, args[0])
    types.set(record, _key(args[0]), args[1])
    return before


def _put_all(types: Types, record: Record, args: list[Value]) -> Value:
    other = _given(args[0], Record, "record")
    for name, value in list(other.fields.items()):
        if value is not ir.UNDEFINED:
            types.set(record, name, value)
    return None


def _put_if_absent(types: Types, record: Record, args: list[Value]) -> Value:
    found = _found(record, args[0])
    return _put(types, record, args) if found is None else found


def _remove_key(types: Types, record: Record, args: list[Value]) -> Value:
    before, key = _found(record, args[0]), _key(args[0])
    if record.of is not None and key in types.fields(record.of):
        types.set(record, key, ir.UNDEFINED)
    else:
        record.fields.pop(key, None)
    return before


def _own(record: Record) -> dict[str, Value]:
    return {name: value for name, value in record.fields.items() if value is not ir.UNDEFINED}


_RECORDS: dict[str, Callable[[Types, Record, list[Value]], Value]] = {
    "get": lambda types, record, args: _found(record, args[0]),
    "getOrDefault": lambda types, record, args: args[1] if (v := _found(record, args[0])) is None else v,
    "put": _put,
    "putAll": _put_all,
    "putIfAbsent": _put_if_absent,
    "remove": _remove_key,
    "containsKey": lambda types, record, args: _key(args[0]) in _own(record),
    "containsValue": lambda types, record, args: any(equal(v, args[0]) for v in _own(record).values()),
    "keySet": lambda types, record, args: Items(list(_own(record))),
    "keys": lambda types, record, args: Items(list(_own(record))),
    "values": lambda types, record, args: Items(list(_own(record).values())),
    "size": lambda types, record, args: number(len(_own(record))),
    "isEmpty": lambda types, record, args: not _own(record),
    "equals": lambda types, record, args: record is args[0],
}
