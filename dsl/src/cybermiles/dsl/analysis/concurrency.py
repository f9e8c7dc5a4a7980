"""Which parts of a process may be active at the same time.

A scope of a process is read as a Petri net: a place for each node and each flow, transitions for entering and leaving
nodes. The relation is the least one with: what a split puts out, is concurrent; and what is concurrent with all that a
transition takes, is concurrent with what it gives. For sound models without inclusive gateways it is exact (Kovalyov
and Esparza, 1996), otherwise it may hold too much, never too little.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cybermiles.dsl import ir

MOST = 2_000
"""Nodes and flows of a scope that are still analysed."""
_ONCE = ("date", "duration")


@dataclass(slots=True)
class Net:
    """A scope: its places are its nodes and flows, by index in the process, and waiting boundary events."""

    nodes: list[int]
    flows: list[int]
    place: dict[tuple[str, int], int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    """By place: the places it is concurrent with, as bits."""

    def node(self, index: int) -> int:
        """The place of a node."""
        return self.place["node", index]

    def flow(self, index: int) -> int:
        """The place of a flow."""
        return self.place["flow", index]

    def pairs(self, of: set[tuple[str, int]]) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
        """All concurrent pairs of some parts, each once; a part that may be active twice is a pair with itself."""
        parts = list(self.place)
        mask = sum(1 << self.place[part] for part in of)
        for at in sorted(self.place[part] for part in of):
            rest = (self.rows[at] & mask) >> at
            while rest:
                low = rest & -rest
                yield parts[at], parts[at + low.bit_length() - 1]
                rest ^= low


def scopes(process: ir.Process) -> list[Net]:
    """The nets of the process and of each sub-process that is small enough."""
    by_parent: dict[int | None, Net] = {}
    for index, node in enumerate(process.nodes):
        by_parent.setdefault(node.parent, Net([], [])).nodes.append(index)
    for index, flow in enumerate(process.flows):
        by_parent[process.nodes[flow.source].parent].flows.append(index)
    found = [net for net in by_parent.values() if len(net.nodes) + len(net.flows) <= MOST]
    for net in found:
        _solve(process, net)
    return found


@dataclass(slots=True)
class _Step:
    """A transition of the net; ``any``: it takes one or more of its inputs, as an inclusive join does."""

    takes: tuple[int, ...]
    gives: tuple[int, ...]
    any: bool = False


def splits(process: ir.Process, node: ir.ProcessNode) -> bool:
    """Whether all ways out of a node may be taken together."""
    if node.kind in ("parallel", "inclusive"):
        return True
    return process.language == "bpmn" and node.kind not in ("exclusive", "event-gateway")


def _solve(process: ir.Process, net: Net) -> None:
    for kind, indices in (("node", net.nodes), ("flow", net.flows)):
        for index in indices:
            net.place[kind, index] = len(net.place)
    for index in net.nodes:
        if process.nodes[index].kind == "boundary" and not process.nodes[index].interrupting:
            net.place["armed", index] = len(net.place)
    net.rows = [0] * len(net.place)
    steps = _steps(process, net)
    reach = _reach(process, net)
    work = _first(process, net)
    by_input: dict[int, list[_Step]] = {}
    for step in steps:
        for place in step.takes:
            by_input.setdefault(place, []).append(step)
        _together(net, step.gives, work)
    while work:
        changed = work.pop()
        for step in by_input.get(changed, ()):
            _propagate(net, step, reach, work)


def _propagate(net: Net, step: _Step, reach: Sequence[int], work: set[int]) -> None:
    """What is concurrent with all that a step takes, is concurrent with what it gives."""
    rows = net.rows
    common = rows[step.takes[0]]
    some = 0
    for place in step.takes:
        common &= rows[place]
        some |= rows[place]
    if step.any:  # it waits for every token that can still come
        (target,) = step.gives
        common |= some & ~reach[target]
    for place in step.gives:
        new = common & ~rows[place]
        if new:
            rows[place] |= new
            work.add(place)
            while new:
                low = new & -new
                other = low.bit_length() - 1
                rows[other] |= 1 << place
                work.add(other)
                new ^= low


def _together(net: Net, places: Sequence[int], work: set[int]) -> None:
    """Places that get their tokens at once."""
    for at, place in enumerate(places):
        for other in places[at + 1 :]:
            net.rows[place] |= 1 << other
            net.rows[other] |= 1 << place
            work.update((place, other))


def _steps(process: ir.Process, net: Net) -> list[_Step]:
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for index in net.flows:
        flow = process.flows[index]
        into.setdefault(flow.target, []).append(net.flow(index))
        out.setdefault(flow.source, []).append(net.flow(index))
    made: list[_Step] = []
    armed = _armed(process, net)
    for index in net.nodes:
        node, place = process.nodes[index], net.node(index)
        ways, ins = out.get(index, []), into.get(index, [])
        if splits(process, node):
            made += [_Step((place,), tuple(ways))] if ways else []
        else:
            made += [_Step((place,), (way,)) for way in ways]
        if node.kind in ("parallel", "inclusive") and len(ins) > 1:
            made.append(_Step(tuple(ins), (place,), node.kind == "inclusive"))
        else:
            made += [_Step((way,), (place, *armed.get(index, ()))) for way in ins]
        if node.kind == "boundary" and node.host is not None and node.interrupting:
            made.append(_Step((net.node(node.host),), (place,)))
        elif node.kind == "boundary" and node.host is not None:
            waits = net.place["armed", index]
            made.append(_Step((waits,), (place,) if _once(node) else (place, waits)))
    return made


def _armed(process: ir.Process, net: Net) -> dict[int, list[int]]:
    """By host: the places of the boundary events that do not interrupt it; they get a token when it is entered."""
    made: dict[int, list[int]] = {}
    for index in net.nodes:
        host = process.nodes[index].host
        if host is not None and ("armed", index) in net.place:
            made.setdefault(host, []).append(net.place["armed", index])
    return made


def _first(process: ir.Process, net: Net) -> set[int]:
    """The places that are marked from the start, and those that may be at any time."""
    work: set[int] = set()
    targets = {process.flows[f].target for f in net.flows}
    plain = [i for i in net.nodes if process.nodes[i].kind == "start" and process.nodes[i].trigger is None]
    if not any(process.nodes[i].kind == "start" for i in net.nodes):
        handlers = {n.compensation for n in process.nodes}
        waiting = ("boundary", "event-scope")
        plain = [
            i for i in net.nodes if i not in targets and i not in handlers and process.nodes[i].kind not in waiting
        ]
    armed = _armed(process, net)
    _together(net, [p for i in plain for p in (net.node(i), *armed.get(i, ()))], work)
    everything = (1 << len(net.place)) - 1
    for index in net.nodes:
        node, place = process.nodes[index], net.node(index)
        if node.kind == "event-scope" and not _interrupts(process, index):
            net.rows[place] = everything
            for other in range(len(net.rows)):
                net.rows[other] |= 1 << place
            work.update(range(len(net.rows)))
    return work


def _interrupts(process: ir.Process, scope: int) -> bool:
    start = next((n for n in process.nodes if n.parent == scope and n.kind == "start"), None)
    return start is None or start.interrupting


def _once(node: ir.ProcessNode) -> bool:
    return node.trigger is not None and node.trigger.kind == "timer" and node.trigger.timer in _ONCE


def _reach(process: ir.Process, net: Net) -> list[int]:
    """By place of an inclusive join: the places from which a token can come to it, as bits."""
    back: list[list[int]] = [[] for _ in net.place]
    for index in net.flows:
        flow = process.flows[index]
        back[net.flow(index)].append(net.node(flow.source))
        back[net.node(flow.target)].append(net.flow(index))
    for index in net.nodes:
        host = process.nodes[index].host
        if host is not None:
            back[net.node(index)].append(net.node(host))
    found = [0] * len(net.place)
    for index in net.nodes:
        if process.nodes[index].kind != "inclusive":
            continue
        start = net.node(index)
        seen, open_ = {start}, [start]
        while open_:
            for place in back[open_.pop()]:
                if place not in seen:
                    seen.add(place)
                    open_.append(place)
        found[start] = sum(1 << place for place in seen)
    return found
