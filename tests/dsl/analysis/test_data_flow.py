"""Parallel branches that write one variable, and reading before writing."""

from __future__ import annotations

import time

import pytest

from cybermiles.dsl.compiler import Source, Unit, check_module
from cybermiles.dsl.error_table import PAGES
from tests.dsl.models import bpmn, script

FORK = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
AB = script("a", "total = 1") + script("b", "total = 2")
SPLIT = "s>fork fork>a fork>b a>join b>join join>e"


def _found(text: str, code: str) -> list[str]:
    found = check_module(Unit(processes=[Source("m.bpmn", text)]))
    others = [d for d in found if d.severity == "error" and d.code != code and not PAGES[d.code].runs]
    assert not others, others
    return [d.message for d in found if d.code == code]


def conflicts(text: str) -> list[str]:
    return _found(text, "merge-conflict-possible")


def early(text: str) -> list[str]:
    return _found(text, "data-read-before-write")


def test_two_branches_write_one_variable() -> None:
    (message,) = conflicts(bpmn(FORK + AB, SPLIT))
    assert message == "`a` and `b` may run at the same time, and both write `total`"


@pytest.mark.parametrize(
    "text",
    [
        bpmn(FORK + script("a", "x = 1") + script("b", "y = x"), SPLIT),
        bpmn(FORK + AB, "s>fork fork>a a>b b>join fork>join join>e"),
        bpmn(FORK + AB, SPLIT, attributes='cm:merge="total:sum"'),
        bpmn(FORK.replace('"join"/', '"join" cm:merge="total:last"/') + AB, SPLIT),
        bpmn(FORK.replace('"fork"/', '"fork" cm:merge="total:first"/') + AB, SPLIT),
        bpmn('<exclusiveGateway id="fork"/><exclusiveGateway id="join"/>' + AB, SPLIT),
        bpmn(
            FORK + AB + '<task id="c"/><boundaryEvent id="x" attachedToRef="c"><errorEventDefinition/></boundaryEvent>'
            '<endEvent id="e2"/>',
            "s>fork fork>a fork>c a>join c>join join>b b>e x>e2",
        ),
    ],
    ids=["different", "one branch", "process", "join", "fork", "either", "after an aborting branch"],
)
def test_no_conflict(text: str) -> None:
    assert conflicts(text) == []


def test_a_nested_write_counts_for_its_branch() -> None:
    inner = (
        f'<subProcess id="sub"><startEvent id="t"/>{script("b", "total = 2")}<sequenceFlow id="i" sourceRef="t" '
        'targetRef="b"/></subProcess>'
    )
    (message,) = conflicts(
        bpmn(FORK + script("a", "total = 1") + inner, "s>fork fork>a fork>sub a>join sub>join join>e")
    )
    assert "`a` and `b`" in message
    local = inner.replace('<startEvent id="t"/>', '<dataObject id="total"/><startEvent id="t"/>')
    assert (
        conflicts(bpmn(FORK + script("a", "total = 1") + local, "s>fork fork>a fork>sub a>join sub>join join>e")) == []
    )


def test_instances_of_a_parallel_activity() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="{}"><loopCardinality>3</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    task = '<scriptTask id="a">{}<script>total = loopCounter</script></scriptTask>'
    assert conflicts(bpmn(task.format(loop.format("false")), "s>a a>e")) == ["all instances of `a` write `total`"]
    assert conflicts(bpmn(task.format(loop.format("true")), "s>a a>e")) == []


def test_events_that_do_not_interrupt() -> None:
    boundary = (
        '<userTask id="u"/><boundaryEvent id="x" attachedToRef="u" cancelActivity="{}"><timerEventDefinition>'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
    )
    way = "s>u u>a a>e x>b"
    (message,) = conflicts(bpmn(AB + boundary.format("false"), way))
    assert "`a` and `b`" in message
    assert conflicts(bpmn(AB + boundary.format("true"), way)) == []


def test_a_branch_that_meets_itself() -> None:
    merged = '<parallelGateway id="fork"/><task id="x"/><task id="y"/>' + script("a", "n = n + 1")
    assert conflicts(bpmn(merged, "s>fork fork>x fork>y x>a y>a a>e")) == [
        "`a` may run twice at the same time, and writes `n`"
    ]


def test_reading_before_writing() -> None:
    chain = script("a", "total = price * 2") + script("b", "price = 5")
    assert early(bpmn(chain, "s>a a>b b>e")) == ["`a` reads `price`, which is written only later, by `b`"]
    assert early(bpmn(chain, "s>b b>a a>e")) == []
    assert early(bpmn(script("a", "price = price + 1"), "s>a a>e")) == []
    loop = chain + '<exclusiveGateway id="g"/><exclusiveGateway id="h"/>'
    assert early(bpmn(loop, "s>g g>a a>b b>h h>g h>e")) == []
    assert early(bpmn(FORK + chain, SPLIT)) == []
    assert early(bpmn('<userTask id="u"/>' + chain, "s>u u>a a>b b>e")) == []
    given = '<dataObject id="price" cm:value="3"/>' + chain
    assert early(bpmn(given, "s>a a>b b>e")) == []


def test_large_processes_are_analysed_within_bounds() -> None:
    many = range(600)
    text = bpmn(
        FORK + "".join(script(f"t{i}", f"v{i % 300} = 1") for i in many),
        " ".join(f"fork>t{i} t{i}>join" for i in many) + " s>fork join>e",
    )
    started = time.monotonic()
    assert len(conflicts(text)) == 20
    assert time.monotonic() - started < 20
