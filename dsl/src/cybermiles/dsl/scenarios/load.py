"""Reads `tests/*.yaml` into scenarios; every mistake has its line."""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema

from cybermiles.dsl.archive.sources import Sources
from cybermiles.dsl.archive.yaml_source import Document, load
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span

DEFAULT_NOW = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class Call:
    """One call of an endpoint. `value` is in CMT."""

    endpoint: str
    args: dict[str, Any]
    sender: str | None
    value: Decimal


@dataclass(frozen=True)
class Scenario:
    """Calls on one fresh instance; `then` holds only what the author wrote."""

    name: str
    span: Span
    now: str
    parameters: dict[str, Any]
    calls: tuple[Call, ...]
    then: dict[str, Any]


def schema() -> dict[str, Any]:
    """The published JSON Schema of scenario files."""
    return dict(json.loads((importlib.resources.files("cybermiles.dsl") / "data" / "scenario.schema.json").read_text()))


def load_scenarios(sources: Sources, findings: Diagnostics) -> list[Scenario]:
    """All scenarios of an archive, in the order of file names. Raises CompileError."""
    found: list[Scenario] = []
    for name, text in sources.items():
        if name.startswith("tests/") and name.endswith((".yaml", ".yml")):
            found += _read_file(load(text, name, findings), findings)
    findings.check()
    return found


def _read_file(document: Document, findings: Diagnostics) -> list[Scenario]:
    for problem in jsonschema.Draft202012Validator(schema()).iter_errors(document.data):
        where = tuple(problem.absolute_path)
        findings.add(
            "scenario-schema",
            f"`{'.'.join(str(part) for part in where) or 'the file'}` does not fit: {problem.message[:200]}",
            document.span(where),
        )
    findings.check()
    shared = document.data.get("given") or {}
    now = document.data.get("now", DEFAULT_NOW)
    return [
        _scenario(entry, {**shared, **(entry.get("given") or {})}, now, document.span(("scenarios", index)))
        for index, entry in enumerate(document.data["scenarios"])
    ]


def _scenario(entry: dict[str, Any], given: dict[str, Any], now: str, span: Span) -> Scenario:
    when = entry["when"] if isinstance(entry["when"], list) else [entry["when"]]
    calls = tuple(
        Call(
            endpoint=call["endpoint"],
            args=call.get("args") or {},
            sender=call.get("sender", given.get("sender")),
            value=Decimal(call.get("value", given.get("value", 0))),
        )
        for call in when
    )
    return Scenario(entry["name"], span, entry.get("now", now), given.get("parameters") or {}, calls, entry["then"])
