"""The diagnostics of the soundness of processes, as data."""

from __future__ import annotations

from cybermiles.dsl.error_page import Page


def _model(elements: str, flows: str) -> str:
    """A process; flows as ``a>b``, with ``?`` after them if they have a condition."""
    lines = []
    for number, flow in enumerate(flows.split()):
        source, target = flow.rstrip("?").split(">")
        attributes = f'id="f{number}" sourceRef="{source}" targetRef="{target}"'
        condition = "<conditionExpression>x &gt; 1</conditionExpression>" if flow.endswith("?") else ""
        lines.append(f"    <sequenceFlow {attributes}>{condition}</sequenceFlow>\n")
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">\n'
        '  <process id="P" isExecutable="true">\n    <startEvent id="s"/>\n'
        f'    {elements}\n    <endEvent id="e"/>\n{"".join(lines)}  </process>\n</definitions>\n'
    )


_TASKS = '<userTask id="a"/><userTask id="b"/>'
_TRACE = " The finding has a run that shows it (`trace` in JSON): elements and flows in order."

SOUNDNESS_PAGES = (
    Page(
        "deadlock",
        "error",
        "a gateway that waits for ever",
        "A joining gateway waits for a token on a flow on which none can come any more, whichever way conditions go. "
        "Mostly a parallel join closes an exclusive split: only one of its branches ever has a token. `dsl process` "
        "runs the model all the same; `dsl build` refuses it." + _TRACE,
        "xml",
        _model(
            '<exclusiveGateway id="split" default="f2"/>' + _TASKS + '<parallelGateway id="join"/>',
            "s>split split>a? split>b a>join b>join join>e",
        ),
        "Join with a gateway of the kind that split: exclusive with exclusive, parallel with parallel.",
        runs=True,
    ),
    Page(
        "possible-deadlock",
        "warning",
        "a gateway that may wait for ever",
        "There is a choice after which a joining gateway waits for a token that cannot come; with other choices it "
        "does not. Whether the data rules it out is not looked at." + _TRACE,
        "xml",
        _model(
            '<inclusiveGateway id="split" default="f2"/>' + _TASKS + '<parallelGateway id="join"/>',
            "s>split split>a? split>b? a>join b>join join>e",
        ).replace(' default="f2"', ""),
        "Join an inclusive split with an inclusive gateway, or acknowledge that the data rules it out.",
    ),
    Page(
        "lack-of-synchronisation",
        "error",
        "parallel branches that are not joined",
        "Two tokens come to the same place, and all that follows runs once for each: mostly a parallel split whose "
        "branches meet at an exclusive gateway or straight at a task. `dsl process` runs the model all the same; "
        "`dsl build` refuses it." + _TRACE,
        "xml",
        _model(
            '<parallelGateway id="split"/>' + _TASKS + '<userTask id="pay"/>',
            "s>split split>a split>b a>pay b>pay pay>e",
        ),
        "Join the branches with a parallel gateway before what is to run once.",
        runs=True,
    ),
    Page(
        "possible-lack-of-synchronisation",
        "warning",
        "branches that may run at once are not joined",
        "With some choices two tokens come to the same place, and all that follows runs once for each. Whether the "
        "data rules it out is not looked at." + _TRACE,
        "xml",
        _model(
            '<inclusiveGateway id="split"/>' + _TASKS + '<userTask id="pay"/>',
            "s>split split>a? split>b? a>pay b>pay pay>e",
        ),
        "Join the branches with an inclusive gateway.",
    ),
    Page(
        "dead-element",
        "warning",
        "an element that is never reached",
        "No run of the process comes to this element: nothing leads to it, or only what is itself never left.",
        "xml",
        _model(_TASKS, "s>a a>e b>e"),
        "Connect the element, or delete it.",
    ),
    Page(
        "unreachable-end",
        "warning",
        "a process that can never end",
        "Once begun, the process (or the sub-process) cannot come to an end, whichever way conditions go." + _TRACE,
        "xml",
        _model('<exclusiveGateway id="again"/>' + _TASKS, "s>again again>a a>b b>again"),
        "Give the loop a way out.",
    ),
    Page(
        "token-leak",
        "warning",
        "a token that may be left behind",
        "With some choices a token stays at a joining gateway for ever, although another one has come to an end event "
        "or the gateway has fired before. The process then never ends." + _TRACE,
        "xml",
        _model(
            '<parallelGateway id="split"/><userTask id="c"/><inclusiveGateway id="some"/>'
            + _TASKS
            + '<parallelGateway id="join"/>',
            "s>split split>c c>e split>some some>a? some>b? a>join b>join join>e",
        ),
        "Bring every branch of a split to its join exactly once, or to an end event of its own.",
    ),
    Page(
        "soundness-not-proved",
        "warning",
        "the process is too tangled to be looked through",
        "Folding well-formed blocks left a graph with more states than are looked at (10,000), and no fault was found "
        "in those. Nothing is known of the others.",
        "",
        "",
        "Split and join in pairs, or move a part into a sub-process: each is looked at by itself.",
    ),
)
