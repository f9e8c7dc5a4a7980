"""jPDL's times: `2 hours`, `5 minutes`, `#{expression}`."""

from __future__ import annotations

import re

_UNITS = {
    "second": "PT{}S",
    "minute": "PT{}M",
    "hour": "PT{}H",
    "day": "P{}D",
    "week": "P{}W",
    "month": "P{}M",
    "year": "P{}Y",
}
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s+(\w+?)s?")


def duration(text: str) -> str | None:
    """The ISO 8601 duration of a number and a unit; None if it is none."""
    found = _TIME.fullmatch(" ".join(text.lower().split()))
    if found is None or found[2] not in _UNITS:
        return None
    return _UNITS[found[2]].format(found[1])
