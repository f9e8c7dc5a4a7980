"""Event definitions to triggers: what an event waits for or throws."""

from __future__ import annotations

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn.tree import EventDefinition, Item, Node, extra
from cybermiles.dsl.bpmn.work import Work
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.processes.notation import is_name, pairs
from cybermiles.dsl.syntax.xml import Element

START = ("message", "signal", "timer", "condition")
SCOPE_START = (*START, "error", "escalation", "compensate")
END = ("message", "signal", "error", "escalation", "compensate", "cancel", "terminate")
CATCH = (*START, "link")
THROW = ("message", "signal", "escalation", "compensate", "link")
BOUNDARY = (*START, "error", "escalation", "compensate", "cancel")
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_CATCHERS = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def trigger(work: Work, node: Node, allowed: tuple[str, ...]) -> ir.Trigger | None:
    """The trigger of an event; None if it has none, or a wrong one, which is reported."""
    if not node.events:
        return None
    if len(node.events) > 1:
        hint = "use one event for each, or an event-based gateway"
        work.fail("process-unsupported", node, "has several event definitions (multiple event)", hint)
        return None
    event = node.events[0]
    if event.kind not in allowed:
        hint = f"it can be: {', '.join(allowed)}, or without an event definition"
        work.fail("process-structure", node, f"cannot have a {event.kind} event definition", hint)
        return None
    catches = node.tag in _CATCHERS
    match event.kind:
        case "message" | "signal":
            return named(work, node, event.kind, event.reference, event.element, catches=catches)
        case "timer":
            return _timer(work, node, event)
        case "condition":
            return _condition(work, node, event)
        case "error" | "escalation":
            return _code(work, node, event, catches=catches)
        case "compensate":
            return _compensate(work, node, event, catches=catches)
        case "link":
            return None
    return ir.Trigger(event.kind, span=event.element.span)


def named(work: Work, node: Node, kind: str, reference: str, element: Element, *, catches: bool) -> ir.Trigger | None:
    """A message or signal, which has a name; a task that sends or receives one has the same."""
    known = work.model.messages if kind == "message" else work.model.signals
    if not reference:
        hint = f"set `{kind}Ref` to a `{kind}` of the file"
        work.fail("process-incomplete", node, f"names no {kind}", hint)
        return None
    declared = known.get(reference)
    if declared is None:
        span = element.attribute_span(f"{kind}Ref")
        message = f"{work.model.shown(node)} refers to the {kind} `{reference}`, which the file does not have"
        work.diagnostics.add("process-bad-reference", message, span, suggest(reference, known))
        return None
    keys: list[str] = []
    values: list[ir.Code] = []
    if kind == "message":
        _keys(work, node, declared, keys, values)
    return ir.Trigger(
        kind,
        declared.name or declared.id,
        value=None if catches else _payload(work, node),
        keys=tuple(keys),
        key_values=tuple(values),
        keep=_flag(work, declared, "keep"),
        apply=_apply(work, node) if catches else None,
        span=element.span,
    )


def _keys(work: Work, node: Node, declared: Item, keys: list[str], values: list[ir.Code]) -> None:
    """`cm:correlate="orderId customer=order.customer"`, on the event or on its message."""
    text = node.extra("correlate") or declared.extra("correlate")
    starts = node.tag == "startEvent" and any(n is node for n in work.process.body.nodes)
    if text is None or starts:  # a new instance has no values yet
        return
    for name, value in pairs(text):
        if not is_name(name.value):
            hint = "write the names of the keys, each with `=expression` if it is no variable of that name"
            work.diagnostics.add("process-bad-value", f"`{name.value[:80]}` names no key", name.span, hint)
            continue
        code = work.code.expression(value or name, f"{node.id}.key.{name.value}")
        if code is not None:
            keys.append(name.value)
            values.append(code)


def _flag(work: Work, item: Item, name: str) -> bool:
    text = item.extra(name)
    value = "false" if text is None else text.value.strip()
    if text is not None and value not in ("true", "false"):
        work.diagnostics.add("process-bad-value", f"`cm:{name}` is `true` or `false`", text.span)
    return value == "true"


def _payload(work: Work, node: Node) -> ir.Code | None:
    text = node.extra("payload")
    return None if text is None else work.code.expression(text, f"{node.id}.payload")


def _apply(work: Work, node: Node) -> ir.Code | None:
    text = node.extra("set")
    return None if text is None else work.code.statements(text, f"{node.id}.set", ("event",))


def _timer(work: Work, node: Node, event: EventDefinition) -> ir.Trigger | None:
    given = [
        c for c in event.element.children if c.local in _TIMERS and c.name.namespace == event.element.name.namespace
    ]
    if len(given) != 1 or not given[0].text.value.strip():
        hint = "give it one of `timeDate`, `timeDuration`, `timeCycle`"
        work.fail("process-incomplete", node, "has no time" if not given else "needs exactly one time", hint)
        return None
    kind = _TIMERS[given[0].local]
    value = work.code.time(kind, given[0].text, f"{node.id}.timer")
    if value is None:
        return None
    return ir.Trigger("timer", timer=kind, value=value, apply=_apply(work, node), span=event.element.span)


def _condition(work: Work, node: Node, event: EventDefinition) -> ir.Trigger | None:
    condition = event.element.child("condition")
    if condition is None or not condition.text.value.strip():
        work.fail("process-incomplete", node, "has no condition", "add `<condition>` with an expression")
        return None
    if not work.script(condition, "language"):
        return None
    value = work.code.expression(condition.text, f"{node.id}.condition")
    if value is None:
        return None
    return ir.Trigger("condition", value=value, apply=_apply(work, node), span=event.element.span)


def _code(work: Work, node: Node, event: EventDefinition, *, catches: bool) -> ir.Trigger | None:
    """Errors and escalations have a code; one that is caught without a code is any."""
    known = work.model.errors if event.kind == "error" else work.model.escalations
    name = ""
    if event.reference:
        declared = known.get(event.reference)
        if declared is None:
            span = event.element.attribute_span(f"{event.kind}Ref")
            message = f"{work.model.shown(node)} refers to the {event.kind} `{event.reference}`, which is not there"
            work.diagnostics.add("process-bad-reference", message, span, suggest(event.reference, known))
            return None
        name = declared.element.get(f"{event.kind}Code") or declared.name or declared.id
    elif not catches:
        hint = f"set `{event.kind}Ref` to an `{event.kind}` of the file"
        work.fail("process-incomplete", node, f"throws no named {event.kind}", hint)
        return None
    value = None if catches else _payload(work, node)
    return ir.Trigger(
        event.kind, name, value=value, apply=_apply(work, node) if catches else None, span=event.element.span
    )


def _compensate(work: Work, node: Node, event: EventDefinition, *, catches: bool) -> ir.Trigger | None:
    name = "" if catches else event.reference
    if name and name not in work.ids:
        span = event.element.attribute_span("activityRef")
        message = f"{work.model.shown(node)} compensates `{name}`, which the process does not have"
        work.diagnostics.add("process-bad-reference", message, span, suggest(name, work.ids))
        return None
    if event.element.get("waitForCompletion") == "false":
        hint = "leave `waitForCompletion` out: the process goes on when everything is undone"
        work.fail("process-unsupported", node, "does not wait for the compensation", hint)
    return ir.Trigger("compensate", name, span=event.element.span)


def message_of(work: Work, node: Node, *, catches: bool) -> ir.Trigger | None:
    """The message of a send or receive task; None if it names none."""
    reference = (node.element.get("messageRef") or "").strip().rpartition(":")[2]
    return named(work, node, "message", reference, node.element, catches=catches) if reference else None


def has(node: Node, name: str) -> bool:
    """Whether the node says something with `cm:name`."""
    return extra(node.element, name) is not None
