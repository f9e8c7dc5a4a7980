"""Data of Waltz: a row of staircases, each in front of the one to its left.

A staircase is drawn obliquely: the profile B rises by steps, A is the same profile further back, up and to the left.
Outer corners of B are forks, inner ones arrows; of A the other way round. The next staircase hides the lower right
corner: its outline cuts two lines, at two tees.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

Facts = list[dict[str, Any]]
Point = tuple[int, int]

STEPS = 11
SIZE = 4
BACK = (-2, 1)
DROP = 3
"""How much lower each staircase stands than the one before."""


def lines(regions: int) -> list[tuple[Point, Point]]:
    """The lines of a drawing; a region has 71, but for the ends of the row."""
    made: list[tuple[Point, Point]] = []
    for region in range(regions):
        left, base = 10 + region * STEPS * SIZE, 10 + DROP * (regions - region)
        front = [(left + (i // 2) * SIZE, base + ((i + 1) // 2) * SIZE) for i in range(2 * STEPS + 1)]
        back = [(x + BACK[0], y + BACK[1]) for x, y in front]
        right = left + STEPS * SIZE
        made += pairwise(front)
        made += zip(front, back, strict=True)
        if region > 0:
            low, high = (back[0][0], base + DROP), (left, back[1][1])
            made += [(back[0], low), (low, back[1]), (back[1], high), (high, back[2])]
            made += pairwise(back[2:])
        else:
            made += pairwise(back)
        if region < regions - 1:
            made += [(front[0], (right + BACK[0], base)), (front[-1], (right, base - DROP + SIZE + BACK[1]))]
        else:
            made += [(front[0], (right, base)), (front[-1], (right, base))]
    return made


def facts(regions: int) -> Facts:
    """A line a fact, and the stage."""
    made: Facts = [{"$type": "Line", "p1": code(p1), "p2": code(p2)} for p1, p2 in lines(regions)]
    return [*made, {"$type": "Stage", "value": "start"}]


def code(point: Point) -> int:
    """A point as one number."""
    return point[0] * 10_000 + point[1]


def clips_facts(regions: int) -> str:
    """The same facts as a construct of CLIPS."""
    shown = [f"(line (p1 {fact['p1']}) (p2 {fact['p2']}))" for fact in facts(regions)[:-1]]
    return "(deffacts problem\n" + "\n".join(shown) + "\n(stage (value start)))"
