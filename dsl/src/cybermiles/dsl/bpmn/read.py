"""BPMN 2.0 XML to the typed tree: strict, so that nothing which matters to execution is passed over in silence."""

from __future__ import annotations

from cybermiles.dsl.bpmn.tree import (
    BPMN,
    CM,
    DC,
    DI,
    Association,
    Body,
    Bounds,
    EventDefinition,
    Flow,
    Item,
    Lane,
    Model,
    Node,
    ProcessModel,
    extra,
)
from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.syntax.xml import Document, Element

EVENTS = {
    "messageEventDefinition": ("message", "messageRef"),
    "signalEventDefinition": ("signal", "signalRef"),
    "timerEventDefinition": ("timer", ""),
    "conditionalEventDefinition": ("condition", ""),
    "errorEventDefinition": ("error", "errorRef"),
    "escalationEventDefinition": ("escalation", "escalationRef"),
    "compensateEventDefinition": ("compensate", "activityRef"),
    "cancelEventDefinition": ("cancel", ""),
    "terminateEventDefinition": ("terminate", ""),
    "linkEventDefinition": ("link", ""),
}
"""Event definitions: the kind of trigger, and the attribute that refers to what is caught or thrown."""

TASKS = (
    *("task", "manualTask", "userTask", "scriptTask", "serviceTask", "sendTask", "receiveTask"),
    "businessRuleTask",
)
SUB_PROCESSES = ("subProcess", "transaction")
ACTIVITIES = (*TASKS, "callActivity", *SUB_PROCESSES)
GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway")
EVENT_NODES = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
NODES = frozenset((*ACTIVITIES, *GATEWAYS, *EVENT_NODES))

UNSUPPORTED = {
    "complexGateway": "draw its condition with an inclusive gateway, or with a script task and an exclusive one",
    "adHocSubProcess": "draw the possible orders, or a parallel multi-instance sub-process with a completion condition",
    "callChoreography": "a choreography is not executed: model each participant's process",
    "choreographyTask": "a choreography is not executed: model each participant's process",
    "subChoreography": "a choreography is not executed: model each participant's process",
    "correlationSubscription": 'say it on the message: `cm:correlate="orderId"`',
    "implicitThrowEvent": None,
    "event": None,
}
"""Flow nodes of the notation that cannot be executed, with the usual way to draw the same."""

_DRAWN = frozenset(
    (
        *("documentation", "extensionElements", "auditing", "monitoring", "incoming", "outgoing", "categoryValueRef"),
        *("textAnnotation", "group", "supports", "ioSpecification", "ioBinding", "laneSet", "dataState"),
        *("dataObjectReference", "dataStoreReference", "dataInputAssociation"),
        *("dataOutputAssociation", "dataInput", "dataOutput", "inputSet", "outputSet", "rendering", "resourceRole"),
        *("performer", "humanPerformer", "potentialOwner", "supportedInterfaceRef", "property", "eventDefinitionRef"),
        *("definitionalCollaborationRef", "globalTask"),
    )
)
"""Elements inside processes and nodes that are read elsewhere or only drawn."""

_ROOT = frozenset(
    (
        *("import", "extension", "relationship", "itemDefinition", "interface", "endPoint", "resource", "partnerRole"),
        *("partnerEntity", "category", "dataStore", "collaboration", "correlationProperty", "documentation"),
        *("extensionElements", "conversation", "choreography", "globalConversation", "globalChoreographyTask"),
        *("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"),
        *("message", "signal", "error", "escalation", "process"),
    )
)
_INNER = {
    **dict.fromkeys(ACTIVITIES, frozenset(("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"))),
    "scriptTask": frozenset(("standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "script")),
}
CM_NAMES = frozenset(
    (
        *("rules", "facts", "result", "call", "role", "form", "due", "priority", "fourEyes", "assignee", "correlate"),
        *("keep", "in", "out", "merge", "set", "payload", "collection", "item", "output", "value"),
        *("style", "state", "choice", "onEnter", "onLeave", "action"),
    )
)
"""Names of our extension namespace."""


def is_bpmn(document: Document) -> bool:
    """Whether a document is meant to be BPMN 2.0."""
    root = document.root
    return root is not None and root.local == "definitions" and root.name.namespace == BPMN


def read_bpmn(document: Document, diagnostics: Diagnostics) -> Model:
    """The tree of a file. Findings go to ``diagnostics``; raises CompileError if there is no process in it."""
    return _Reader(document, diagnostics).run()


class _Reader:
    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        self._model = Model(document)
        self._diagnostics = diagnostics
        self._lanes: dict[str, Lane] = {}

    def run(self) -> Model:
        model, root = self._model, self._model.document.root
        assert root is not None
        self._diagram(root)
        self._ids(root)
        for element in root.children:
            if element.name.namespace != BPMN:
                continue
            item = Item(element, element.get("id") or "", element.get("name") or "")
            match element.local:
                case "message":
                    model.messages[item.id] = item
                case "signal":
                    model.signals[item.id] = item
                case "error":
                    model.errors[item.id] = item
                case "escalation":
                    model.escalations[item.id] = item
                case "process":
                    self._process(item)
                case local if local not in _ROOT and local not in EVENTS:
                    self._unsupported(element)
        if not any(p.body.nodes for p in model.processes):
            raise self._no_process(root)
        return model

    def _no_process(self, root: Element) -> CompileError:
        hint = "draw a process; a choreography or a conversation alone is not executed"
        return self._diagnostics.fail("process-no-model", "the file holds no process with flow nodes", root.span, hint)

    # --- diagram and ids
    def _diagram(self, root: Element) -> None:
        for shape in (e for e in root.walk() if e.local == "BPMNShape" and e.name.namespace == DI):
            of, bounds = shape.get("bpmnElement"), shape.child("Bounds", DC)
            if of is None or bounds is None:
                continue
            values = [bounds.get(n) or "0" for n in ("x", "y", "width", "height")]
            self._model.shapes.setdefault(of.rpartition(":")[2], Bounds(*(_short(v) for v in values)))

    def _ids(self, root: Element) -> None:
        for element in root.walk():
            self._check_names(element)
            id_ = element.get("id")
            if id_ is None or element.name.namespace != BPMN:
                continue
            before = self._model.ids.setdefault(id_, element)
            if before is not element:
                message = f"{self._model.shown(element)} has the id of the {before.local} in line {before.span.line}"
                self._diagnostics.add("process-duplicate-id", message, element.attribute_span("id"))

    def _check_names(self, element: Element) -> None:
        names = [n for n in element.attributes if n.namespace == CM]
        if element.name.namespace == CM:
            names.append(element.name)
        for name in names:
            if name.local not in CM_NAMES:
                message = f"`cm:{name.local}` has no meaning"
                span = element.span if element.name == name else element.attribute_span(name.local, CM)
                self._diagnostics.add("process-unsupported", message, span, suggest(name.local, CM_NAMES))

    # --- processes
    def _process(self, item: Item) -> None:
        if not item.id:
            message = "a process needs an id"
            self._diagnostics.add("process-incomplete", message, item.span, 'add `id="..."`')
        executable = item.element.get("isExecutable")
        body = self._body(item.element)
        for _, node in body.walk():
            node.lane = self._lanes.get(node.id)
        made = ProcessModel(
            item.element, item.id, item.name, None if executable is None else executable == "true", body
        )
        self._model.processes.append(made)

    def _body(self, container: Element) -> Body:
        body = Body()
        for element in container.children:
            if element.name.namespace != BPMN:
                continue
            local = element.local
            if local in NODES:
                body.nodes.append(self._node(element))
            elif local == "sequenceFlow":
                body.flows.append(self._flow(element))
            elif local in ("dataObject", "property"):
                body.data.append(self._item(element))
            elif local == "association":
                ends = (_reference(element, "sourceRef"), _reference(element, "targetRef"))
                body.associations.append(Association(element, *ends))
            elif local == "laneSet":
                self._lane_set(element)
            elif local not in _DRAWN and local not in _INNER["task"] and local != "artifact":
                self._unsupported(element)
        return body

    def _lane_set(self, lanes: Element) -> None:
        """Lanes may hold lanes: the innermost one counts."""
        for lane in lanes.all("lane"):
            role = extra(lane, "role")
            name = role.value if role is not None else lane.get("name") or ""
            for reference in lane.all("flowNodeRef"):
                self._lanes[reference.text.value.strip().rpartition(":")[2]] = Lane(lane, name.strip())
            for inner in lane.all("childLaneSet"):
                self._lane_set(inner)

    def _item(self, element: Element) -> Item:
        return Item(element, element.get("id") or "", element.get("name") or "")

    def _flow(self, element: Element) -> Flow:
        item = self._item(element)
        source, target = _reference(element, "sourceRef"), _reference(element, "targetRef")
        return Flow(element, item.id, item.name, source, target, element.child("conditionExpression"))

    def _node(self, element: Element) -> Node:
        item = self._item(element)
        node = Node(element, item.id, item.name)
        if not item.id:
            message = f"{self._model.shown(element)} needs an id"
            self._diagnostics.add("process-incomplete", message, element.span, 'add `id="..."`')
        if element.local in SUB_PROCESSES:
            node.body = self._body(element)
        for child in element.children:
            if child.name.namespace != BPMN:
                continue
            if child.local in EVENTS and element.local in EVENT_NODES:
                kind, attribute = EVENTS[child.local]
                reference = _reference(child, attribute) if attribute else child.get("name") or ""
                node.events.append(EventDefinition(child, kind, reference))
            elif child.local in ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
                node.loop = child
            elif node.body is None and child.local not in _DRAWN and child.local not in _INNER.get(element.local, ()):
                self._unsupported(child, element)
        self._check_data(element)
        if (shared := element.child("eventDefinitionRef")) is not None:
            self._shared_definition(node, shared)
        return node

    def _check_data(self, element: Element) -> None:
        """Data associations are drawn; one that would compute something is reported."""
        for association in element.all("dataInputAssociation", "dataOutputAssociation"):
            if association.child("assignment") is not None or association.child("transformation") is not None:
                message = f"a data association of {self._model.shown(element)} computes nothing: it is drawn only"
                hint = "code uses process variables by their names: `cm:call`, `cm:in`, `cm:out`, a script task"
                self._diagnostics.add("process-ignored", message, association.span, hint)

    def _shared_definition(self, node: Node, reference: Element) -> None:
        """An event definition that stands at the top of the file."""
        wanted = reference.text.value.strip().rpartition(":")[2]
        found = self._model.ids.get(wanted)
        if found is None or found.local not in EVENTS:
            message = f"{self._model.shown(node)} refers to the event definition `{wanted}`, which is not there"
            self._diagnostics.add("process-bad-reference", message, reference.span)
            return
        kind, attribute = EVENTS[found.local]
        text = _reference(found, attribute) if attribute else found.get("name") or ""
        node.events.append(EventDefinition(found, kind, text))

    def _unsupported(self, element: Element, within: Element | None = None) -> None:
        hint = UNSUPPORTED.get(element.local)
        self._model.refused.add(element.get("id") or "")
        message = f"{self._model.shown(element)} is not supported"
        if within is not None:
            message = f"{self._model.shown(element)} in {self._model.shown(within)} is not supported"
        if element.local not in UNSUPPORTED and hint is None:
            hint = suggest(element.local, NODES)
        self._diagnostics.add("process-unsupported", message, element.span, hint)


def _reference(element: Element, name: str) -> str:
    """An id in an attribute or in an element of that name; a prefix of a qualified name is left out."""
    value = element.get(name)
    if value is None:
        child = element.child(name)
        value = child.text.value if child is not None else ""
    return value.strip().rpartition(":")[2]


def _short(number: str) -> str:
    """A coordinate as one reads it."""
    whole, _, fraction = number.strip()[:20].partition(".")
    return whole if not fraction.strip("0") else f"{whole}.{fraction[:1]}"
