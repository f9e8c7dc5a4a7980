"""The diagnostics of processes, as data."""

from __future__ import annotations

import itertools

from cybermiles.dsl.error_page import Page


def _model(body: str, extra: str = "") -> str:
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cm="urn:cybermiles:bpmn:1">\n'
        f'{extra}  <process id="P" isExecutable="true">\n{body}  </process>\n</definitions>\n'
    )


def _chain(*elements: str, extra: str = "") -> str:
    """A start event ``s``, the elements with ids ``a``, ``b`` ..., and an end event ``e``, one after the other."""
    ids = ["s", *"abcdefgh"[: len(elements)], "e"]
    flows = [f'    <sequenceFlow id="f{i}" sourceRef="{x}" targetRef="{y}"/>\n' for i, (x, y) in enumerate(_pairs(ids))]
    body = ['    <startEvent id="s"/>\n', *(f"    {x}\n" for x in elements), '    <endEvent id="e"/>\n', *flows]
    return _model("".join(body), extra)


def _pairs(ids: list[str]) -> list[tuple[str, str]]:
    return list(itertools.pairwise(ids))


PROCESS_PAGES = (
    Page(
        "xml-malformed",
        "error",
        "the file is not well-formed XML",
        "The XML reader stopped at the place shown: a tag that is not closed, a quote that is missing, an attribute "
        "that stands twice, a namespace prefix that nobody declared, or bytes that are not of the declared encoding.",
        "xml",
        "<definitions>\n  <process>\n</definitions>\n",
        "Correct the place, or export the file again from the modeler, as UTF-8.",
    ),
    Page(
        "xml-forbidden",
        "error",
        "the file has a document type declaration",
        "`<!DOCTYPE ...>` can define entities that grow without bound or read other files, so it is refused. No "
        "modeler writes one.",
        "xml",
        "<!DOCTYPE definitions>\n<definitions/>\n",
        "Remove the declaration. The five references `&lt; &gt; &amp; &quot; &apos;` need none.",
    ),
    Page(
        "xml-too-large",
        "error",
        "the XML is larger or deeper than the compiler reads",
        "A file may have 4 MiB, 100,000 elements, 100 levels and 200 attributes an element. The limits keep a mistake "
        "or an attack from occupying a machine.",
        "",
        "",
        "Split the model: a call activity runs a process of another file.",
    ),
    Page(
        "process-no-model",
        "error",
        "the file holds no process",
        "A process is a `definitions` element of BPMN 2.0 (namespace "
        "`http://www.omg.org/spec/BPMN/20100524/MODEL`) with a `process` in it, or a `process-definition` of jPDL 3.",
        "xml",
        "<html/>\n",
        "Save the model as BPMN 2.0 XML or jPDL 3. DMN, CMMN and older versions are other formats.",
    ),
    Page(
        "process-unsupported",
        "error",
        "an element that cannot be executed",
        "The element is part of the notation, but there is no meaning for it here, and leaving it out would change "
        "what the process does. The message says which element it is and where it is on the diagram. "
        "[The table of elements](../language/processes.md) lists what is supported.",
        "xml",
        _chain('<complexGateway id="a"/>'),
        "Draw the same with the elements of the table; the hint names them where there is a usual way.",
    ),
    Page(
        "process-duplicate-id",
        "error",
        "an id that two elements have",
        "Ids name elements in flows, events, reports and on the diagram, so each may stand once in a file. In jPDL the "
        "name of a node is its id.",
        "xml",
        _chain('<task id="a"/>', extra='  <message id="a"/>\n'),
        "Give one of them another id, and correct the references to it.",
    ),
    Page(
        "process-bad-reference",
        "error",
        "a reference to something that is not there",
        "The attribute or element names an id, a transition's target or a process that the file does not have, or one "
        "of another kind.",
        "xml",
        _chain('<exclusiveGateway id="a" default="nothing"/>'),
        "Correct the id, or add what it names.",
    ),
    Page(
        "process-flow-nowhere",
        "error",
        "a flow that does not lead from one node to another",
        "The source or the target of the flow does not exist, is no flow node, or lies in another process or "
        "sub-process.",
        "xml",
        _chain('<task id="a"/>').replace('targetRef="e"', 'targetRef="gone"'),
        "Connect both ends within one process or sub-process. Between pools, use messages.",
    ),
    Page(
        "process-structure",
        "error",
        "elements that do not go together",
        "The notation does not allow what is drawn: a flow into a start event or out of an end event, an event "
        "sub-process without its start event, an event-based gateway that leads to something that does not wait ...",
        "xml",
        _chain('<task id="a"/>').replace('sourceRef="s" targetRef="a"', 'sourceRef="a" targetRef="s"'),
        "Redraw the place that the message names.",
    ),
    Page(
        "process-incomplete",
        "error",
        "an element without what it needs to run",
        "A service task has no `cm:call`, a timer no time, an event no message, a process no start event. The engine "
        "would not know what to do there, and it never guesses.",
        "xml",
        _chain('<serviceTask id="a"/>'),
        "Add what the hint names.",
    ),
    Page(
        "process-bad-value",
        "error",
        "a value that cannot be read",
        "An attribute or text has a form of its own (an ISO 8601 time, a number, a merge policy, a mapping, a JSON "
        "Schema), and this is not one.",
        "xml",
        _chain(
            '<intermediateCatchEvent id="a"><timerEventDefinition><timeDuration>P1Q</timeDuration>'
            "</timerEventDefinition></intermediateCatchEvent>"
        ),
        "Write it as the hint says.",
    ),
    Page(
        "process-too-large",
        "error",
        "more nodes or flows than a process may have",
        "A process may have 5,000 flow nodes and 20,000 flows. The limit bounds what every node must hold.",
        "",
        "",
        "Split it: a call activity runs another process.",
    ),
    Page(
        "process-ignored",
        "warning",
        "something that has no effect here",
        "The element or attribute is understood, but nothing comes of it when the process runs.",
        "xml",
        _model(
            '    <startEvent id="s"/>\n    <endEvent id="e"/>\n    <sequenceFlow id="f" sourceRef="s" targetRef="e">\n'
            "      <conditionExpression>x &gt; 1</conditionExpression>\n    </sequenceFlow>\n"
        ),
        "Remove it, or write what was meant in a form that has an effect.",
    ),
    Page(
        "process-no-default",
        "warning",
        "a gateway that may find no way out",
        "All flows of the gateway have conditions, and none is the default: where all conditions are false the process "
        "cannot go on. On the chain the transaction reverts with `no-flow`.",
        "xml",
        _model(
            '    <startEvent id="s"/>\n    <exclusiveGateway id="g"/>\n    <endEvent id="e"/>\n'
            '    <sequenceFlow id="f" sourceRef="s" targetRef="g"/>\n'
            '    <sequenceFlow id="f1" sourceRef="g" targetRef="e">'
            "<conditionExpression>x &gt; 1</conditionExpression></sequenceFlow>\n"
        ),
        "Make one of the flows the default (`default` on the gateway).",
    ),
    Page(
        "merge-conflict-possible",
        "error",
        "parallel branches write one variable",
        "Two branches that run at the same time write the same variable. If the values differ, the branches cannot be "
        "united: the process would fail with `merge-conflict` rather than lose one of the two. `dsl process` runs the "
        "model all the same; `dsl build` refuses it. [Data flow](../language/data-flow.md) explains how branches "
        "carry data.",
        "xml",
        _model(
            '    <startEvent id="s"/>\n    <parallelGateway id="fork"/>\n    <parallelGateway id="join"/>\n'
            '    <scriptTask id="a"><script>total = 1</script></scriptTask>\n'
            '    <scriptTask id="b"><script>total = 2</script></scriptTask>\n    <endEvent id="e"/>\n'
            '    <sequenceFlow id="f1" sourceRef="s" targetRef="fork"/>\n'
            '    <sequenceFlow id="f2" sourceRef="fork" targetRef="a"/>\n'
            '    <sequenceFlow id="f3" sourceRef="fork" targetRef="b"/>\n'
            '    <sequenceFlow id="f4" sourceRef="a" targetRef="join"/>\n'
            '    <sequenceFlow id="f5" sourceRef="b" targetRef="join"/>\n'
            '    <sequenceFlow id="f6" sourceRef="join" targetRef="e"/>\n'
        ),
        'Let each branch write a variable of its own, or say how the values unite: `cm:merge="total:sum"` on the '
        "gateway or the process (`sum`, `append`, `first`, `last`).",
        runs=True,
    ),
    Page(
        "data-read-before-write",
        "warning",
        "a variable that is read before anything wrote it",
        "The process writes the variable, but only in places that cannot come before this one, so it is undefined here "
        "unless the process was started with it.",
        "xml",
        _chain(
            '<scriptTask id="a"><script>total = price * 2</script></scriptTask>',
            '<scriptTask id="b"><script>price = 5</script></scriptTask>',
        ),
        "Write it earlier, or declare it as a data object of the process if it is given at the start.",
    ),
    Page(
        "bad-events",
        "error",
        "the events for a process have a wrong shape",
        "Events are a JSON list of objects. Each has exactly one of `task` (with `result`, `transition`, `instance`), "
        "`message` (with `payload`, `correlation`), `signal` (with `payload`) and `timer` (an ISO time).",
        "",
        "",
        'Write for example `[{"task": "approve", "result": {"ok": true}}]`; `dsl process --help` shows each kind.',
    ),
)
