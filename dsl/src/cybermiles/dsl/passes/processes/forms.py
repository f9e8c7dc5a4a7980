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
WORDS = frozenset(
    (
        *("type", "title", "description", "enum", "const", "default", "examples", "format", "properties", "required"),
        *("additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    )
)
"""What of JSON Schema the kernel checks when a task is completed; a form that says more would promise too much."""
FORMATS = ("date", "date-time", "duration", "time")


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
    if (more := _beyond(schema, "")) is not None:
        hint = f"a form says: {', '.join(sorted(WORDS))}; check the rest in a script task"
        diagnostics.add("process-bad-value", f"the form says {more}, which no task checks", text.span, hint)
        return ""
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_number)


def _beyond(schema: Any, place: str) -> str | None:
    """What a schema says beyond `WORDS`, with its place; None if nothing."""
    where = f" for `{place}`" if place else ""
    if not isinstance(schema, dict):
        return f"`{json.dumps(schema)}` instead of a schema{where}"
    for word in sorted(schema):
        if word not in WORDS:
            return f"`{word[:40]}`{where}"
    if schema.get("additionalProperties", False) is not False:
        return f"`additionalProperties`{where}"
    if schema.get("format", FORMATS[0]) not in FORMATS:
        return f"the format `{schema['format']}`{where}"
    inner = [(f"{place}.{name}".lstrip("."), part) for name, part in sorted(schema.get("properties", {}).items())]
    inner += [(f"{place}[]", schema["items"])] if "items" in schema else []
    return next((found for name, part in inner if (found := _beyond(part, name)) is not None), None)


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
