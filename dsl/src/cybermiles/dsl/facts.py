"""Facts from JSON with exact numbers, and values to JSON with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.lexer import parse_number

MAX_FACTS_FILE = 1 << 30


def _bad(file: str, line: int, message: str, hint: str | None = None) -> CompileError:
    return Diagnostics().fail("bad-facts", message, Span(file, line, 1, line, 1), hint)


def decode(text: str, file: str, line: int = 1) -> Any:
    """JSON with exact numbers; raises CompileError."""

    def number(shown: str) -> int | Decimal:
        value = parse_number(shown.removeprefix("-")) if len(shown) < 10_000 else None
        if value is None:
            raise _bad(file, line, f"the number `{shown[:40]}` does not fit 34 digits")
        return -value if shown.startswith("-") and value else value

    def constant(shown: str) -> Any:
        raise _bad(file, line, f"`{shown}` is no number of JSON")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            raise _bad(file, line, "an object has a key twice")
        return made

    try:
        return json.loads(text, parse_float=number, parse_int=number, parse_constant=constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise _bad(file, line + error.lineno - 1, f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except RecursionError:
        raise _bad(file, line, "the JSON is nested too deeply") from None


def _check(fact: Any, file: str, line: int, at: str) -> dict[str, Any]:
    if not isinstance(fact, dict):
        raise _bad(file, line, f"{at} is no object")
    if not isinstance(fact.get("$type"), str):
        raise _bad(file, line, f"{at} has no `$type`", 'add `"$type": "..."`, the name of its fact type')
    return {k: v for k, v in fact.items() if k != "$id"}


def read_facts(path: Path) -> list[dict[str, Any]]:
    """The facts of a file: a JSON list, or one object a line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Diagnostics().fail(
            "unreadable-file", f"cannot read `{path}`: {str(reason).lower()}", Span(str(path), 1, 1, 1, 1)
        ) from None
    return parse_facts(text, str(path))


def parse_facts(text: str, file: str) -> list[dict[str, Any]]:
    """The facts of a text."""
    if text.lstrip()[:1] == "{" and "\n" in text.strip():
        return [_check(decode(line, file, n), file, n, "the line") for n, line in _rows(text)]
    data = decode(text, file)
    if isinstance(data, dict) and "$type" in data:
        data = [data]
    if not isinstance(data, list):
        raise _bad(file, 1, "facts are a list of objects", 'write `[{"$type": "...", ...}]`')
    return [_check(fact, file, 1, f"fact {n}") for n, fact in enumerate(data, 1)]


def _rows(text: str) -> Iterator[tuple[int, str]]:
    return ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip())


def to_json(value: Any, *, typed: bool = False) -> Any:
    """A value for JSON output: numbers are texts in plain notation, or `{"$number": text}` if typed."""
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal():
            text = format(value, "f") if isinstance(value, Decimal) else str(value)
            return {"$number": text} if typed else text
        case dict():
            return {k: v if k == "$id" or k == "$type" else to_json(v, typed=typed) for k, v in value.items()}
        case list() | tuple():
            return [to_json(v, typed=typed) for v in value]
        case bytes():
            return {"$bytes": value.hex()} if typed else value.hex()
        case _:
            return {f"${type(value).__name__.lower()}": str(value)} if typed else str(value)
