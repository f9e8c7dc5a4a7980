"""Random models of processes, and events for them. Nothing but the seed decides.

``structured`` ones are sound: blocks within blocks, each with one way in and one way out; what waits for the outside
can be driven on, so they always come to an end. ``tangled`` ones are any graph: they may deadlock, leave tokens, or
fail.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from cybermiles.dsl import ir
from tests.dsl.processes.models import Model, less, plus

VARIABLES = {"a": 0, "b": 1, "c": 2, "items": [], "free": 0}
MERGE = (
    ir.Merge("out", "last"),
    ir.Merge("a", "sum"),
    ir.Merge("b", "first"),
    ir.Merge("c", "last"),
    ir.Merge("items", "append"),
)
MESSAGES, SIGNALS, ERRORS = ("M0", "M1", "M2"), ("S0", "S1"), ("E0", "E1")
HANDLED, HANDLED_SIGNALS = ("H0", "H1"), ("T0", "T1")
"""What boundary events and event sub-processes wait for: they would take the flow's own messages for ever."""
NOW = "2026-01-01T00:00:00Z"
BLOCKS = (
    *("task",) * 5,
    *("sequence",) * 3,
    *("choice", "fork", "inclusive", "loop", "sub", "instances", "gateway", "call", "undo", "raise"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """The open end that the next node is joined to: a node, and the condition of the flow out of it."""

    node: str
    condition: ir.Code | None = None
    default: bool = False


class Generator:
    """One model. ``conflicts``: parallel branches may write to a variable without a merge policy."""

    def __init__(self, seed: int, size: int = 12, *, conflicts: bool = False) -> None:
        self.random = random.Random(seed)
        self.conflicts = conflicts
        self.left = size
        self.model = Model(merge=MERGE)
        self.counters: list[str] = []
        self.called: Model | None = None
        self.names = 0

    # --- parts
    def id(self, kind: str) -> str:
        """A new name."""
        self.names += 1
        return f"{kind}{self.names}"

    def chance(self, part: float) -> bool:
        """True so often."""
        return self.random.random() < part

    def add(self, way: Way | None, id: str, kind: str, parent: str | None, **more: object) -> str:
        """A node after another."""
        self.model.node(id, kind, parent, **more)  # type: ignore[arg-type]
        if way is not None:
            self.link(way, id)
        return id

    def link(self, way: Way, target: str) -> None:
        """A flow."""
        flow = self.model.flow(way.node, target, condition=way.condition)
        if way.default:
            self.model.change(way.node, default=flow)

    def condition(self) -> ir.Code:
        """A condition on a variable."""
        name = self.random.choice("abc")
        return self.model.expression(name, less(name, self.random.randint(-1, 6)))

    def work(self) -> ir.Code:
        """Statements that write."""
        roll = self.random.random()
        if roll < 0.2:
            tail = ir.NewList((ir.Const(self.random.randint(0, 9)),))
            body = (
                ir.If(ir.Binary("==", ir.Local("items"), ir.Const(None)), (ir.Return(ir.NewList((tail,))),), ()),
                ir.Do(ir.Method(ir.Local("items"), "push", (ir.Const(self.random.randint(0, 9)),))),
                ir.Return(ir.NewList((ir.Local("items"),))),
            )
            return self.model.code(("items",), ("items",), body)
        if roll < 0.3 and self.conflicts:
            return self.model.assign("free", ir.Const(self.random.randint(0, 3)))
        name = self.random.choice("abc")
        if roll < 0.6:
            return self.model.assign(name, plus(name, self.random.randint(1, 3)))
        other = self.random.choice("abc")
        return self.model.assign(name, plus(other, self.random.randint(-1, 2)), other)

    def duration(self) -> ir.Code:
        """A time to wait."""
        return self.model.expression("", ir.Const(f"PT{self.random.randint(1, 5)}H"))

    def trigger(self, *kinds: str, names: tuple[str, ...] = MESSAGES) -> ir.Trigger:
        """What an event waits for."""
        kind = self.random.choice(kinds)
        match kind:
            case "message":
                return ir.Trigger("message", self.random.choice(names), keep=names is MESSAGES and self.chance(0.3))
            case "signal":
                return ir.Trigger("signal", self.random.choice(SIGNALS if names is MESSAGES else HANDLED_SIGNALS))
            case "timer":
                return ir.Trigger("timer", timer="duration", value=self.duration())
            case "cycle":
                text = self.random.choice(("R3/PT1H", "R2/PT2H", "R1/PT3H"))
                return ir.Trigger("timer", timer="cycle", value=self.model.expression("", ir.Const(text)))
            case "condition":
                return ir.Trigger("condition", value=self.condition())
            case _:
                return ir.Trigger(kind, self.random.choice((*ERRORS, "")))

    def merge(self) -> tuple[ir.Merge, ...]:
        """Sometimes a policy of a node's own."""
        return (ir.Merge("b", self.random.choice(("first", "last"))),) if self.chance(0.15) else ()

    # --- blocks
    def block(self, way: Way, parent: str | None, depth: int) -> Way:
        """One block after an open end; the new open end."""
        self.left -= 1
        kind = "task" if self.left <= 0 or depth > 5 else self.random.choice(BLOCKS)
        return Way(getattr(self, kind)(way, parent, depth + 1))

    def blocks(self, way: Way, parent: str | None, depth: int, most: int = 3) -> Way:
        """Some blocks one after another."""
        for _ in range(self.random.randint(1, most)):
            way = self.block(way, parent, depth)
        return way

    def task(self, way: Way, parent: str | None, depth: int) -> str:
        """An activity or a catching or throwing event."""
        match self.random.choice(("automatic", "automatic", "wait", "wait", "catch", "receive", "throw")):
            case "automatic":
                node = self.add(way, self.id("auto"), "automatic", parent, code=self.work())
            case "wait":
                node = self.add(way, self.id("wait"), "wait", parent)
            case "catch":
                trigger = self.trigger("message", "signal", "timer")
                return self.add(way, self.id("catch"), "catch", parent, trigger=trigger)
            case "receive":
                node = self.add(way, self.id("receive"), "receive", parent, trigger=self.trigger("message"))
            case _:
                trigger = self.trigger("message", "signal", "escalation")
                return self.add(way, self.id("throw"), "throw", parent, trigger=trigger)
        return self.boundaries(node, parent, depth) if self.chance(0.3) else node

    def boundaries(self, host: str, parent: str | None, depth: int, code: str = "") -> str:
        """Boundary events of an activity: interrupting ones come back to the way out, others end by themselves."""
        out = self.id("merge")
        self.model.node(out, "exclusive", parent)
        self.model.flow(host, out)
        for kind in self.random.sample(("message", "signal", "timer", "cycle", "condition", "escalation"), 2):
            interrupting = self.chance(0.5)
            trigger, id = self.trigger(kind, names=HANDLED), self.id("boundary")
            self.model.node(id, "boundary", None, host, trigger=trigger, interrupting=interrupting)
            self.handler(Way(id), out if interrupting else None, parent, depth)
        if code:
            id = self.id("boundary")
            self.model.node(id, "boundary", None, host, trigger=ir.Trigger("error", self.random.choice((code, ""))))
            self.handler(Way(id), out, parent, depth)
        return out

    def handler(self, way: Way, out: str | None, parent: str | None, depth: int) -> None:
        """What a boundary event leads to."""
        way = self.block(way, parent, depth + 1)
        if out is None:
            self.add(way, self.id("end"), "end", parent)
        else:
            self.link(way, out)

    def sequence(self, way: Way, parent: str | None, depth: int) -> str:
        """Blocks one after another."""
        return self.blocks(way, parent, depth).node

    def choice(self, way: Way, parent: str | None, depth: int) -> str:
        """Exclusive gateways."""
        return self.gateways("exclusive", "exclusive", way, parent, depth)

    def fork(self, way: Way, parent: str | None, depth: int) -> str:
        """Parallel gateways."""
        return self.gateways("parallel", "parallel", way, parent, depth)

    def inclusive(self, way: Way, parent: str | None, depth: int) -> str:
        """Inclusive gateways; a parallel split may end in an inclusive join too."""
        split = "parallel" if self.chance(0.2) else "inclusive"
        return self.gateways(split, "inclusive", way, parent, depth)

    def gateways(self, split: str, join: str, way: Way, parent: str | None, depth: int) -> str:
        """Branches between a split and a join."""
        begin = self.add(way, self.id(split), split, parent, merge=self.merge())
        end = self.id("join")
        self.model.node(end, join, parent, merge=self.merge())
        count = self.random.randint(2, 3)
        for number in range(count):
            default = split != "parallel" and number == count - 1
            branch = Way(begin, None if split == "parallel" or default else self.condition(), default)
            self.link(branch if self.chance(0.1) else self.blocks(branch, parent, depth, 2), end)
        return end

    def loop(self, way: Way, parent: str | None, depth: int) -> str:
        """A way back, taken a few times."""
        counter = self.id("n")
        self.counters.append(counter)
        begin = self.add(way, self.id("back"), "exclusive", parent)
        inner = self.blocks(Way(begin), parent, depth, 2)
        code = self.model.assign(counter, plus(counter, 1))
        count = self.add(inner, self.id("count"), "automatic", parent, code=code)
        test = self.add(Way(count), self.id("again"), "exclusive", parent)
        again = self.model.expression(counter, less(counter, self.random.randint(1, 3)))
        self.link(Way(test, again), begin)
        out = self.id("out")
        self.model.node(out, "exclusive", parent)
        self.link(Way(test, default=True), out)
        return out

    def repeat(self, *, parallel: bool = True) -> ir.Repeat:
        """How often an activity runs."""
        kind = self.random.choice(("parallel", "sequential", "loop") if parallel else ("sequential", "loop"))
        if kind == "loop":
            counter = self.model.expression("loopCounter", less("loopCounter", self.random.randint(0, 3)))
            return ir.Repeat("loop", while_=counter, test_first=self.chance(0.5))
        until = None
        if self.chance(0.3):
            name = "nrOfCompletedInstances"
            until = self.model.expression(name, ir.Binary(">=", ir.Local(name), ir.Const(self.random.randint(1, 2))))
        output = self.model.expression("loopCounter a", plus("a", 1))
        count = self.model.expression("", ir.Const(self.random.randint(0, 3)))
        return ir.Repeat(kind, count=count, output=output, result="out" if self.chance(0.3) else "", until=until)

    def sub(self, way: Way, parent: str | None, depth: int) -> str:
        """A sub-process, sometimes with boundary events, several times, with an event sub-process, terminated."""
        node = self.add(way, self.id("sub"), "scope", parent, locals=("c",) if self.chance(0.2) else ())
        begin = self.add(None, self.id("start"), "start", node)
        inner = self.blocks(Way(begin), node, depth, 2)
        trigger = self.random.choice((None, None, ir.Trigger("terminate"), ir.Trigger("escalation", "E0")))
        self.add(inner, self.id("end"), "end", node, trigger=trigger)
        if self.chance(0.3):
            self.event_scope(node, depth)
        if self.chance(0.3):
            self.model.change(node, repeat=self.repeat())
        return self.boundaries(node, parent, depth) if self.chance(0.5) else node

    def event_scope(self, parent: str | None, depth: int) -> None:
        """An event sub-process."""
        node = self.add(None, self.id("handler"), "event-scope", parent)
        kind = self.random.choice(("message", "signal", "cycle", "condition", "escalation"))
        more = {"trigger": self.trigger(kind, names=HANDLED), "interrupting": self.chance(0.5)}
        begin = self.add(None, self.id("start"), "start", node, **more)
        self.add(self.block(Way(begin), node, depth + 2), self.id("end"), "end", node)

    def instances(self, way: Way, parent: str | None, depth: int) -> str:
        """A task several times."""
        repeat = self.repeat()
        if self.chance(0.5):
            return self.add(way, self.id("wait"), "wait", parent, repeat=repeat)
        return self.add(way, self.id("auto"), "automatic", parent, code=self.work(), repeat=repeat, merge=self.merge())

    def gateway(self, way: Way, parent: str | None, depth: int) -> str:
        """An event-based gateway."""
        begin, end = self.add(way, self.id("gate"), "event-gateway", parent), self.id("merge")
        self.model.node(end, "exclusive", parent)
        for kind in ("timer", *self.random.sample(("message", "signal", "condition"), self.random.randint(1, 2))):
            node = self.add(Way(begin), self.id("catch"), "catch", parent, trigger=self.trigger(kind))
            self.link(self.block(Way(node), parent, depth + 1), end)
        return end

    def call(self, way: Way, parent: str | None, depth: int) -> str:
        """A called process."""
        if self.called is None:
            self.called = inner = Model("inner", merge=MERGE)
            inner.node("inner_start", "start")
            inner.node("inner_work", "automatic", code=inner.assign("a", plus("a", 2)))
            inner.node("inner_wait", "wait")
            inner.flow("inner_start", "inner_work", "inner_wait")
            self.model.others.append(inner)
        outputs = None
        if self.chance(0.5):
            outputs = (ir.Mapping("c", self.model.expression("a", ir.Local("a"))),)
        inputs = (ir.Mapping("a", self.model.expression("b", ir.Local("b"))),) if self.chance(0.5) else None
        node = self.add(way, self.id("call"), "call", parent, called="inner.bpmn#inner", inputs=inputs, outputs=outputs)
        return self.boundaries(node, parent, depth) if self.chance(0.3) else node

    def undo(self, way: Way, parent: str | None, depth: int) -> str:
        """Activities that can be compensated, and a throw that does it."""
        for _ in range(self.random.randint(1, 3)):
            node = self.add(way, self.id("done"), self.random.choice(("automatic", "wait")), parent)
            if self.model.nodes[-1].kind == "automatic":
                self.model.change(node, code=self.work())
            self.model.node(self.id("boundary"), "boundary", None, node, trigger=ir.Trigger("compensate"))
            handler = self.model.node(self.id("undo"), "automatic", parent, code=self.work())
            self.model.change(node, compensation=handler)
            way = Way(node)
        return self.add(way, self.id("throw"), "throw", parent, trigger=ir.Trigger("compensate"))

    def raise_(self, way: Way, parent: str | None, depth: int) -> str:
        """A sub-process that may end with an error, which its boundary catches."""
        node = self.add(way, self.id("sub"), "scope", parent)
        begin = self.add(None, self.id("start"), "start", node)
        inner = self.blocks(Way(begin), node, depth, 2)
        test = self.add(inner, self.id("test"), "exclusive", node)
        code = self.random.choice(ERRORS)
        if self.chance(0.5):
            self.add(Way(test, self.condition()), self.id("bad"), "end", node, trigger=ir.Trigger("error", code))
        else:
            bad = self.add(Way(test, self.condition()), self.id("bad"), "automatic", node, code=self.model.raises(code))
            self.add(Way(bad), self.id("end"), "end", node)
        good = self.id("end")
        self.model.node(good, "end", node)
        self.link(Way(test, default=True), good)
        return self.boundaries(node, parent, depth, code)

    # --- models
    def structured(self) -> ir.Module:
        """A sound model."""
        begin = self.add(None, "start", "start", None)
        way = self.blocks(Way(begin), None, 0)
        self.add(way, "end", "end", None, trigger=self.random.choice((None, None, None, ir.Trigger("terminate"))))
        if self.chance(0.2):
            self.event_scope(None, 2)
        return self.module()

    def tangled(self) -> ir.Module:
        """Any graph: nodes of all kinds, flows between any of them."""
        count = self.random.randint(4, 12)
        self.add(None, "start", "start", None)
        ids = ["start"]
        for _ in range(count):
            ids.append(self.tangled_node())
        self.add(None, "end", "end", None)
        for at, id in enumerate(ids):
            if self.model.nodes[self.model.at(id)].kind == "end":
                continue
            node = self.model.nodes[self.model.at(id)]
            gate = node.kind in ("exclusive", "parallel", "inclusive")
            for number in range(self.random.choice((1, 2, 2, 3) if gate else (1, 1, 1, 2))):
                ahead = at + 1 < len(ids) and self.chance(0.75)
                target = self.random.choice([*ids[at + 1 :], "end"] if ahead else [*ids[1:], "end"])
                branch = node.kind in ("exclusive", "inclusive") or (number > 0 and node.kind == "automatic")
                default = branch and node.kind != "automatic" and number == 0
                self.link(Way(id, self.condition() if branch and not default else None, default), target)
        for id in ids:
            node = self.model.nodes[self.model.at(id)]
            if node.kind in ("wait", "automatic") and self.chance(0.2):
                boundary = self.id("boundary")
                trigger = self.trigger("message", "signal", "timer", "cycle", "condition")
                self.model.node(boundary, "boundary", None, id, trigger=trigger, interrupting=self.chance(0.5))
                self.link(Way(boundary), self.random.choice([*ids[1:], "end"]))
        return self.module()

    def tangled_node(self) -> str:
        """A node of any kind without flows."""
        gates = ("exclusive", "parallel", "parallel", "inclusive", "inclusive")
        kind = self.random.choice(("automatic", "automatic", "wait", "catch", "end", *gates))
        more: dict[str, object] = {}
        if kind == "automatic":
            more["code"] = self.work()
        elif kind == "catch":
            more["trigger"] = self.trigger("message", "signal", "timer", "condition")
        elif kind == "end" and self.chance(0.4):
            more["trigger"] = ir.Trigger("terminate")
        return self.add(None, self.id(kind), kind, None, **more)

    def module(self) -> ir.Module:
        """The module; counters of loops are as the last branch left them."""
        merge = (*MERGE, *(ir.Merge(counter, "last") for counter in self.counters))
        self.model.more["merge"] = merge
        begin = VARIABLES | dict.fromkeys(self.counters, 0)
        self.model.more["initial"] = tuple(
            ir.Mapping(name, self.model.expression("", ir.NewList(()) if value == [] else ir.Const(value)))
            for name, value in begin.items()
        )
        return self.model.module()


setattr(Generator, "raise", Generator.raise_)


def structured(seed: int, *, conflicts: bool = False) -> ir.Module:
    """A sound model."""
    return Generator(seed, 4 + seed % 23, conflicts=conflicts).structured()


def tangled(seed: int) -> ir.Module:
    """A model of any shape."""
    return Generator(seed, conflicts=True).tangled()
