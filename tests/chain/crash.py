"""SIGKILL at random moments under load: each restart stands on the hash that a run without kills has at that height,
and no block that was reported as committed is ever lost.

    python -m tests.chain.crash --kills 200
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from cybermiles.platform import cbor_encode
from tests.chain.people import Stream

BLOCK_TRANSACTIONS = 20


def write_script(file: Path, blocks: int, seed: int) -> None:
    """The transactions of each block; all quote the genesis rate as long as it is in the window."""
    stream = Stream(seed)
    script = []
    for height in range(1, blocks + 1):
        stream.rate_height = max(0, height - 50)
        script.append(stream.opening() if height == 1 else [stream.next() for _ in range(BLOCK_TRANSACTIONS)])
    file.write_bytes(cbor_encode(script))


def run_worker(home: Path, script: Path, kill_after: float | None) -> list[str]:
    """The lines that a worker printed until it was done or killed."""
    argv = [sys.executable, "-m", "tests.chain.crash_worker", str(home), str(script)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        timer = threading.Timer(kill_after, worker.kill) if kill_after is not None else None
        if timer:
            timer.start()
        out, err = worker.communicate()
        if timer:
            timer.cancel()
    if worker.returncode not in (0, -9):
        raise AssertionError(f"the worker ended with {worker.returncode}:\n{err}")
    lines = out.splitlines()
    return lines if out.endswith("\n") or not lines else lines[:-1]


def soak(folder: Path, *, kills: int, seed: int, blocks: int) -> dict[str, int]:
    """Kills workers until so many kills have hit; raises AssertionError at the first wrong hash or lost block."""
    script = folder / "script"
    write_script(script, blocks, seed)
    reference = {0: ""}
    for line in run_worker(folder / "reference", script, None):
        words = line.split()
        if words[0] == "open":
            reference[int(words[1])] = words[2]
        elif words[0] != "done":
            reference[int(words[0])] = words[1]
    assert len(reference) == blocks + 1
    dice = random.Random(seed)
    count, lives, home, committed, replays = 0, 0, 0, 0, 0
    while count < kills:
        lines = run_worker(folder / f"run{home}", script, 0.6 + dice.random() * 1.6)
        count += 1
        for line in lines:
            words = line.split()
            if words[0] == "open":
                height, app_hash = int(words[1]), words[2]
                assert height >= committed, f"block {committed} was committed, the restart stands at {height}"
                assert app_hash == reference[height], f"height {height}: {app_hash}, without kills {reference[height]}"
                lives += 1
                replays += height > 0
            elif words[0] == "done":
                home, committed = home + 1, 0
                count -= 1
                break
            else:
                committed = int(words[0])
                assert words[1] == reference[committed], f"height {committed}: {words[1]}"
    return {"kills": count, "starts": lives, "recoveries": replays, "chains completed": home, "height": committed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=3_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder), kills=options.kills, seed=options.seed, blocks=options.blocks))


if __name__ == "__main__":
    main()
