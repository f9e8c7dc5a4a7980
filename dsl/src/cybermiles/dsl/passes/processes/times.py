"""ISO 8601 as timers write it, checked when it is a constant."""

from __future__ import annotations

import datetime
import re

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_DURATION = re.compile(
    rf"P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_REPEAT = re.compile(r"R(\d{0,9})/(?:([^/P][^/]*)/)?(P[^/]+)(?:/([^/P][^/]*))?")


def is_date(text: str) -> bool:
    """A date, or a date with a time and, if it has one, an offset."""
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.match(r"\d{4}-\d\d-\d\d(T\d\d:\d\d|$)", text))


def is_duration(text: str) -> bool:
    """A duration or period."""
    return _DURATION.fullmatch(text) is not None


def is_cycle(text: str) -> bool:
    """A number of turns and their interval: `R3/PT1H`, `R/2026-01-01T00:00:00Z/P1D`."""
    found = _REPEAT.fullmatch(text)
    return found is not None and is_duration(found[3]) and (found[2] is None or is_date(found[2])) and not found[4]


def looks_constant(text: str) -> bool:
    """Whether a text is meant as ISO 8601 rather than as an expression."""
    return re.match(r"(?:R\d*/|P(?:T?\d|$)|\d|\*)", text) is not None


CHECKS = {
    "date": (is_date, "2026-12-24T18:00:00Z"),
    "duration": (is_duration, "PT1H30M"),
    "cycle": (is_cycle, "R3/PT1H"),
}
"""By kind of timer: whether a text is one, and an example."""
