"""How commands write facts and values for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from cybermiles.dsl.facts import to_json


def ordered(fact: Mapping[str, Any]) -> dict[str, Any]:
    """The fact with its type and number first."""
    head: dict[str, Any] = {key: fact[key] for key in ("$type", "$id") if key in fact}
    return {**head, **{k: v for k, v in fact.items() if k not in head}}


def value_text(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {value_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(v) for v in value) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(to_json(value))


def fact_line(fact: Mapping[str, Any]) -> str:
    """A fact on one line."""
    fields = ", ".join(f"{k}: {value_text(v)}" for k, v in fact.items() if k not in ("$type", "$id"))
    return f"#{fact['$id']} {click.style(fact['$type'], bold=True)}({fields})"
