"""python -m tests.dsl.processes COUNT [FIRST_SEED]: random models on the kernel and on the specification.

Prints each seed that fails; with --keep, the failing models and events become cases under tests/conformance. Exit code
1 if any fails.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from pathlib import Path

from cybermiles.dsl import ir
from tests.dsl.processes.differential import case_of, compared

BATCH = 100
CASES = Path(__file__).parents[2] / "conformance" / "processes"


def run(job: tuple[int, int]) -> list[tuple[int, str]]:
    """The seeds that fail, with what is not the same."""
    failed = []
    for seed in range(job[0], job[0] + job[1]):
        try:
            found, _ = compared(case_of(seed))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found:
            failed.append((seed, found))
    return failed


def keep(seed: int) -> None:
    """Writes a failing model with its events as a case."""
    case = case_of(seed)
    _, events = compared(case)
    CASES.mkdir(exist_ok=True)
    content = {"seed": seed, "module": ir.show(case.module, spans=False), "events": events}
    (CASES / f"seed-{seed}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    count = int(arguments[0]) if arguments else 10_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    jobs = [(at, min(BATCH, first + count - at)) for at in range(first, first + count, BATCH)]
    began, failed = time.monotonic(), []
    with multiprocessing.Pool() as pool:
        for done in pool.imap(run, jobs):
            failed += done
            for seed, found in done:
                print(f"seed {seed}: {found[:600]}", flush=True)
    if "--keep" in sys.argv:
        for seed, _ in failed[:20]:
            keep(seed)
    print(f"{count} models, {len(failed)} differ, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
