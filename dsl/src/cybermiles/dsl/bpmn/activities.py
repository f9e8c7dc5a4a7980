"""Activities: what a task runs, who does it, how often it runs, what crosses the border of a call."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn.tree import Node, extra, variable_of
from cybermiles.dsl.bpmn.triggers import message_of
from cybermiles.dsl.bpmn.work import Work
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.processes import decisions
from cybermiles.dsl.passes.processes.forms import read_form
from cybermiles.dsl.passes.processes.notation import is_name, items
from cybermiles.dsl.syntax.xml import Element, Text


def activity(work: Work, node: Node, base: ir.ProcessNode) -> ir.ProcessNode:
    """The graph's node of a task, call activity or sub-process."""
    for quantity in ("startQuantity", "completionQuantity"):
        if (node.element.get(quantity) or "1").strip() != "1":
            work.fail("process-unsupported", node, f"counts tokens (`{quantity}`)", "use a parallel gateway or a loop")
    made = dataclasses.replace(base, repeat=_repeat(work, node), merge=work.merge(node))
    match node.tag:
        case "task" | "manualTask":
            return dataclasses.replace(made, kind="automatic")
        case "scriptTask":
            return dataclasses.replace(made, kind="automatic", code=_script(work, node))
        case "serviceTask":
            code = _call(work, node)
            if code is None and node.extra("call") is None:
                hint = "add `cm:call` with an expression in contract script; implementations in Java do not exist here"
                work.fail("process-incomplete", node, "calls nothing", hint)
            return dataclasses.replace(made, kind="automatic", code=code)
        case "sendTask":
            return _send(work, node, made)
        case "businessRuleTask":
            return dataclasses.replace(made, kind="automatic")  # its code comes when all variables are known
        case "userTask":
            return dataclasses.replace(made, kind="wait", task=_human(work, node))
        case "receiveTask":
            trigger = message_of(work, node, catches=True)
            if trigger is None and not node.element.get("messageRef"):
                work.fail("process-incomplete", node, "waits for no message", "set `messageRef`")
            return dataclasses.replace(made, kind="receive", trigger=trigger)
        case "callActivity":
            return _call_activity(work, node, made)
    data = node.body.data if node.body is not None else ()
    locals_ = tuple(dict.fromkeys(name for item in data if (name := variable_of(item))))
    kind = "event-scope" if node.element.get("triggeredByEvent") == "true" else "scope"
    return dataclasses.replace(made, kind=kind, locals=locals_, transaction=node.tag == "transaction")


def _script(work: Work, node: Node) -> ir.Code | None:
    script = node.element.child("script")
    if script is None or not script.text.value.strip():
        work.fail("process-ignored", node, "has no script, so it does nothing")
        return None
    if not work.script(node.element, "scriptFormat"):
        return None
    return work.code.statements(script.text, f"{node.id}.script")


def _result(work: Work, node: Node) -> str:
    return work.name(node, node.extra("result"), "`cm:result`")


def _call(work: Work, node: Node) -> ir.Code | None:
    text = node.extra("call")
    return None if text is None else work.code.assignment(_result(work, node), text, f"{node.id}.call")


def _send(work: Work, node: Node, made: ir.ProcessNode) -> ir.ProcessNode:
    """A send task throws its message, or calls something."""
    if node.extra("call") is not None:
        return dataclasses.replace(made, kind="automatic", code=_call(work, node))
    trigger = message_of(work, node, catches=False)
    if trigger is None and not node.element.get("messageRef"):
        work.fail("process-incomplete", node, "sends nothing", "set `messageRef`, or add `cm:call`")
    return dataclasses.replace(made, kind="throw", trigger=trigger)


# --- rules
def decides(work: Work, node: Node, known: Sequence[str]) -> ir.Code | None:
    """A business rule task: a decision table gives outputs for inputs, rules change facts. ``known``: the variables
    that the process has."""
    text = node.extra("rules")
    if text is None:
        hint = "add `cm:rules` with a rule file of the archive or the name of a decision table"
        work.fail("process-incomplete", node, "decides by no rules", hint)
        return None
    wanted = text.value.strip()
    task = decisions.Task(work.code, work.rules, work.diagnostics, text.span, f"{node.id}.rules", _result(work, node))
    if wanted in work.rules.tables:
        return decisions.by_table(task, wanted)
    file = decisions.find_file(wanted, work.rules.files)
    if file is not None:
        return decisions.by_rules(task, file, node.extra("facts"), known)
    message = f"{work.model.shown(node)} decides by `{wanted[:80]}`, which is no rule file or table of the archive"
    near = suggest(wanted, [*work.rules.files, *work.rules.tables])
    work.diagnostics.add("process-bad-reference", message, text.span, near)
    return None


# --- people
def _human(work: Work, node: Node) -> ir.HumanTask:
    role = node.extra("role")
    name = role.value.strip() if role is not None else _owner(node.element)
    if not name and node.lane is not None:
        name = node.lane.role
    form = node.extra("form")
    due, priority, assignee = node.extra("due"), node.extra("priority"), node.extra("assignee")
    return ir.HumanTask(
        name,
        "" if form is None else read_form(form, work.model.document.file, work.files, work.diagnostics),
        None if due is None else _due(work, node, due),
        None if priority is None else work.code.expression(priority, f"{node.id}.priority"),
        _four_eyes(work, node),
        None if assignee is None else work.code.expression(assignee, f"{node.id}.assignee"),
        span=node.span,
    )


def _owner(element: Element) -> str:
    """BPMN's own way to name a role: an expression of `potentialOwner` that is a plain name."""
    for owner in element.all("potentialOwner"):
        for expression in owner.all("resourceAssignmentExpression"):
            for formal in expression.all("formalExpression"):
                value = formal.text.value.strip()
                if value and not any(c in value for c in "${}()"):
                    return value
    return ""


def _due(work: Work, node: Node, text: Text) -> ir.Code | None:
    kind = "duration" if text.value.strip().startswith("P") else "date"
    return work.code.time(kind, text, f"{node.id}.due")


def _four_eyes(work: Work, node: Node) -> tuple[str, ...]:
    text = node.extra("fourEyes")
    found: list[str] = []
    by_name = {n.name: n.id for n, _ in work.ids.values() if n.tag == "userTask" and n.name}
    for item in items(text) if text is not None else ():
        other = item.value if item.value in work.ids else by_name.get(item.value, "")
        if not other or work.ids[other][0].tag != "userTask" or other == node.id:
            tasks = [n.id for n, _ in work.ids.values() if n.tag == "userTask" and n is not node]
            message = f"{work.model.shown(node)} has `{item.value[:80]}` in `cm:fourEyes`, which is no other user task"
            work.diagnostics.add("process-bad-reference", message, item.span, suggest(item.value, tasks))
        else:
            found.append(other)
    return tuple(found)


# --- repetition
def _repeat(work: Work, node: Node) -> ir.Repeat | None:
    loop = node.loop
    if loop is None:
        return None
    if node.element.get("triggeredByEvent") == "true":
        work.fail("process-structure", node, "is an event sub-process, which cannot repeat")
        return None
    return _standard(work, node, loop) if loop.local == "standardLoopCharacteristics" else _multi(work, node, loop)


def _standard(work: Work, node: Node, loop: Element) -> ir.Repeat | None:
    condition, most = loop.child("loopCondition"), loop.attribute("loopMaximum")
    if condition is None and most is None:
        work.fail("process-incomplete", node, "loops for ever", "add `loopCondition` or `loopMaximum`")
        return None
    while_ = maximum = None
    if condition is not None and work.script(condition, "language"):
        while_ = work.code.expression(condition.text, f"{node.id}.loop")
    if most is not None:
        text = most.value.strip()
        if text.isdecimal() and len(text) < 16:
            maximum = work.code.constant(int(text), most.span, f"{node.id}.maximum")
        else:
            work.diagnostics.add("process-bad-value", "`loopMaximum` is a whole number", most.span)
    first = loop.get("testBefore") == "true"
    return ir.Repeat("loop", while_=while_, maximum=maximum, test_first=first, span=loop.span)


def _multi(work: Work, node: Node, loop: Element) -> ir.Repeat | None:
    cardinality = loop.child("loopCardinality")
    collection = extra(loop, "collection")
    data = loop.child("loopDataInputRef")
    item = work.name(loop, extra(loop, "item"), "`cm:item`") or _data_name(work, loop, "inputDataItem")
    items_ = count = None
    if collection is not None:
        items_ = work.code.expression(collection, f"{node.id}.collection")
    elif data is not None:
        items_ = work.code.made(_variable(work, node, data), data.span, f"{node.id}.collection", value=True)
    elif cardinality is not None and work.script(cardinality, "language"):
        count = work.code.expression(cardinality.text, f"{node.id}.count")
    elif cardinality is None:
        hint = "add `loopCardinality`, or `cm:collection` and `cm:item`"
        work.fail("process-incomplete", node, "does not say how often it runs", hint)
    if loop.child("loopDataOutputRef") is not None and extra(loop, "result") is None:
        hint = 'write `cm:output="expression" cm:result="variable"`'
        work.fail("process-unsupported", node, "collects its results in a data object (`loopDataOutputRef`)", hint)
    output = extra(loop, "output")
    made = None if output is None else work.code.expression(output, f"{node.id}.output")
    result = work.name(loop, extra(loop, "result"), "`cm:result`")
    if bool(result) != (output is not None):
        missing = "`cm:output`" if result else "`cm:result`"
        work.fail("process-incomplete", node, f"collects results without {missing}", f"add {missing}")
    completion = loop.child("completionCondition")
    until = None
    if completion is not None and work.script(completion, "language"):
        until = work.code.expression(completion.text, f"{node.id}.completion")
    kind = "sequential" if loop.get("isSequential") == "true" else "parallel"
    if (behavior := loop.get("behavior") or "All") != "All":
        work.fail("process-unsupported", node, f'throws events for its instances (`behavior="{behavior}"`)')
    return ir.Repeat(kind, items_, count, item, made, result, until, span=loop.span)


def _data_name(work: Work, loop: Element, tag: str) -> str:
    element = loop.child(tag)
    name = "" if element is None else element.get("name") or element.get("id") or ""
    return name if is_name(name) else ""


def _variable(work: Work, node: Node, reference: Element) -> str:
    """The variable that a data reference means: the name of what it refers to."""
    wanted = reference.text.value.strip().rpartition(":")[2]
    found = work.model.ids.get(wanted)
    for name in ((found.get("name") or "") if found is not None else "", wanted):
        if is_name(name):
            return name
    work.fail("process-bad-reference", node, f"repeats over `{wanted[:80]}`, which names no variable")
    return "undefined"


# --- calls
def _call_activity(work: Work, node: Node, made: ir.ProcessNode) -> ir.ProcessNode:
    text = node.element.attribute("calledElement")
    wanted = "" if text is None else text.value.strip()
    key = work.called.get(wanted) or work.called.get(wanted.rpartition(":")[2])
    if not wanted or text is None:
        work.fail("process-incomplete", node, "calls no process", "set `calledElement` to the id of a process")
    elif key is None:
        message = f"{work.model.shown(node)} calls `{wanted[:80]}`, which is no process of the archive"
        hint = suggest(wanted, work.called) or "name the id of a process, or its file"
        work.diagnostics.add("process-bad-reference", message, text.span, hint)
    inputs, outputs = work.mappings(node, "in"), work.mappings(node, "out")
    return dataclasses.replace(made, kind="call", called=key or "", inputs=inputs, outputs=outputs)
