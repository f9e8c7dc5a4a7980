"""Random block-structured models as BPMN XML, of elements that SpiffWorkflow and we both run.

Scripts and conditions are text that is Python and contract script alike. Parallel branches write different variables:
SpiffWorkflow lets the later branch win, here it would be a conflict.
"""

from __future__ import annotations

import random

BLOCKS = (
    *("user",) * 3,
    *("script",) * 2,
    "choice",
    "fork",
    "inclusive",
    "loop",
    "sub",
    "instances",
    "catch",
    "boundary",
)


class Writer:
    """Writes one model; ``text()`` is the file, ``start`` the variables that it starts with."""

    def __init__(self, seed: int, blocks: tuple[str, ...] = BLOCKS) -> None:
        self.choices = blocks
        self.loops = self.handlers = 0
        """How many loops and handlers of boundary events are around the place where the next block comes."""
        self.hard: set[str] = set()
        """What of it SpiffWorkflow is known to do differently: ``join in a loop``, ``inclusive join``."""
        self.random = random.Random(seed)
        self.left = 3 + seed % 12
        self.count = 0
        self.start: dict[str, int] = {name: self.random.randint(0, 4) for name in "abc"}
        self.events: list[str] = []
        """Declarations of messages and signals."""
        self.open: list[list[str]] = [[]]
        """The elements of the scopes that are being written, the innermost last."""

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def add(self, tag: str, id: str, attributes: str = "", content: str = "") -> str:
        """An element of the innermost scope."""
        self.open[-1].append(f'<{tag} id="{id}" {attributes}>{content}</{tag}>')
        return id

    def flow(self, source: str, target: str, condition: str = "", id: str = "") -> str:
        """A sequence flow."""
        id = id or self.id("flow")
        text = condition.replace("<", "&lt;")
        test = f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>' if text else ""
        return self.add("sequenceFlow", id, f'sourceRef="{source}" targetRef="{target}"', test)

    def condition(self) -> str:
        return f"{self.random.choice('abc')} < {self.random.randint(0, 5)}"

    def text(self) -> str:
        """The file."""
        self.add("startEvent", "start")
        last = self.blocks("start", 0)
        self.flow(last, self.add("endEvent", "end"))
        body = "\n".join(self.open[0])
        return (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="d">\n'
            + "\n".join(self.events)
            + f'\n<process id="P" isExecutable="true">\n{body}\n</process>\n</definitions>\n'
        )

    # --- blocks; each takes the element before it and gives the last of its own
    def block(self, before: str, depth: int) -> str:
        self.left -= 1
        kind = (
            self.random.choice(("user", "script")) if self.left <= 0 or depth > 4 else self.random.choice(self.choices)
        )
        if kind == "instances" and self.handlers:
            kind = "user"  # SpiffWorkflow raises an exception there
        return str(getattr(self, kind)(before, depth + 1))

    def blocks(self, before: str, depth: int, most: int = 3) -> str:
        for _ in range(self.random.randint(1, most)):
            before = self.block(before, depth)
        return before

    def after(self, before: str, tag: str, id: str, attributes: str = "", content: str = "") -> str:
        self.add(tag, id, attributes, content)
        self.flow(before, id)
        return id

    def user(self, before: str, depth: int) -> str:
        return self.after(before, "userTask", self.id("user"))

    def script(self, before: str, depth: int) -> str:
        id = self.id("script")
        text = f"v_{id} = {self.random.choice('abc')} * 2 + {self.random.randint(0, 5)}"
        return self.after(before, "scriptTask", id, content=f"<script>{text}</script>")

    def gateways(self, tag: str, before: str, depth: int) -> str:
        self.hard |= {"join in a loop"} if self.loops and tag != "exclusiveGateway" else set()
        self.hard |= {"inclusive join"} if tag == "inclusiveGateway" else set()
        begin, end = self.id("split"), self.id("join")
        default = "" if tag == "parallelGateway" else self.id("flow")
        self.after(before, tag, begin, f'default="{default}"' if default else "")
        self.add(tag, end)
        for number in range(self.random.randint(2, 3)):
            first = self.id("first")
            self.add("scriptTask", first, content=f"<script>v_{first} = 1</script>")
            plain = default and number == 0
            self.flow(begin, first, self.condition() if default and not plain else "", default if plain else "")
            self.flow(self.blocks(first, depth, 2), end)
        return end

    def choice(self, before: str, depth: int) -> str:
        return self.gateways("exclusiveGateway", before, depth)

    def fork(self, before: str, depth: int) -> str:
        return self.gateways("parallelGateway", before, depth)

    def inclusive(self, before: str, depth: int) -> str:
        return self.gateways("inclusiveGateway", before, depth)

    def loop(self, before: str, depth: int) -> str:
        begin, test, counter, out = self.id("back"), self.id("again"), self.id("n"), self.id("flow")
        zero = self.after(before, "scriptTask", self.id("zero"), content=f"<script>{counter} = 0</script>")
        self.after(zero, "exclusiveGateway", begin)
        self.loops += 1
        inner = self.blocks(begin, depth, 2)
        self.loops -= 1
        count = self.after(inner, "scriptTask", self.id("count"), content=f"<script>{counter} = {counter} + 1</script>")
        self.after(count, "exclusiveGateway", test, f'default="{out}"')
        self.flow(test, begin, f"{counter} < {self.random.randint(1, 3)}")
        end = self.add("exclusiveGateway", self.id("out"))
        self.flow(test, end, id=out)
        return end

    def sub(self, before: str, depth: int) -> str:
        id = self.id("sub")
        self.open.append([])
        start = self.add("startEvent", self.id("start"))
        last = self.blocks(start, depth, 2)
        self.flow(last, self.add("endEvent", self.id("end")))
        content = "\n".join(self.open.pop())
        return self.after(before, "subProcess", id, content=f"\n{content}\n")

    def instances(self, before: str, depth: int) -> str:
        count = self.random.randint(1, 3)
        sequential = self.random.choice(("true", "false"))
        content = (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>{count}</loopCardinality>'
            "</multiInstanceLoopCharacteristics>"
        )
        return self.after(before, "userTask", self.id("many"), content=content)

    def event(self) -> str:
        """The definition of an event of its own."""
        kind, id = self.random.choice(("message", "signal")), self.id("event")
        self.events.append(f'<{kind} id="{id}" name="{id}"/>')
        return f'<{kind}EventDefinition id="d_{id}" {kind}Ref="{id}"/>'

    def catch(self, before: str, depth: int) -> str:
        return self.after(before, "intermediateCatchEvent", self.id("catch"), content=self.event())

    def boundary(self, before: str, depth: int) -> str:
        host, end, id = self.id("host"), self.id("merge"), self.id("boundary")
        interrupting = self.random.choice(("true", "false"))
        self.after(before, "userTask", host)
        self.add("exclusiveGateway", end)
        self.flow(host, end)
        self.add("boundaryEvent", id, f'attachedToRef="{host}" cancelActivity="{interrupting}"', self.event())
        self.handlers += 1
        last = self.blocks(id, depth, 1)
        self.handlers -= 1
        self.flow(last, end if interrupting == "true" else self.add("endEvent", self.id("end")))
        return end
