"""`python -m tests.platform.number_soak`: every operator against Python's `decimal`, 10^7 operations each.

Each run of the same seed makes the same operands; `--seed` makes others.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tests.platform.number_cases import ORACLE, mismatches

BATCH = 100_000


def main() -> int:
    """Runs the batches on all processors and prints one line an operator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000_000, help="for each operator")
    parser.add_argument("--only", nargs="*", choices=list(ORACLE), default=list(ORACLE))
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=None)
    options = parser.parse_args()
    batches = max(1, options.operations // BATCH)
    size = min(BATCH, options.operations)
    failed = False
    with ProcessPoolExecutor(options.workers) as pool:
        for op in options.only:
            start = time.perf_counter()
            seeds = range(options.seed, options.seed + batches)
            wrong = [case for part in pool.map(mismatches, repeat(op), repeat(size), seeds) for case in part]
            seconds = time.perf_counter() - start
            print(f"{op:9} {batches * size:>11,} operations  {len(wrong)} differ  {seconds:8.1f} s", flush=True)
            for a, b, found, expected in wrong[:10]:
                print(f"    {op} {a} {b}: {found}, expected {expected}")
            failed = failed or bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
