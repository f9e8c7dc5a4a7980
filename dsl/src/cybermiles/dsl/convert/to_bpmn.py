"""jPDL to BPMN: the same process graph, drawn.

The BPMN file says `cm:style="jpdl"`, so a task is left by one of its ways, as in jPDL; where a task has several, an
exclusive gateway that is drawn only (`cm:choice`) shows it. Actions become `cm:onEnter`, `cm:onLeave` and `cm:action`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cybermiles.dsl.bpmn.tree import BPMN, CM, DC, DI
from cybermiles.dsl.convert.layout import Box, Layout, lay_out
from cybermiles.dsl.convert.xml_out import Foreign, Out, write_xml
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.jpdl.build import build_jpdl, form_of, timer_id
from cybermiles.dsl.jpdl.read import is_jpdl, read_jpdl
from cybermiles.dsl.jpdl.times import duration
from cybermiles.dsl.jpdl.tree import Action, Definition, Node, Task, Timer, Transition, Variable
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.code import unwrap
from cybermiles.dsl.syntax.xml import Element, Text, read_xml
from cybermiles.dsl.types import TypeTable

WAYPOINTS = "http://www.omg.org/spec/DD/20100524/DI"
MARGIN = 80
_TAGS = {
    "start-state": "startEvent",
    "state": "userTask",
    "task-node": "userTask",
    "decision": "exclusiveGateway",
    "fork": "parallelGateway",
    "join": "parallelGateway",
    "node": "task",
    "end-state": "endEvent",
    "process-state": "callActivity",
}
_SIZES = {"Event": (36, 36), "Gateway": (50, 50), "Task": (100, 80)}
_PREFIXES = {BPMN: "bpmn", CM: "cm", DI: "bpmndi", DC: "dc", WAYPOINTS: "di"}


def jpdl_to_bpmn(file: str, text: str) -> str:
    """The BPMN text of a jPDL process. Raises CompileError."""
    findings = Diagnostics()
    document = read_xml(file, text, findings)
    root = document.root
    if root is None or not is_jpdl(document):
        place = Span(file, 1, 1, 1, 1) if root is None else root.span
        raise findings.fail("process-no-model", "this is no jPDL 3 `process-definition`", place)
    definition = read_jpdl(document, findings)
    _check_graph(definition, findings)
    return _Writer(definition).run()


def _check_graph(definition: Definition, findings: Diagnostics) -> None:
    """Refuses what makes no graph; code is copied as it is, whether or not it could run here."""
    scratch = Diagnostics()
    called = {node.called: node.called for node in definition.nodes}
    build_jpdl(Context(scratch, TypeTable((), {})), definition, _AnyFile(), called)
    for found in scratch:
        if found.severity == "error" and found.code.startswith("process-"):
            place = Span(found.file, found.line, found.column, found.end_line, found.end_column)
            findings.add(found.code, found.message, place, found.hint)
    findings.check()


class _AnyFile(dict[str, str]):
    """Forms that lie in files stay where they are."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return '{"type":"object"}'


@dataclass(slots=True)
class _Drawn:
    """A node of the diagram: its element, and where its flows begin (itself, or the gateway after it)."""

    id: str
    out: Out
    exit: str
    inner: Layout | None = None
    timers: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._own = definition.element.name.namespace
        self._foreign = Foreign(_PREFIXES)
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()
        self._nodes: dict[str, _Drawn] = {}
        self._process = Out("bpmn:process")
        self._flows: list[tuple[str, str, str]] = []
        """(id, source, target) of each flow."""
        self._sizes: dict[str, tuple[int, int]] = {}
        self._hosts: dict[str, str] = {}
        self._inner: dict[str, Layout] = {}

    def run(self) -> str:
        definition = self._definition
        process_id = self._id(definition.name)
        self._process.attributes = {"id": process_id, "name": definition.name, "isExecutable": "true"}
        self._process.attributes["cm:style"] = "jpdl"
        self._keep(definition.element, self._process)
        for node in definition.nodes:
            self._node(node)
        for node in definition.nodes:
            self._ways(node)
        root = Out("bpmn:definitions", {})
        root.children.append(self._process)
        self._diagram(root, process_id)
        root.attributes = {f"xmlns:{prefix}": namespace for namespace, prefix in self._foreign.prefixes.items()}
        root.attributes |= {"id": self._id("definitions"), "targetNamespace": CM}
        return write_xml(root)

    # --- names and what is kept
    def _id(self, name: str) -> str:
        """A name as an id of XML, which no other element has."""
        made = re.sub(r"[^\w.-]+", "_", name).strip("_") or "_"
        if not re.match(r"[^\W\d]", made):
            made = f"_{made}"
        number, unique = 1, made
        while unique in self._taken:
            number += 1
            unique = f"{made}_{number}"
        self._taken.add(unique)
        return unique

    def _keep(self, element: Element, out: Out) -> None:
        """Comments, descriptions, and what other namespaces say."""
        out.comments += element.comments
        for description in element.all("description"):
            out.add("bpmn:documentation", description.text.value.strip())
        foreign = self._foreign.copy(element, out, self._own)
        if foreign:
            self._extensions(out).children += foreign

    def _extensions(self, out: Out) -> Out:
        found = next((c for c in out.children if c.tag == "bpmn:extensionElements"), None)
        if found is None:
            found = Out("bpmn:extensionElements")
            place = sum(c.tag == "bpmn:documentation" for c in out.children)
            out.children.insert(place, found)
        return found

    def _code(self, out: Out, name: str, actions: Sequence[Action]) -> None:
        text = _joined(actions)
        if text:
            self._extensions(out).add(f"cm:{name}", text)

    # --- nodes
    def _node(self, node: Node) -> None:
        all_ = self._definition
        several = len(node.tasks) > 1
        tag = "subProcess" if several else _TAGS[node.tag]
        if node.tag == "node" and node.actions:
            tag = "scriptTask"
        id_ = self._id(node.name)
        task = node.tasks[0] if len(node.tasks) == 1 else None
        out = self._process.add(f"bpmn:{tag}", id=id_, name=task.name if task is not None else node.name)
        self._keep(node.element, out)
        started = all_.started if node.tag == "start-state" else []
        created, ended = (task.created, task.ended) if task is not None else ([], [])
        self._code(out, "onEnter", [*started, *created, *node.enter, *all_.enter])
        leave = node.leave if node.tag == "end-state" else [*ended, *node.leave, *all_.leave]
        self._code(out, "onLeave", leave)
        if node.tag == "state":
            out.attributes["cm:state"] = "true"
        if task is not None:
            self._keep(task.element, out)
            self._task(task, out)
        if tag == "scriptTask":
            out.add("bpmn:script", _joined(node.actions))
        if node.tag == "process-state":
            self._call(node, out)
        if node.tag == "end-state" and node.element.get("end-complete-process") == "true":
            out.add("bpmn:terminateEventDefinition")
        drawn = self._nodes[node.name] = _Drawn(id_, out, id_)
        self._sizes[id_] = _SIZES[next((k for k in ("Event", "Gateway") if tag.endswith(k)), "Task")]
        if several:
            self._tasks(node, drawn)
        for timer in node.timers:
            self._timer(node, timer, drawn)

    def _task(self, task: Task, out: Out) -> None:
        if task.swimlane and "cm:role" not in out.attributes:
            out.attributes["cm:role"] = task.swimlane
        if task.variables is not None and "cm:form" not in out.attributes:
            self._extensions(out).add("cm:form", form_of(task.variables))
        due = task.element.attribute("duedate")
        if due is not None:
            out.attributes["cm:due"] = duration(due.value) or unwrap(due).value
        if (priority := task.element.get("priority")) is not None:
            names = {"highest": "1", "high": "2", "normal": "3", "low": "4", "lowest": "5"}
            out.attributes["cm:priority"] = names.get(priority.strip().lower(), priority)

    def _tasks(self, node: Node, drawn: _Drawn) -> None:
        """Several tasks beside each other: all of them begin, as none has a flow to it."""
        sizes: dict[str, tuple[int, int]] = {}
        for task in node.tasks:
            id_ = self._id(task.name)
            out = drawn.out.add("bpmn:userTask", id=id_, name=task.name)
            self._keep(task.element, out)
            self._code(out, "onEnter", task.created)
            self._code(out, "onLeave", task.ended)
            self._task(task, out)
            sizes[id_] = _SIZES["Task"]
        layout = self._inner[drawn.id] = lay_out(sizes, [])
        self._sizes[drawn.id] = (layout.width + MARGIN, layout.height + MARGIN)

    def _call(self, node: Node, out: Out) -> None:
        out.attributes["calledElement"] = node.called
        out.attributes["cm:in"] = _mapped(node.variables, "read")
        out.attributes["cm:out"] = _mapped(node.variables, "write")

    def _timer(self, node: Node, timer: Timer, drawn: _Drawn) -> None:
        id_ = self._id(timer_id(node, timer))
        out = self._process.add("bpmn:boundaryEvent", id=id_, name=timer.name, attachedToRef=drawn.id)
        out.attributes["cancelActivity"] = "true" if timer.transition else "false"
        self._keep(timer.element, out)
        self._code(out, "set", timer.actions)
        definition = out.add("bpmn:timerEventDefinition")
        iso = duration(timer.due.value)
        if timer.repeat is not None:
            definition.add("bpmn:timeCycle", f"R/{iso}")
        elif iso is not None or timer.due.value.strip().startswith("P"):
            definition.add("bpmn:timeDuration", iso or timer.due.value.strip())
        else:
            definition.add("bpmn:timeDate", timer.due.value.strip())
        self._hosts[id_] = drawn.id
        drawn.timers.append(id_)

    # --- flows
    def _ways(self, node: Node) -> None:
        drawn = self._nodes[node.name]
        ways = node.transitions
        if len(ways) > 1 and node.tag not in ("decision", "fork"):
            gate = self._id(f"{node.name} choice")
            self._process.add("bpmn:exclusiveGateway", id=gate, cm__choice="true")
            self._sizes[gate] = _SIZES["Gateway"]
            self._plain_flow(drawn.id, gate)
            drawn.exit = gate
        default = ""
        for transition in ways:
            id_ = self._flow(node, transition, drawn.exit)
            if not default and not _condition(node, transition):
                default = id_
        if node.tag == "decision" and default:
            drawn.out.attributes["default"] = default
        for timer, id_ in zip(node.timers, drawn.timers, strict=True):
            found = next((t for t in ways if t.name == timer.transition), None) if timer.transition else None
            if found is not None:
                self._flow(node, found, id_)

    def _plain_flow(self, source: str, target: str) -> str:
        id_ = self._id(f"{source} to {target}")
        self._process.add("bpmn:sequenceFlow", id=id_, sourceRef=source, targetRef=target)
        self._flows.append((id_, source, target))
        return id_

    def _flow(self, node: Node, transition: Transition, source: str) -> str:
        target = self._nodes[transition.to].id
        id_ = self._plain_flow(source, target)
        out = self._process.children[-1]
        if transition.name:
            out.attributes["name"] = transition.name
        self._keep(transition.element, out)
        self._code(out, "action", [*transition.actions, *self._definition.moved])
        condition = _condition(node, transition)
        if condition:
            out.add("bpmn:conditionExpression", condition)
        return id_

    # --- the diagram
    def _diagram(self, root: Out, process_id: str) -> None:
        edges = [(self._hosts.get(a, a), b) for _, a, b in self._flows]
        layout = lay_out(self._sizes, edges)
        diagram = root.add("bpmndi:BPMNDiagram", id=self._id(f"{process_id} diagram"))
        plane = diagram.add("bpmndi:BPMNPlane", id=self._id(f"{process_id} plane"), bpmnElement=process_id)
        boxes = dict(layout.boxes)
        for id_, box in layout.boxes.items():
            inner = self._inner.get(id_)
            if inner is not None:
                place = MARGIN // 2
                moved = {
                    i: Box(b.x + box.x + place, b.y + box.y + place, b.width, b.height) for i, b in inner.boxes.items()
                }
                boxes |= moved
        by_host: dict[str, int] = {}
        for id_, host in self._hosts.items():
            number = by_host[host] = by_host.get(host, 0) + 1
            box = layout.boxes[host]
            boxes[id_] = Box(box.x + box.width - 44 * number, box.y + box.height - 18, 36, 36)
        for id_, box in boxes.items():
            shape = plane.add("bpmndi:BPMNShape", id=self._id(f"{id_}_di"), bpmnElement=id_)
            if id_ in self._inner:
                shape.attributes["isExpanded"] = "true"
            shape.add(
                "dc:Bounds", x=str(box.x + MARGIN), y=str(box.y + MARGIN), width=str(box.width), height=str(box.height)
            )
        for (id_, source, _), line in zip(self._flows, layout.lines, strict=True):
            edge = plane.add("bpmndi:BPMNEdge", id=self._id(f"{id_}_di"), bpmnElement=id_)
            points = line
            if source in self._hosts:
                box = boxes[source]
                bottom = (box.x + 18, box.y + 36)
                points = [
                    bottom,
                    (bottom[0], bottom[1] + 20),
                    (line[-1][0] - 30, bottom[1] + 20),
                    (line[-1][0] - 30, line[-1][1]),
                    line[-1],
                ]
            for x, y in points:
                edge.add("di:waypoint", x=str(x + MARGIN), y=str(y + MARGIN))


def _joined(actions: Sequence[Action]) -> str:
    """Several actions are blocks, so that each has names of its own."""
    texts = [a.code.value.strip() for a in actions if a.code.value.strip()]
    if len(texts) < 2:
        return "".join(texts)
    return "\n".join(f"{{ {text}\n}}" for text in texts)


def _mapped(variables: Sequence[Variable], access: str) -> str:
    made = []
    for variable in (v for v in variables if access in v.access):
        target, value = (variable.mapped, variable.name) if access == "read" else (variable.name, variable.mapped)
        made.append(target if target == value else f"{target}={value}")
    return " ".join(made)


def _condition(node: Node, transition: Transition) -> str:
    if node.tag != "decision":
        return ""
    if node.choice is not None:
        if not transition.name:
            return ""
        return f"text({unwrap(node.choice).value}) == {json.dumps(transition.name, ensure_ascii=False)}"
    condition: Text | None = transition.condition
    return "" if condition is None else unwrap(condition).value
