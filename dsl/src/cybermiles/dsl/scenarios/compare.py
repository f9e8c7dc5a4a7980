"""Compares what a scenario expects with what came out; a record is compared on the keys that the author named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """One line for each place where `actual` is not what was expected; empty if all agree."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [_line(path, expected, actual)]
        return [
            line
            for key, value in expected.items()
            for line in differences(value, actual.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return [_line(path, expected, actual)]
        lines = [
            line
            for index, (e, a) in enumerate(zip(expected, actual, strict=False))
            for line in differences(e, a, f"{path}[{index}]")
        ]
        if len(expected) != len(actual):
            lines.append(f"{path or 'value'}: expected {len(expected)} entries, found {len(actual)}: {show(actual)}")
        return lines
    if _is_number(expected) and _is_number(actual):
        return [] if Decimal(expected) == Decimal(actual) else [_line(path, expected, actual)]
    same = type(expected) is type(actual) and expected == actual
    return (
        []
        if same or (isinstance(expected, str) and str(actual) == expected and not _is_number(actual))
        else [_line(path, expected, actual)]
    )


def show(value: Any) -> str:
    """A value as an author would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
    return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _line(path: str, expected: Any, actual: Any) -> str:
    return f"{path or 'value'}: expected {show(expected)}, found {show(actual)}"
