"""Data of Miss Manners: guests whose sexes balance; each has two or all of three hobbies, so that no seating fails."""

from __future__ import annotations

import random
from typing import Any

HOBBIES = ("h1", "h2", "h3")

Facts = list[dict[str, Any]]


def facts(guests: int) -> Facts:
    """The facts for so many guests, the same on every machine."""
    draw = random.Random(guests)
    made: Facts = []
    for number in range(1, guests + 1):
        sex = "mf"[number % 2]
        for hobby in sorted(draw.sample(HOBBIES, draw.choice((2, 3)))):
            made.append({"$type": "Guest", "name": f"n{number}", "sex": sex, "hobby": hobby})
    made.append({"$type": "LastSeat", "seat": guests})
    made.append({"$type": "Count", "value": 1})
    made.append({"$type": "Context", "state": "start"})
    return made


def firings(guests: int) -> int:
    """How often rules fire if no seating has to be taken back: each seat copies the path before it, then all print."""
    seats = guests - 1
    return 1 + seats + seats * (seats + 1) // 2 + seats + (seats - 1) + 1 + guests + 1


def clips_facts(guests: int) -> str:
    """The same facts as a construct of CLIPS."""
    names = {"Guest": "guest", "LastSeat": "last-seat", "Count": "count", "Context": "context"}
    lines = [
        f"({names[fact['$type']]} " + " ".join(f"({k} {v})" for k, v in fact.items() if k != "$type") + ")"
        for fact in facts(guests)
    ]
    return "(deffacts problem\n" + "\n".join(lines) + ")"
