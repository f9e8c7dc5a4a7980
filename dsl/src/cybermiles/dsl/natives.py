"""The library and host functions that rules and scripts may call.

Names, numbers of arguments, permissions and effects are the kernel's own table; the types stand here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles import platform as kernel
from cybermiles.dsl import ir


@dataclass(frozen=True, slots=True)
class NativeDef:
    """A function of the kernel: what it takes and gives, and what it needs."""

    name: str
    least: int
    most: int
    args: tuple[ir.Type, ...]
    """Types of the first arguments; any for the others."""
    returns: ir.Type
    permission: str | None
    effect: bool
    """It changes something or depends on more than its arguments: not for conditions."""
    script_only: bool
    doc: str


_N, _T, _A, _B, _I, _D = ir.NUMBER, ir.TEXT, ir.ANY, ir.BOOL, ir.INT, ir.DATE
_L = ir.ListOf(_A)

_MATH = (
    *(
        "abs",
        "sign",
        "floor",
        "ceil",
        "round",
        "trunc",
        "sqrt",
        "cbrt",
        "exp",
        "expm1",
        "log",
        "log10",
        "log2",
        "log1p",
    ),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
)
"""Functions of ``Math`` that take one number."""

_TYPES: dict[str, tuple[tuple[ir.Type, ...], ir.Type]] = {
    **dict.fromkeys(("abs", "sign", "floor", "ceil", "trunc", "sqrt", "ln", "exp"), ((_N,), _N)),
    **dict.fromkeys(("min", "max", "number"), ((), _N)),
    "round": ((_N, _N, _T), _N),
    "pow": ((_N, _N), _N),
    "is_integer": ((), _B),
    "is_kind": ((_A, _T), _B),
    "text": ((), _T),
    **dict.fromkeys(("upper", "lower", "trim"), ((_T,), _T)),
    **dict.fromkeys(("starts_with", "ends_with"), ((_T, _T), _B)),
    "contains": ((), _B),
    "date": ((), ir.DATE),
    "time": ((), ir.TIME),
    "datetime": ((), ir.DATETIME),
    "duration": ((_T,), ir.DURATION),
    "period": ((_T,), ir.PERIOD),
    **dict.fromkeys(("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second"), ((), ir.INT)),
    "days_between": ((), ir.INT),
    **dict.fromkeys(("div", "floor_div"), ((_N, _N), _I)),
    **dict.fromkeys(("mod", "floor_mod", "percent", "add_percent", "percent_of"), ((_N, _N), _N)),
    "minor_units": ((_T,), _I),
    "round_currency": ((_N, _T, _T), _N),
    "days_in_month": ((), _I),
    **dict.fromkeys(("is_leap_year", "is_end_of_month", "is_business_day"), ((), _B)),
    **dict.fromkeys(("start_of_month", "end_of_month"), ((), _D)),
    **dict.fromkeys(("next_business_day", "previous_business_day"), ((), _D)),
    "add_days": ((_A, _N), _D),
    "add_months": ((_A, _N, _T), _D),
    "adjust_date": ((_A, _T), _D),
    "add_business_days": ((_A, _N), _D),
    "business_days_between": ((), _I),
    "day_count": ((_A, _A, _T), _I),
    "year_fraction": ((_A, _A, _T), _N),
    "matches": ((_T, _T), _B),
    "find": ((_T, _T), ir.Optional(_T)),
    **dict.fromkeys(("find_all", "split_at"), ((_T, _T), ir.ListOf(_T))),
    "replace_all": ((_T, _T, _T), _T),
    "sum": ((), _N),
    "avg": ((), ir.Optional(_N)),
    **dict.fromkeys(("earliest", "latest"), ((), _A)),
    "sort": ((_L, _B), _L),
    "sort_by": ((_L, _T, _B), _L),
    **dict.fromkeys(("distinct", "reversed"), ((_L,), _L)),
    "period_between": ((), ir.PERIOD),
    "total_seconds": ((ir.DURATION,), _N),
    "keys": ((), ir.ListOf(_T)),
    "values": ((), ir.ListOf(_A)),
    "range": ((_N, _N), ir.ListOf(ir.INT)),
    "print": ((), ir.NULL),
    "caller": ((), _T),
    "this": ((), _T),
    "value": ((), _N),
    "now": ((), ir.DATETIME),
    "height": ((), ir.INT),
    "balance": ((_T,), _N),
    "transfer": ((_T, _N), ir.NULL),
    "emit": ((_T,), ir.NULL),
    "call": ((_T, _T, _A, _N), _A),
    "load_rules": ((_T,), ir.SESSION),
    **dict.fromkeys(("start_process", "load_process"), ((_T,), _A)),
    **dict.fromkeys(("correlate", "signal", "bpmn_error"), ((_T,), _A)),
    # the names of JavaScript
    **{f"Math.{name}": ((_N,), _N) for name in _MATH},
    **{f"Math.{name}": ((_N, _N), _N) for name in ("max", "min", "pow", "atan2")},
    "Math.hypot": ((), _N),
    **dict.fromkeys(("bit_and", "bit_or", "bit_xor", "shift_left", "shift_right"), ((_N, _N), _I)),
    "shift_right_unsigned": ((_N, _N), _I),
    "bit_not": ((_N,), _I),
    **dict.fromkeys(("delete_key", "has_key"), ((), _B)),
    **dict.fromkeys(("Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat"), ((), _N)),
    **dict.fromkeys(("Boolean", "Number.isInteger", "Number.isSafeInteger", "Number.isFinite", "Object.is"), ((), _B)),
    **dict.fromkeys(("Array.isArray", "Object.hasOwn", "Object.isFrozen", "is_object"), ((), _B)),
    **dict.fromkeys(("String", "String.fromCodePoint", "String.fromCharCode"), ((), _T)),
    **dict.fromkeys(("Array.of", "Array.from", "new Array", "Object.values"), ((), _L)),
    "Object.keys": ((), ir.ListOf(_T)),
    "Object.entries": ((), ir.ListOf(_L)),
    **dict.fromkeys(("Object.fromEntries", "Object.groupBy"), ((), ir.RECORD)),
    **dict.fromkeys(("Object.assign", "Object.freeze", "structuredClone", "JSON.stringify", "JSON.parse"), ((), _A)),
    **dict.fromkeys(("new RegExp", "new Map", "new Set"), ((), _A)),
    **dict.fromkeys(("class Error", "class TypeError", "class RangeError"), ((), _A)),
    **dict.fromkeys(("class ReferenceError", "class SyntaxError", "class BpmnError"), ((), _A)),
}
_FOR_RULES = frozenset(("print", "now"))
SCRIPT_FAMILIES = frozenset(("Math", "Number", "String", "Array", "Object", "JSON", "classes"))
"""Families of functions that are named as in JavaScript: scripts have them, rules have functions of their own."""
_INTERNAL = frozenset(("rules_eval",))


def _table() -> dict[str, NativeDef]:
    made = {}
    for family, name, least, most, permission, effect, _, doc in kernel.NATIVES:
        if name not in _INTERNAL and not name.startswith("people "):
            args, returns = _TYPES.get(name, ((), _A))
            script_only = family in ("host", "rules", "processes", *SCRIPT_FAMILIES) and name not in _FOR_RULES
            made[name] = NativeDef(name, least, most, args, returns, permission, effect, script_only, doc)
    return made


NATIVES = _table()
"""All library and host functions by name."""


@dataclass(frozen=True, slots=True)
class MethodDef:
    """A method of a kind of value: how many arguments it takes, and what it gives."""

    name: str
    least: int
    most: int
    returns: ir.Type
    effect: bool
    doc: str


_SAME = ir.NULL
"""Stands for the type of the value itself."""


def _returns(default: ir.Type, **named: tuple[ir.Type, str]) -> tuple[ir.Type, dict[str, ir.Type]]:
    return default, {name: type_ for type_, names in named.values() for name in names.split()}


_METHOD_RETURNS: dict[str, tuple[ir.Type, dict[str, ir.Type]]] = {
    "number": _returns(
        _N,
        texts=(_T, "toFixed toString toPlainString toPrecision toExponential"),
        booleans=(_B, "equals"),
        ints=(_I, "compareTo signum intValue longValue shortValue"),
    ),
    "text": _returns(
        _T,
        booleans=(
            _B,
            "startsWith endsWith includes contains equals equalsIgnoreCase isEmpty isBlank matches",
        ),
        ints=(_I, "indexOf lastIndexOf length compareTo search charCodeAt"),
        lists=(ir.ListOf(_T), "split"),
        found=(ir.Optional(_L), "match"),
        maybe=(_A, "at codePointAt matchAll"),
    ),
    "list": _returns(
        _A,
        booleans=(_B, "includes contains containsAll isEmpty addAll equals some every"),
        ints=(_I, "indexOf lastIndexOf size length push unshift findIndex findLastIndex"),
        texts=(_T, "join toString"),
        lists=(_SAME, "slice subList reverse sort toSorted distinct splice filter toReversed copyWithin values"),
        others=(_L, "concat map flatMap flat fill with toSpliced keys entries"),
    ),
    "function": _returns(_A),
    "map": _returns(_A, booleans=(_B, "has delete"), lists=(_L, "keys values entries")),
    "set": _returns(_A, booleans=(_B, "has delete"), lists=(_L, "keys values entries")),
    "regexp": _returns(_A, booleans=(_B, "test"), texts=(_T, "toString"), lists=(ir.Optional(_L), "exec")),
    "record": _returns(
        _A,
        booleans=(_B, "containsKey containsValue isEmpty equals"),
        ints=(_I, "size"),
        lists=(ir.ListOf(_T), "keySet keys"),
        others=(_L, "values"),
    ),
    "boolean": _returns(_B, texts=(_T, "toString"), ints=(_I, "compareTo")),
    "duration": _returns(_I, booleans=(_B, "equals"), texts=(_T, "toString")),
    "period": _returns(_I, booleans=(_B, "equals"), texts=(_T, "toString")),
    "process": _returns(_A, lists=(_L, "tasks incidents"), records=(ir.RECORD, "where")),
    "session": _returns(
        _A, ints=(_I, "send insert fire"), facts=(ir.ListOf(ir.RECORD), "facts"), rules=(ir.ListOf(_T), "fired")
    ),
}


def _temporal_returns(kind: ir.Type, name: str) -> ir.Type:
    if name.startswith(("plus", "minus")):
        return kind
    named = {"toString": _T, "toLocalDate": _D, "toLocalTime": ir.TIME}
    return named.get(name, _I if name.startswith("get") or name == "compareTo" else _B)


def _method_returns(kind: str, name: str) -> ir.Type:
    if kind in _METHOD_RETURNS:
        default, named = _METHOD_RETURNS[kind]
        return named.get(name, default)
    return _temporal_returns(ir.SCALARS[kind], name)


def _methods() -> dict[str, dict[str, MethodDef]]:
    made: dict[str, dict[str, MethodDef]] = {}
    for kind, name, least, most, _, effect, _, doc in kernel.METHODS:
        returns = _method_returns(kind, name)
        made.setdefault(kind, {})[name] = MethodDef(name, least - 1, most - 1, returns, effect, doc)
    return made


METHODS = _methods()
"""The methods of each kind of value, as the kernel names it, by name."""

CHANGING_METHODS = frozenset(name for methods in METHODS.values() for name, m in methods.items() if m.effect)
"""Names of methods that change a value of some kind: not for conditions, where the kind may be unknown."""


def methods_of(type_: ir.Type) -> dict[str, MethodDef] | None:
    """The methods of values of a type without null; None if its kind is not known."""
    match type_:
        case ir.Ref():
            return METHODS["record"]
        case ir.Enum():
            return METHODS["text"]
        case ir.ListOf():
            return METHODS["list"]
        case ir.Scalar(name):
            return METHODS.get({"int": "number", "bool": "boolean"}.get(name, name))
    return None


def gives(method: MethodDef, of: ir.Type) -> ir.Type:
    """What a method of a value of the type gives."""
    return of if method.returns == _SAME else method.returns
