"""The kernel does what the specification says, on random models and on those that once showed a difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cybermiles.dsl import ir
from tests.dsl.processes.differential import Case, case_of, difference

BATCH, BATCHES = 125, 16
CASES = Path(__file__).parents[2] / "conformance" / "processes"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_models(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        assert difference(case_of(seed)) == "", f"seed {seed}: python -m tests.dsl.processes 1 {seed}"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_models_that_once_differed(case: Path) -> None:
    content = json.loads(case.read_text(encoding="utf-8"))
    assert difference(Case(ir.parse(content["module"]), events=tuple(content["events"]))) == ""


def test_a_difference_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a specification that runs flows in another order the harness finds something."""
    from cybermiles.dsl.specification.processes.instance import Instance

    taken = Instance.taken
    monkeypatch.setattr(Instance, "taken", lambda self, token, way: taken(self, token, way)[::-1])
    assert any(difference(case_of(seed)) for seed in range(60))
