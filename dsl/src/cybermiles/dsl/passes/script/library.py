"""JavaScript's own names: what stands for them here, and the way to do what we have not."""

from __future__ import annotations

from decimal import Decimal

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.natives import NATIVES

ERRORS = frozenset(
    ("Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "EvalError", "URIError", "BpmnError")
)
"""Classes of errors: values that the machine has."""

KINDS = {"Map": "map", "Set": "set", "RegExp": "regexp", "Array": "list", "Function": "function"}
"""Classes whose objects are a kind of value of their own."""

WRAPPERS = {"String": "string", "Number": "number", "Boolean": "boolean"}
"""Classes of plain values, which are never objects here."""

NAMESPACES = frozenset(("Math", "JSON", "Object", "Array", "Number", "String", "Map", "Set", "RegExp", "Boolean"))

CONSTANTS: dict[tuple[str, str], int | Decimal] = {
    ("Math", "PI"): Decimal("3.141592653589793238462643383279503"),
    ("Math", "E"): Decimal("2.718281828459045235360287471352662"),
    ("Math", "LN2"): Decimal("0.6931471805599453094172321214581766"),
    ("Math", "LN10"): Decimal("2.302585092994045684017991454684364"),
    ("Math", "LOG2E"): Decimal("1.442695040888963407359924681001892"),
    ("Math", "LOG10E"): Decimal("0.4342944819032518276511289189166051"),
    ("Math", "SQRT2"): Decimal("1.414213562373095048801688724209698"),
    ("Math", "SQRT1_2"): Decimal("0.7071067811865475244008443621048490"),
    ("Number", "MAX_SAFE_INTEGER"): 9007199254740991,
    ("Number", "MIN_SAFE_INTEGER"): -9007199254740991,
}

_CLOCK = "the block's time is `now()`, and `datetime(text)` reads one"
_NO_NAN = "an operation that has no number as its result traps: test before it"
REFUSED: dict[str, str] = {
    "Date": _CLOCK,
    "Symbol": "use texts as keys",
    "Proxy": "use getters and setters, or methods",
    "Reflect": "use `Object.keys(o)`, `key in o` and `o[key]`",
    "Promise": "a contract never waits: what comes later is a process, an event or a schedule",
    "BigInt": "every number has 34 digits: leave it out",
    "NaN": _NO_NAN,
    "Infinity": _NO_NAN,
    "isNaN": _NO_NAN,
    "isFinite": _NO_NAN,
    "console": "write to the output with `print(x)`",
    "globalThis": "name the variable",
    "window": "there is no page around a contract",
    "document": "there is no page around a contract",
    "process": "inside of a process its variables are known by their names",
    "require": "all of the archive's files are at hand: `load_rules(...)`, `start_process(...)`",
    "module": "the script is the endpoint's body",
    "setTimeout": "what comes later is a process with a timer, or a schedule",
    "setInterval": "what comes later is a process with a timer, or a schedule",
    "fetch": "a webhook brings what stands outside of the chain",
    "WeakMap": "use `Map`",
    "WeakSet": "use `Set`",
    "WeakRef": "hold the value itself",
    "Intl": "use `toFixed` and the functions of dates",
    "Function": "write the function",
    "ArrayBuffer": "use a list of numbers",
    "Uint8Array": "use a list of numbers",
    "encodeURIComponent": "a contract makes no addresses of the web",
    "decodeURIComponent": "a contract makes no addresses of the web",
}
"""Names that JavaScript has and we have not, with the way to do it here."""

REFUSED_MEMBERS: dict[tuple[str, str], str] = {
    ("Math", "random"): "a contract has no randomness: every validator must find the same result",
    ("Number", "NaN"): _NO_NAN,
    ("Number", "isNaN"): _NO_NAN,
    ("Number", "POSITIVE_INFINITY"): _NO_NAN,
    ("Number", "NEGATIVE_INFINITY"): _NO_NAN,
    ("Number", "EPSILON"): "numbers are decimal: compare them with `==`",
    ("Number", "MAX_VALUE"): "numbers have 34 digits and exponents up to 6144",
    ("Number", "MIN_VALUE"): "numbers have 34 digits and exponents down to -6143",
    ("Math", "fround"): "numbers are decimal",
    ("String", "raw"): "write `\\\\` for a backslash",
    **{
        ("Object", name): "an object has no parents: a class holds its methods"
        for name in ("create", "setPrototypeOf", "getPrototypeOf")
    },
    **{
        ("Object", name): "write `get name() { ... }` in the object"
        for name in ("defineProperty", "defineProperties", "getOwnPropertyDescriptor")
    },
}

BITS = {
    "&": "bit_and",
    "|": "bit_or",
    "^": "bit_xor",
    "~": "bit_not",
    "<<": "shift_left",
    ">>": "shift_right",
    ">>>": "shift_right_zeros",
}
"""Operators on the bits of whole numbers of 32 bits; the library's functions for them."""

MOST_NAMED = 8
"""Parameters that a library function has by itself when it is a value; with more it takes all that come."""


def as_function(name: str, shown: str, span: ir.Span) -> ir.Closure:
    """A function of the library as a value."""
    native = NATIVES[name]
    if native.most > MOST_NAMED:
        args: tuple[ir.Expr, ...] = (ir.Spread(ir.Local("args#", span=span), span=span),)
        params, rest = (), "args#"
    else:
        params = tuple(ir.Field(f"arg#{at}", ir.ANY, span=span) for at in range(native.most))
        args, rest = tuple(ir.Local(p.name, span=span) for p in params), ""
    body = (ir.Return(ir.Native(name, args, type=native.returns, span=span), span=span),)
    return ir.Closure(shown, params, body, rest, span=span)


def regex_error(source: str, flags: str) -> tuple[str, int, str | None] | None:
    """What is wrong with a regular expression: a message, the character it is about, a hint."""
    error: tuple[str, int, str | None] | None = kernel.check_regexp(source, flags)
    return error
