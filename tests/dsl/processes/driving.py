"""Events for a model: what it waits for, and sometimes what it does not."""

from __future__ import annotations

import random
from typing import Any

from cybermiles.dsl.specification.processes import Instance
from tests.dsl.processes.generator import HANDLED, HANDLED_SIGNALS, MESSAGES, SIGNALS

START = "2026-01-01T00:00:00Z"


def next_event(chooser: random.Random, instance: Instance, *, stray: float = 0.25) -> dict[str, Any]:
    """One event; mostly one that something waits for."""
    waiting = instance.waiting()
    if chooser.random() < stray or not waiting:
        return stray_event(chooser, instance)
    item = chooser.choice(waiting)
    match item["kind"]:
        case "task":
            event: dict[str, Any] = {"task": item["element"]}
            if chooser.random() < 0.4:
                event["result"] = {chooser.choice("abc"): chooser.randint(0, 6)}
            return event
        case "message" | "signal" as kind:
            payload = {"payload": {chooser.choice("abc"): chooser.randint(0, 6)}} if chooser.random() < 0.3 else {}
            return {kind: item["name"]} | payload
        case "timer":
            return {"timer": item["due"]}
    return stray_event(chooser, instance)


def stray_event(chooser: random.Random, instance: Instance) -> dict[str, Any]:
    """An event that boundary events may wait for, or nobody."""
    match chooser.choice(("message", "signal", "timer", "task")):
        case "message":
            return {"message": chooser.choice((*MESSAGES, *HANDLED))}
        case "signal":
            return {"signal": chooser.choice((*SIGNALS, *HANDLED_SIGNALS))}
        case "task":
            return {"task": chooser.choice(instance.processes[0].nodes).id, "instance": chooser.randint(1, 3)}
    hours = chooser.randint(0, 30)
    day, hour = instance.now.date.day if hasattr(instance.now, "date") else 1, hours % 24
    return {"timer": f"2026-01-{day + hours // 24:02}T{hour:02}:00:00Z"}
