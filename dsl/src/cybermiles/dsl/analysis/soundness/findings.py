"""What the markings of a scope say: deadlocks, double runs, dead elements, ends that are out of reach, tokens left."""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.soundness.exploration import MOST_MARKINGS, Marking, Space, Step, explore
from cybermiles.dsl.analysis.soundness.graph import graph_of
from cybermiles.dsl.analysis.soundness.reduction import reduce_blocks

_JOINS = ("and-join", "or-join")


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` of the diagnostic, the node that it is about (None: the scope), what it says, and the run that shows it:
    ids of elements and flows in the order in which tokens come to them."""

    code: str
    node: int | None
    message: str
    trace: tuple[str, ...] = ()


def findings_of(process: ir.Process, scope: int | None, most: int = MOST_MARKINGS) -> list[Finding]:
    """What is wrong with one scope of a process."""
    return _Judge(process, scope, most).findings()


class _Judge:
    def __init__(self, process: ir.Process, scope: int | None, most: int) -> None:
        self.process, self.scope, self.most = process, scope, most
        self.graph, self.start = graph_of(process, scope)
        self.found: list[Finding] = []

    def findings(self) -> list[Finding]:
        graph = self.graph
        if not graph.outs[self.start]:
            return []
        dead = self._cut_unreachable()
        reduce_blocks(graph)
        space = explore(graph, self.start, self.most)
        if not space.complete:
            text = f"more than {self.most:,} states: whether {self._scope()} is sound is not proved"
            self.found.append(Finding("soundness-not-proved", self.scope, text))
        good = space.good()
        self._stuck(space, good)
        self._twice(space)
        if space.complete and not space.twice:
            if space.first not in good and not space.stuck:
                text = f"{self._scope()} can never end"
                self.found.append(Finding("unreachable-end", self.scope, text, self._trace(self._longest(space))))
            taken = {edge for steps in space.after.values() for step, _ in steps for edge in step.given}
            taken |= set(space.first)
            if not space.stuck:
                dead |= self._members(set(graph.edges) - taken) - self._members(taken)
        for node in sorted(dead):
            text = f"{self._name(node)} is never reached"
            self.found.append(Finding("dead-element", node, text))
        return self.found

    def _cut_unreachable(self) -> set[int]:
        """Takes out what no way from the start leads to; the nodes."""
        graph, seen, todo = self.graph, {self.start}, [self.start]
        while todo:
            for edge in graph.outs[todo.pop()]:
                target = graph.edges[edge].target
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        gone = [edge for edge in graph.edges.values() if edge.source not in seen]
        members = self._members({edge.id for edge in gone})
        kept = self._members({edge.id for edge in graph.edges.values() if edge.source in seen})
        for cut in gone:
            graph.remove(cut.id)
        for vertex in [v for v in graph.vertices if v not in seen]:
            graph.drop(vertex)
        return members - kept

    def _members(self, edges: set[int]) -> set[int]:
        return {node for edge in edges for node in self.graph.edges[edge].members}

    # --- deadlocks and tokens left
    def _stuck(self, space: Space, good: set[Marking]) -> None:
        doomed = self._doomed(space, good)
        told: set[tuple[str, int]] = set()
        for marking in space.stuck:
            steps = space.run(marking)
            joins = [v for e in marking if self.graph.vertices[v := self.graph.edges[e].target].kind in _JOINS]
            if not joins:
                continue
            at = joins[0]
            fired = any(step.vertex == at for step in steps)
            along = [*space.first, *(edge for step in steps for edge in step.given)]
            ended = any(not step.given for step in steps) or any(self.graph.edges[edge].ends for edge in along)
            by_event = any(self.graph.edges[edge].event for edge in along)
            certain = space.first not in good or (any(edge in doomed for edge in along) and not by_event)
            code = "deadlock" if certain else "token-leak" if fired or ended else "possible-deadlock"
            node = self.graph.vertices[at].node
            if (code, node) in told:
                continue
            told.add((code, node))
            waits = ", ".join(f"`{name}`" for name in self._missing(at, marking)) or "more tokens"
            if code == "token-leak":
                why = "which has fired before" if fired else "though an end is reached"
                text = f"a token may be left at {self._name(node)}, {why}"
            else:
                word = "waits for ever" if code == "deadlock" else "may wait for ever"
                text = f"{self._name(node)} {word} for {waits}"
            self.found.append(Finding(code, node, text, self._trace(steps)))

    def _doomed(self, space: Space, good: set[Marking]) -> set[int]:
        """The edges after which no end is in reach, whatever happens next."""
        saved: set[int] = set()
        lost: set[int] = set()
        for steps in space.after.values():
            for step, later in steps:
                (saved if later in good else lost).update(step.given)
        return (lost - saved) if space.complete else set()

    def _missing(self, at: int, marking: Marking) -> list[str]:
        """The flows on which nothing has come to a join."""
        found = []
        for edge in self.graph.ins[at]:
            if edge not in marking and self.graph.edges[edge].path:
                found.append(self.graph.edges[edge].path[-1])
        return found

    # --- two tokens in one place
    def _twice(self, space: Space) -> None:
        told: set[int] = set()
        for marking, edge in space.twice:
            steps = space.run(marking)
            at = self._meeting(edge)
            if at in told:
                continue
            told.add(at)
            certain = self._surely(space, steps)
            code = "lack-of-synchronisation" if certain else "possible-lack-of-synchronisation"
            word = "two tokens come" if certain else "two tokens may come"
            text = f"{word} to {self._name(at)}, and what follows runs twice: nothing joins them"
            self.found.append(Finding(code, at, text, self._trace(steps)))

    def _meeting(self, edge: int) -> int:
        """The element where two tokens on an edge met: the merge that it leaves, or what it leads to."""
        source = self.graph.vertices[self.graph.edges[edge].source]
        if source.kind == "merge":
            return source.node
        return self.graph.vertices[self.graph.edges[edge].target].node

    def _surely(self, space: Space, steps: list[Step]) -> bool:
        """Whether nothing is decided between the split that made the two tokens and the place where they meet."""
        last = max((n for n, step in enumerate(steps) if len(step.given) > 1), default=0)
        for step in steps[last:]:
            vertex = self.graph.vertices[step.vertex]
            if vertex.kind == "choice" or (vertex.kind == "split" and set(step.given) != vertex.always):
                return False
        return True

    # --- texts
    def _longest(self, space: Space) -> list[Step]:
        return space.run(max(space.reached, key=lambda marking: len(space.run(marking)))) if space.reached else []

    def _trace(self, steps: list[Step]) -> tuple[str, ...]:
        edges = [self.graph.outs[self.start][0], *(edge for step in steps for edge in step.given)]
        return tuple(id for edge in edges for id in self.graph.edges[edge].path)

    def _name(self, node: int) -> str:
        at = self.process.nodes[node]
        return f"`{at.name}` (`{at.id}`)" if at.name and at.name != at.id else f"`{at.id}`"

    def _scope(self) -> str:
        if self.scope is None:
            return "the process"
        return self._name(self.scope)
