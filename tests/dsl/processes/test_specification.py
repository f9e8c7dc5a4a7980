"""What the specification of processes says, one small model for each of its sentences."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.specification import Halt
from cybermiles.dsl.specification.processes import Instance, run
from tests.dsl.processes.models import Model, less, number, plus

NOW = "2026-01-01T00:00:00Z"


def message(name: str, **more: Any) -> ir.Trigger:
    return ir.Trigger("message", name, **more)


def timer(model: Model, kind: str, text: str) -> ir.Trigger:
    return ir.Trigger("timer", timer=kind, value=model.expression("", ir.Const(text)))


def outcome(model: Model, *events: dict[str, Any], now: str = NOW, **variables: Any) -> dict[str, Any]:
    return run(model.module(), variables, events, now)


def forked(first: ir.Expr, second: ir.Expr, **more: Any) -> Model:
    """start, then tasks a and b beside each other, which assign x, then a join and an end."""
    m = Model(**more)
    m.node("s", "start")
    m.node("fork", "parallel")
    m.node("a", "automatic", code=m.assign("x", first))
    m.node("b", "automatic", code=m.assign("x", second))
    m.node("join", "parallel")
    m.node("e", "end")
    m.flow("s", "fork", "a", "join")
    m.flow("fork", "b", "join", "e")
    return m


def test_parallel_branches_run_depth_first_and_join() -> None:
    found = outcome(forked(number(1), number(1)))
    assert found["status"] == "completed"
    assert found["path"] == ["s", "fork", "a", "b", "join", "e"]
    assert found["variables"] == {"x": 1}


def test_a_conflict_names_both_places() -> None:
    found = outcome(forked(number(1), number(2)))
    assert found["status"] == "failed"
    assert found["failure"]["code"] == "merge-conflict"
    assert "`a`" in found["failure"]["message"] and "`b`" in found["failure"]["message"]


@pytest.mark.parametrize(("policy", "result"), [("sum", 13), ("first", 11), ("last", 12)])
def test_merge_policies(policy: str, result: int) -> None:
    model = forked(plus("x", 1), plus("x", 2), merge=(ir.Merge("x", policy),))
    assert outcome(model, x=10)["variables"] == {"x": result}


def test_append() -> None:
    add = [ir.Binary("+", ir.Const(""), ir.Const(c)) for c in "ab"]
    m = forked(
        ir.NewList((ir.GetIndex(ir.Local("x"), ir.Const(0)), add[0])),
        ir.NewList((ir.GetIndex(ir.Local("x"), ir.Const(0)), add[1])),
        merge=(ir.Merge("x", "append"),),
    )
    assert outcome(m, x=["z"])["variables"] == {"x": ["z", "a", "b"]}


def test_nested_sums_count_each_write_once() -> None:
    """One inner branch is joined by the outer join while the other goes to an end of its own."""
    m = Model(merge=(ir.Merge("x", "sum"),))
    m.node("s", "start")
    m.node("outer", "parallel")
    m.node("b", "automatic", code=m.assign("x", plus("x", 1)))
    m.node("inner", "parallel")
    m.node("d", "automatic", code=m.assign("x", plus("x", 10)))
    m.node("c", "automatic", code=m.assign("x", plus("x", 100)))
    m.node("join", "parallel")
    m.node("f", "automatic", code=m.assign("y", ir.Local("x"), "x"))
    m.node("w", "wait")
    m.node("e", "end")
    m.flow("s", "outer", "b", "inner", "d", "join")
    m.flow("outer", "c", "join", "f", "e")
    m.flow("inner", "w", "e")
    found = outcome(m, x=0)
    assert found["waiting"] == [{"element": "w", "kind": "task"}]
    done = outcome(m, {"task": "w", "result": {"z": 1}}, x=0)
    assert done["variables"]["x"] == 111
    assert done["status"] == "completed"


def test_a_branch_sees_what_stood_before_the_split() -> None:
    m = Model()
    m.node("s", "start")
    m.node("fork", "parallel")
    m.node("a", "automatic", code=m.assign("x", number(5)))
    m.node("b", "automatic", code=m.assign("y", ir.Local("x"), "x"))
    m.node("e", "end")
    m.flow("s", "fork", "a", "e")
    m.flow("fork", "b", "e")
    assert outcome(m, x=1)["variables"] == {"x": 5, "y": 1}


def test_exclusive_takes_the_first_true_flow_else_the_default() -> None:
    m = Model()
    m.node("s", "start")
    m.node("g", "exclusive")
    m.node("low", "end")
    m.node("other", "end")
    m.flow("s", "g")
    m.flow("g", "low", condition=m.expression("x", less("x", 10)))
    default = m.flow("g", "other")
    m.change("g", default=default)
    assert outcome(m, x=1)["path"] == ["s", "g", "low"]
    assert outcome(m, x=10)["path"] == ["s", "g", "other"]


def test_no_flow_is_a_failure() -> None:
    m = Model()
    m.node("s", "start")
    m.node("g", "exclusive")
    m.node("e", "end")
    m.flow("s", "g")
    m.flow("g", "e", condition=m.expression("x", less("x", 10)))
    found = outcome(m, x=10)
    assert (found["status"], found["failure"]["code"], found["failure"]["element"]) == ("failed", "no-flow", "g")


def test_an_inclusive_join_waits_for_tokens_that_can_still_come() -> None:
    m = Model()
    m.node("s", "start")
    m.node("split", "inclusive")
    m.node("a", "wait")
    m.node("b", "wait")
    m.node("c", "wait")
    m.node("join", "inclusive")
    m.node("e", "end")
    m.flow("s", "split")
    for name in "abc":
        at = m.flow("split", name, condition=m.expression(name, ir.Local(name)))
        m.flow(name, "join")
    m.change("split", default=at)
    m.flow("join", "e")
    given = {"a": True, "b": True, "c": False}
    half = outcome(m, {"task": "a"}, **given)
    assert half["path"] == ["s", "split", "a", "b"]
    assert outcome(m, {"task": "a"}, {"task": "b"}, **given)["status"] == "completed"


def test_a_boundary_timer_interrupts() -> None:
    m = Model()
    m.node("s", "start")
    m.node("t", "wait")
    m.node("late", "boundary", host="t", trigger=timer(m, "duration", "PT1H"))
    m.node("e", "end")
    m.node("e2", "end")
    m.flow("s", "t", "e")
    m.flow("late", "e2")
    early = outcome(m, {"timer": "2026-01-01T00:59:59Z"})
    assert early["waiting"] == [{"element": "t", "kind": "task"}]
    assert early["unmatched"] == [{"timer": "2026-01-01T00:59:59Z"}]
    assert outcome(m, {"timer": "2026-01-01T01:00:00Z"})["path"] == ["s", "t", "late", "e2"]


def test_a_cycle_fires_each_missed_turn_beside_the_activity() -> None:
    m = Model(merge=(ir.Merge("n", "sum"),))
    m.node("s", "start")
    m.node("t", "wait")
    m.node("tick", "boundary", host="t", trigger=timer(m, "cycle", "R3/PT1H"), interrupting=False)
    m.node("count", "automatic", code=m.assign("n", plus("n", 1)))
    m.node("e", "end")
    m.flow("s", "t", "e")
    m.flow("tick", "count")
    found = outcome(m, {"timer": "2026-01-01T02:30:00Z"}, n=0)
    assert found["path"] == ["s", "t", "tick", "count", "tick", "count"]
    assert found["variables"] == {"n": 2}
    done = outcome(m, {"timer": "2026-01-02T00:00:00Z"}, {"task": "t"}, n=0)
    assert done["variables"] == {"n": 3}
    assert done["status"] == "completed"


def test_an_error_goes_to_the_nearest_scope_that_catches_it() -> None:
    m = Model()
    m.node("s", "start")
    m.node("sub", "scope")
    m.node("si", "start", parent="sub")
    m.node("w", "automatic", parent="sub", code=m.assign("x", number(7)))
    m.node("bad", "end", parent="sub", trigger=ir.Trigger("error", "E1"))
    m.node("any", "boundary", host="sub", trigger=ir.Trigger("error"))
    m.node("one", "boundary", host="sub", trigger=ir.Trigger("error", "E1"))
    m.node("e", "end")
    m.node("e1", "end")
    m.node("e2", "end")
    m.flow("s", "sub", "e")
    m.flow("si", "w", "bad")
    m.flow("any", "e1")
    m.flow("one", "e2")
    found = outcome(m)
    assert found["path"] == ["s", "sub", "si", "w", "bad", "one", "e2"]
    assert found["variables"] == {"x": 7}


def test_an_error_of_a_script_that_nothing_catches_fails_the_process() -> None:
    m = Model()
    m.node("s", "start")
    m.node("t", "automatic", code=m.raises("E9"))
    m.flow("s", "t")
    found = outcome(m)
    assert (found["status"], found["failure"]["code"], found["failure"]["element"]) == ("failed", "E9", "t")


def test_a_trap_is_no_error_of_the_process() -> None:
    m = Model()
    m.node("s", "start")
    m.node("t", "automatic", code=m.expression("", ir.Binary("/", ir.Const(1), ir.Const(0))))
    m.node("b", "boundary", host="t", trigger=ir.Trigger("error"))
    m.flow("s", "t")
    with pytest.raises(Halt, match="division-by-zero"):
        outcome(m)


def test_escalation_beside_and_uncaught() -> None:
    m = Model()
    m.node("s", "start")
    m.node("sub", "scope")
    m.node("si", "start", parent="sub")
    m.node("up", "throw", parent="sub", trigger=ir.Trigger("escalation", "X"))
    m.node("lost", "throw", parent="sub", trigger=ir.Trigger("escalation", "Y"))
    m.node("se", "end", parent="sub")
    m.node("b", "boundary", host="sub", trigger=ir.Trigger("escalation", "X"), interrupting=False)
    m.node("e", "end")
    m.node("e2", "end")
    m.flow("s", "sub", "e")
    m.flow("si", "up", "lost", "se")
    m.flow("b", "e2")
    assert outcome(m)["path"] == ["s", "sub", "si", "up", "b", "e2", "lost", "se", "e"]


def test_messages_go_to_one_signals_to_all() -> None:
    for kind, counts in (("message", 1), ("signal", 0)):
        m = Model()
        m.node("s", "start")
        m.node("fork", "parallel")
        m.node("a", "catch", trigger=ir.Trigger(kind, "M"))
        m.node("b", "catch", trigger=ir.Trigger(kind, "M"))
        m.node("e", "end")
        m.flow("s", "fork", "a", "e")
        m.flow("fork", "b", "e")
        found = outcome(m, {kind: "M", "payload": {"v": 3}}, {kind: "N"})
        assert len(found["waiting"]) == counts
        assert found["unmatched"] == [{kind: "N"}]
        assert found["variables"]["v"] == 3


def test_correlation_and_kept_messages() -> None:
    m = Model()
    trigger = message("M", keys=("id",), key_values=(m.expression("order", ir.Local("order")),), keep=True)
    m.node("s", "start")
    m.node("t", "wait")
    m.node("a", "catch", trigger=trigger)
    m.node("e", "end")
    m.flow("s", "t", "a", "e")
    wrong, right = ({"message": "M", "payload": {"id": n}} for n in (1, 2))
    assert outcome(m, wrong, {"task": "t"}, order=2)["waiting"] == [{"element": "a", "kind": "message", "name": "M"}]
    found = outcome(m, wrong, right, {"task": "t"}, order=2)
    assert found["status"] == "completed"
    assert found["unmatched"] == []


def test_an_event_gateway_lets_the_first_event_win() -> None:
    m = Model()
    m.node("s", "start")
    m.node("g", "event-gateway")
    m.node("msg", "catch", trigger=message("M"))
    m.node("time", "catch", trigger=timer(m, "date", "2026-02-01"))
    m.node("e", "end")
    m.flow("s", "g", "msg", "e")
    m.flow("g", "time", "e")
    waiting = outcome(m)["waiting"]
    assert [w["element"] for w in waiting] == ["msg", "time"]
    assert waiting[1]["due"] == "2026-02-01T00:00:00Z"
    assert outcome(m, {"timer": "2026-02-01T00:00:00Z"})["path"] == ["s", "g", "time", "e"]
    assert outcome(m, {"message": "M"}, {"timer": "2026-02-01T00:00:00Z"})["path"] == ["s", "g", "msg", "e"]


def instances(kind: str, **more: Any) -> Model:
    m = Model(merge=(ir.Merge("total", "sum"),))
    m.node("s", "start")
    items = m.expression("xs", ir.Local("xs"))
    output = m.expression("x loopCounter", ir.Binary("*", ir.Local("x"), ir.Local("loopCounter")))
    repeat = ir.Repeat(kind, items, item="x", output=output, result="out", **{k: f(m) for k, f in more.items()})
    code = m.assign("total", ir.Binary("+", ir.Local("total"), ir.Local("x")), "x")
    m.node("t", "automatic", code=code, repeat=repeat)
    m.node("e", "end")
    m.flow("s", "t", "e")
    return m


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_multi_instance(kind: str) -> None:
    found = outcome(instances(kind), xs=[5, 6, 7], total=0)
    assert found["path"] == ["s", "t", "t", "t", "e"]
    assert found["variables"] == {"xs": [5, 6, 7], "total": 18, "out": [5, 12, 21]}
    none = outcome(instances(kind), xs=[], total=0)
    assert none["path"] == ["s", "e"]
    assert none["variables"]["out"] == []


def test_a_completion_condition_cancels_the_rest() -> None:
    def enough(m: Model) -> ir.Code:
        return m.expression("total nrOfCompletedInstances", ir.Binary(">", ir.Local("total"), ir.Const(5)))

    assert outcome(instances("sequential", until=enough), xs=[1, 5, 7], total=0)["variables"]["out"] == [1, 10]
    parallel = instances("parallel", until=enough)
    assert outcome(parallel, xs=[1, 5, 7], total=0)["variables"] == {"xs": [1, 5, 7], "total": 6, "out": [1, 10]}


def test_waiting_instances_are_told_apart() -> None:
    m = Model()
    m.node("s", "start")
    m.node("t", "wait", repeat=ir.Repeat("parallel", count=m.expression("", number(3))))
    m.node("e", "end")
    m.flow("s", "t", "e")
    found = outcome(m, {"task": "t", "instance": 2}, {"task": "t", "instance": 2}, {"task": "t"})
    assert len(found["waiting"]) == 1
    assert found["unmatched"] == [{"task": "t", "instance": 2}]


def test_a_standard_loop() -> None:
    m = Model()
    m.node("s", "start")
    again = m.expression("n", less("n", 3))
    m.node("t", "automatic", code=m.assign("n", plus("n", 1)), repeat=ir.Repeat("loop", while_=again))
    m.node("e", "end")
    m.flow("s", "t", "e")
    assert outcome(m, n=0)["path"] == ["s", "t", "t", "t", "e"]
    assert outcome(m, n=9)["path"] == ["s", "t", "e"]


def test_compensation_in_reverse_order_each_once() -> None:
    m = Model()
    m.node("s", "start")
    for name in "ab":
        m.node(name, "automatic")
        m.node(f"b_{name}", "boundary", host=name, trigger=ir.Trigger("compensate"))
        handler = m.node(f"undo_{name}", "automatic", code=m.assign("last", ir.Const(name)))
        m.change(name, compensation=handler)
    m.node("undo", "throw", trigger=ir.Trigger("compensate"))
    m.node("again", "end", trigger=ir.Trigger("compensate"))
    m.flow("s", "a", "b", "undo", "again")
    found = outcome(m)
    assert found["path"] == ["s", "a", "b", "undo", "b_b", "undo_b", "b_a", "undo_a", "again"]
    assert found["variables"] == {"last": "a"}


def transaction() -> Model:
    m = Model()
    m.node("s", "start")
    m.node("tx", "scope", transaction=True, locals=("paid",))
    m.node("si", "start", parent="tx")
    m.node("pay", "automatic", parent="tx", code=m.assign("paid", number(5)))
    handler = m.node("refund", "automatic", parent="tx", code=m.assign("back", ir.Local("paid"), "paid"))
    m.change("pay", compensation=handler)
    m.node("ask", "wait", parent="tx")
    m.node("stop", "end", parent="tx", trigger=ir.Trigger("cancel"))
    m.node("b", "boundary", host="tx", trigger=ir.Trigger("cancel"))
    m.node("e", "end")
    m.node("e2", "end")
    m.flow("s", "tx", "e")
    m.flow("si", "pay", "ask", "stop")
    m.flow("b", "e2")
    return m


def test_a_cancelled_transaction_is_undone() -> None:
    found = outcome(transaction(), {"task": "ask"})
    assert found["path"] == ["s", "tx", "si", "pay", "ask", "stop", "refund", "b", "e2"]
    assert found["variables"] == {"back": 5}


def test_a_completed_sub_process_is_undone_with_its_variables() -> None:
    m = transaction()
    m.change("stop", trigger=None)
    m.change("e", kind="throw", trigger=ir.Trigger("compensate", "tx"))
    m.flow("e", "e2")
    found = outcome(m, {"task": "ask"})
    assert found["path"] == ["s", "tx", "si", "pay", "ask", "stop", "e", "refund", "e2"]
    assert found["variables"] == {"back": 5}


def event_scope(*, interrupting: bool) -> Model:
    m = Model()
    m.node("s", "start")
    m.node("t", "wait")
    m.node("e", "end")
    m.node("h", "event-scope")
    m.node("hs", "start", parent="h", trigger=message("M"), interrupting=interrupting)
    m.node("ht", "wait", parent="h")
    m.node("he", "end", parent="h")
    m.flow("s", "t", "e")
    m.flow("hs", "ht", "he")
    return m


def test_event_sub_processes() -> None:
    events = ({"message": "M", "payload": {"a": 1}}, {"task": "t"}, {"task": "ht", "result": {"b": 2}})
    found = outcome(event_scope(interrupting=False), *events)
    assert found["path"] == ["s", "t", "h", "hs", "ht", "e", "he"]
    assert found["variables"] == {"a": 1, "b": 2}
    found = outcome(event_scope(interrupting=True), *events)
    assert found["path"] == ["s", "t", "h", "hs", "ht", "he"]
    assert found["unmatched"] == [{"task": "t"}]
    twice = outcome(event_scope(interrupting=False), {"message": "M"}, {"message": "M"})
    assert twice["path"].count("h") == 2


def test_terminate_ends_its_scope_only() -> None:
    m = Model()
    m.node("s", "start")
    m.node("sub", "scope")
    m.node("si", "start", parent="sub")
    m.node("fork", "parallel", parent="sub")
    m.node("w", "wait", parent="sub")
    m.node("x", "automatic", parent="sub", code=m.assign("x", number(1)))
    m.node("t", "end", parent="sub", trigger=ir.Trigger("terminate"))
    m.node("e", "end", trigger=ir.Trigger("terminate"))
    m.flow("s", "sub", "e")
    m.flow("si", "fork", "w")
    m.flow("fork", "x", "t")
    found = outcome(m)
    assert found["status"] == "terminated"
    assert found["path"] == ["s", "sub", "si", "fork", "w", "x", "t", "e"]
    assert found["variables"] == {"x": 1}


def test_conditional_events_are_edge_triggered() -> None:
    m = Model()
    m.node("s", "start")
    m.node("t", "wait")
    condition = ir.Trigger("condition", value=m.expression("x", less("x", 5)))
    m.node("b", "boundary", host="t", trigger=condition, interrupting=False)
    m.node("fork", "parallel")
    m.node("t2", "wait")
    m.node("e", "end")
    m.flow("s", "fork", "t", "e")
    m.flow("fork", "t2", "e")
    found = outcome(m, {"task": "t2", "result": {"y": 1}}, x=1)
    assert found["path"].count("b") == 1
    assert outcome(m, x=7)["path"].count("b") == 0


def test_call_activity_passes_all_or_what_it_says() -> None:
    inner = Model("inner")
    inner.node("is", "start")
    inner.node("it", "automatic", code=inner.assign("y", plus("x", 1), "x"))
    inner.flow("is", "it")
    m = Model()
    m.others.append(inner)
    m.node("s", "start")
    m.node("c", "call", called="inner.bpmn#inner")
    m.node("e", "end")
    m.flow("s", "c", "e")
    found = outcome(m, x=1, z=0)
    assert found["path"] == ["s", "c", "is", "it", "e"]
    assert found["variables"] == {"x": 1, "y": 2, "z": 0}
    given = ir.Mapping("x", m.expression("z", plus("z", 10)))
    back = ir.Mapping("r", m.expression("y", ir.Local("y")))
    m.change("c", inputs=(given,), outputs=(back,))
    assert outcome(m, x=1, z=0)["variables"] == {"r": 11, "x": 1, "z": 0}


def test_a_message_starts_a_process() -> None:
    m = Model()
    m.node("s", "start", trigger=message("GO"))
    m.node("e", "end")
    m.flow("s", "e")
    assert outcome(m)["waiting"] == [{"element": "s", "kind": "message", "name": "GO"}]
    found = outcome(m, {"message": "GO", "payload": {"a": 1}}, {"message": "GO"})
    assert (found["status"], found["path"], found["variables"]) == ("completed", ["s", "e"], {"a": 1})
    assert found["unmatched"] == [{"message": "GO"}]


def test_transitions_of_jpdl() -> None:
    m = Model(language="jpdl")
    m.node("s", "start")
    m.node("t", "wait")
    m.node("yes", "end")
    m.node("no", "end")
    m.flow("s", "t")
    m.flow("t", "yes", name="yes")
    m.flow("t", "no", name="no")
    assert outcome(m, {"task": "t"})["path"] == ["s", "t", "yes"]
    assert outcome(m, {"task": "t", "transition": "no"})["path"] == ["s", "t", "no"]
    with pytest.raises(Halt, match="no-transition"):
        outcome(m, {"task": "t", "transition": "maybe"})


def test_tokens_can_be_looked_at_after_each_step() -> None:
    instance = Instance(event_scope(interrupting=False).module())
    assert instance.places() == ["t"]
    assert instance.event({"message": "M"})
    assert instance.places() == ["h", "ht", "t"]
