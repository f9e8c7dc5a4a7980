"""SpiffWorkflow as an oracle: the same model and events there and on our specification, compared after each event."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from cybermiles.dsl.compiler import Source, Unit, checked_ir
from cybermiles.dsl.specification.processes import Instance
from tests.dsl.oracles.spiff_models import Writer

MOST = 200
_KEPT = ("user", "script", "many", "catch", "boundary", "count", "first", "end")
"""Prefixes of the elements whose number of runs is compared: SpiffWorkflow has tasks of its own about gateways."""


class Spiff:
    """One instance on SpiffWorkflow."""

    def __init__(self, text: str, start: dict[str, Any]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(text.encode())
        self.workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
        self.workflow.task_tree.data.update(start)
        self.workflow.do_engine_steps()

    def tasks(self, state: int) -> list[Any]:
        """The tasks in a state that are elements of the model."""
        return [task for task in self.workflow.get_tasks(state=state) if task.task_spec.bpmn_id]

    def waiting(self) -> Counter[str]:
        """What waits for the outside."""
        return Counter(t.task_spec.bpmn_id for t in self.tasks(TaskState.READY) if t.task_spec.manual) + Counter(
            t.task_spec.bpmn_id for t in self.tasks(TaskState.WAITING) if t.task_spec.bpmn_id.startswith("catch")
        )

    def done(self) -> Counter[str]:
        """How often each element has run."""
        return Counter(
            task.task_spec.bpmn_id
            for task in self.tasks(TaskState.COMPLETED)
            if task.task_spec.bpmn_id.startswith(_KEPT)
        )

    def complete(self, element: str) -> None:
        """A user task is done."""
        task = next(t for t in self.tasks(TaskState.READY) if t.task_spec.bpmn_id == element)
        task.run()
        self.workflow.do_engine_steps()

    def send(self, kind: str, name: str) -> None:
        """A message or signal; nobody may wait for it."""
        definition = (MessageEventDefinition if kind == "message" else SignalEventDefinition)(name)
        self.workflow.catch(BpmnEvent(definition, {} if kind == "message" else None))
        self.workflow.do_engine_steps()


class Ours:
    """One instance on the specification."""

    def __init__(self, text: str, start: dict[str, Any]) -> None:
        self.instance = Instance(checked_ir(Unit(processes=[Source("m.bpmn", text)])), None, start)

    def waiting(self) -> Counter[str]:
        return Counter(item["element"] for item in self.instance.waiting())

    def done(self) -> Counter[str]:
        """What was entered and has been left: multi-instance activities count once more as a whole there."""
        found = Counter(id for id in self.instance.path if id.startswith(_KEPT))
        open_ = Counter(t for t in self.instance.places() if t.startswith(_KEPT))
        return found - open_

    def complete(self, element: str) -> None:
        self.instance.event({"task": element})

    def send(self, kind: str, name: str) -> None:
        self.instance.event({kind: name})


def difference(writer: Writer, seed: int) -> str:
    """What is not the same on a model, with events by the seed; empty if nothing."""
    text = writer.text()
    ours, spiff = Ours(text, writer.start), Spiff(text, writer.start)
    chooser = random.Random(seed)
    events = [line.split('"')[1] for line in writer.events]
    kinds = {line.split('"')[1]: line[1:].split()[0] for line in writer.events}
    sent: set[str] = set()
    for step in range(MOST):
        found = _compare(ours, spiff)
        if found:
            return f"after {step} events: {found}"
        if ours.instance.status != "waiting":
            break
        tasks = [item["element"] for item in ours.instance.waiting() if item["kind"] == "task"]
        if not tasks or (len(sent) < len(events) and chooser.random() < 0.4):
            wanted = [item["name"] for item in ours.instance.waiting() if item["kind"] != "task"]
            fresh = [name for name in events if name not in sent]
            if not (fresh or wanted):
                return ""
            name = chooser.choice(fresh if not wanted or (fresh and chooser.random() < 0.3) else wanted)
            sent.add(name)
            ours.send(kinds[name], name)
            spiff.send(kinds[name], name)
        else:
            element = chooser.choice(tasks)
            ours.complete(element)
            spiff.complete(element)
    if (ours.instance.status == "completed") != spiff.workflow.completed:
        return f"{ours.instance.status}, there completed: {spiff.workflow.completed}"
    # counters change more than once, and where branches meet SpiffWorkflow may bring an old value back
    mine = {name: value for name, value in ours.instance.variables().items() if not name.startswith("n")}
    theirs = {name: value for name, value in spiff.workflow.data.items() if name in mine}
    return "" if ours.instance.status != "completed" or mine == theirs else f"variables {mine}, there {theirs}"


def _compare(ours: Ours, spiff: Spiff) -> str:
    if ours.waiting() != spiff.waiting():
        return f"waiting {dict(ours.waiting())}, there {dict(spiff.waiting())}"
    mine, theirs = ours.done(), spiff.done()
    both = {id for id in mine | theirs if not id.startswith("many")}
    wrong = {id: (mine[id], theirs[id]) for id in sorted(both) if mine[id] != theirs[id]}
    return f"runs {wrong} (ours, there)" if wrong else ""
