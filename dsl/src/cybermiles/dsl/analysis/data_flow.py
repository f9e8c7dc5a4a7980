"""Data flow of processes: parallel branches that write one variable, and reading what nothing wrote before."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.analysis import concurrency
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable

MOST_REPORTS = 20
"""Conflicts of one process that are reported."""
_COUNTS = ("loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
_CATCHES = ("catch", "boundary", "receive", "start")

Writes = dict[str, "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable is written: the element, and its code."""

    element: str
    span: ir.Span


def data_flow(module: ir.Module, types: TypeTable, findings: Diagnostics) -> None:
    """Adds what is found in each process."""
    del types
    written = {f"{p.file}#{p.id}": p for p in module.processes}
    functions = {f.name: f for f in module.functions}
    for process in module.processes:
        flow = _DataFlow(process, written, functions, findings)
        flow.conflicts()
        flow.early_reads()


@dataclass(slots=True)
class _DataFlow:
    process: ir.Process
    processes: Mapping[str, ir.Process]
    functions: Mapping[str, ir.Function]
    findings: Diagnostics
    _writes: list[Writes] = field(default_factory=list)
    """By node: what it writes, and what is written inside it, without what is local there."""
    _reported: set[tuple[str, str, str]] = field(default_factory=set)

    _nets: list[concurrency.Net] = field(default_factory=list)
    _ways: dict[int, list[int]] = field(default_factory=dict)

    _ahead: dict[int, set[int]] = field(default_factory=dict)
    _gates: dict[str, list[int]] = field(default_factory=dict)
    """Nodes with a merge policy, by variable."""

    def __post_init__(self) -> None:
        for index, node in enumerate(self.process.nodes):
            for merge in node.merge:
                self._gates.setdefault(merge.variable, []).append(index)
        self._writes = _all_writes(self.process, self.processes)
        self._nets = concurrency.scopes(self.process)
        self._ways = _ways(self.process)

    # --- conflicts
    def conflicts(self) -> None:
        """Two parts that may run at the same time and write one variable for which there is no merge policy."""
        nodes = self.process.nodes
        for index, node in enumerate(nodes):
            if node.repeat is not None and node.repeat.kind == "parallel":
                for name, place in sorted(self._instance_writes(index).items()):
                    if not self._has_policy(name, index, index, enclosing=index):
                        self._report(name, place, place, f"all instances of {_shown(node)} write `{name}`")
        inside = sum(len(net.nodes) for net in self._nets)
        if inside < len(self.process.nodes):
            message = "the process is too large to find which branches write one variable"
            hint = f"a process or sub-process of at most {concurrency.MOST} nodes and flows is analysed"
            self.findings.add("soundness-not-proved", message, self.process.span, hint)
        for net in self._nets:
            for a, b in net.pairs({part for part in net.place if self._of(part)}):
                left, right = self._of(a), self._of(b)
                for name in sorted(left.keys() & right.keys()):
                    self._conflict(name, a, b, left[name], right[name])
                    if len(self._reported) >= MOST_REPORTS:
                        return

    def _conflict(self, name: str, a: tuple[str, int], b: tuple[str, int], left: Place, right: Place) -> None:
        first, second = self._node_of(a), self._node_of(b)
        if self._has_policy(name, first, second, enclosing=self.process.nodes[first].parent):
            return
        if a == b:
            what = f"{left.element} may run twice at the same time, and writes `{name}`"
        else:
            what = f"{left.element} and {right.element} may run at the same time, and both write `{name}`"
        self._report(name, left, right, what)

    def _report(self, name: str, left: Place, right: Place, message: str) -> None:
        key = (name, min(left.element, right.element), max(left.element, right.element))
        if key in self._reported or len(self._reported) >= MOST_REPORTS:
            return
        self._reported.add(key)
        hint = f'write different variables, or say how the values unite: `cm:merge="{name}:last"` (sum, append, first)'
        place = max(left, right, key=lambda p: p.span)
        self.findings.add("merge-conflict-possible", message, place.span, hint)

    def _of(self, part: tuple[str, int]) -> Writes:
        kind, index = part
        if kind != "flow":
            return self._writes[index] if kind == "node" else {}
        flow = self.process.flows[index]
        return {} if flow.action is None else _code(flow.action, f"the transition `{flow.name or flow.id}`")

    def _node_of(self, part: tuple[str, int]) -> int:
        return part[1] if part[0] != "flow" else self.process.flows[part[1]].target

    def _instance_writes(self, index: int) -> Writes:
        """What each instance of a multi-instance activity writes; its item and result are not shared."""
        repeat = self.process.nodes[index].repeat
        own = {"" if repeat is None else repeat.item, *_COUNTS}
        found = _own_writes(self.process.nodes[index], self.processes, whole=False)
        for inner, node in enumerate(self.process.nodes):
            if node.parent == index:
                found = {**self._writes[inner], **found}
        return {n: p for n, p in found.items() if n not in own and n not in self.process.nodes[index].locals}

    def _has_policy(self, name: str, a: int, b: int, *, enclosing: int | None) -> bool:
        """Whether the process, an enclosing activity, or a gateway around both says how the values unite."""
        nodes = self.process.nodes
        if any(m.variable == name for m in self.process.merge):
            return True
        while enclosing is not None:
            if any(m.variable == name for m in nodes[enclosing].merge):
                return True
            enclosing = nodes[enclosing].parent
        for gate in self._gates.get(name, ()):
            if nodes[gate].parent != nodes[a].parent:
                continue
            ahead = self._reaches(gate)
            if (a in ahead and b in ahead) or (gate in self._reaches(a) and gate in self._reaches(b)):
                return True
        return False

    def _reaches(self, start: int) -> set[int]:
        """Nodes that a token of a node can come to, the node included."""
        if start in self._ahead:
            return self._ahead[start]
        seen, open_ = {start}, [start]
        while open_:
            for target in self._ways.get(open_.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    open_.append(target)
        self._ahead[start] = seen
        return seen

    # --- reading before writing
    def early_reads(self) -> None:
        """A variable that is written somewhere, but nowhere that can come before a place that reads it."""
        process = self.process
        if len(process.nodes) > concurrency.MOST:
            return
        given = {m.target for m in process.initial}.union(*(n.locals for n in process.nodes))
        given.update(*(_instance_names(n) for n in process.nodes))
        writers: dict[str, list[int]] = {}
        for index, node in enumerate(process.nodes):
            own = _own_writes(node, self.processes, whole=True)
            actions = [f.action for f in process.flows if f.target == index and f.action is not None]
            for name in {*own, *(w for action in actions for w in action.writes)}:
                writers.setdefault(name, []).append(index)
        if not writers:
            return
        ahead = {w: self._reaches_strictly(w) for w in {i for found in writers.values() for i in found}}
        unknown = [self._reaches_strictly(i) for i, n in enumerate(process.nodes) if _gives_anything(n)]
        if any(n.kind == "start" and n.trigger is not None and n.parent is None for n in process.nodes):
            return  # the payload of what starts it may hold anything
        told: set[str] = set()
        for index, node in enumerate(process.nodes):
            for name, span in self._reads(index):
                known = writers.get(name)
                if not known or name in given or name in told or index in known:
                    continue
                before = any(index in ahead[w] for w in known) or any(index in reached for reached in unknown)
                if before or self._parallel(index, known):
                    continue
                told.add(name)
                first = process.nodes[known[0]]
                message = f"{_shown(node)} reads `{name}`, which is written only later, by {_shown(first)}"
                self.findings.add("data-read-before-write", message, span, "write it before, or start with it")

    def _reads(self, index: int) -> Iterator[tuple[str, ir.Span]]:
        node = self.process.nodes[index]
        flows = [c for f in self.process.flows if f.source == index for c in (f.condition,) if c is not None]
        for code in (*_codes(node), *flows):
            function = self.functions.get(code.function)
            really = set(code.reads) if function is None else _really_read(function, code)
            yield from ((name, code.span) for name in sorted(really))

    def _reaches_strictly(self, start: int) -> set[int]:
        seen: set[int] = set()
        open_ = list(self._ways.get(start, ()))
        while open_:
            target = open_.pop()
            if target not in seen:
                seen.add(target)
                open_ += self._ways.get(target, ())
        return seen

    def _parallel(self, index: int, writers: list[int]) -> bool:
        """Whether a writer may run beside the reader, at any level."""
        nodes = self.process.nodes

        def chain(of: int | None) -> list[int]:
            made: list[int] = []
            while of is not None:
                made.append(of)
                of = nodes[of].parent
            return made

        mine = chain(index)
        for net in self._nets:
            here = set(net.nodes)
            a = next((i for i in mine if i in here), None)
            for writer in writers:
                b = next((i for i in chain(writer) if i in here), None)
                if a is not None and b is not None and net.rows[net.node(a)] >> net.node(b) & 1:
                    return True
        return False


def _shown(node: ir.ProcessNode) -> str:
    return f"`{node.id}`" + (f" (“{node.name}”)" if node.name and node.name != node.id else "")


def _code(code: ir.Code, element: str) -> Writes:
    return {name: Place(element, code.span) for name in code.writes}


def _codes(node: ir.ProcessNode) -> list[ir.Code]:
    return [n for n in ir.walk(node) if isinstance(n, ir.Code)]


def _own_writes(node: ir.ProcessNode, processes: Mapping[str, ir.Process], *, whole: bool) -> Writes:
    """What a node writes itself; ``whole``: with the result of all its instances."""
    element = _shown(node)
    found: Writes = {}
    for code in (node.code, node.on_enter, node.on_leave, node.trigger.apply if node.trigger is not None else None):
        if code is not None:
            found |= _code(code, element)
    for mapping in node.outputs or ():
        found[mapping.target] = Place(element, mapping.span)
    if node.kind == "call" and node.outputs is None:
        called = processes.get(node.called)
        for name in _assigned(called, processes) if called is not None else ():
            found.setdefault(name, Place(element, node.span))
    if node.task is not None and node.task.form:
        for name in json.loads(node.task.form).get("properties", {}):
            found.setdefault(name, Place(element, node.span))
    if whole and node.repeat is not None:
        own = {node.repeat.item, *_COUNTS}
        found = {n: p for n, p in found.items() if n not in own}
        if node.repeat.result:
            found[node.repeat.result] = Place(element, node.repeat.span)
    return found


def _assigned(process: ir.Process, processes: Mapping[str, ir.Process]) -> set[str]:
    """All variables that a called process writes, those of what it calls included."""
    seen: set[str] = set()
    open_ = [process]
    found: set[str] = set()
    while open_:
        top = open_.pop()
        key = f"{top.file}#{top.id}"
        if key in seen:
            continue
        seen.add(key)
        for node in top.nodes:
            alone = dataclasses.replace(node, kind="automatic") if node.kind == "call" else node
            found |= set(_own_writes(alone, processes, whole=True))
            if node.kind == "call" and node.outputs is None and node.called in processes:
                open_.append(processes[node.called])
        found |= {name for flow in top.flows if flow.action is not None for name in flow.action.writes}
    return found


def _all_writes(process: ir.Process, processes: Mapping[str, ir.Process]) -> list[Writes]:
    made = [_own_writes(node, processes, whole=True) for node in process.nodes]
    handlers = _handlers(process, made)
    for index in reversed(range(len(process.nodes))):
        node = process.nodes[index]
        if node.kind in ("throw", "end") and node.trigger is not None and node.trigger.kind == "compensate":
            made[index] = {**handlers, **made[index]}
        if node.parent is not None:
            local = {*process.nodes[node.parent].locals, *_instance_names(process.nodes[node.parent])}
            own = {n: p for n, p in made[index].items() if n not in local}
            made[node.parent] = {**own, **made[node.parent]}
    for flow in process.flows:
        parent = process.nodes[flow.source].parent
        if flow.action is not None and parent is not None:
            made[parent] = {**_code(flow.action, f"the transition `{flow.name or flow.id}`"), **made[parent]}
    return made


def _handlers(process: ir.Process, writes: list[Writes]) -> Writes:
    """What compensation may write; it runs in the branch that throws it."""
    found: Writes = {}
    for node in process.nodes:
        if node.compensation is not None:
            found |= writes[node.compensation]
    return found


def _instance_names(node: ir.ProcessNode) -> tuple[str, ...]:
    return () if node.repeat is None else (node.repeat.item, *_COUNTS)


def _gives_anything(node: ir.ProcessNode) -> bool:
    """Whether what completes a node may bring variables that nobody declared."""
    if node.kind == "wait":
        return node.task is None or not node.task.form
    if node.kind == "call":
        return node.outputs is None
    trigger = node.trigger
    return node.kind in _CATCHES and trigger is not None and trigger.apply is None and trigger.kind != "timer"


def _ways(process: ir.Process) -> dict[int, list[int]]:
    """Where a token can go from a node: along flows, to boundary events, into sub-processes and out of them."""
    made: dict[int, list[int]] = {}
    after: dict[int | None, list[int]] = {}
    """By sub-process: where its completion or its boundary events lead."""
    for flow in process.flows:
        made.setdefault(flow.source, []).append(flow.target)
        after.setdefault(flow.source, []).append(flow.target)
    for index, node in enumerate(process.nodes):
        if node.host is not None:
            after.setdefault(node.host, []).append(index)
    targets = {flow.target for flow in process.flows}
    for index, node in enumerate(process.nodes):
        if node.host is not None:
            made.setdefault(node.host, []).append(index)
        if node.compensation is not None:
            made.setdefault(index, []).append(node.compensation)
        parent = node.parent
        if parent is None:
            continue
        made.setdefault(index, []).extend(after.get(parent, ()))
        if node.kind in ("start", "event-scope") or (index not in targets and node.host is None):
            made.setdefault(parent, []).append(index)
    for index, node in enumerate(process.nodes):
        if node.kind == "event-scope":
            for other, beside in enumerate(process.nodes):
                if beside.parent == node.parent and other != index:
                    made.setdefault(other, []).append(index)
    return made


def _really_read(function: ir.Function, code: ir.Code) -> set[str]:
    """The variables whose value the code uses; one that it only sets is not read."""
    local = {param.name: name for param, name in zip(function.params, code.reads, strict=False)}
    found: set[str] = set()
    open_: list[ir.Node] = [s for s in function.body if not _gives_back(s, code)]
    while open_:
        node = open_.pop()
        match node:
            case ir.Return(value) if _gives_back(node, code):
                continue
            case ir.Assign(ir.Local(), value, ""):
                open_.append(value)
            case ir.Local(name):
                found.add(local.get(name, ""))
            case _:
                open_ += ir.children(node)
    return found - {""}


def _gives_back(node: ir.Node, code: ir.Code) -> bool:
    """The end of statements: the list of what they wrote."""
    return (
        isinstance(node, ir.Return) and isinstance(node.value, ir.NewList) and len(node.value.items) == len(code.writes)
    )
