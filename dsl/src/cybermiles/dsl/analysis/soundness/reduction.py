"""Blocks that are surely sound become a single edge, inside out; a well-structured model becomes one edge."""

from __future__ import annotations

from cybermiles.dsl.analysis.soundness.graph import Edge, Graph, joined

_JOIN_OF = {"choice": ("merge", "or-join"), "split": ("and-join", "or-join")}


def reduce_blocks(graph: Graph) -> None:
    """Applies the rules until none fits; each keeps deadlocks, double runs and what can be reached as they are."""
    todo = list(graph.vertices)
    queued = set(todo)
    while todo:
        at = todo.pop()
        queued.discard(at)
        if at not in graph.vertices:
            continue
        near = {graph.edges[e].source for e in graph.ins[at]} | {graph.edges[e].target for e in graph.outs[at]}
        if _chain(graph, at) or _block(graph, at) or _fuse(graph, at) or _back(graph, at) or _ends(graph, at):
            for other in (at, *near):
                if other in graph.vertices and other not in queued:
                    queued.add(other)
                    todo.append(other)


def _chain(graph: Graph, at: int) -> bool:
    """One way in and one way out: no vertex."""
    if len(graph.ins[at]) != 1 or len(graph.outs[at]) != 1:
        return False
    first, second = graph.edges[graph.ins[at][0]], graph.edges[graph.outs[at][0]]
    if first.id == second.id or first.source == at:
        return False
    first.path, first.members = joined(first.path, second.path), first.members | second.members
    first.ends, first.event = first.ends or second.ends, first.event or second.event
    graph.remove(second.id)
    graph.retarget(first.id, second.target)
    graph.drop(at)
    return True


def _block(graph: Graph, at: int) -> bool:
    """Several ways from a split straight to a join of its kind: one way."""
    kind = graph.vertices[at].kind
    if kind not in _JOIN_OF:
        return False
    groups: dict[int, list[Edge]] = {}
    for number in graph.outs[at]:
        groups.setdefault(graph.edges[number].target, []).append(graph.edges[number])
    for target, edges in groups.items():
        if len(edges) < 2 or graph.vertices[target].kind not in _JOIN_OF[kind]:
            continue
        vertex = graph.vertices[at]
        if kind == "split":
            surely = [edge for edge in edges if edge.id in vertex.always]
            if graph.vertices[target].kind == "and-join":
                edges = surely
                if len(edges) < 2:
                    continue
            elif surely:
                edges = [*surely, *(edge for edge in edges if edge not in surely)]
        kept = edges[0]
        for edge in edges[1:]:
            if kind == "split" and edge.id in vertex.always:
                kept.path = joined(kept.path, edge.path)
                kept.ends |= edge.ends
            kept.members |= edge.members
            kept.event = kept.event and edge.event
            if vertex.alone in (edge.id, kept.id):
                vertex.alone = None
            graph.remove(edge.id)
        return True
    return False


def _fuse(graph: Graph, at: int) -> bool:
    """A merge that leads to a merge, a choice that leads to a choice, and-joins and full splits likewise: one."""
    kind = graph.vertices[at].kind
    if kind in ("merge", "and-join") and len(graph.outs[at]) == 1:
        out = graph.edges[graph.outs[at][0]]
        if out.target == at or graph.vertices[out.target].kind != kind:
            return False
        for number in list(graph.ins[at]):
            edge = graph.edges[number]
            edge.path, edge.members = joined(edge.path, out.path), edge.members | out.members
            edge.ends, edge.event = edge.ends or out.ends, edge.event or out.event
            graph.retarget(number, out.target)
        graph.remove(out.id)
        graph.drop(at)
        return True
    if len(graph.ins[at]) != 1:
        return False
    into = graph.edges[graph.ins[at][0]]
    above = graph.vertices[into.source]
    if into.source == at or above.kind != kind or kind not in _JOIN_OF:
        return False
    full = graph.vertices[at].always == set(graph.outs[at])
    if kind == "split" and not (full and into.id in above.always):
        return False
    for number in list(graph.outs[at]):
        edge = graph.edges[number]
        made = graph.edge(above.id, edge.target, joined(into.path, edge.path), into.members | edge.members)
        graph.edges[made].ends, graph.edges[made].event = into.ends or edge.ends, into.event or edge.event
        if kind == "split":
            above.always.add(made)
        graph.remove(number)
    graph.remove(into.id)
    graph.drop(at)
    return True


def _back(graph: Graph, at: int) -> bool:
    """A choice after a merge that may lead straight back: a loop that is left in the end."""
    if graph.vertices[at].kind != "choice" or len(graph.ins[at]) != 1 or len(graph.outs[at]) < 2:
        return False
    into = graph.edges[graph.ins[at][0]]
    if graph.vertices[into.source].kind != "merge" or len(graph.outs[into.source]) != 1:
        return False
    for number in graph.outs[at]:
        edge = graph.edges[number]
        if edge.target == into.source:
            into.members |= edge.members
            graph.remove(number)
            return True
    return False


def _ends(graph: Graph, at: int) -> bool:
    """A way of a full split that leads to a plain end: its token is out of the game."""
    vertex = graph.vertices[at]
    if vertex.kind != "split" or len(graph.outs[at]) < 2 or len(graph.ins[at]) != 1:
        return False
    for number in graph.outs[at]:
        edge = graph.edges[number]
        last = len(vertex.always) == 1 and number in vertex.always
        sure = number in vertex.always or bool(vertex.always)
        if graph.vertices[edge.target].kind == "end" and sure and not last and len(graph.ins[edge.target]) == 1:
            into = graph.edges[graph.ins[at][0]]
            into.members |= edge.members
            into.ends |= number in vertex.always
            end = edge.target
            graph.remove(number)
            graph.drop(end)
            return True
    return False
