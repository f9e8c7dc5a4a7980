"""Operators and library functions of the specification against the kernel's own."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl.specification import kernel_library, library
from cybermiles.dsl.specification.operators import binary, unary
from cybermiles.dsl.specification.values import Halt, Items, number

NUMBERS = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "0.1",
    "-2.5",
    "1e10",
    "1e-7",
    "123456789012345678901234567890",
    "9e6144",
    "1e-6176",
]
VALUES: list[Any] = [*(number(Decimal(n)) for n in NUMBERS), "", "a", "ab", True, False, None]


def outcome(run: Any) -> Any:
    """A value, or how it ended."""
    try:
        return run()
    except Halt as halt:
        return halt.kind, halt.code


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="])
def test_binary_operators(op: str) -> None:
    for left in VALUES:
        for right in VALUES:
            ours = outcome(lambda x=left, y=right: binary(op, x, y, False))
            assert ours == outcome(lambda x=left, y=right: kernel_library.operate(op, x, y)), (left, op, right)


def test_arithmetic_of_random_numbers() -> None:
    dice = random.Random(4)
    for _ in range(500):
        left, right = (number(Decimal(dice.randrange(-(10**18), 10**18)).scaleb(dice.randint(-20, 5))) for _ in "ab")
        op = dice.choice("+-*/%")
        ours = outcome(lambda x=left, y=right, o=op: binary(o, x, y, False))
        assert ours == outcome(lambda x=left, y=right, o=op: kernel_library.operate(o, x, y)), (left, op, right)


def test_unary_operators() -> None:
    for value in VALUES:
        assert outcome(lambda x=value: unary("-", x)) == outcome(lambda x=value: kernel_library.operate("neg", x)), (
            value
        )


@pytest.mark.parametrize("name", ["abs", "floor", "ceil", "trunc", "round", "is_integer", "text", "min", "max"])
def test_functions_of_one_value(name: str) -> None:
    for value in VALUES:
        ours = outcome(lambda x=value: library.call(name, [x]))
        assert ours == outcome(lambda x=value: kernel_library.function(name, [x])), value


def test_functions_of_lists() -> None:
    items = [number(3), number(1), number(2)]
    for name in ("min", "max"):
        assert library.call(name, [Items(items)]) == kernel_library.function(name, [Items(items)])
    for part in (number(1), number(9), "a", None):
        assert library.call("contains", [Items(items), part]) == kernel_library.function(
            "contains", [Items(items), part]
        )


def test_rounding_at_places() -> None:
    for value in ("2.345", "-2.345", "2.5", "1e20", "0"):
        for places in (-2, 0, 1, 2, 5):
            args = [number(Decimal(value)), number(places)]
            assert library.call("round", args) == kernel_library.function("round", args), (value, places)
