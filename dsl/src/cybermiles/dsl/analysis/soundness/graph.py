"""The control flow of one scope as a graph of splits and joins; what activities do is part of the edges between them.

Data is left out: a choice may go any way. An activity with boundary events is a choice between its way out and those of
the interrupting ones; the others may come in addition, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cybermiles.dsl import ir

JOINS = ("merge", "and-join", "or-join")
MOST_PATH = 2_000
"""Ids of a path; a longer one is cut in its middle, as blocks within blocks can double it each time."""
ACTIVITIES = frozenset(("automatic", "wait", "receive", "call", "scope"))


def joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """One path after another."""
    if len(first) + len(second) <= MOST_PATH:
        return first + second
    half = MOST_PATH // 2
    whole = first + second
    return whole[:half] + whole[-half:]


@dataclass(slots=True)
class Edge:
    """A way between two vertices. ``path``: ids of the elements and flows on one run along it; ``members``: all nodes
    that may run along it (indices). ``ends``: whoever goes along it has sent a token to an end.
    ``event``: it goes out of an activity by a boundary event."""

    id: int
    source: int
    target: int
    path: tuple[str, ...] = ()
    members: frozenset[int] = frozenset()
    ends: bool = False
    event: bool = False


@dataclass(slots=True)
class Vertex:
    """``kind``: ``start``, ``merge`` (each token goes on), ``and-join``, ``or-join``, ``choice`` (one way out),
    ``split`` (all ways in ``always`` and any of the others, at least one; ``alone`` only by itself), ``end``, ``stop``
    (an end that ends all). ``node``: index of the element that a finding names."""

    id: int
    kind: str
    node: int
    always: set[int] = field(default_factory=set)
    alone: int | None = None


class Graph:
    """Vertices and edges by number."""

    def __init__(self) -> None:
        self.vertices: dict[int, Vertex] = {}
        self.edges: dict[int, Edge] = {}
        self.ins: dict[int, list[int]] = {}
        self.outs: dict[int, list[int]] = {}
        self.count = 0

    def vertex(self, kind: str, node: int) -> int:
        """Adds a vertex."""
        self.count += 1
        self.vertices[self.count] = Vertex(self.count, kind, node)
        self.ins[self.count], self.outs[self.count] = [], []
        return self.count

    def edge(self, source: int, target: int, path: tuple[str, ...] = (), members: frozenset[int] = frozenset()) -> int:
        """Adds an edge."""
        self.count += 1
        self.edges[self.count] = Edge(self.count, source, target, path, members)
        self.outs[source].append(self.count)
        self.ins[target].append(self.count)
        return self.count

    def remove(self, edge: int) -> None:
        """Takes an edge out."""
        gone = self.edges.pop(edge)
        self.outs[gone.source].remove(edge)
        self.ins[gone.target].remove(edge)
        self.vertices[gone.source].always.discard(edge)
        if self.vertices[gone.source].alone == edge:
            self.vertices[gone.source].alone = None

    def retarget(self, edge: int, target: int) -> None:
        """Leads an edge to another vertex."""
        self.ins[self.edges[edge].target].remove(edge)
        self.edges[edge].target = target
        self.ins[target].append(edge)

    def drop(self, vertex: int) -> None:
        """Takes a vertex out that has no edges any more."""
        del self.vertices[vertex], self.ins[vertex], self.outs[vertex]


def graph_of(process: ir.Process, scope: int | None) -> tuple[Graph, int]:
    """The graph of a scope (None: the process) with its start."""
    return _Builder(process, scope).build()


class _Builder:
    def __init__(self, process: ir.Process, scope: int | None) -> None:
        self.process, self.graph = process, Graph()
        nodes = process.nodes
        self.inside = [n for n, node in enumerate(nodes) if node.parent == scope and node.kind != "event-scope"]
        self.flows: dict[int, list[int]] = {n: [] for n in self.inside}
        self.into: dict[int, int] = dict.fromkeys(self.inside, 0)
        for number, flow in enumerate(process.flows):
            if flow.source in self.flows:
                self.flows[flow.source].append(number)
                self.into[flow.target] = self.into.get(flow.target, 0) + 1
        self.boundaries: dict[int, list[int]] = {}
        for n in self.inside:
            trigger, host = nodes[n].trigger, nodes[n].host
            if nodes[n].kind == "boundary" and host is not None and trigger and trigger.kind != "compensate":
                self.boundaries.setdefault(host, []).append(n)
        handlers = {node.compensation for node in nodes}
        skipped = {n for n in self.inside if n in handlers or (nodes[n].trigger and self._undoes(n))}
        self.inside = [n for n in self.inside if n not in skipped]
        self.entry: dict[int, int] = {}

    def _undoes(self, node: int) -> bool:
        at = self.process.nodes[node]
        return at.kind == "boundary" and at.trigger is not None and at.trigger.kind == "compensate"

    def build(self) -> tuple[Graph, int]:
        graph, nodes = self.graph, self.process.nodes
        for n in self.inside:
            kind = "merge"
            if self.into[n] > 1 and nodes[n].kind in ("parallel", "inclusive"):
                kind = "and-join" if nodes[n].kind == "parallel" else "or-join"
            if nodes[n].kind != "end":
                self.entry[n] = graph.vertex(kind, n)
        for n in self.inside:
            self._leave(n)
        start = graph.vertex("start", self.inside[0] if self.inside else 0)
        self._begin(start)
        return graph, start

    def _begin(self, start: int) -> None:
        """None starts together; or one of the triggered ones; or whatever nothing leads to."""
        nodes, graph = self.process.nodes, self.graph
        events = [n for n in self.inside if nodes[n].kind == "start"]
        triggered = [n for n in events if nodes[n].trigger is not None]
        together = [n for n in events if nodes[n].trigger is None]
        if not events:
            together = [n for n in self.inside if self.into[n] == 0 and nodes[n].kind != "boundary"]
        choice = graph.vertex("choice", graph.vertices[start].node)
        graph.edge(start, choice)
        if together:
            split = graph.vertex("split", graph.vertices[start].node)
            graph.edge(choice, split)
            graph.vertices[split].always = {self._to(split, n) for n in together}
        for n in triggered:
            graph.edge(choice, self.entry[n])

    def _leave(self, n: int) -> None:
        """From the entry of a node to what its flows lead to."""
        graph, node = self.graph, self.process.nodes[n]
        if node.kind == "end":
            return
        path: tuple[str, ...]
        at, path = self.entry[n], (node.id,)
        interrupting = [b for b in self.boundaries.get(n, ()) if self.process.nodes[b].interrupting]
        beside = [b for b in self.boundaries.get(n, ()) if not self.process.nodes[b].interrupting]
        if beside:
            split = graph.vertex("split", n)
            graph.edge(at, split, path, frozenset((n,)))
            at, path = graph.vertex("merge", n), ()
            graph.vertices[split].always = {graph.edge(split, at)}
            for b in beside:
                graph.edges[graph.edge(split, self.entry[b])].event = True
        if interrupting:
            choice = graph.vertex("choice", n)
            graph.edge(at, choice, path, frozenset((n,)))
            for b in interrupting:
                graph.edges[graph.edge(choice, self.entry[b])].event = True
            at, path = graph.vertex("merge", n), ()
            graph.edge(choice, at)
        flows = self.flows[n]
        if not flows:
            graph.edge(at, graph.vertex("end", n), path, frozenset((n,)))
            return
        out = graph.vertex(self._splits(n, flows), n)
        graph.edge(at, out, path, frozenset((n,)))
        for number in flows:
            flow = self.process.flows[number]
            made = self._to(out, flow.target, (flow.id,) if flow.id else ())
            if node.kind == "parallel" or (flow.condition is None and number != node.default):
                if graph.vertices[out].kind == "split":
                    graph.vertices[out].always.add(made)
            elif number == node.default:
                graph.vertices[out].alone = made

    def _to(self, source: int, n: int, path: tuple[str, ...] = ()) -> int:
        """An edge to a node. Tokens that come to one end event do not meet there."""
        node = self.process.nodes[n]
        if node.kind != "end":
            return self.graph.edge(source, self.entry[n], path)
        trigger = node.trigger.kind if node.trigger else ""
        kind = "stop" if trigger in ("terminate", "error", "cancel") else "end"
        return self.graph.edge(source, self.graph.vertex(kind, n), (*path, node.id), frozenset((n,)))

    def _splits(self, n: int, flows: list[int]) -> str:
        kind = self.process.nodes[n].kind
        if len(flows) == 1:
            return "merge"
        if kind in ("exclusive", "event-gateway") or (self.process.language == "jpdl" and kind != "parallel"):
            return "choice"
        return "split"
