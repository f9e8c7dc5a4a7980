"""What the specification takes from the kernel as given: temporal arithmetic, and functions that it does not spell out.

Calendars, Unicode tables and transcendental functions have specifications and tests of their own (docs/encoding.md,
tests/platform); a one-line module runs them on values that are no records of a type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.specification.values import Halt, Types, Value, data

_PLAIN = Types(())


def operate(op: str, *args: Value) -> Value:
    """An operator on temporal values; ``neg`` of one."""
    left, right = ir.Local("a0"), ir.Local("a1")
    return _run(ir.Unary("-", left) if op == "neg" else ir.Binary(op, left, right), args)


def function(name: str, args: list[Value]) -> Value:
    """A function of the library."""
    return _run(ir.Native(name, tuple(ir.Local(f"a{i}") for i in range(len(args)))), args)


def method(name: str, value: Value, args: list[Value]) -> Value:
    """A method of a value."""
    params = tuple(ir.Local(f"a{i}") for i in range(len(args) + 1))
    return _run(ir.Method(params[0], name, params[1:]), [value, *args])


def field(value: Value, name: str) -> Value:
    """A part of a temporal value."""
    return _run(ir.GetField(ir.Local("a0"), name), [value])


def _run(body: ir.Expr, args: Any) -> Value:
    try:
        result = _module(body, len(args)).run("f", [data(arg) for arg in args])["result"]
    except kernel.RunError as error:
        raise Halt(error.code, error.message, error.kind) from None
    return _PLAIN.read(result)


@lru_cache(maxsize=512)
def _module(body: ir.Expr, params: int) -> kernel.Module:
    from cybermiles.dsl.backend.module_dict import module_dict

    fields = tuple(ir.Field(f"a{i}", ir.ANY) for i in range(params))
    function = ir.Function("f", fields, (ir.Return(body),))
    encoded, _ = module_dict(ir.Module("library", "0", functions=(function,)))
    return kernel.Module(kernel.module_encode(encoded))
