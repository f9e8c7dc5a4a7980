"""The library and host functions that rules and scripts may call, as data."""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles.dsl import ir


@dataclass(frozen=True, slots=True)
class NativeDef:
    """A function of the kernel: what it takes and gives, and what it needs."""

    name: str
    args: tuple[ir.Type, ...]
    returns: ir.Type
    optional: int = 0
    """How many of the last arguments may be left out."""
    permission: str | None = None
    effect: bool = False
    """It changes something, or depends on more than its arguments: not for conditions."""
    script_only: bool = False


_N, _T, _A = ir.NUMBER, ir.TEXT, ir.ANY
_MANY = 8


def _host(name: str, args: tuple[ir.Type, ...], returns: ir.Type, optional: int = 0, **more: str) -> NativeDef:
    return NativeDef(name, args, returns, optional, more.get("permission"), True, True)


_TABLE = (
    # numbers
    NativeDef("abs", (_N,), _N),
    NativeDef("sign", (_N,), _N),
    NativeDef("min", (_A,) * _MANY, _N, _MANY - 1),
    NativeDef("max", (_A,) * _MANY, _N, _MANY - 1),
    NativeDef("round", (_N, _N, _T), _N, 2),
    NativeDef("floor", (_N,), _N),
    NativeDef("ceil", (_N,), _N),
    NativeDef("trunc", (_N,), _N),
    NativeDef("sqrt", (_N,), _N),
    NativeDef("ln", (_N,), _N),
    NativeDef("exp", (_N,), _N),
    NativeDef("pow", (_N, _N), _N),
    NativeDef("number", (_A,), _N),
    NativeDef("is_integer", (_A,), ir.BOOL),
    # texts
    NativeDef("text", (_A,), _T),
    NativeDef("upper", (_T,), _T),
    NativeDef("lower", (_T,), _T),
    NativeDef("trim", (_T,), _T),
    NativeDef("starts_with", (_T, _T), ir.BOOL),
    NativeDef("ends_with", (_T, _T), ir.BOOL),
    NativeDef("contains", (_A, _A), ir.BOOL),
    # lists and records
    NativeDef("keys", (_A,), ir.ListOf(_T)),
    NativeDef("values", (_A,), ir.ListOf(_A)),
    NativeDef("range", (_N, _N), ir.ListOf(ir.INT), 1),
    # the world outside of the call
    NativeDef("print", (_A,) * _MANY, ir.NULL, _MANY - 1, effect=True),
    NativeDef("now", (), ir.DATETIME, effect=True),
    _host("caller", (), _T),
    _host("this", (), _T),
    _host("value", (), _N),
    _host("height", (), ir.INT),
    _host("balance", (_T,), _N, 1),
    _host("transfer", (_T, _N), ir.NULL, permission="transfer"),
    _host("emit", (_T, _A), ir.NULL, 1),
    _host("load_rules", (_T,), ir.SESSION),
)

NATIVES = {native.name: native for native in _TABLE}
"""All library and host functions by name."""

SESSION_METHODS: dict[str, tuple[int, int, ir.Type]] = {
    "send": (1, 1, ir.INT),
    "insert": (1, 1, ir.INT),
    "fire": (0, 1, ir.INT),
    "facts": (0, 0, ir.ListOf(ir.RECORD)),
    "fired": (0, 0, ir.ListOf(ir.TEXT)),
}
"""Methods of a rule session: fewest and most arguments, and what they give."""
