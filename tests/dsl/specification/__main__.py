"""python -m tests.dsl.specification COUNT [FIRST_SEED]: random programs on the kernel and on the specification.

Prints each seed that fails with its smallest failing part as text of the IR; exit code 1 if any does.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time

from cybermiles.dsl import ir
from tests.dsl.specification.differential import difference, shrunk
from tests.dsl.specification.generator import FEATURES, generate

BATCH = 200


def run(first: int, count: int) -> list[tuple[int, str]]:
    """The seeds that fail, with what is not the same."""
    failed = []
    for seed in range(first, first + count):
        try:
            found = difference(generate(seed, features()))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found:
            failed.append((seed, found))
    return failed


def features() -> frozenset[str]:
    """All of them; the environment may leave some out while one of them is worked on."""
    return FEATURES - frozenset(os.environ.get("WITHOUT", "").split())


def _batch(job: tuple[int, int]) -> list[tuple[int, str]]:
    return run(*job)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    jobs = [(at, min(BATCH, first + count - at)) for at in range(first, first + count, BATCH)]
    began, failed = time.monotonic(), []
    with multiprocessing.Pool() as pool:
        for done in pool.imap(_batch, jobs):
            failed += done
            for seed, found in done:
                print(f"seed {seed}: {found[:600]}", flush=True)
    if failed:
        seed, found = failed[0]
        kind = found.split(":")[0]
        small = shrunk(generate(seed, features()), lambda p: difference(p).split(":")[0] == kind)
        print(f"\nsmallest part of seed {seed}:\n{ir.show(small.module.rulesets[0], spans=False)}")
        print(json.dumps(small.events), difference(small), sep="\n")
    print(f"{count} programs, {len(failed)} differ, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
