"""A layered layout of a directed graph, left to right, for diagrams that nobody has drawn yet.

Loops are opened first; a node's layer is its longest way from a start; within a layer nodes are ordered by the middle
of their neighbours, and put as near to them as the others allow. Flows run at right angles: through free places of the
layers between, and those that go back run below everything. Equal graphs give equal layouts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GAP_X = 60
GAP_Y = 40
LANE = 20
SWEEPS = 4
MOST_WAYPOINTS = 20_000
"""Places that flows may take in layers between their ends; beyond, they run straight."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A node that was placed: its upper left corner and its size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The height of its centre."""
        return self.y + self.height // 2


@dataclass(slots=True)
class Layout:
    """Where everything is. ``lines`` are the points of each edge, in the order in which they were given."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[list[Point]] = field(default_factory=list)
    width: int = 0
    height: int = 0


def lay_out(sizes: Mapping[str, tuple[int, int]], edges: Sequence[tuple[str, str]]) -> Layout:
    """Places nodes of given sizes, in their order, and the edges between them."""
    return _Layered(sizes, edges).run()


class _Layered:
    def __init__(self, sizes: Mapping[str, tuple[int, int]], edges: Sequence[tuple[str, str]]) -> None:
        self._sizes: dict[str, tuple[int, int]] = dict(sizes)
        self._edges = edges
        self._back = _back_edges(list(sizes), edges)
        self._layers: list[list[str]] = []
        self._after: dict[str, list[str]] = {n: [] for n in sizes}
        self._before: dict[str, list[str]] = {n: [] for n in sizes}
        self._ways: dict[int, list[str]] = {}
        """By edge: the places in the layers between."""
        self._y: dict[str, int] = {}

    def run(self) -> Layout:
        if not self._sizes:
            return Layout()
        self._make_layers()
        for sweep in range(SWEEPS):
            self._order(self._before if sweep % 2 == 0 else self._after, forward=sweep % 2 == 0)
        self._place_rows()
        return self._drawn()

    # --- layers
    def _make_layers(self) -> None:
        forward = [(a, b) for i, (a, b) in enumerate(self._edges) if i not in self._back]
        layer = _longest_ways(list(self._sizes), forward)
        self._layers = [[] for _ in range(max(layer.values()) + 1)]
        for node, at in layer.items():
            self._layers[at].append(node)
        between = sum(max(layer[b] - layer[a] - 1, 0) for a, b in forward)
        for number, (a, b) in enumerate(self._edges):
            if number in self._back:
                continue
            chain = [a]
            for at in range(layer[a] + 1, layer[b]) if between <= MOST_WAYPOINTS else ():
                place = f"\0{number} {at}"
                self._sizes[place] = (0, LANE)
                self._layers[at].append(place)
                self._after[place], self._before[place] = [], []
                chain.append(place)
            self._ways[number] = chain[1:]
            chain.append(b)
            for left, right in itertools.pairwise(chain):
                self._after[left].append(right)
                self._before[right].append(left)

    def _order(self, neighbours: Mapping[str, list[str]], *, forward: bool) -> None:
        layers = self._layers if forward else self._layers[::-1]
        place = {n: i for layer in self._layers for i, n in enumerate(layer)}
        for layer in layers:

            def key(node: str) -> tuple[float, int]:
                near = [place[n] for n in neighbours[node]]
                return (sum(near) / len(near) if near else place[node], place[node])

            layer.sort(key=key)
            place.update({n: i for i, n in enumerate(layer)})

    # --- rows
    def _place_rows(self) -> None:
        """Each node as near to the middle of its neighbours as those above it in the layer allow."""
        for layer in self._layers:
            y = 0
            for node in layer:
                self._y[node] = y
                y += self._sizes[node][1] + GAP_Y
        for sweep in range(SWEEPS):
            forward = sweep % 2 == 0
            neighbours = self._before if forward else self._after
            for layer in self._layers if forward else self._layers[::-1]:
                self._settle(layer, neighbours)
        top = min(self._y.values())
        for node in self._y:
            self._y[node] -= top

    def _settle(self, layer: list[str], neighbours: Mapping[str, list[str]]) -> None:
        wanted: list[int] = []
        for node in layer:
            near = sorted(self._middle(n) for n in neighbours[node])
            middle = self._middle(node) if not near else (near[(len(near) - 1) // 2] + near[len(near) // 2]) // 2
            wanted.append(middle - self._sizes[node][1] // 2)
        # runs of nodes that touch move together, to the mean of what each wants
        runs: list[tuple[int, int, int]] = []
        offset = 0
        offsets: list[int] = []
        for node, want in zip(layer, wanted, strict=True):
            offsets.append(offset)
            runs.append((want - offset, 1, len(offsets) - 1))
            offset += self._sizes[node][1] + GAP_Y
            while len(runs) > 1 and runs[-2][0] // runs[-2][1] >= runs[-1][0] // runs[-1][1]:
                total, count, _ = runs.pop()
                before, number, first = runs.pop()
                runs.append((before + total, number + count, first))
        for total, count, first in runs:
            for at in range(first, first + count):
                self._y[layer[at]] = total // count + offsets[at]

    def _middle(self, node: str) -> int:
        return self._y[node] + self._sizes[node][1] // 2

    # --- drawing
    def _drawn(self) -> Layout:
        made = Layout()
        x = 0
        column: dict[str, tuple[int, int]] = {}
        for layer in self._layers:
            width = max(self._sizes[n][0] for n in layer)
            for node in layer:
                own, height = self._sizes[node]
                column[node] = (x, x + width)
                if not node.startswith("\0"):
                    made.boxes[node] = Box(x + (width - own) // 2, self._y[node], own, height)
            x += width + GAP_X
        made.width = x - GAP_X
        made.height = max(b.y + b.height for b in made.boxes.values())
        floor = max(made.height, *(self._middle(n) for n in self._y))
        for number, (a, b) in enumerate(self._edges):
            if number in self._back:
                floor += LANE
                made.lines.append(_below(made.boxes[a], made.boxes[b], floor))
            else:
                made.lines.append(self._line(made, number, a, b, column))
        made.height = floor
        return made

    def _line(self, made: Layout, number: int, a: str, b: str, column: Mapping[str, tuple[int, int]]) -> list[Point]:
        source, target = made.boxes[a], made.boxes[b]
        points: list[Point] = [(source.x + source.width, source.middle)]
        right = column[a][1]
        for place in self._ways[number]:
            _step(points, right + GAP_X // 2, self._middle(place))
            right = column[place][1]
        _step(points, right + GAP_X // 2, target.middle)
        points.append((target.x, target.middle))
        return _straight(points)


def _step(points: list[Point], x: int, y: int) -> None:
    """Along to a column's edge, then up or down."""
    points.append((x, points[-1][1]))
    points.append((x, y))


def _below(source: Box, target: Box, floor: int) -> list[Point]:
    left, right = source.x + source.width // 2, target.x + target.width // 2
    if source == target:
        left += source.width // 4
        right -= source.width // 4
    return [(left, source.y + source.height), (left, floor), (right, floor), (right, target.y + target.height)]


def _straight(points: list[Point]) -> list[Point]:
    """Without points in the middle of a straight line."""
    made: list[Point] = []
    for point in points:
        if made and made[-1] == point:
            continue
        if len(made) > 1 and (made[-2][0] == made[-1][0] == point[0] or made[-2][1] == made[-1][1] == point[1]):
            made[-1] = point
        else:
            made.append(point)
    return made


def _back_edges(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> set[int]:
    """The edges that close a loop, as a walk from the first nodes meets them."""
    out: dict[str, list[tuple[int, str]]] = {n: [] for n in nodes}
    targets = set()
    for number, (a, b) in enumerate(edges):
        out[a].append((number, b))
        targets.add(b)
    found: set[int] = set()
    done: set[str] = set()
    for root in [*(n for n in nodes if n not in targets), *nodes]:
        if root in done:
            continue
        path = {root}
        stack = [(root, iter(out[root]))]
        while stack:
            node, rest = stack[-1]
            for number, target in rest:
                if target in path:
                    found.add(number)
                elif target not in done:
                    path.add(target)
                    stack.append((target, iter(out[target])))
                    break
            else:
                stack.pop()
                path.discard(node)
                done.add(node)
    return found


def _longest_ways(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    out: dict[str, list[str]] = {n: [] for n in nodes}
    missing = dict.fromkeys(nodes, 0)
    for a, b in edges:
        out[a].append(b)
        missing[b] += 1
    layer = dict.fromkeys(nodes, 0)
    ready = [n for n in nodes if not missing[n]]
    for node in ready:
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return layer
