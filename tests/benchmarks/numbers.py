"""Operations of the number type a second, against Python's `decimal` (libmpdec, in C) in the same run.

    python -m tests.benchmarks.numbers

Ours run over numbers in memory, in a loop inside the kernel; Python's in `map` over Decimals, so its figures include a
call of a C function each. Python's pow is not correctly rounded.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from decimal import Context, Decimal

from cybermiles.platform import decimal_repeat
from tests.benchmarks.tables import table

CONTEXT = Context(prec=34, Emin=-6143, Emax=6144, clamp=1)
PAIRS = 2_000
RUNS = 5

Operation = Callable[[Decimal, Decimal], object]
PYTHON: dict[str, Operation] = {
    "add": CONTEXT.add,
    "sub": CONTEXT.subtract,
    "mul": CONTEXT.multiply,
    "div": CONTEXT.divide,
    "rem": CONTEXT.remainder,
    "compare": CONTEXT.compare,
    "sqrt": lambda a, _: CONTEXT.sqrt(a),
    "ln": lambda a, _: CONTEXT.ln(a),
    "exp": lambda a, _: CONTEXT.exp(a),
    "pow": CONTEXT.power,
}
SLOW = {"ln", "exp", "pow"}


def operands(kind: str, seed: int) -> list[str]:
    """Positive operands: whole numbers, money, or full coefficients around one."""
    r = random.Random(f"{kind} {seed}")
    make: dict[str, Callable[[], str]] = {
        "whole": lambda: str(r.randrange(1, 10**6)),
        "money": lambda: f"{r.randrange(1, 10**8)}E-2",
        "34 digits": lambda: f"{r.randrange(10**33, 10**34)}E-{r.randrange(32, 35)}",
    }
    return [make[kind]() for _ in range(PAIRS)]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object], base: Callable[[], object], operations: int) -> float:
    """Seconds of one operation, the cost of `base` taken off."""
    found = sorted((_timed(work) - _timed(base)) / operations for _ in range(RUNS))
    return max(statistics.median(found), 1e-10)


def measure(op: str, kind: str) -> list[object]:
    """Operations a second of both."""
    a, b = operands(kind, 1), operands(kind, 2)
    rounds = 2 if op in SLOW else 500
    ours = _median(lambda: decimal_repeat(op, a, b, rounds), lambda: decimal_repeat(op, a, b, 0), rounds * PAIRS)
    x, y = [Decimal(text) for text in a], [Decimal(text) for text in b]
    times = 1 if op in SLOW else 10
    run = PYTHON[op]

    def loop(function: Operation) -> None:
        for _ in range(times):
            for _ in map(function, x, y):
                pass

    theirs = _median(lambda: loop(run), lambda: None, times * PAIRS)
    return [f"{op}, {kind}", 1 / ours, 1 / theirs, theirs / ours]


def main() -> None:
    """Prints the table."""
    rows = [measure(op, kind) for op in PYTHON if op not in SLOW for kind in ("whole", "money", "34 digits")]
    rows += [measure(op, "34 digits") for op in sorted(SLOW)]
    print(table("Numbers", ["operation", "kernel, a second", "Python decimal, a second", "ratio"], rows))


if __name__ == "__main__":
    main()
