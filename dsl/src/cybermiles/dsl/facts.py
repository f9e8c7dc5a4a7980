"""Facts from JSON with exact numbers, and values to JSON with nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.lexer import parse_number
from cybermiles.dsl.types import TypeTable, strip

_TYPE_NAME = re.compile(r"[^\W\d][\w$]{0,80}(\.[^\W\d][\w$]{0,80}){0,8}")
_TEMPORAL: dict[str, Callable[[str], Any]] = {
    "date": kernel.Date,
    "time": kernel.Time,
    "datetime": kernel.DateTime,
    "duration": kernel.Duration,
    "period": kernel.Period,
}


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
    name = fact.get("$type")
    if not isinstance(name, str):
        raise _bad(file, line, f"{at} has no `$type`", 'add `"$type": "..."`, the name of its fact type')
    if not _TYPE_NAME.fullmatch(name):
        raise _bad(file, line, f"`{name[:40]}` is no name of a type", "use letters, digits and `_`")
    return {k: v for k, v in fact.items() if k != "$id"}


def read_facts(path: Path) -> list[dict[str, Any]]:
    """The facts of a file: a JSON list, or one object a line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
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


def typed_facts(
    facts: Sequence[Mapping[str, Any]], types: Sequence[ir.TypeDef], file: str = "facts"
) -> list[dict[str, Any]]:
    """The facts with the texts of date and time fields turned into values; raises CompileError."""
    table = TypeTable(tuple(types))
    wanted = {d.name: {f.name: f.type for f in table.fields(d.name)} for d in types if not d.open}
    made = []
    for number, fact in enumerate(facts, 1):
        fields = wanted.get(str(fact["$type"]))
        if fields is None:
            made.append(dict(fact))
            continue
        converted = dict(fact)
        for name, value in fact.items():
            if name == "$type":
                continue
            if name not in fields:
                hint = suggest(name, fields)
                raise _bad(file, 1, f"fact {number}: `{fact['$type']}` has no field `{name}`", hint)
            converted[name] = _typed(value, fields[name], f"fact {number}: `{name}`", file)
        made.append(converted)
    return made


def _typed(value: Any, type_: ir.Type, what: str, file: str) -> Any:
    of = strip(type_)
    if isinstance(of, ir.ListOf) and isinstance(value, list):
        return [_typed(v, of.item, what, file) for v in value]
    if isinstance(of, ir.Enum) and value is not None and value not in of.values:
        hint = suggest(value, of.values) if isinstance(value, str) else None
        raise _bad(file, 1, f"{what} is {ir.show_type(of)}, not `{str(value)[:40]}`", hint)
    if isinstance(of, ir.Scalar) and of.name in _TEMPORAL and isinstance(value, str):
        try:
            return _TEMPORAL[of.name](value)
        except ValueError:
            raise _bad(file, 1, f"{what} is no {of.name}: `{value[:40]}`", "write it as ISO 8601") from None
    return value


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
