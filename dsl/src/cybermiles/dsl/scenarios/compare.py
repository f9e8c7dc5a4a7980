"""Compares what a scenario expects with what came out; a record is compared on the keys that the author named."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Difference:
    """What is not as expected: in one line, and in detail as lines with `-` (expected), `+` (found) or a space."""

    text: str
    detail: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.text


def differences(expected: Any, actual: Any, path: str = "") -> list[Difference]:
    """One for each place where `actual` is not what was expected; empty if all agree."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [_differ(path, expected, actual)]
        return [
            found
            for key, value in expected.items()
            for found in differences(value, actual.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return [_differ(path, expected, actual)]
        if len(expected) != len(actual):
            text = f"{path or 'value'}: expected {len(expected)} entries, found {len(actual)}: {show(actual)}"
            return [Difference(text, _aligned([show(e) for e in expected], [show(a) for a in actual]))]
        return [
            found
            for index, (e, a) in enumerate(zip(expected, actual, strict=True))
            for found in differences(e, a, f"{path}[{index}]")
        ]
    return [] if _equal(expected, actual) else [_differ(path, expected, actual)]


def order_of(expected: Sequence[str], actual: Sequence[str], what: str) -> list[Difference]:
    """Names in order."""
    if list(expected) == list(actual):
        return []
    text = f"{what}: expected {show(list(expected))}, found {show(list(actual))}"
    return [Difference(text, _aligned(expected, actual))]


def unordered(expected: Sequence[Any], actual: Sequence[Any], what: str) -> list[Difference]:
    """As many entries, each expected one another of them; of records the keys named are compared."""
    fits = [[not differences(wanted, found) for found in actual] for wanted in expected]
    missing = _unmatched(fits, len(actual))
    if not missing and len(expected) == len(actual):
        return []
    text = f"{what}: expected {show(list(expected))}, found {show(list(actual))}"
    return [Difference(text, _aligned([show(e) for e in expected], [show(a) for a in actual]))]


def counts_of(expected: Mapping[str, int], actual: Iterable[str], what: str) -> list[Difference]:
    """How often names occur; names that are not expected are not counted."""
    found = Counter(actual)
    return [
        Difference(f"{what}: expected {name} {_times(wanted)}, found {_times(found[name])}")
        for name, wanted in expected.items()
        if found[name] != wanted
    ]


def facts_in(expected: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Each expected fact is another one of working memory; for one that is not there, the nearest."""
    fits = [[not _unlike(wanted, fact) for fact in actual] for wanted in expected]
    missing = _unmatched(fits, len(actual))
    found: list[Difference] = []
    for index in missing:
        wanted = expected[index]
        near = min(
            (fact for fact in actual if fact.get("$type") == wanted.get("$type")),
            key=lambda fact: len(_unlike(wanted, fact)),
            default=None,
        )
        shown = fact_text(wanted)
        if near is None:
            found.append(Difference(f"facts: no {shown}; there is no fact of this type"))
            continue
        wrong = _unlike(wanted, near)
        if not wrong:
            found.append(Difference(f"facts: too few {shown}"))
            continue
        lines = [(sign, f"{key}: {show(of.get(key))}") for key in wrong for sign, of in (("-", wanted), ("+", near))]
        found.append(Difference(f"facts: no {shown}; the nearest is {fact_text(near)}", tuple(lines)))
    return found


def facts_absent(expected: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """No fact of working memory fits any of these."""
    return [
        Difference(f"absent: found {fact_text(fact)}")
        for wanted in expected
        for fact in actual
        if not _unlike(wanted, fact)
    ]


def fact_text(fact: Mapping[str, Any]) -> str:
    """`Order(total: 3)`, with its number if it has one."""
    fields = ", ".join(f"{key}: {show(value)}" for key, value in fact.items() if key not in ("$type", "$id"))
    number = f"#{fact['$id']} " if "$id" in fact else ""
    return f"{number}{fact.get('$type', '?')}({fields})"


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


def _unlike(expected: Mapping[str, Any], fact: Mapping[str, Any]) -> list[str]:
    return [key for key, value in expected.items() if differences(value, fact.get(key))]


def _unmatched(fits: Sequence[Sequence[bool]], count: int) -> list[int]:
    """Rows that get no column of their own in a largest matching (augmenting paths)."""
    owner: list[int | None] = [None] * count
    missing: list[int] = []
    for row in range(len(fits)):
        came: dict[int, int] = {}
        frontier = [row]
        free: int | None = None
        while frontier and free is None:
            one = frontier.pop()
            for column in range(count):
                if not fits[one][column] or column in came:
                    continue
                came[column] = one
                holder = owner[column]
                if holder is None:
                    free = column
                    break
                frontier.append(holder)
        if free is None:
            missing.append(row)
        while free is not None:
            one = came[free]
            before = next((c for c, o in enumerate(owner) if o == one), None)
            owner[free] = one
            free = None if one == row else before
    return missing


def _equal(expected: Any, actual: Any) -> bool:
    if _is_number(expected) and _is_number(actual):
        return Decimal(expected) == Decimal(actual)
    if type(expected) is type(actual) and expected == actual:
        return True
    return isinstance(expected, str) and not _is_number(actual) and str(actual) == expected


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _differ(path: str, expected: Any, actual: Any) -> Difference:
    return Difference(f"{path or 'value'}: expected {show(expected)}, found {show(actual)}")


def _aligned(expected: Sequence[str], actual: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Two lists side by side, as a diff."""
    lines: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, list(expected), list(actual), autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            lines += [(" ", text) for text in expected[a:b]]
        else:
            lines += [("-", text) for text in expected[a:b]] + [("+", text) for text in actual[c:d]]
    return tuple(lines[:200])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
