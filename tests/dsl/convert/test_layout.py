"""The layered layout: nothing overlaps, lines begin and end at their boxes, equal graphs are laid out equally."""

from __future__ import annotations

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st

from cybermiles.dsl.convert.layout import Box, lay_out

NAMES = [f"n{i}" for i in range(9)]
GRAPHS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=16)
SIZES = dict(zip(NAMES, itertools.cycle([(100, 80), (36, 36), (50, 50)]), strict=False))


def _apart(a: Box, b: Box) -> bool:
    beside = a.x + a.width <= b.x or b.x + b.width <= a.x
    return beside or a.y + a.height <= b.y or b.y + b.height <= a.y


def _touches(box: Box, point: tuple[int, int]) -> bool:
    x, y = point
    inside = box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
    return inside and (x in (box.x, box.x + box.width) or y in (box.y, box.y + box.height))


@given(GRAPHS)
def test_any_graph(edges: list[tuple[str, str]]) -> None:
    made = lay_out(SIZES, edges)
    assert set(made.boxes) == set(NAMES)
    for a, b in itertools.combinations(made.boxes.values(), 2):
        assert _apart(a, b)
    assert min(b.y for b in made.boxes.values()) >= 0
    assert len(made.lines) == len(edges)
    for (a, b), line in zip(edges, made.lines, strict=True):
        assert _touches(made.boxes[a], line[0])
        assert _touches(made.boxes[b], line[-1])
        for (x, y), (to_x, to_y) in itertools.pairwise(line):
            assert x == to_x or y == to_y
    assert lay_out(SIZES, edges) == made


def test_a_chain_is_a_straight_line() -> None:
    made = lay_out({"a": (36, 36), "b": (100, 80), "c": (36, 36)}, [("a", "b"), ("b", "c")])
    assert len({box.middle for box in made.boxes.values()}) == 1
    assert all(len(line) == 2 for line in made.lines)
    assert made.boxes["a"].x < made.boxes["b"].x < made.boxes["c"].x


def test_a_fork_is_symmetric() -> None:
    names = ["s", "a", "b", "c", "j"]
    made = lay_out(dict.fromkeys(names, (100, 80)), [("s", x) for x in "abc"] + [(x, "j") for x in "abc"])
    assert made.boxes["s"].middle == made.boxes["b"].middle == made.boxes["j"].middle


def test_large_graphs_take_bounded_time() -> None:
    names = [f"n{i}" for i in range(3000)]
    edges = list(itertools.pairwise(names)) + [(names[i], names[-1]) for i in range(0, 3000, 3)]
    started = time.monotonic()
    lay_out(dict.fromkeys(names, (100, 80)), edges)
    assert time.monotonic() - started < 20


def test_nothing() -> None:
    assert lay_out({}, []).boxes == {}
