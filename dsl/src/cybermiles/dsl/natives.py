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
    script_only: bool = False


_N, _T, _A = ir.NUMBER, ir.TEXT, ir.ANY

_TABLE = (
    # numbers
    NativeDef("abs", (_N,), _N),
    NativeDef("min", (_N, _N), _N),
    NativeDef("max", (_N, _N), _N),
    NativeDef("round", (_N, _N), _N, optional=1),
    NativeDef("floor", (_N,), _N),
    NativeDef("ceil", (_N,), _N),
    NativeDef("sqrt", (_N,), _N),
    NativeDef("ln", (_N,), _N),
    NativeDef("exp", (_N,), _N),
    NativeDef("pow", (_N, _N), _N),
    NativeDef("number", (_A,), _N),
    # texts
    NativeDef("text", (_A,), _T),
    NativeDef("upper", (_T,), _T),
    NativeDef("lower", (_T,), _T),
    NativeDef("trim", (_T,), _T),
    NativeDef("starts_with", (_T, _T), ir.BOOL),
    NativeDef("ends_with", (_T, _T), ir.BOOL),
    NativeDef("contains", (_A, _A), ir.BOOL),
    # the world outside of the call
    NativeDef("print", (_A,), ir.NULL),
    NativeDef("caller", (), _T, script_only=True),
    NativeDef("this", (), _T, script_only=True),
    NativeDef("value", (), _N, script_only=True),
    NativeDef("now", (), ir.DATETIME),
    NativeDef("height", (), ir.INT, script_only=True),
    NativeDef("balance", (_T,), _N, optional=1, script_only=True),
    NativeDef("transfer", (_T, _N), ir.NULL, permission="transfer", script_only=True),
    NativeDef("emit", (_T, _A), ir.NULL, script_only=True),
    NativeDef("load_rules", (_T,), ir.SESSION, script_only=True),
)

NATIVES = {native.name: native for native in _TABLE}
"""All library and host functions by name."""

SESSION_METHODS: dict[str, tuple[int, ir.Type]] = {
    "send": (1, ir.NULL),
    "insert": (1, ir.NULL),
    "fire": (0, ir.INT),
    "facts": (0, ir.ListOf(ir.RECORD)),
    "fired": (0, ir.ListOf(ir.TEXT)),
}
"""Methods of a rule session: how many arguments they take and what they give."""
