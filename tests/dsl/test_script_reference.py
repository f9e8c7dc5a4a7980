"""The typed reference of scripts: up to date, complete, and true of the kernel."""

from __future__ import annotations

import json
import re
from decimal import Context, Decimal
from pathlib import Path

import pytest

import cybermiles.platform as kernel
from cybermiles.dsl import script_reference as reference
from cybermiles.dsl.natives import METHODS, NATIVES
from cybermiles.dsl.script_names import CONSTANTS, CONSTRUCTED, INSTANCES, REFUSED, WITHOUT_NEW

PAGE = Path(__file__).parents[2] / "docs" / "language" / "script.md"
ENTRIES = [*reference.names(), *reference.methods()]


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert reference.filled(text) == text, "run: python -m cybermiles.dsl.script_reference docs/language/script.md"


def test_the_data_is_up_to_date_and_is_json() -> None:
    text = reference.data_file().read_text(encoding="utf-8")
    assert text == reference.completion_text(), "run: python -m cybermiles.dsl.script_reference docs/language/script.md"
    data = json.loads(text)
    assert {row["name"] for row in data["names"]} >= {name for name in NATIVES if not reference.is_internal(name)}
    assert {(row["of"], row["name"]) for row in data["methods"]} == {(k, m) for k, ms in METHODS.items() for m in ms}


def test_every_error_is_one_of_the_kernels() -> None:
    host = {"insufficient-funds", "event-limit", "variable-limit"}
    known = {code for code, _ in kernel.TRAPS} | host
    assert {code for entry in ENTRIES for code in entry.errors} <= known


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.of}.{e.name}")
def test_signatures_are_of_one_form(entry: reference.Entry) -> None:
    parameter = r"(\.\.\.)?[a-z_]\w*\??: [a-z |]+"
    way = rf"[\w. ]+\(({parameter}(, {parameter})*)?\)"
    plain = rf"{way}( or {way.replace('[', '[', 1)})*: [a-z |]+"
    constant = r"[\w.]+: number"
    error = r"new \w+Error\(.*\)|new Error\(.*\)"
    assert re.fullmatch(rf"{plain}|{constant}|{error}", entry.signature), entry.signature


def test_what_is_refused_is_not_there() -> None:
    assert not set(REFUSED) & (set(NATIVES) | set(CONSTANTS))
    assert {f"new {name}" for name in CONSTRUCTED} <= set(NATIVES)
    assert WITHOUT_NEW <= CONSTRUCTED <= set(INSTANCES)


def test_constants_are_exact_to_34_digits() -> None:
    context = Context(prec=34)
    for name, square in (("Math.SQRT2", 2), ("Math.SQRT1_2", Decimal("0.5"))):
        assert context.sqrt(square) == CONSTANTS[name]
    logs = {"Math.LN2": context.ln(2), "Math.LN10": context.ln(10)}
    assert {name: CONSTANTS[name] for name in logs} == logs
    wide = Context(prec=60)
    assert context.divide(1, wide.ln(2)) == CONSTANTS["Math.LOG2E"]
    assert context.divide(1, wide.ln(10)) == CONSTANTS["Math.LOG10E"]
    assert context.exp(1) == CONSTANTS["Math.E"]
