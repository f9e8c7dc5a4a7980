"""All markings of a graph that can be reached, up to a bound: where tokens stand, each at the end of an edge."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from cybermiles.dsl.analysis.soundness.graph import Graph

Marking = tuple[int, ...]
"""Numbers of edges in order, one for each token."""
MOST_MARKINGS = 10_000
MOST_TOKENS = 2_000_000
"""Tokens in all markings and steps that are kept: it bounds the memory, as a marking may hold thousands."""
MOST_WAYS = 256
"""Ways out of one split that are tried."""


@dataclass(frozen=True, slots=True)
class Step:
    """A vertex did its work: tokens left ``taken`` and came to ``given``."""

    vertex: int
    taken: Marking
    given: Marking


@dataclass(slots=True)
class Space:
    """What was found. ``reached`` leads from each marking to the step and the marking that it was first reached by."""

    first: Marking
    reached: dict[Marking, tuple[Step, Marking] | None] = field(default_factory=dict)
    after: dict[Marking, list[tuple[Step, Marking]]] = field(default_factory=dict)
    stuck: list[Marking] = field(default_factory=list)
    twice: list[tuple[Marking, int]] = field(default_factory=list)
    """Markings with two tokens on an edge, and the edge."""
    complete: bool = True
    """Whether all of it was seen."""

    def run(self, marking: Marking) -> list[Step]:
        """The steps that lead to a marking, from the start."""
        steps = []
        while (found := self.reached[marking]) is not None:
            steps.append(found[0])
            marking = found[1]
        return steps[::-1]

    def good(self) -> set[Marking]:
        """The markings from which an end can be reached; what was not looked into counts as such."""
        before: dict[Marking, list[Marking]] = {}
        for marking, steps in self.after.items():
            for _, later in steps:
                before.setdefault(later, []).append(marking)
        todo = [m for m in self.reached if not m or m not in self.after]
        found = set(todo)
        while todo:
            for marking in before.get(todo.pop(), ()):
                if marking not in found:
                    found.add(marking)
                    todo.append(marking)
        return found


def explore(graph: Graph, start: int, most: int = MOST_MARKINGS) -> Space:
    """Breadth first, so that a run to a finding is a shortest one. Where two tokens are on an edge it stops."""
    first: Marking = (graph.outs[start][0],)
    space = Space(first, {first: None})
    todo = deque([first])
    moves = Moves(graph)
    kept = 0
    while todo:
        marking = todo.popleft()
        doubled = next((a for a, b in pairwise(marking) if a == b), None)
        if doubled is not None:
            space.twice.append((marking, doubled))
            continue
        if len(space.reached) > most:
            space.complete = False
            break
        steps = []
        for found in moves.steps(marking):
            steps.append(found)
            kept += 4 + len(found[1])
            if kept > MOST_TOKENS:
                break
        if kept > MOST_TOKENS:
            space.complete = False
            break
        if not steps and marking:
            space.stuck.append(marking)
        space.after[marking] = steps
        for step, later in steps:
            if later not in space.reached:
                space.reached[later] = (step, marking)
                todo.append(later)
    space.complete = space.complete and not moves.cut
    return space


class Moves:
    """What can happen in a marking."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.cut = False
        """Whether a split had too many ways out to try all."""
        self._ends: dict[int, bool] = {}
        self._reach: dict[tuple[int, int], frozenset[int]] = {}

    def steps(self, marking: Marking) -> Iterator[tuple[Step, Marking]]:
        """The steps out of a marking."""
        graph, joins = self.graph, set()
        for edge in dict.fromkeys(marking):
            at = graph.edges[edge].target
            vertex, outs = graph.vertices[at], graph.outs[at]
            match vertex.kind:
                case "end":
                    yield self._step(marking, at, (edge,), ())
                case "stop":
                    yield Step(at, (edge,), ()), ()
                case "choice":
                    for out in outs:
                        yield self._step(marking, at, (edge,), (out,))
                case "split":
                    for ways in self._ways(at):
                        yield self._step(marking, at, (edge,), ways)
                case "and-join" | "or-join":
                    joins.add(at)
                case _:
                    yield self._step(marking, at, (edge,), tuple(outs))
        for at in sorted(joins):
            here = tuple(edge for edge in graph.ins[at] if edge in marking)
            if graph.vertices[at].kind == "and-join":
                fires = len(here) == len(graph.ins[at])
            else:
                fires = self._or_fires(at, marking, here)
            if fires:
                yield self._step(marking, at, here, tuple(graph.outs[at]))

    def _step(self, marking: Marking, at: int, taken: Marking, given: Marking) -> tuple[Step, Marking]:
        left = list(marking)
        for edge in taken:
            left.remove(edge)
        new = [edge for edge in given if edge not in left or not self._only_ends(edge)]
        return Step(at, taken, given), tuple(sorted([*left, *new]))

    def _only_ends(self, edge: int) -> bool:
        """Whether tokens on an edge can do nothing but end, without meeting others: how many they are does not matter.
        Those that have just met do count."""
        source = self.graph.edges[edge].source
        met = self.graph.vertices[source].kind == "merge" and len(self.graph.ins[source]) > 1
        if edge not in self._ends:
            todo, only = [edge], True
            while todo and only:
                target = self.graph.edges[todo.pop()].target
                if self.graph.vertices[target].kind not in ("end", "stop"):
                    only = len(self.graph.ins[target]) == 1 and bool(self.graph.outs[target])
                    todo += self.graph.outs[target]
            self._ends[edge] = only
        return self._ends[edge] and not met

    def _ways(self, at: int) -> Iterator[Marking]:
        vertex = self.graph.vertices[at]
        free = [e for e in self.graph.outs[at] if e not in vertex.always and e != vertex.alone]
        count = 0
        if vertex.alone is not None and not vertex.always:
            yield (vertex.alone,)
        for size in range(0 if vertex.always else 1, len(free) + 1):
            for some in combinations(free, size):
                count += 1
                if count > MOST_WAYS:
                    self.cut = True
                    return
                yield (*sorted(vertex.always), *some)

    def _or_fires(self, at: int, marking: Marking, here: Marking) -> bool:
        """BPMN 2.0.2, 13.4.3, as the engine tests it."""
        empty = set(self.graph.ins[at]) - set(here)
        for edge in marking:
            if edge not in here:
                reached = self._reached(edge, at)
                if reached & empty and not reached & set(here):
                    return False
        return True

    def _reached(self, edge: int, without: int) -> frozenset[int]:
        """The edges on ways that begin with one and do not go through a vertex."""
        found = self._reach.get((edge, without))
        if found is None:
            seen, todo = {edge}, [edge]
            while todo:
                target = self.graph.edges[todo.pop()].target
                if target != without:
                    new = [out for out in self.graph.outs[target] if out not in seen]
                    seen.update(new)
                    todo += new
            found = self._reach[edge, without] = frozenset(seen)
        return found
