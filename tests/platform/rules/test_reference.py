"""Random rule sets and event streams: the kernel fires what the reference fires, in its order."""

import pytest

from tests.platform.rules.programs import check

BATCH = 500


@pytest.mark.parametrize("batch", range(8))
def test_kernel_and_reference_agree(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        check(seed)
