"""One model with one sequence of events on the kernel and on the specification, compared after each event."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import module_dict
from cybermiles.dsl.compiler import PASSES
from cybermiles.dsl.specification import Halt
from cybermiles.dsl.specification.processes import Instance
from cybermiles.dsl.specification.processes.data import same
from tests.dsl.processes.driving import START, next_event
from tests.dsl.processes.generator import structured, tangled

EVENTS = 40
STEPS = 2_000
"""Bound on the work of a model; one that goes on for ever is no case."""
TOKENS = 60
"""Bound on the tokens, for the same reason."""


@dataclass(frozen=True, slots=True)
class Case:
    """A model and the events that came, or those that are still to be chosen (None)."""

    module: ir.Module
    seed: int = 0
    events: tuple[dict[str, Any], ...] | None = None


def case_of(seed: int) -> Case:
    """Every third model is tangled; of the others every second may have conflicts."""
    if seed % 3 == 2:
        return Case(tangled(seed), seed)
    return Case(structured(seed, conflicts=seed % 2 == 1), seed)


def lowered(module: ir.Module) -> ir.Module:
    """The module after all passes."""
    for _, run in PASSES:
        module = run(module)
    return module


class Kernel:
    """The kernel's engine. A run that has halted answers nothing more."""

    def __init__(self, module: ir.Module) -> None:
        process = module.processes[0]
        encoded, _ = module_dict(module)
        code = kernel.module_encode(encoded)
        self.halted: str | None = None
        try:
            self.run = kernel.ProcessRun(code, f"{process.file}#{process.id}", {}, START)
        except kernel.RunError as error:
            self.halted = error.code

    def event(self, event: dict[str, Any]) -> bool:
        try:
            return bool(self.run.event(event))
        except kernel.RunError as error:
            self.halted = error.code
            return True

    def state(self) -> dict[str, Any]:
        if self.halted is not None:
            return {"halted": self.halted}
        return shown(self.run.state(), self.run.state()["tokens"])


def shown(state: dict[str, Any], tokens: list[str]) -> dict[str, Any]:
    """What is compared. After a failure it is that alone: the kernel has taken the step back."""
    failure = state.get("failure") or {}
    if failure:
        return {"status": state["status"], "code": failure["code"], "element": failure["element"]}
    found = {key: state[key] for key in ("status", "variables", "path")}
    found["waiting"] = sorted(str(sorted(item.items())) for item in state["waiting"])
    return found | {"tokens": sorted(tokens)}


def difference(case: Case) -> str:
    """What is not the same, empty if nothing."""
    found, _ = compared(case)
    return found


def compared(case: Case) -> tuple[str, list[dict[str, Any]]]:
    """What is not the same, and the events up to there."""
    module, chooser = lowered(case.module), random.Random(case.seed)
    sent: list[dict[str, Any]] = []
    try:
        instance, halted = Instance(module, now=START, steps=STEPS), None
    except Halt as halt:
        instance, halted = None, halt
    if halted is not None and halted.code == "out-of-gas":
        return "", sent
    there = Kernel(module)
    while True:
        if halted is not None or instance is None:
            mine: dict[str, Any] = {"halted": halted.code if halted else ""}
        else:
            mine = shown(instance.result(), instance.places())
        theirs = there.state()
        if not same(mine, theirs):
            keys = sorted(k for k in mine.keys() | theirs.keys() if not same(mine.get(k), theirs.get(k)))
            text = "; ".join(f"{key} {mine.get(key)}, kernel {theirs.get(key)}" for key in keys)
            return f"{keys[0]}: after {len(sent)} events: {text}", sent
        if (
            "halted" in mine
            or instance is None
            or instance.status != "waiting"
            or len(sent) >= EVENTS
            or len(instance.tokens) > TOKENS
        ):
            return "", sent
        if case.events is None:
            event = next_event(chooser, instance)
        elif len(sent) < len(case.events):
            event = case.events[len(sent)]
        else:
            return "", sent
        sent.append(event)
        try:
            taken = instance.event(event)
        except Halt as halt:
            if halt.code == "out-of-gas":
                return "", sent
            halted = halt
            taken = True
        if there.event(event) != taken and halted is None:
            return f"taken: after {len(sent)} events: {event} {taken}, kernel {not taken}", sent
