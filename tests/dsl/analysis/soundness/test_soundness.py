"""Soundness: what is found in small models, that sound ones have no findings, and that folding blocks changes none."""

from __future__ import annotations

import itertools
import time
from collections import deque
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.soundness import findings, findings_of
from cybermiles.dsl.compiler import Source, Unit, check_module
from cybermiles.dsl.error_table import PAGES
from tests.dsl.models import bpmn
from tests.dsl.processes.generator import structured, tangled
from tests.dsl.processes.models import Model, less


def model(nodes: str, flows: str, **host: str) -> ir.Process:
    """Nodes ``id:kind``, flows ``a>b`` (``?``: with a condition), boundary events with their host."""
    m = Model()
    for item in nodes.split():
        id, _, kind = item.partition(":")
        more: dict[str, Any] = {}
        if kind == "boundary":
            more = {"host": host[id], "trigger": ir.Trigger("message", "M")}
        if kind == "beside":
            kind, more = "boundary", {"host": host[id], "trigger": ir.Trigger("message", "M"), "interrupting": False}
        if kind == "stop":
            kind, more = "end", {"trigger": ir.Trigger("terminate")}
        m.node(id, kind or "wait", **more)
    for flow in flows.split():
        condition = m.expression("x", less("x", 1)) if flow.endswith("?") else None
        m.flow(*flow.rstrip("?").split(">"), condition=condition)
    return m.process()


def codes(process: ir.Process) -> list[str]:
    return sorted(found.code for found in findings_of(process, None))


GATES = "s:start x:exclusive p:parallel o:inclusive xj:exclusive pj:parallel oj:inclusive a b e:end"


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ("s>p p>a p>b a>pj b>pj pj>e", []),
        ("s>x x>a? x>b a>xj b>xj xj>e", []),
        ("s>o o>a? o>b? a>oj b>oj oj>e", []),
        ("s>p p>a p>b a>oj b>oj oj>e", []),
        ("s>x x>a? x>b a>oj b>oj oj>e", []),
        ("s>p p>a p>b a>e b>e", []),
        ("s>x x>a? x>b a>pj b>pj pj>e", ["deadlock"]),
        ("s>o o>a? o>b? a>pj b>pj pj>e", ["possible-deadlock"]),
        ("s>p p>a p>b a>xj b>xj xj>e", ["lack-of-synchronisation"]),
        ("s>o o>a? o>b? a>xj b>xj xj>e", ["possible-lack-of-synchronisation"]),
        ("s>a a>b b>a", ["unreachable-end"]),
        ("s>xj xj>a a>x x>xj? x>e", []),
        ("s>pj pj>a a>x x>pj? x>e", ["deadlock"]),
    ],
)
def test_small_models(flows: str, expected: list[str]) -> None:
    used = set(itertools.chain(*(flow.rstrip("?").split(">") for flow in flows.split())))
    nodes = " ".join(item for item in GATES.split() if item.partition(":")[0] in used)
    assert codes(model(nodes, flows)) == expected


def test_a_trace_leads_to_the_finding() -> None:
    process = model("s:start x:exclusive a b j:parallel e:end", "s>x x>a? x>b a>j b>j j>e")
    found = next(f for f in findings_of(process, None) if f.code == "deadlock")
    assert found.trace == ("s", "f0", "x", "f1", "a", "f3")
    assert process.nodes[found.node or 0].id == "j"
    assert "`f4`" in found.message


def test_boundary_events_are_ways_out() -> None:
    sound = model("s:start a t:boundary b e:end", "s>a a>e t>b b>e", t="a")
    assert codes(sound) == []
    stuck = model("s:start a t:boundary j:parallel e:end", "s>a a>j t>j j>e", t="a")
    assert codes(stuck) == ["deadlock"]
    aborted = "s>p p>a p>b a>j b>j t>e2 j>e"
    nodes = "s:start p:parallel a b t:boundary j:parallel e:end e2:end"
    assert codes(model(nodes, aborted, t="a")) == ["token-leak"]
    beside = model("s:start a t:beside b j:exclusive c e:end", "s>a a>j t>b b>j j>c c>e", t="a")
    assert "possible-lack-of-synchronisation" in codes(beside)


def test_dead_elements() -> None:
    process = model("s:start a lost e:end", "s>a a>e lost>e")
    assert [(f.code, process.nodes[f.node or 0].id) for f in findings_of(process, None)] == [("dead-element", "lost")]


def test_an_end_that_ends_all_leaves_nothing() -> None:
    assert codes(model("s:start p:parallel a b e:stop", "s>p p>a p>b a>e b>e")) == []


def test_a_token_is_left() -> None:
    nodes = "s:start p:parallel c o:inclusive a b j:parallel e:end"
    assert codes(model(nodes, "s>p p>c c>e p>o o>a? o>b? a>j b>j j>e")) == ["token-leak"]


def test_sound_models_have_no_findings() -> None:
    for seed in range(400):
        process = structured(seed).processes[0]
        scopes = [n for n, node in enumerate(process.nodes) if node.kind in ("scope", "event-scope")]
        for scope in (None, *scopes):
            assert findings_of(process, scope) == [], f"seed {seed}"


def test_folding_blocks_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    folded = [_verdict(tangled(seed).processes[0]) for seed in range(400)]
    monkeypatch.setattr(findings, "reduce_blocks", lambda graph: None)
    plain = [_verdict(tangled(seed).processes[0]) for seed in range(400)]
    different = []
    for seed, (a, b) in enumerate(zip(folded, plain, strict=True)):
        if "soundness-not-proved" not in a | b and a != b:
            assert b == {"twice"}, f"seed {seed}"
            different.append(seed)
    assert len(different) <= 3, different  # a branch with a loop in it that only ends is folded away
    assert len({frozenset(verdict) for verdict in plain}) == 4


def _verdict(process: ir.Process) -> set[str]:
    """Codes without what depends on how far one looks after the first fault."""
    kinds = {"dead-element": "", "deadlock": "stuck", "possible-deadlock": "stuck", "token-leak": "stuck"}
    kinds |= {"lack-of-synchronisation": "twice", "possible-lack-of-synchronisation": "twice"}
    found = {kinds.get(f.code, f.code) for f in findings_of(process, None)} - {""}
    return {"twice"} if "twice" in found else found


def test_a_large_well_structured_model_is_fast() -> None:
    m = Model()
    m.node("s", "start")
    last = "s"
    for n in range(2_000):
        for id, kind in ((f"p{n}", "parallel"), (f"a{n}", "wait"), (f"b{n}", "automatic"), (f"j{n}", "parallel")):
            m.nodes.append(ir.ProcessNode(id, "", kind))
        at = len(m.nodes) - 4
        before = 0 if last == "s" else at - 1
        for source, target in ((before, at), (at, at + 1), (at, at + 2), (at + 1, at + 3), (at + 2, at + 3)):
            m.flows.append(ir.Flow(f"f{len(m.flows)}", "", source, target))
        last = f"j{n}"
    began = time.monotonic()
    assert findings_of(m.process(), None) == []
    assert time.monotonic() - began < 5


def test_what_is_not_looked_through_is_not_proved() -> None:
    """A tangle of inclusive and parallel gateways that no block covers."""
    nodes, flows = ["s:start", "p:parallel", "j:inclusive", "e:end"], ["s>p", "j>e"]
    for n in range(12):
        nodes += [f"q{n}:inclusive", f"b{n}:inclusive"]
        flows += [f"p>q{n}", f"q{n}>b{n}?", f"q{n}>b{(n + 1) % 12}?", f"b{n}>j"]
    found = findings_of(model(" ".join(nodes), " ".join(flows)), None)
    assert [f.code for f in found] == ["soundness-not-proved"]


def test_a_diagnostic_carries_the_trace() -> None:
    elements = '<exclusiveGateway id="x" default="x-b"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>'
    text = bpmn(elements, "s>x x>a x>b a>j b>j j>e").replace(
        'sourceRef="x" targetRef="a"/>',
        'sourceRef="x" targetRef="a"><conditionExpression>n == 1</conditionExpression></sequenceFlow>',
    )
    found = [d for d in check_module(Unit(processes=[Source("m.bpmn", text)])) if d.code == "deadlock"]
    assert len(found) == 1
    assert found[0].as_json()["trace"] == ["s", "s-x", "x", "x-a", "a", "a-j"]
    assert PAGES["deadlock"].runs


def test_traces_are_runs_of_the_specification() -> None:
    """Each element of a trace is reached by tokens: a way through the model leads to it."""
    for seed in range(200):
        process = tangled(seed).processes[0]
        reachable = _ids_after(process)
        for found in findings_of(process, None):
            assert set(found.trace) <= reachable, f"seed {seed}"


def _ids_after(process: ir.Process) -> set[str]:
    seen, todo, ids = {0}, deque([0]), set()
    while todo:
        at = todo.popleft()
        ids.add(process.nodes[at].id)
        ways = [flow for flow in process.flows if flow.source == at]
        ids |= {flow.id for flow in ways}
        beside = {n for n, node in enumerate(process.nodes) if node.host == at and node.kind == "boundary"}
        for target in ({flow.target for flow in ways} | beside) - seen:
            seen.add(target)
            todo.append(target)
    return ids
