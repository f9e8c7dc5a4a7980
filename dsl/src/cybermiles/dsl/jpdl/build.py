"""The tree of a jPDL process to the process graph."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn.build import MAX_FLOWS, MAX_NODES
from cybermiles.dsl.bpmn.tree import CM
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.jpdl.times import duration
from cybermiles.dsl.jpdl.tree import Action, Definition, Node, Task, Timer, Transition, Variable, shown
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.code import CodeMaker
from cybermiles.dsl.passes.processes.forms import read_form
from cybermiles.dsl.passes.processes.notation import merges
from cybermiles.dsl.syntax.xml import Element, Text

_KINDS = {
    "start-state": "start",
    "state": "wait",
    "task-node": "wait",
    "decision": "exclusive",
    "fork": "parallel",
    "join": "parallel",
    "node": "automatic",
    "end-state": "end",
    "process-state": "call",
}
_PRIORITIES = {"highest": 1, "high": 2, "normal": 3, "low": 4, "lowest": 5}


def build_jpdl(
    context: Context, definition: Definition, files: Mapping[str, str], called: Mapping[str, str]
) -> ir.Process | None:
    """The graph; None if it has errors, which are reported. ``called``: names of processes to their keys."""
    code = CodeMaker(context, f"process {definition.document.file}#{definition.name}")
    return _Builder(context.diagnostics, code, definition, files, called).run()


class _Builder:
    def __init__(
        self,
        diagnostics: Diagnostics,
        code: CodeMaker,
        definition: Definition,
        files: Mapping[str, str],
        called: Mapping[str, str],
    ) -> None:
        self._diagnostics = diagnostics
        self._code = code
        self._definition = definition
        self._files = files
        self._called = called
        self._nodes: list[ir.ProcessNode] = []
        self._flows: list[ir.Flow] = []
        self._index: dict[str, int] = {}
        self._defaults: dict[int, int] = {}

    def run(self) -> ir.Process | None:
        definition = self._definition
        before = sum(d.severity == "error" for d in self._diagnostics)
        if not self._fits():
            return None
        self._names()
        place = 0
        for node in definition.nodes:
            self._index.setdefault(node.name, place)
            place += 1 + (len(node.tasks) if len(node.tasks) > 1 else 0) + len(node.timers)
        for node in definition.nodes:
            self._node(node)
        for node in definition.nodes:
            self._ways(node)
        if sum(d.severity == "error" for d in self._diagnostics) > before:
            return None
        root = definition.element
        file = definition.document.file
        merge = merges(root.attribute("merge", CM), self._diagnostics)
        nodes = tuple(
            node if i not in self._defaults else _with_default(node, self._defaults[i])
            for i, node in enumerate(self._nodes)
        )
        return ir.Process(
            file, definition.name, definition.name, nodes, tuple(self._flows), (), merge, "jpdl", span=root.span
        )

    def _add(self, code: str, element: Element, message: str, hint: str | None = None) -> None:
        self._diagnostics.add(code, message, element.span, hint)

    def _fits(self) -> bool:
        flows = sum(len(n.transitions) + len(n.timers) for n in self._definition.nodes)
        nodes = sum(1 + len(n.tasks) + len(n.timers) for n in self._definition.nodes)
        if nodes <= MAX_NODES and flows <= MAX_FLOWS:
            return True
        message = f"{nodes} nodes and {flows} transitions are more than {MAX_NODES} or {MAX_FLOWS}"
        self._add("process-too-large", self._definition.element, message, "split it into several processes")
        return False

    def _names(self) -> None:
        """In jPDL a node's name is its id."""
        seen: dict[str, Element] = {}
        inner = [(n.name, n.element) for n in self._definition.nodes]
        for node in self._definition.nodes:
            inner += [(t.name, t.element) for t in node.tasks] if len(node.tasks) > 1 else []
            inner += [(timer_id(node, t), t.element) for t in node.timers]
        for name, element in inner:
            before = seen.setdefault(name, element)
            if before is not element and name:
                message = f"{shown(element)} has the name of the {before.local} in line {before.span.line}"
                self._diagnostics.add("process-duplicate-id", message, element.attribute_span("name"))
        starts = [n for n in self._definition.nodes if n.tag == "start-state"]
        if not starts:
            hint = 'add `<start-state name="start"><transition to="..."/></start-state>`'
            self._add("process-incomplete", self._definition.element, "the process has no start-state", hint)
        for node in starts[1:]:
            self._add("process-structure", node.element, f"{shown(node.element)} is a second start-state")

    # --- nodes
    def _actions(self, actions: Sequence[Action], name: str, extra: Sequence[str] = ()) -> ir.Code | None:
        return self._code.sequence([a.code for a in actions], name, extra)

    def _node(self, node: Node) -> None:
        all_ = self._definition
        started = all_.started if node.tag == "start-state" else []
        task = node.tasks[0] if len(node.tasks) == 1 else None
        enter = [*started, *(task.created if task is not None else ()), *node.enter, *all_.enter]
        leave = [*(task.ended if task is not None else ()), *node.leave, *all_.leave]
        if node.tag == "end-state":
            leave = node.leave
        kind = _KINDS[node.tag]
        if node.tag == "task-node":
            self._check_task_node(node)
            kind = "scope" if len(node.tasks) > 1 else "wait"
        index = len(self._nodes)
        unnamed = node.tag == "state" and len(node.transitions) == 1 and not node.transitions[0].name
        inputs, outputs = self._mappings(node) if kind == "call" else (None, None)
        self._nodes.append(
            ir.ProcessNode(
                node.name,
                task.name if task is not None else node.name,
                kind,
                trigger=_ends_all(node),
                code=self._actions(node.actions, f"{node.name}.action"),
                task=self._task(task) if task is not None else None,
                called=self._process(node) if kind == "call" else "",
                inputs=inputs,
                outputs=outputs,
                on_enter=self._actions(enter, f"{node.name}.node-enter"),
                on_leave=self._actions(leave, f"{node.name}.node-leave"),
                merge=merges(node.element.attribute("merge", CM), self._diagnostics),
                unnamed_exit=unnamed,
                span=node.span,
            )
        )
        for inner in node.tasks if kind == "scope" else ():
            self._nodes.append(
                ir.ProcessNode(
                    inner.name,
                    inner.name,
                    "wait",
                    index,
                    task=self._task(inner),
                    on_enter=self._actions(inner.created, f"{inner.name}.task-create"),
                    on_leave=self._actions(inner.ended, f"{inner.name}.task-end"),
                    span=inner.element.span,
                )
            )
        for timer in node.timers:
            self._timer(node, timer, index)

    def _check_task_node(self, node: Node) -> None:
        signal = node.element.get("signal") or "last"
        if signal != "last":
            message = f'{shown(node.element)} does not wait for its tasks (`signal="{signal[:40]}"`)'
            self._add("process-unsupported", node.element, message, "leave `signal` out: it waits for all its tasks")
        if node.element.get("create-tasks") == "false":
            message = f"{shown(node.element)} leaves its tasks to be created by actions"
            self._add("process-unsupported", node.element, message, "leave `create-tasks` out")
        if not node.tasks:
            self._add("process-incomplete", node.element, f"{shown(node.element)} has no task", "add a `task`")

    def _process(self, node: Node) -> str:
        key = self._called.get(node.called)
        if key is None:
            message = f"{shown(node.element)} calls `{node.called[:80]}`, which is no process of the archive"
            self._add("process-bad-reference", node.element, message, suggest(node.called, self._called))
        return key or ""

    def _mappings(self, node: Node) -> tuple[tuple[ir.Mapping, ...], tuple[ir.Mapping, ...]]:
        """In jPDL only the variables that are named cross the border."""
        inputs: list[ir.Mapping] = []
        outputs: list[ir.Mapping] = []
        for variable in node.variables:
            for access, target, value, into in (
                ("read", variable.mapped, variable.name, inputs),
                ("write", variable.name, variable.mapped, outputs),
            ):
                if access in variable.access:
                    code = self._code.made(value, variable.element.span, f"{node.name}.{access}.{value}", value=True)
                    if code is not None:
                        into.append(ir.Mapping(target, code, span=variable.element.span))
        return tuple(inputs), tuple(outputs)

    # --- people
    def _task(self, task: Task) -> ir.HumanTask:
        if task.swimlane and task.swimlane not in self._definition.swimlanes:
            message = f"{shown(task.element)} is in the swimlane `{task.swimlane[:80]}`, which is not there"
            hint = suggest(task.swimlane, self._definition.swimlanes)
            span = task.element.attribute_span("swimlane")
            self._diagnostics.add("process-bad-reference", message, span, hint)
        role, form = task.element.get("role", CM), task.element.attribute("form", CM)
        schema = form_of(task.variables) if task.variables is not None else ""
        if form is not None:
            schema = read_form(form, self._definition.document.file, self._files, self._diagnostics)
        due, priority = task.element.attribute("duedate"), task.element.attribute("priority")
        return ir.HumanTask(
            role if role is not None else task.swimlane,
            schema,
            None if due is None else self._time(due, f"{task.name}.due")[1],
            None if priority is None else self._priority(priority, f"{task.name}.priority"),
            span=task.element.span,
        )

    def _priority(self, text: Text, name: str) -> ir.Code | None:
        value = text.value.strip().lower()
        if value in _PRIORITIES:
            return self._code.constant(_PRIORITIES[value], text.span, name)
        return self._code.expression(text, name)

    # --- timers
    def _time(self, text: Text, name: str) -> tuple[str, ir.Code | None]:
        """The kind of a time and its value."""
        value = text.value.strip()
        if value.startswith(("#{", "${")) and value.endswith("}"):
            return "date", self._code.expression(text, name)
        iso = duration(value)
        if iso is not None:
            return "duration", self._code.constant(iso, text.span, name)
        if value.startswith("P"):
            return "duration", self._code.time("duration", text, name)
        hint = "write `2 hours`, `3 days` ..., or `#{expression}`; business time needs `add_business_days` in one"
        self._diagnostics.add("process-bad-value", f"`{value[:80]}` is no time", text.span, hint)
        return "duration", None

    def _timer(self, node: Node, timer: Timer, host: int) -> None:
        if node.tag not in ("state", "task-node", "process-state"):
            message = f"{shown(node.element)} does not wait, so its timer has no meaning"
            self._add("process-structure", timer.element, message)
        name = timer_id(node, timer)
        kind, value = self._time(timer.due, f"{name}.timer")
        if timer.repeat is not None:
            kind, value = self._cycle(timer, name)
        apply = self._actions(timer.actions, f"{name}.action", ("event",))
        trigger = ir.Trigger("timer", timer=kind, value=value, apply=apply, span=timer.element.span)
        made = ir.ProcessNode(
            name,
            timer.name,
            "boundary",
            trigger=trigger,
            host=host,
            interrupting=bool(timer.transition),
            span=timer.element.span,
        )
        self._nodes.append(made)

    def _cycle(self, timer: Timer, name: str) -> tuple[str, ir.Code | None]:
        assert timer.repeat is not None
        first, again = duration(timer.due.value), duration(timer.repeat.value)
        if timer.repeat.value.strip() in ("true", "yes"):
            again = first
        if first is None or first != again or timer.transition:
            message = f"{shown(timer.element)} cannot repeat so"
            hint = "let `repeat` be the time of `duedate`, without a transition"
            self._add("process-unsupported", timer.element, message, hint)
            return "cycle", None
        return "cycle", self._code.constant(f"R/{first}", timer.repeat.span, f"{name}.timer")

    # --- transitions
    def _ways(self, node: Node) -> None:
        if node.tag == "end-state" and node.transitions:
            message = f"{shown(node.element)} is an end-state, so no transition may leave it"
            self._add("process-structure", node.transitions[0].element, message)
        if node.tag not in ("end-state", "state", "task-node") and not node.transitions:
            self._add("process-incomplete", node.element, f"{shown(node.element)} has no transition")
        named = Counter(t.name for t in node.transitions)
        source = self._index[node.name]
        for number, transition in enumerate(node.transitions):
            if transition.name and named[transition.name] > 1:
                named[transition.name] = 1
                message = f"{shown(node.element)} has two transitions `{transition.name}`"
                self._diagnostics.add("process-duplicate-id", message, transition.element.attribute_span("name"))
            self._flow(node, transition, source, f"{node.name}.{transition.name or number + 1}")
        if node.tag == "decision":
            self._decision(node, source)
        for offset, timer in enumerate(node.timers):
            if timer.transition:
                place = source + 1 + (len(node.tasks) if len(node.tasks) > 1 else 0) + offset
                self._timer_way(node, timer, place)

    def _flow(self, node: Node, transition: Transition, source: int, id_: str) -> None:
        target = self._index.get(transition.to)
        if target is None:
            what = f"leads to `{transition.to[:80]}`, which does not exist" if transition.to else "leads nowhere"
            message = f"a transition of {shown(node.element)} {what}"
            hint = suggest(transition.to, self._index)
            if "/" in transition.to:
                hint = "super-states are not supported: name the node itself"
            self._diagnostics.add("process-flow-nowhere", message, transition.element.attribute_span("to"), hint)
            return
        if self._definition.nodes and self._nodes[target].kind == "start":
            message = f"a transition of {shown(node.element)} leads to the start-state"
            self._add("process-structure", transition.element, message)
        condition = self._condition(node, transition, id_)
        actions = [*transition.actions, *self._definition.moved]
        action = self._actions(actions, f"{id_}.action")
        span = transition.element.span
        self._flows.append(ir.Flow(id_, transition.name, source, target, condition, action, span=span))

    def _condition(self, node: Node, transition: Transition, id_: str) -> ir.Code | None:
        text = transition.condition
        if node.tag == "decision" and node.choice is not None:
            if text is not None and text.value.strip():
                message = f"{shown(node.element)} decides by an expression, so the condition is not asked"
                self._diagnostics.add("process-ignored", message, text.span)
            if not transition.name:
                return None
            return self._code.choice(node.choice, transition.name, transition.element.span, f"{id_}.condition")
        if text is None or not text.value.strip():
            return None
        if node.tag != "decision":
            message = f"a {node.tag} takes its transitions without asking conditions"
            self._diagnostics.add("process-ignored", message, text.span, "draw a decision after it")
            return None
        return self._code.expression(text, f"{id_}.condition")

    def _decision(self, node: Node, source: int) -> None:
        """The first transition without a condition is taken if no condition is true."""
        here = [i for i, f in enumerate(self._flows) if f.source == source]
        free = next((i for i in here if self._flows[i].condition is None), None)
        if free is not None:
            self._defaults[source] = free
        elif here and node.choice is None:
            message = f"{shown(node.element)} has conditions on all its transitions: there may be no way out"
            self._add("process-no-default", node.element, message, "leave the condition of the last one out")

    def _timer_way(self, node: Node, timer: Timer, place: int) -> None:
        found = next((t for t in node.transitions if t.name == timer.transition), None)
        if found is None:
            message = f"{shown(timer.element)} takes the transition `{timer.transition[:80]}`, which is not there"
            span = timer.element.attribute_span("transition")
            hint = suggest(timer.transition, [t.name for t in node.transitions])
            self._diagnostics.add("process-bad-reference", message, span, hint)
            return
        self._flow(node, found, place, f"{timer_id(node, timer)}.{found.name}")


def timer_id(node: Node, timer: Timer) -> str:
    """The id of a timer's boundary event."""
    return timer.name or f"{node.name} timer"


def _ends_all(node: Node) -> ir.Trigger | None:
    """An end-state can end the whole process."""
    if node.tag == "end-state" and node.element.get("end-complete-process") == "true":
        return ir.Trigger("terminate", span=node.span)
    return None


def form_of(variables: Sequence[Variable]) -> str:
    """The form that a task's controller means: the variables that may be written."""
    written = [v for v in variables if "write" in v.access]
    schema: dict[str, object] = {"properties": {v.mapped: {} for v in written}, "type": "object"}
    if required := sorted(v.mapped for v in written if "required" in v.access):
        schema["required"] = required
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _with_default(node: ir.ProcessNode, flow: int) -> ir.ProcessNode:
    return dataclasses.replace(node, default=flow)
