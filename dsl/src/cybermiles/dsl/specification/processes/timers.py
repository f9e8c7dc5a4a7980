"""When timers are due: dates, durations, cycles."""

from __future__ import annotations

import re
from typing import Any

from cybermiles.dsl.specification.operators import binary
from cybermiles.dsl.specification.values import TEMPORAL, Halt, Value, kind

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")


def instant(value: Value) -> Any:
    """A date-time: a text without offset is UTC, a date its midnight."""
    text = str(value)
    if kind(value) in ("text", "date", "datetime"):
        for end in ("", "Z", "T00:00:00Z"):
            try:
                return TEMPORAL["datetime"](text.strip() + end)
            except ValueError:
                continue
    raise Halt("bad-timer", f"`{text}` is no date or date-time")


def later(begin: Any, length: Value) -> Any:
    """A date-time so much later: by years and months first, then by days and hours."""
    found = _DURATION.fullmatch(str(length).strip())
    if kind(length) not in ("text", "duration", "period") or found is None or not any(found.groups()):
        raise Halt("bad-timer", f"`{length}` is no duration")
    years, months, weeks, days, time = found.groups()
    period = f"P{years or 0}Y{months or 0}M{int(weeks or 0) * 7 + int(days or 0)}D"
    begin = binary("+", begin, TEMPORAL["period"](period), False)
    return binary("+", begin, TEMPORAL["duration"](f"P{time}"), False) if time else begin


def schedule(timer: str, value: Value, now: Any) -> tuple[Any, int | None, Any]:
    """When a timer is first due, how often (None: for ever), and the time between two turns."""
    if timer == "date":
        return instant(value), 1, None
    if timer == "duration":
        return later(now, value), 1, None
    parts = str(value).strip().split("/")
    if not re.fullmatch(r"R\d*", parts[0]) or len(parts) not in (2, 3):
        raise Halt("bad-timer", f"`{value}` is no cycle (R3/PT1H)")
    every, turns = parts[-1], int(parts[0][1:]) if parts[0] != "R" else None
    first = later(now, every)
    return (instant(parts[1]) if len(parts) == 3 else first), turns, every
