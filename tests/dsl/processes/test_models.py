"""Random models on the specification: sound ones come to an end and leave nothing behind."""

from __future__ import annotations

import random

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.specification.processes import Instance
from tests.dsl.processes.driving import START, next_event
from tests.dsl.processes.generator import structured

BATCH = 100
MOST, STRAY = 600, 20
"""Events that a sound model gets; the first of them may be such that nothing, or only a handler, waits for."""


def finished(seed: int) -> Instance:
    """A sound model driven to its end."""
    module, chooser = structured(seed), random.Random(seed)
    instance = Instance(module, now=START)
    for number in range(MOST):
        if instance.status != "waiting":
            break
        instance.event(next_event(chooser, instance, stray=0.2 if number < STRAY else 0))
    return instance


@pytest.mark.parametrize("batch", range(10))
def test_sound_models_complete(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        instance = finished(seed)
        assert instance.status in ("completed", "terminated"), f"seed {seed}: {instance.result()}"
        assert (instance.tokens, instance.waits, instance.stack) == ({}, {}, [])
        if instance.status == "completed":
            assert [b.parent for b in instance.branches.values()] == [None], f"seed {seed}: branches are left"


def test_models_are_what_their_seed_says() -> None:
    assert ir.show(structured(7)) == ir.show(structured(7))
    assert len({ir.show(structured(seed)) for seed in range(50)}) == 50


def test_every_kind_of_node_occurs() -> None:
    kinds = {(n.kind, n.trigger and n.trigger.kind) for seed in range(300) for n in structured(seed).processes[0].nodes}
    wanted = {"automatic", "wait", "receive", "call", "scope", "event-scope", "exclusive", "inclusive", "parallel"}
    assert wanted | {"event-gateway"} <= {kind for kind, _ in kinds}
    boundary = {trigger for kind, trigger in kinds if kind == "boundary"}
    assert boundary == {"message", "signal", "timer", "condition", "error", "escalation", "compensate"}
