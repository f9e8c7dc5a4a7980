"""Processes with gas on beside SpiffWorkflow 3.2: the same BPMN, saved and restored after every step that waits.

Ours: an archive's endpoints on the sandbox. Each call finds the instance in the store, decodes it, takes the step, and
encodes it back. SpiffWorkflow: its own serializer to JSON text and back after every step.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from cybermiles.dsl.archive.build import build_archive
from cybermiles.platform import Sandbox
from tests.benchmarks.tables import show, table

ME = bytes(20)
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'


def model(nodes: list[tuple[str, str, str]], flows: list[tuple[str, str, str]]) -> str:
    """BPMN of nodes (kind, id, inner XML) and flows (source, target, condition)."""
    parts = [f'{HEAD}<process id="P" isExecutable="true">']
    for kind, name, inner in nodes:
        ins = "".join(f"<incoming>f{i}</incoming>" for i, f in enumerate(flows) if f[1] == name)
        outs = "".join(f"<outgoing>f{i}</outgoing>" for i, f in enumerate(flows) if f[0] == name)
        default = next((f' default="f{i}"' for i, f in enumerate(flows) if f[0] == name and f[2] == "default"), "")
        parts.append(f'<{kind} id="{name}"{default}>{ins}{outs}{inner}</{kind}>')
    for at, (source, target, condition) in enumerate(flows):
        test = condition and condition != "default"
        inner = f"<conditionExpression>{condition}</conditionExpression>" if test else ""
        parts.append(f'<sequenceFlow id="f{at}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    return "".join([*parts, "</process></definitions>"])


def chain(names: list[str]) -> list[tuple[str, str, str]]:
    return [(a, b, "") for a, b in itertools.pairwise(names)]


def five() -> str:
    """Five user tasks, a script after each."""
    nodes = [("startEvent", "start", ""), ("endEvent", "end", "")]
    names = ["start"]
    for at in range(5):
        nodes += [("userTask", f"task{at}", ""), ("scriptTask", f"script{at}", "<script>x = x + 1</script>")]
        names += [f"task{at}", f"script{at}"]
    return model(nodes, chain([*names, "end"]))


def purchase() -> str:
    """A decision, then three tasks at once."""
    nodes = [("startEvent", "start", ""), ("userTask", "evaluate", ""), ("parallelGateway", "fork", "")]
    nodes += [("parallelGateway", "join", ""), ("endEvent", "end", "")]
    flows = [*chain(["start", "evaluate", "fork"]), ("join", "end", "")]
    for name in ("inventory", "credit", "deduct"):
        nodes.append(("userTask", name, ""))
        flows += [("fork", name, ""), (name, "join", "")]
    return model(nodes, flows)


def loop(turns: int) -> str:
    """An exclusive gateway that goes back so often."""
    nodes = [("startEvent", "start", ""), ("exclusiveGateway", "again", ""), ("exclusiveGateway", "choice", "")]
    nodes += [("scriptTask", "turn", "<script>x = x + 1</script>"), ("endEvent", "end", "")]
    flows = [*chain(["start", "again", "turn", "choice"])]
    flows += [("choice", "again", f"x &lt; {turns}"), ("choice", "end", "default")]
    return model(nodes, flows)


class Ours:
    """A process as a contract on the sandbox."""

    def __init__(self, text: str) -> None:
        manifest = (
            "name: bench\nversion: 1.0.0\nlicense: Apache-2.0\n"
            "endpoints:\n  go: {process: processes/p.bpmn, args: {x: number}}\n"
        )
        archive = build_archive({"contract.yaml": manifest.encode(), "processes/p.bpmn": text.encode()})
        self.sandbox = Sandbox()
        module = self.sandbox.deploy(archive.compiled.code)
        self.contract = self.sandbox.instantiate(module, {}, sender=ME)

    def call(self, endpoint: str, **args: Any) -> Any:
        report = self.sandbox.call(self.contract, endpoint, args, sender=ME, gas_limit=1 << 50)
        if report["outcome"] != "ok":
            raise SystemExit(f"{endpoint}: {report['code']} {report['message']}")
        return report["result"]

    def run(self, steps: list[str]) -> None:
        instance = self.call("go", x=0)
        for step in steps:
            self.call("go.complete", instance=instance, task=step)


class Theirs:
    """The same on SpiffWorkflow."""

    def __init__(self, text: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(text.encode())
        self.spec = parser.get_spec("P")
        self.serializer = BpmnWorkflowSerializer()

    def run(self, steps: list[str]) -> None:
        workflow = BpmnWorkflow(self.spec)
        workflow.task_tree.data.update({"x": 0})
        workflow.do_engine_steps()
        for step in steps:
            task = next(
                t for t in workflow.get_tasks(manual=True) if t.task_spec.bpmn_id == step and not t.has_state(64)
            )
            task.run()
            workflow.do_engine_steps()
            workflow = self.serializer.deserialize_json(self.serializer.serialize_json(workflow))


def rate(work: Callable[[], None], times: int, runs: int = 3) -> float:
    """How often a second, the median of several runs."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(times):
            work()
        found.append(times / (time.perf_counter() - start))
    return median(found)


def waiting(count: int, active: int, steps: int) -> float:
    """Microseconds of a step among so many instances that wait, of which `active` are worked on."""
    ours = Ours(five())
    ids = [ours.call("go", x=0) for _ in range(count)]
    chance = random.Random(count)
    chosen = [ids[chance.randrange(count)] for _ in range(active)]
    done = dict.fromkeys(chosen, 0)
    start = time.perf_counter()
    made = 0
    for instance in (chance.choice(chosen) for _ in range(steps)):
        if done[instance] < 5:
            ours.call("go.complete", instance=instance, task=f"task{done[instance]}")
            done[instance] += 1
            made += 1
    return (time.perf_counter() - start) / made * 1e6


def main() -> str:
    rows: list[list[object]] = []
    cases = [
        ("five user tasks, each with a script", five(), [f"task{n}" for n in range(5)], 2_000, 20, 50),
        ("purchase: fork and join", purchase(), ["evaluate", "inventory", "credit", "deduct"], 2_000, 20, 50),
        ("a loop of 100 turns", loop(100), [], 300, 3, 200),
    ]
    for name, text, steps, many, few, goal in cases:
        ours, theirs = Ours(text), Theirs(text)
        mine = rate(lambda o=ours, s=steps: o.run(s), many)  # type: ignore[misc]
        peer = rate(lambda t=theirs, s=steps: t.run(s), few)  # type: ignore[misc]
        rows.append([name, mine, peer, f"{mine / peer:.0f}", goal])
    shown = table(
        "Instances a second, gas on (median of 3)",
        ["process", "CyberMiles", "SpiffWorkflow 3.2", "ratio", "goal"],
        rows,
    )
    long, short = Ours(loop(10_000)), Ours(loop(100))
    turns = rate(lambda: short.run([]), 300) / rate(lambda: long.run([]), 3)
    few, many = waiting(1_000, 300, 1_000), waiting(100_000, 10_000, 10_000)
    lines = [
        f"A loop of 10,000 turns takes {show(turns)} x the time of 100 (goal: at most 110).",
        f"A step among 1,000 waiting instances: {show(few)} us; among 100,000, of which 10,000 are active: "
        f"{show(many)} us ({many / few:.2f} x).",
    ]
    return shown + "\n" + "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    print(main())
