"""What the notation does not allow between elements that are each well made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from cybermiles.dsl.bpmn.read import ACTIVITIES
from cybermiles.dsl.bpmn.tree import Body, Node
from cybermiles.dsl.bpmn.work import Work

_BEFORE_EVENT_GATEWAY = ("message", "signal", "timer", "condition")


def check_structure(work: Work) -> None:
    """Reports what does not go together, in the process and its sub-processes."""
    _check_body(work, work.process.body, None)
    for _, node in work.process.body.walk():
        if node.body is not None:
            _check_body(work, node.body, node)


def _check_body(work: Work, body: Body, owner: Node | None) -> None:
    incoming = Counter(f.target for f in body.flows)
    outgoing = Counter(f.source for f in body.flows)
    _check_starts(work, body, owner)
    handlers = _handlers(work, body)
    for node in body.nodes:
        ends = (incoming[node.id], outgoing[node.id])
        for check in _CHECKS:
            check(work, node, *ends)
        if owner is not None and owner.tag == "transaction":
            continue
        if any(e.kind == "cancel" for e in node.events) and node.tag == "endEvent" and not _in_transaction(work, body):
            work.fail("process-structure", node, "cancels, but is in no transaction", "draw a transaction around it")
    for node in body.nodes:
        if node.element.get("isForCompensation") == "true" and (incoming[node.id] or outgoing[node.id]):
            work.fail("process-structure", node, "is for compensation, so no flow may lead to it or from it")
        if node.id in handlers and node.element.get("isForCompensation") != "true":
            hint = 'mark it: `isForCompensation="true"`'
            work.fail("process-structure", node, "undoes another activity, but is not marked for compensation", hint)
        if node.tag == "eventBasedGateway":
            _check_event_gateway(work, body, node, incoming)


def _handlers(work: Work, body: Body) -> set[str]:
    events = {n.id for n in body.nodes if n.tag == "boundaryEvent" and any(e.kind == "compensate" for e in n.events)}
    return {work.associations[event] for event in events if event in work.associations}


def _check_starts(work: Work, body: Body, owner: Node | None) -> None:
    starts = [n for n in body.nodes if n.tag == "startEvent"]
    triggered = owner is not None and owner.element.get("triggeredByEvent") == "true"
    if triggered and owner is not None:
        if len(starts) != 1 or not starts[0].events:
            hint = "give it one start event with a message, timer, error ..."
            work.fail("process-structure", owner, "needs exactly one start event with a trigger", hint)
        return
    if owner is None and not starts and not any(n.tag != "boundaryEvent" for n in body.nodes):
        work.fail("process-incomplete", work.process, "has no node to start at", "add a start event")
    if starts or not body.nodes:
        return
    targets = {f.target for f in body.flows}
    if all(n.id in targets or n.tag == "boundaryEvent" for n in body.nodes):
        item = work.process if owner is None else owner
        work.fail(
            "process-incomplete", item, "has no start event, and a flow leads to each of its nodes", "add a start event"
        )


def _check_event_gateway(work: Work, body: Body, gateway: Node, incoming: Counter[str]) -> None:
    here = {n.id: n for n in body.nodes}
    targets = [here[f.target] for f in body.flows if f.source == gateway.id and f.target in here]
    if len(targets) < 2:
        work.fail("process-structure", gateway, "needs at least two events to choose from")
    for node in targets:
        waits = node.tag == "receiveTask" or (
            node.tag == "intermediateCatchEvent" and all(e.kind in _BEFORE_EVENT_GATEWAY for e in node.events)
        )
        if not waits:
            message = f"follows {work.model.shown(gateway)}, but waits for no event"
            hint = "an event-based gateway leads to catch events and receive tasks only"
            work.fail("process-structure", node, message, hint)
        elif incoming[node.id] > 1:
            work.fail("process-structure", node, f"follows {work.model.shown(gateway)}, so nothing else may lead to it")


def _in_transaction(work: Work, body: Body) -> bool:
    owners = {id(n.body): (b, n) for b, n in work.process.body.walk() if n.body is not None}
    while (found := owners.get(id(body))) is not None:
        body, owner = found
        if owner.tag == "transaction":
            return True
    return False


# --- one node -----------------------------------------------------------------------------------------------


def _start(work: Work, node: Node, incoming: int, _: int) -> None:
    if node.tag == "startEvent" and incoming:
        work.fail("process-structure", node, "is a start event, so no flow may lead to it")


def _end(work: Work, node: Node, _: int, outgoing: int) -> None:
    if node.tag == "endEvent" and outgoing:
        work.fail("process-structure", node, "is an end event, so no flow may leave it")


def _boundary(work: Work, node: Node, incoming: int, outgoing: int) -> None:
    if node.tag != "boundaryEvent":
        return
    if incoming:
        work.fail("process-structure", node, "is a boundary event, so no flow may lead to it")
    if outgoing and any(e.kind == "compensate" for e in node.events):
        hint = "connect what undoes the activity with an association"
        work.fail("process-structure", node, "is for compensation, so no flow may leave it", hint)


def _gateway(work: Work, node: Node, incoming: int, outgoing: int) -> None:
    if node.tag.endswith("Gateway") and not outgoing and not incoming:
        work.fail("process-structure", node, "is connected to nothing")


def _event_scope(work: Work, node: Node, incoming: int, outgoing: int) -> None:
    if node.element.get("triggeredByEvent") == "true" and (incoming or outgoing):
        work.fail("process-structure", node, "is an event sub-process, so no flow may lead to it or from it")


def _link(work: Work, node: Node, incoming: int, outgoing: int) -> None:
    if not any(e.kind == "link" for e in node.events):
        return
    if node.tag == "intermediateThrowEvent" and outgoing:
        work.fail("process-structure", node, "throws a link, so no flow may leave it")
    if node.tag == "intermediateCatchEvent" and incoming:
        work.fail("process-structure", node, "catches a link, so no flow may lead to it")


def _compensated(work: Work, node: Node, _: int, __: int) -> None:
    if node.element.get("isForCompensation") == "true" and node.tag not in ACTIVITIES:
        work.fail("process-structure", node, "is no activity, so it undoes nothing")


_CHECKS: tuple[Callable[[Work, Node, int, int], None], ...] = (
    *(_start, _end, _boundary, _gateway, _event_scope, _link, _compensated),
)
