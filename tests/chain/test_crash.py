"""The short form of `python -m tests.chain.crash`."""

from pathlib import Path

from tests.chain.crash import soak


def test_every_restart_stands_on_the_hash_of_a_run_without_kills(tmp_path: Path) -> None:
    found = soak(tmp_path, kills=12, seed=3, blocks=1_000)
    assert found["kills"] == 12
    assert found["recoveries"] > 3, found
