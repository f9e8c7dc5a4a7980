"""SpiffWorkflow does the same on what both run; docs/process-specification.md says where it does not, and why."""

from __future__ import annotations

import pytest

from tests.dsl.oracles.spiff import difference
from tests.dsl.oracles.spiff_models import BLOCKS, Writer

BATCH = 100
COMMON = tuple(block for block in BLOCKS if block not in ("inclusive", "loop"))


@pytest.mark.parametrize("batch", range(5))
def test_the_common_subset(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        assert difference(Writer(seed, COMMON), seed) == "", f"seed {seed}"


@pytest.mark.parametrize("batch", range(5))
def test_what_differs_has_a_join_in_a_loop_or_an_inclusive_join(batch: int) -> None:
    different = 0
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        writer = Writer(seed)
        writer.text()
        found = difference(Writer(seed), seed)
        assert found == "" or writer.hard, f"seed {seed}: {found}"
        different += found != ""
    assert different <= BATCH // 20
