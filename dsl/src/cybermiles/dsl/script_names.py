"""What JavaScript's global names mean in contract script, beside the functions of the library (``natives``)."""

from __future__ import annotations

from decimal import Decimal

from cybermiles.dsl import ir

CONSTANTS: dict[str, ir.Constant] = {
    "undefined": ir.UNDEFINED,
    "Math.PI": Decimal("3.141592653589793238462643383279503"),
    "Math.E": Decimal("2.718281828459045235360287471352662"),
    "Math.LN2": Decimal("0.6931471805599453094172321214581766"),
    "Math.LN10": Decimal("2.302585092994045684017991454684364"),
    "Math.LOG2E": Decimal("1.442695040888963407359924681001892"),
    "Math.LOG10E": Decimal("0.4342944819032518276511289189166051"),
    "Math.SQRT2": Decimal("1.414213562373095048801688724209698"),
    "Math.SQRT1_2": Decimal("0.707106781186547524400844362104849"),
    "Number.MAX_SAFE_INTEGER": 2**53 - 1,
    "Number.MIN_SAFE_INTEGER": -(2**53) + 1,
}
"""Name to value: 34 digits, rounded half to even."""

INSTANCES: dict[str, str] = {
    "Array": "list",
    "Map": "map",
    "Set": "set",
    "RegExp": "regexp",
    "Function": "function",
}
"""Classes that ``instanceof`` knows, to the word that ``is_kind`` has for their values."""

CONSTRUCTED = frozenset(("Array", "Map", "Set", "RegExp"))
"""Classes whose ``new`` is the library's function ``new NAME``."""

WITHOUT_NEW = frozenset(("Array", "RegExp"))
"""Those that can also be called without ``new``."""

_NO_NAN = "there is no NaN: what has no number throws an error (a RangeError), which `try` catches"
_NO_INFINITY = "there is no Infinity: what is beyond the numbers throws an error; use `null` for no limit"
_NO_CLOCK = "there is no clock; the block's time is `now()`"
_NO_PROTOTYPES = "there are no prototypes; use classes, and records for what has no class"
_NO_WAITING = "nothing waits within a call; use a process, or a schedule"
_NO_BYTES = "numbers are decimal; keep whole numbers in a list"
_32_BITS = "numbers are decimal and have no 32 bits; use `%`, `Math.floor` and `Math.trunc`"

REFUSED: dict[str, str] = {
    "NaN": _NO_NAN,
    "isNaN": _NO_NAN,
    "Number.NaN": _NO_NAN,
    "Number.isNaN": _NO_NAN,
    "Infinity": _NO_INFINITY,
    "isFinite": "every number is finite; test `typeof x === 'number'`",
    "Number.POSITIVE_INFINITY": _NO_INFINITY,
    "Number.NEGATIVE_INFINITY": _NO_INFINITY,
    "Number.EPSILON": "sums of decimals are exact; compare with `===`, or with a tolerance of your own",
    "Number.MAX_VALUE": "numbers have 34 digits and exponents to 6144; write the limit that you mean",
    "Number.MIN_VALUE": "numbers have 34 digits and exponents to -6143; write the limit that you mean",
    "globalThis": "there is no global object; names are those of the script, the contract and the library",
    "window": "there is no global object and no browser",
    "global": "there is no global object",
    "process": "a script has no operating system",
    "require": "a script has no modules; other files of the archive are named in contract.yaml",
    "module": "a script has no modules",
    "exports": "a script has no modules; use `return`",
    "console": "write to the output with `print(x)`",
    "alert": "write to the output with `print(x)`",
    "fetch": "a contract reaches the web by webhooks only",
    "XMLHttpRequest": "a contract reaches the web by webhooks only",
    "Date": _NO_CLOCK + "; dates are `date(2026, 3, 1)` and `datetime('2026-03-01T12:00:00Z')`",
    "performance": _NO_CLOCK,
    "Intl": "there is no locale; write numbers with `toFixed`, and texts as they are",
    "Temporal": "dates are `date(..)`, `time(..)`, `datetime(..)`, `duration(..)` and `period(..)`",
    "Math.random": "a contract has no randomness",
    "Math.fround": _32_BITS,
    "Math.imul": _32_BITS,
    "Math.clz32": _32_BITS,
    "crypto": "a contract has no randomness",
    "Function": "code is compiled before it runs; write a function",
    "Symbol": "there are no symbols; use a text as the name of a field",
    "Proxy": "there are no proxies; use getters and setters",
    "Reflect": "there is no reflection; use `Object.keys`, `Object.hasOwn` and `record[name]`",
    "Promise": _NO_WAITING,
    "setTimeout": _NO_WAITING,
    "setInterval": _NO_WAITING,
    "setImmediate": _NO_WAITING,
    "clearTimeout": _NO_WAITING,
    "clearInterval": _NO_WAITING,
    "queueMicrotask": _NO_WAITING,
    "WeakMap": "nothing is collected within a call; use `Map`",
    "WeakSet": "nothing is collected within a call; use `Set`",
    "WeakRef": "nothing is collected within a call; keep the value",
    "FinalizationRegistry": "nothing is collected within a call",
    "BigInt": "numbers are exact to 34 digits; write the number without `n`",
    "BigInt64Array": _NO_BYTES,
    "ArrayBuffer": _NO_BYTES,
    "SharedArrayBuffer": _NO_BYTES,
    "DataView": _NO_BYTES,
    "Atomics": "a call has no threads",
    "Int8Array": _NO_BYTES,
    "Uint8Array": _NO_BYTES,
    "Uint8ClampedArray": _NO_BYTES,
    "Int16Array": _NO_BYTES,
    "Uint16Array": _NO_BYTES,
    "Int32Array": _NO_BYTES,
    "Uint32Array": _NO_BYTES,
    "Float32Array": _NO_BYTES,
    "Float64Array": _NO_BYTES,
    "WebAssembly": "a contract runs its own module only",
    "AggregateError": "throw an `Error` whose `cause` is a list",
    "EvalError": "throw an `Error`",
    "URIError": "throw an `Error`",
    "encodeURIComponent": "build addresses of the web outside of the contract",
    "decodeURIComponent": "read addresses of the web outside of the contract",
    "encodeURI": "build addresses of the web outside of the contract",
    "decodeURI": "read addresses of the web outside of the contract",
    "escape": "build addresses of the web outside of the contract",
    "unescape": "read addresses of the web outside of the contract",
    "Object.create": _NO_PROTOTYPES,
    "Object.getPrototypeOf": _NO_PROTOTYPES,
    "Object.setPrototypeOf": _NO_PROTOTYPES,
    "Object.defineProperty": "write getters and setters in the record or class; freeze with `Object.freeze`",
    "Object.defineProperties": "write getters and setters in the record or class; freeze with `Object.freeze`",
    "Object.getOwnPropertyNames": "use `Object.keys(record)`",
    "Object.getOwnPropertyDescriptor": "use `Object.hasOwn(record, name)`",
    "Object.getOwnPropertyDescriptors": "use `Object.entries(record)`",
    "Object.getOwnPropertySymbols": "there are no symbols",
    "Object.seal": "use `Object.freeze`",
    "Object.isSealed": "use `Object.isFrozen`",
    "Object.preventExtensions": "use `Object.freeze`",
    "Object.isExtensible": "use `Object.isFrozen`",
    "Array.fromAsync": _NO_WAITING,
    "Map.groupBy": "use `Object.groupBy`, or fill a Map in a loop",
    "String.raw": "write `\\\\` for a backslash",
}
"""Name to the way to do it here; the message is that JavaScript's name is not supported."""
