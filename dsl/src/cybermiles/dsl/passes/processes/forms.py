"""Forms of human tasks: JSON Schema, inline or in a file beside the process, as canonical text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import jsonschema

from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.syntax.xml import Text

MAX_FORM = 64 * 1024


def read_form(text: Text, file: str, files: Mapping[str, str], diagnostics: Diagnostics) -> str:
    """Canonical JSON text of the schema that `cm:form` gives or names; empty if it cannot be read."""
    source = text.value.strip()
    if not source.startswith("{"):
        beside = (PurePosixPath(file).parent / source).as_posix()
        found = next((files[name] for name in (source, beside) if name in files), None)
        if found is None:
            hint = suggest(source, files) or "write the JSON Schema itself, or the path of its file in the archive"
            diagnostics.add("process-bad-reference", f"there is no form `{source[:80]}`", text.span, hint)
            return ""
        source = found
    hint = 'for example {"type": "object", "properties": {"approved": {"type": "boolean"}}, "required": ["approved"]}'
    if len(source) > MAX_FORM:
        diagnostics.add("process-bad-value", f"a form has at most {MAX_FORM} characters", text.span)
        return ""
    try:
        schema = json.loads(source, parse_float=_decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        diagnostics.add("process-bad-value", f"the form is no JSON: {error}", text.span, hint)
        return ""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        diagnostics.add("process-bad-value", "a form is a JSON Schema of type `object`", text.span, hint)
        return ""
    try:
        jsonschema.Draft202012Validator.check_schema(_plain(schema))
    except (jsonschema.SchemaError, RecursionError) as error:
        message = error.message if isinstance(error, jsonschema.SchemaError) else "it is nested too deep"
        diagnostics.add("process-bad-value", f"the form is no JSON Schema: {message[:200]}", text.span, hint)
        return ""
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_number)


def properties(form: str) -> list[str]:
    """The variables that a form sets."""
    schema = json.loads(form) if form else {}
    names = schema.get("properties", {})
    return sorted(names) if isinstance(names, dict) else []


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > 34:
        raise ValueError(f"{text[:40]} is out of range")
    return value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _plain(value: Any) -> Any:
    """Numbers as the validator of schemas knows them."""
    match value:
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case list():
            return [_plain(v) for v in value]
        case Decimal():
            return float(value)
    return value
