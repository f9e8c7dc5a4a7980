"""Kill the process at random moments and at every labelled step: nothing acknowledged is lost, the hash is the same.

The long form: `CRASH_KILLS=1000 python -m pytest tests/platform/state/test_crash.py`.
"""

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cybermiles.platform import STATE_FAILPOINTS
from tests.platform.state.crashing import Chain, expected

KILLS = int(os.environ.get("CRASH_KILLS", "40"))
HEIGHTS = max(3000, 60 * KILLS)


def start(folder: Path, *arguments: str, heights: int = HEIGHTS) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.platform.state.crashing", str(folder), str(heights), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def acknowledged(output: str) -> int:
    """The last height whose line is complete."""
    lines = output[: output.rfind("\n") + 1].split()
    return int(lines[-1]) if lines else 0


def test_killed_at_random_moments(tmp_path: Path) -> None:
    roots, pick, height = expected(HEIGHTS), random.Random(4), 0
    for _ in range(KILLS):
        child = start(tmp_path)
        assert child.stdout
        child.stdout.readline()  # it is open
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(pick.random() * 0.12)
        child.kill()
        output, error = child.communicate()
        assert not error
        reached = max(acknowledged(output), height)
        chain = Chain(tmp_path)
        assert reached <= chain.height <= reached + 1 or (not output and chain.height >= height)
        assert chain.store.root == roots[chain.height]
        chain.log.verify()
        height = chain.height
        if height > HEIGHTS - 200:
            break
        del chain
    assert height > 20


@pytest.mark.parametrize("label", [label for label in STATE_FAILPOINTS if not label.startswith("rollback")])
@pytest.mark.parametrize("hit", [1, 4])
def test_stopped_at_each_step(tmp_path: Path, label: str, hit: int) -> None:
    child = start(tmp_path, label, str(hit), heights=40)
    output, _ = child.communicate(timeout=30)
    assert child.returncode == -6  # the failpoint was reached
    chain = Chain(tmp_path)
    reached = acknowledged(output)
    assert reached <= chain.height <= reached + 1
    assert (chain.log.torn is not None) == (label == "log:half-written")
    if label.startswith("log:") and label != "log:after-sync":
        assert chain.height == reached + (label == "log:before-sync")  # no power cut: what was written is there
    roots = expected(60)
    assert chain.store.root == roots[chain.height]
    while chain.height < 60:
        chain.step()
    assert chain.store.root == roots[60]
    for at in range(chain.store.heights[0], 61):
        assert chain.store.view(at).root == roots[at]


def test_stopped_in_a_rollback(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    for _ in range(20):
        chain.step()
    chain.store.close()
    program = (
        "from cybermiles.platform import Store; import sys;"
        "Store(sys.argv[1], keep=6, fail_at='rollback:before-commit').rollback(17)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -6
    chain = Chain(tmp_path)
    assert (chain.height, chain.replayed) == (20, 0)
    chain.store.rollback(17)
    chain.store.close()
    chain.log.truncate(17)
    chain = Chain(tmp_path)
    assert (chain.height, chain.store.root) == (17, expected(17)[17])


def test_a_log_behind_the_state_is_noticed(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    for _ in range(9):
        chain.step()
    chain.store.flush()
    chain.log.truncate(5)
    chain.store.close()
    with pytest.raises(SystemExit, match="the state has height 9, the log 5"):
        Chain(tmp_path)
