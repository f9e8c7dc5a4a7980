"""The state store: root and commit of 5,000 updates, durable flush, proofs, reads, opening; at 10^5 and 10^6 keys.

`python -m tests.benchmarks.state [--keys 100000 1000000]`. Keys of 32 bytes, values of 96, uniform updates.
"""

import argparse
import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cybermiles.platform import Stage, Store, import_snapshot, verify_proof

BATCH = 5_000
ROUNDS = 16


def key(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "little")).digest()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def memory() -> int:
    """Private memory of this process in bytes."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Private_"))


def load(store: Store, keys: int, pick: random.Random) -> None:
    for start in range(0, keys, 50_000):
        part = range(start, min(keys, start + 50_000))
        store.apply(store.height + 1, [(key(i), pick.randbytes(96)) for i in part])
    store.flush()


def stage(store: Store, keys: int, pick: random.Random) -> Stage:
    made = store.stage()
    for number in pick.sample(range(keys), BATCH):
        made.set(key(number), pick.randbytes(96))
    return made


def rounds(store: Store, keys: int, pick: random.Random) -> tuple[list[float], list[float]]:
    """Seconds of the roots and of the commits of several batches."""
    roots, commits = [], []
    for _ in range(ROUNDS):
        made = stage(store, keys, pick)
        roots.append(timed(lambda made=made: store.root_of(made)))  # type: ignore[misc]
        commits.append(timed(lambda made=made: store.commit(made, store.height + 1)))  # type: ignore[misc]
    return roots, commits


def measure(keys: int) -> dict[str, float]:
    pick, out, before = random.Random(1), {"keys": keys}, memory()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, keep=0, flush_every=20, background=False)
        out["load, s"] = timed(lambda: load(store, keys, pick))
        store.close()
        for threads in (1, 2):
            out_open = timed(lambda threads=threads: Store(folder, threads=threads, verify=threads == 2).close())  # type: ignore[misc]
            out[f"open, {'checksums too, 2 threads' if threads == 2 else 'one thread'}, s"] = out_open
        for threads in (1, 2):
            store = Store(folder, keep=128, flush_every=10_000, threads=threads)
            roots, commits = rounds(store, keys, pick)
            out[f"root, {threads} thread{'s'[: threads - 1]}, us a key"] = statistics.median(roots) / BATCH * 1e6
            if threads == 2:
                out["commit in memory, ms"] = statistics.median(commits) * 1e3
                out[f"flush of {ROUNDS} heights, ms"] = timed(store.flush) * 1e3
            store.close()
        store = Store(folder, flush_every=1, background=False)
        _, commits = rounds(store, keys, pick)
        out["commit, durable each, ms"] = statistics.median(commits) * 1e3
        store.close()
        store = Store(folder, flush_every=16)
        _, commits = rounds(store, keys, pick)
        out["commit, flushed beside, median ms"] = statistics.median(commits) * 1e3
        out["commit, flushed beside, worst ms"] = max(commits) * 1e3
        out["private memory, MB"] = (memory() - before) / 1e6
        view, wanted = store.view(), [key(pick.randrange(keys)) for _ in range(20_000)]
        seconds = timed(lambda: [view.prove(k) for k in wanted])
        out["proof, us"] = seconds / len(wanted) * 1e6
        out["proof, bytes"] = statistics.mean(len(view.prove(k)) for k in wanted[:2000])
        out["get, us"] = timed(lambda: [view.get(k) for k in wanted]) / len(wanted) * 1e6
        first = wanted[0]
        value, proof, root = view.get(first), view.prove(first), view.root
        out["verify, us"] = timed(lambda: [verify_proof(root, first, value, proof) for _ in range(5000)]) / 5000 * 1e6
        out["snapshot, s"] = timed(lambda: view.export(folder + "/snapshot"))
        root = store.root
        store.close()
        copy = folder + "/copy"
        out["import, s"] = timed(lambda: import_snapshot(folder + "/snapshot", copy, root=root))
        out["file, MB"] = (Path(folder) / "state.redb").stat().st_size / 1e6
    return out


def table(results: list[dict[str, float]]) -> str:
    lines = ["### State store", "", "| " + " | ".join(["what", *(f"{r['keys']:,} keys" for r in results)]) + " |"]
    lines.append("|" + "---|" * (len(results) + 1))
    for name in results[0]:
        if name != "keys":
            lines.append("| " + " | ".join([name, *(f"{r[name]:,.2f}" for r in results)]) + " |")
    return "\n".join(lines) + "\n"


def main(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> str:
    return table([measure(keys) for keys in sizes])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, nargs="+", default=[100_000, 1_000_000])
    print(main(tuple(parser.parse_args().keys)))
