"""Calls one function or method of the library, without a compiler in between."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import cybermiles.platform as kernel


@functools.cache
def _module(name: str, count: int, method: bool) -> kernel.Module:
    loads = " ".join(f"load {n}" for n in range(count))
    call = f"method 0 {count - 1}" if method else f"native 0 {count}"
    named = f'const "{name}"' if method else f'import "{name}"'
    source = f'module "t" version "1" {named} function "main" params {count} locals {count} {{ {loads} {call} return }}'
    return kernel.Module(kernel.asm_parse(source))


def _given(value: Any) -> Any:
    match value:
        case date():
            return kernel.Date(value.isoformat())
        case list():
            return [_given(item) for item in value]
        case dict():
            return {key: _given(item) for key, item in value.items()}
    return value


def run(name: str, *args: Any, method: bool = False, gas_limit: int = 100_000_000) -> dict[str, Any]:
    """Result and gas; dates are Python's; `RunError` for a trap."""
    made = _module(name, len(args), method).run("main", [_given(arg) for arg in args], gas_limit=gas_limit)
    if isinstance(made["result"], kernel.Date):
        made["result"] = date.fromisoformat(str(made["result"]))
    return made


def call(name: str, *args: Any) -> Any:
    """What a function gives."""
    return run(name, *args)["result"]


def method(name: str, value: Any, *args: Any) -> Any:
    """What a method of a value gives."""
    return run(name, value, *args, method=True)["result"]


def trap(name: str, *args: Any) -> str:
    """The code of the trap that a function ends with."""
    try:
        result = call(name, *args)
    except kernel.RunError as error:
        return error.code
    raise AssertionError(f"{name}{args} gives {result!r}")
