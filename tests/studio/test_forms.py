"""What is typed into forms becomes exact values, or a sentence that says what does not fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.studio.components.forms import FieldError, check_parameter, exact_json, number, parse, show


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("740", 740),
        (" 1 000 ", 1000),
        ("-3", -3),
        ("0.2", Decimal("0.2")),
        ("2.50", Decimal("2.50")),
        ("7.0", 7),
        ("0.1000000000000000000000000000000001", Decimal("0.1000000000000000000000000000000001")),
    ],
)
def test_numbers_are_exact(text: str, value: int | Decimal) -> None:
    found = number(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["", "x", "1e5", "1,5", "NaN", "Infinity", "--1", "1.", ".5", "0x10", "9" * 40])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        number(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ir.TEXT, "a", "a"),
        (ir.INT, "3", 3),
        (ir.BOOL, "true", True),
        (ir.Optional(ir.NUMBER), "", None),
        (ir.Enum(("A", "B")), "B", "B"),
        (ir.DATE, "2026-01-31", "2026-01-31"),
        (ir.ANY, '{"a": 0.1}', {"a": Decimal("0.1")}),
    ],
)
def test_values_of_each_type(kind: ir.Type, text: str, value: Any) -> None:
    assert parse(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ir.INT, "1.5"),
        (ir.BOOL, "yes"),
        (ir.Enum(("A",)), "B"),
        (ir.DATE, "2026-02-30"),
        (ir.RECORD, "{"),
        (ir.ANY, "NaN"),
    ],
)
def test_what_does_not_fit_is_refused(kind: ir.Type, text: str) -> None:
    with pytest.raises(FieldError):
        parse(kind, text)


def test_parameters_keep_their_bounds() -> None:
    rules = {"type": "number", "minimum": 300, "maximum": 850}
    assert check_parameter(rules, "740") == 740
    with pytest.raises(FieldError, match="at least 300"):
        check_parameter(rules, "299")
    with pytest.raises(FieldError, match="at most 850"):
        check_parameter(rules, "850.1")
    with pytest.raises(FieldError, match="whole"):
        check_parameter({"type": "integer"}, "1.5")


def test_values_are_shown_as_they_are_written() -> None:
    assert show({"a": [Decimal("0.20"), None, True, 3, "x"]}) == "{a: [0.20, null, true, 3, x]}"
    assert exact_json("[0.1, 1e2, 12345678901234567890]") == [Decimal("0.1"), 100, 12345678901234567890]
