"""The kernel does what the specification says, on random programs and on those that once showed a difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cybermiles.dsl import ir
from tests.dsl.specification.differential import difference
from tests.dsl.specification.generator import Program, generate

BATCH, BATCHES = 250, 20
CASES = Path(__file__).parents[2] / "conformance" / "specification"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_programs(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        assert difference(generate(seed)) == "", f"seed {seed}: python -m tests.dsl.specification 1 {seed}"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_programs_that_once_differed(case: Path) -> None:
    content = json.loads(case.read_text())
    assert difference(Program(ir.parse(content["module"]), tuple(content["events"]))) == ""
