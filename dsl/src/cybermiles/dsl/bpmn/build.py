"""The tree of a BPMN process to the process graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn import triggers
from cybermiles.dsl.bpmn.activities import activity, decides
from cybermiles.dsl.bpmn.read import ACTIVITIES
from cybermiles.dsl.bpmn.structure import check_structure
from cybermiles.dsl.bpmn.tree import Body, Flow, Item, Model, Node, ProcessModel, variable_of, words
from cybermiles.dsl.bpmn.work import Work
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.code import CodeMaker
from cybermiles.dsl.passes.processes.decisions import Decisions
from cybermiles.dsl.passes.processes.variables import names

MAX_NODES = 5_000
MAX_FLOWS = 20_000
_GATEWAYS = {
    "exclusiveGateway": "exclusive",
    "inclusiveGateway": "inclusive",
    "parallelGateway": "parallel",
    "eventBasedGateway": "event-gateway",
}


def executable(model: Model) -> list[ProcessModel]:
    """The processes that run, the first one first: those marked executable, or all if none is."""
    marked = [p for p in model.processes if p.executable]
    return [p for p in marked or model.processes if p.body.nodes]


def build_process(
    context: Context,
    model: Model,
    process: ProcessModel,
    files: Mapping[str, str],
    decisions: Decisions,
    called: Mapping[str, str],
) -> ir.Process | None:
    """The graph; None if it has errors, which are reported. ``called``: names of processes to their keys."""
    file = model.document.file
    code = CodeMaker(context, f"process {file}#{process.id}")
    work = Work(model, process, context.diagnostics, code, files, decisions, called)
    return _Builder(work).run()


class _Builder:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._nodes: list[ir.ProcessNode] = []
        self._flows: list[tuple[int, ir.Flow]] = []
        """Each with its offset in the file."""
        self._defaults: dict[int, int] = {}
        """Offsets of default flows by the index of the node that they leave."""
        self._owners: dict[int, Node] = {}
        """Sub-processes by the identity of their bodies."""

    def run(self) -> ir.Process | None:
        work, process = self._work, self._work.process
        before = _errors(work.diagnostics)
        for body in list(_bodies(process.body)):
            self._fold_choices(body)
        for body in _bodies(process.body):
            work.associations |= {a.source: a.target for a in body.associations}
        for place, (body, node) in enumerate(process.body.walk()):
            work.ids.setdefault(node.id, (node, body))
            work.index[id(node)] = place
            if node.body is not None:
                self._owners[id(node.body)] = node
        if not self._fits():
            return None
        self._body(process.body, None)
        for body in _bodies(process.body):
            self._connect(body)
        check_structure(work)
        if _errors(work.diagnostics) > before:
            return None
        initial, merge = self._initial(), work.merge(process)
        file = work.model.document.file
        language = "jpdl" if self._is_jpdl() else "bpmn"
        made = ir.Process(file, process.id, process.name, (), (), initial, merge, language, span=process.span)
        made = self._finished(made)
        return None if _errors(work.diagnostics) > before else made

    def _fits(self) -> bool:
        work = self._work
        nodes = len(work.index)
        flows = sum(len(body.flows) for body in _bodies(work.process.body))
        if nodes <= MAX_NODES and flows <= MAX_FLOWS:
            return True
        message = f"has {nodes} nodes and {flows} flows, more than {MAX_NODES} or {MAX_FLOWS}"
        work.fail("process-too-large", work.process, message, "split it; a call activity runs another process")
        return False

    # --- nodes
    def _body(self, body: Body, parent: int | None) -> None:
        hosts = {n.id: n for n in body.nodes if n.tag in ACTIVITIES}
        undone = self._handlers(body, hosts)
        for node in body.nodes:
            made = self._node(node, body, hosts, parent)
            enter, leave = self._actions(node, "onEnter"), self._actions(node, "onLeave")
            made = dataclasses.replace(made, on_enter=enter, on_leave=leave, compensation=undone.get(node.id))
            self._nodes.append(made)
            if node.body is not None:
                self._body(node.body, self._work.index[id(node)])

    def _actions(self, item: Item, name: str) -> ir.Code | None:
        text = item.extra(name)
        return None if text is None else self._work.code.statements(text, f"{item.id}.{name}")

    def _fold_choices(self, body: Body) -> None:
        """A gateway that is drawn only, after a task that is left by one of its ways, goes; the task has its flows."""
        work = self._work
        drawn = {n.id: n for n in body.nodes if n.tag == "exclusiveGateway" and n.extra("choice") is not None}
        for gate in drawn.values():
            into = [f for f in body.flows if f.target == gate.id]
            beside = [f for f in body.flows if len(into) == 1 and f.source == into[0].source]
            if not self._is_jpdl() or len(into) != 1 or len(beside) != 1:
                hint = 'use an exclusive gateway with conditions; `cm:choice` is for `cm:style="jpdl"`'
                work.fail("process-structure", gate, "chooses nothing: it must be the only way out of one task", hint)
                continue
            body.flows.remove(into[0])
            body.nodes.remove(gate)
            for flow in body.flows:
                if flow.source == gate.id:
                    flow.source = into[0].source

    def _is_jpdl(self) -> bool:
        """Whether a task is left by one of its ways, as in jPDL."""
        style = self._work.process.extra("style")
        if style is not None and style.value.strip() not in ("jpdl", "bpmn"):
            self._work.diagnostics.add("process-bad-value", "`cm:style` is `bpmn` or `jpdl`", style.span)
        return style is not None and style.value.strip() == "jpdl"

    def _handlers(self, body: Body, hosts: Mapping[str, Node]) -> dict[str, int]:
        """What undoes an activity: the activity that an association of its compensation boundary leads to."""
        work = self._work
        made: dict[str, int] = {}
        for node in body.nodes:
            if node.tag != "boundaryEvent" or not any(e.kind == "compensate" for e in node.events):
                continue
            handler = hosts.get(work.associations.get(node.id, ""))
            if handler is None:
                hint = "connect it with an association to an activity that is marked for compensation"
                work.fail("process-incomplete", node, "leads to no activity that undoes", hint)
            else:
                made[_attached(node)] = work.index[id(handler)]
        for node in body.nodes:
            inner = (n for n in node.body.nodes if n.tag == "subProcess") if node.body is not None else ()
            for own in inner:
                starts = (n for n in own.body.nodes if n.tag == "startEvent") if own.body is not None else ()
                if any(e.kind == "compensate" for n in starts for e in n.events):
                    made.setdefault(node.id, work.index[id(own)])
        return made

    def _node(self, node: Node, body: Body, hosts: Mapping[str, Node], parent: int | None) -> ir.ProcessNode:
        work = self._work
        base = ir.ProcessNode(node.id, node.name, "automatic", parent, span=node.span)
        if node.tag in ACTIVITIES:
            return activity(work, node, base)
        if node.tag in _GATEWAYS:
            if (node.element.get("eventGatewayType") or "Exclusive") != "Exclusive":
                hint = "draw a parallel gateway before the events"
                work.fail("process-unsupported", node, "waits for all of its events (`eventGatewayType`)", hint)
            if node.element.get("instantiate") == "true":
                hint = "draw a message start event for each way to start"
                work.fail("process-unsupported", node, "starts the process (`instantiate`)", hint)
            return dataclasses.replace(base, kind=_GATEWAYS[node.tag], merge=work.merge(node))
        if node.tag == "boundaryEvent":
            return self._boundary(node, hosts, base)
        return self._event(node, body, base)

    def _event(self, node: Node, body: Body, base: ir.ProcessNode) -> ir.ProcessNode:
        work = self._work
        linked = any(e.kind == "link" for e in node.events)
        match node.tag:
            case "startEvent":
                return self._start(node, body, base)
            case "endEvent":
                return dataclasses.replace(base, kind="end", trigger=triggers.trigger(work, node, triggers.END))
            case "intermediateThrowEvent":
                made = triggers.trigger(work, node, triggers.THROW)
                return base if linked else dataclasses.replace(base, kind="throw", trigger=made)
        made = triggers.trigger(work, node, triggers.CATCH)
        if not node.events:
            work.fail("process-incomplete", node, "waits for nothing", "add an event definition")
        return base if linked else dataclasses.replace(base, kind="catch", trigger=made)

    def _start(self, node: Node, body: Body, base: ir.ProcessNode) -> ir.ProcessNode:
        owner = self._owners.get(id(body))
        inner = owner is not None and owner.element.get("triggeredByEvent") == "true"
        allowed = triggers.SCOPE_START if inner else triggers.START if owner is None else ()
        made = triggers.trigger(self._work, node, allowed)
        always = made is None or made.kind in ("error", "compensate") or not inner
        interrupting = always or node.element.get("isInterrupting") != "false"
        return dataclasses.replace(base, kind="start", trigger=made, interrupting=interrupting)

    def _boundary(self, node: Node, hosts: Mapping[str, Node], base: ir.ProcessNode) -> ir.ProcessNode:
        work = self._work
        reference = _attached(node)
        host = hosts.get(reference)
        if host is None:
            what = f"is attached to `{reference}`" if reference else "is attached to nothing"
            message = f"{work.model.shown(node)} {what}, which is no activity beside it"
            span = node.element.attribute_span("attachedToRef")
            work.diagnostics.add("process-bad-reference", message, span, suggest(reference, hosts))
        made = triggers.trigger(work, node, triggers.BOUNDARY)
        if not node.events:
            work.fail("process-incomplete", node, "waits for nothing", "add an event definition")
        if made is not None and made.kind == "cancel" and host is not None and host.tag != "transaction":
            work.fail("process-structure", node, "catches a cancel, but is not attached to a transaction")
        always = made is not None and made.kind in ("error", "cancel", "compensate")
        interrupting = always or node.element.get("cancelActivity") != "false"
        place = None if host is None else work.index[id(host)]
        return dataclasses.replace(base, kind="boundary", trigger=made, host=place, interrupting=interrupting)

    # --- flows
    def _connect(self, body: Body) -> None:
        work = self._work
        here = {n.id: n for n in body.nodes}
        out: dict[str, list[Flow]] = {}
        for number, flow in enumerate(body.flows):
            source, target = here.get(flow.source), here.get(flow.target)
            if source is None or target is None:
                self._nowhere(flow, here)
                continue
            out.setdefault(source.id, []).append(flow)
            id_ = flow.id or f"{flow.source} to {flow.target} {number + 1}"
            ends = (work.index[id(source)], work.index[id(target)])
            condition, action = self._condition(flow, source, id_), self._actions(flow, "action")
            made = ir.Flow(id_, flow.name, *ends, condition, action, span=flow.span)
            self._flows.append((flow.element.start, made))
        for node in body.nodes:
            self._default(node, out.get(node.id, []))
        self._links(body)

    def _nowhere(self, flow: Flow, here: Mapping[str, Node]) -> None:
        work = self._work
        for attribute, end in (("sourceRef", flow.source), ("targetRef", flow.target)):
            if end in here or (end and end in work.model.refused):
                continue
            span = flow.element.attribute_span(attribute)
            way, hint = ("comes from" if attribute == "sourceRef" else "leads to"), None
            if not end:
                what = f"has no `{attribute}`"
            elif end in work.ids:
                what = f"{way} `{end}`, which is in another (sub-)process"
                hint = "connect it to the sub-process itself, or to a node beside it"
            elif end in work.model.ids:
                what = f"{way} {work.model.shown(work.model.ids[end])}, which is no node of this process"
            else:
                what, hint = f"{way} `{end}`, which does not exist", suggest(end, here)
            work.diagnostics.add("process-flow-nowhere", f"{work.model.shown(flow)} {what}", span, hint)

    def _condition(self, flow: Flow, source: Node, id_: str) -> ir.Code | None:
        work, condition = self._work, flow.condition
        if condition is None or not condition.text.value.strip():
            return None
        chooses = source.tag in ("exclusiveGateway", "inclusiveGateway") or source.tag in ACTIVITIES
        default = bool(flow.id) and flow.id == _default_of(source)
        if not chooses or default:
            why = "it is the default flow" if default else f"a {words(source.tag)} does not choose"
            work.fail("process-ignored", flow, f"has a condition, which is not asked: {why}")
            return None
        if not work.script(condition, "language"):
            return None
        return work.code.expression(condition.text, f"{id_}.condition")

    def _default(self, node: Node, out: Sequence[Flow]) -> None:
        work = self._work
        wanted = _default_of(node)
        chosen = next((f for f in out if f.id == wanted), None) if wanted else None
        if chosen is not None:
            self._defaults[work.index[id(node)]] = chosen.element.start
        elif wanted:
            message = f"{work.model.shown(node)} has the default flow `{wanted}`, which does not leave it"
            hint = suggest(wanted, [f.id for f in out])
            work.diagnostics.add("process-bad-reference", message, node.element.attribute_span("default"), hint)
        elif node.tag in ("exclusiveGateway", "inclusiveGateway") and out and all(f.condition is not None for f in out):
            hint = f'make one the default: `default="{out[-1].id}"`'
            work.fail("process-no-default", node, "has no default flow, and all its flows have conditions", hint)

    def _links(self, body: Body) -> None:
        """A link is a flow that is not drawn."""
        work = self._work
        ends = ("intermediateCatchEvent", "intermediateThrowEvent")
        events = [(n, e) for n in body.nodes if n.tag in ends for e in n.events if e.kind == "link"]
        catches = {e.reference: n for n, e in events if n.tag == "intermediateCatchEvent"}
        thrown = {e.reference for n, e in events if n.tag == "intermediateThrowEvent"}
        for node, event in events:
            name = event.reference
            if node.tag == "intermediateThrowEvent" and name not in catches:
                hint = suggest(name, catches)
                work.fail(
                    "process-bad-reference", node, f"leads to the link `{name}`, which nothing catches here", hint
                )
            elif node.tag == "intermediateThrowEvent":
                pair = (work.index[id(node)], work.index[id(catches[name])])
                self._flows.append((event.element.start, ir.Flow(node.id, name, *pair, span=event.element.span)))
            elif catches[name] is not node:
                work.fail("process-structure", node, f"catches the link `{name}`, as another event does")
            elif name not in thrown:
                work.fail("process-structure", node, f"catches the link `{name}`, which nothing throws here")

    # --- the whole
    def _initial(self) -> tuple[ir.Mapping, ...]:
        """Data objects of the process with a value."""
        work = self._work
        made: list[ir.Mapping] = []
        for body in _bodies(work.process.body):
            for item in body.data:
                value = item.extra("value")
                name = variable_of(item)
                if value is None:
                    continue
                if body is not work.process.body:
                    hint = "set it with a script task; data objects of the process may have values"
                    work.fail("process-unsupported", item, "gives a value inside a sub-process", hint)
                elif not name:
                    work.fail("process-bad-value", item, "has a value, but no name that a variable can have")
                elif (code := work.code.expression(value, f"{item.id}.value")) is not None:
                    made.append(ir.Mapping(name, code, span=item.span))
        return tuple(made)

    def _finished(self, process: ir.Process) -> ir.Process:
        """With nodes and flows, the defaults known, and the decisions, which may read every variable."""
        work = self._work
        flows = sorted(self._flows, key=lambda pair: pair[0])
        places = {start: place for place, (start, _) in enumerate(flows)}
        for index, start in self._defaults.items():
            self._nodes[index] = dataclasses.replace(self._nodes[index], default=places[start])
        made = dataclasses.replace(process, nodes=tuple(self._nodes), flows=tuple(flow for _, flow in flows))
        known = sorted(
            {*names(made), *(v for b in _bodies(work.process.body) for d in b.data if (v := variable_of(d)))}
        )
        for _, node in work.process.body.walk():
            place = work.index[id(node)]
            if node.tag == "businessRuleTask":
                self._nodes[place] = dataclasses.replace(self._nodes[place], code=decides(work, node, known))
            elif node.tag == "userTask" and node.extra("state") is not None:
                ways = [flow for flow in made.flows if flow.source == place]
                unnamed = len(ways) == 1 and not ways[0].name
                self._nodes[place] = dataclasses.replace(self._nodes[place], task=None, unnamed_exit=unnamed)
        return dataclasses.replace(made, nodes=tuple(self._nodes))


def _errors(diagnostics: Diagnostics) -> int:
    return sum(d.severity == "error" for d in diagnostics)


def _attached(node: Node) -> str:
    return (node.element.get("attachedToRef") or "").strip().rpartition(":")[2]


def _default_of(node: Node) -> str:
    return (node.element.get("default") or "").strip().rpartition(":")[2]


def _bodies(body: Body) -> Iterator[Body]:
    yield body
    for node in body.nodes:
        if node.body is not None:
            yield from _bodies(node.body)
