"""jPDL 3 XML to the typed tree: what is not understood is refused by name."""

from __future__ import annotations

from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.jpdl.tree import Action, Definition, Node, Task, Timer, Transition, Variable, shown
from cybermiles.dsl.syntax.xml import Document, Element, Text

NODES = ("start-state", "state", "task-node", "decision", "fork", "join", "node", "end-state", "process-state")
_NAMESPACES = ("", "http://jbpm.org/3/jpdl", "urn:jbpm.org:jpdl-3.0", "urn:jbpm.org:jpdl-3.1", "urn:jbpm.org:jpdl-3.2")
UNSUPPORTED = {
    "super-state": "put its nodes beside the others; their events go to each of them",
    "mail-node": "send mail outside of the contract: emit an event, and let a DApp listen",
    "mail": "send mail outside of the contract: emit an event, and let a DApp listen",
    "exception-handler": "catch exceptions in the script: `try { } catch (e) { }`",
    "milestone-node": "use a task, or a decision",
    "create-timer": "write a `timer` inside the node",
    "cancel-timer": "a node's timers end when it is left",
}
_PLAIN = ("description", "variable", "assignment", "controller")
_EVENTS = {
    "process": ("process-start", "node-enter", "node-leave", "transition"),
    "node": ("node-enter", "node-leave"),
    "task": ("task-create", "task-end"),
}


def is_jpdl(document: Document) -> bool:
    """Whether a document is meant to be jPDL."""
    root = document.root
    return root is not None and root.local == "process-definition" and root.name.namespace in _NAMESPACES


def read_jpdl(document: Document, diagnostics: Diagnostics) -> Definition:
    """The tree of a file. Findings go to ``diagnostics``."""
    return _Reader(document, diagnostics).run()


class _Reader:
    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        root = document.root
        assert root is not None
        self._root = root
        self._diagnostics = diagnostics
        self._definition = Definition(document, root, _name(root))
        self._named: dict[str, Element] = {}
        """Actions at the top, which others refer to."""

    def run(self) -> Definition:
        made, root = self._definition, self._root
        if not made.name:
            self._add("process-incomplete", root, "a process-definition needs a name", 'add `name="..."`')
        for element in root.all("action", "script"):
            if name := _name(element):
                self._named[name] = element
        for element in self._own(root):
            match element.local:
                case local if local in NODES:
                    self._node(element)
                case "swimlane":
                    self._swimlane(element)
                case "event":
                    self._process_event(element)
                case "task":  # a definition that nodes could refer to
                    self._unsupported(element, "write the task inside its task-node")
                case "action" | "script" | "description":
                    pass
                case _:
                    self._unsupported(element)
        return made

    def _own(self, element: Element) -> list[Element]:
        """Children that are jPDL; others are kept in the file and have no effect."""
        return [c for c in element.children if c.name.namespace == element.name.namespace]

    def _add(self, code: str, element: Element, message: str, hint: str | None = None) -> None:
        self._diagnostics.add(code, message, element.span, hint)

    def _unsupported(self, element: Element, hint: str | None = None) -> None:
        hint = hint or UNSUPPORTED.get(element.local) or suggest(element.local, NODES)
        self._add("process-unsupported", element, f"{shown(element)} is not supported", hint)

    # --- nodes
    def _node(self, element: Element) -> None:
        node = Node(element, element.local, _name(element))
        if not node.name:
            self._add("process-incomplete", element, f"{shown(element)} needs a name", 'add `name="..."`')
        if element.get("async") in ("true", "exclusive"):
            self._add("process-ignored", element, f"{shown(element)} is asynchronous, which has no effect here")
        for child in self._own(element):
            self._part(node, child)
        if node.tag == "decision" and node.choice is None:
            node.choice = element.attribute("expression")
        self._definition.nodes.append(node)

    def _part(self, node: Node, child: Element) -> None:
        match child.local:
            case "transition":
                node.transitions.append(self._transition(child))
            case "event":
                self._node_event(node, child)
            case "action" | "script" if node.tag == "node":
                node.actions += self._action(child)
            case "task" if node.tag in ("task-node", "start-state"):
                if node.tag == "start-state":
                    message = f"{shown(child)} has no effect: the start-state is left at once"
                    self._add("process-ignored", child, message, "draw a task-node after it")
                else:
                    node.tasks.append(self._task(child, node))
            case "timer":
                node.timers.append(self._timer(child))
            case "sub-process" if node.tag == "process-state":
                node.called = _name(child)
            case "variable" if node.tag == "process-state":
                node.variables.append(_variable(child))
            case "handler" if node.tag == "decision":
                node.choice = child.attribute("expression")
                if node.choice is None:
                    self._java(child)
            case "description":
                pass
            case _:
                self._unsupported(child)

    def _java(self, element: Element) -> None:
        named = element.get("class")
        what = f" `{named[:80]}`" if named else ""
        hint = 'write contract script: `<script>...</script>` or `expression="#{...}"`'
        self._add("process-unsupported", element, f"{shown(element)} runs the Java class{what}", hint)

    def _transition(self, element: Element) -> Transition:
        made = Transition(element, _name(element), " ".join((element.get("to") or "").split()))
        for child in self._own(element):
            match child.local:
                case "condition":
                    made.condition = child.attribute("expression") or child.text.strip()
                case "action" | "script":
                    made.actions += self._action(child)
                case "description":
                    pass
                case _:
                    self._unsupported(child)
        if made.condition is None:
            made.condition = element.attribute("condition")
        return made

    # --- what runs
    def _action(self, element: Element) -> list[Action]:
        """The code of an `action` or `script`."""
        reference = element.get("ref-name")
        if reference is not None:
            found = self._named.get(" ".join(reference.split()))
            if found is None:
                message = f"there is no action `{reference[:80]}`"
                span = element.attribute_span("ref-name")
                self._diagnostics.add("process-bad-reference", message, span, suggest(reference, self._named))
                return []
            return self._action(found) if found.get("ref-name") is None else []
        code = element.attribute("expression")
        if code is not None:
            return [Action(element, _unwrapped(code))]
        script = element if element.local == "script" else element.child("script")
        if script is None:
            self._java(element)
            return []
        for variable in script.all("variable"):
            if (variable.get("mapped-name") or variable.get("name")) != variable.get("name"):
                self._unsupported(variable, "scripts use the process variables by their names")
        inner = script.child("expression")
        return [Action(script, (inner or script).text)]

    def _actions(self, element: Element) -> list[Action]:
        made: list[Action] = []
        for child in self._own(element):
            if child.local in ("action", "script"):
                made += self._action(child)
            elif child.local != "description":
                self._unsupported(child)
        return made

    def _kind(self, element: Element, where: str) -> str:
        kind = element.get("type") or ""
        if kind not in _EVENTS[where]:
            message = f"the event `{kind[:80]}` is not supported here"
            span = element.attribute_span("type")
            hint = f"it can be: {', '.join(_EVENTS[where])}"
            self._diagnostics.add("process-unsupported", message, span, hint)
        return kind

    def _process_event(self, element: Element) -> None:
        made = self._definition
        match self._kind(element, "process"):
            case "process-start":
                made.started += self._actions(element)
            case "node-enter":
                made.enter += self._actions(element)
            case "node-leave":
                made.leave += self._actions(element)
            case "transition":
                made.moved += self._actions(element)

    def _node_event(self, node: Node, element: Element) -> None:
        match self._kind(element, "node"):
            case "node-enter":
                node.enter += self._actions(element)
            case "node-leave":
                node.leave += self._actions(element)

    def _timer(self, element: Element) -> Timer:
        due = element.attribute("duedate") or Text("", self._definition.document.file, ((0, 1, 1),), element.span)
        made = Timer(
            element, _name(element), due, element.attribute("repeat"), (element.get("transition") or "").strip()
        )
        made.actions = self._actions(element)
        return made

    # --- people
    def _task(self, element: Element, node: Node) -> Task:
        made = Task(element, _name(element) or node.name, " ".join((element.get("swimlane") or "").split()))
        for child in self._own(element):
            match child.local:
                case "controller":
                    if child.get("class") is not None:
                        self._java(child)
                    made.variables = [_variable(v) for v in child.all("variable")]
                case "event":
                    kind = self._kind(child, "task")
                    if kind == "task-create":
                        made.created += self._actions(child)
                    elif kind == "task-end":
                        made.ended += self._actions(child)
                case "assignment":
                    self._assignment(child)
                case "description":
                    pass
                case "timer":
                    self._unsupported(child, "write the timer in the task-node")
                case _:
                    self._unsupported(child)
        return made

    def _swimlane(self, element: Element) -> None:
        name = _name(element)
        if not name:
            self._add("process-incomplete", element, "a swimlane needs a name", 'add `name="..."`')
        self._definition.swimlanes[name] = element
        for child in self._own(element):
            if child.local == "assignment":
                self._assignment(child)
            elif child.local != "description":
                self._unsupported(child)

    def _assignment(self, element: Element) -> None:
        hint = "bind the role that has the swimlane's name in `contract.yaml`"
        self._add("process-ignored", element, "an assignment has no effect: roles are bound to addresses", hint)


def _name(element: Element) -> str:
    """A name; white space in it counts as one space."""
    return " ".join((element.get("name") or "").split())


def _variable(element: Element) -> Variable:
    name = _name(element)
    access = element.get("access") or "read,write"
    return Variable(element, name, element.get("mapped-name") or name, frozenset(x.strip() for x in access.split(",")))


def _unwrapped(text: Text) -> Text:
    """The statement in `#{...}`."""
    text = text.strip()
    if text.value[:2] in ("#{", "${") and text.value.endswith("}"):
        return text.cut(2, len(text.value) - 1)
    return text
