"""What all benchmarks share: medians over several runs, and tables in Markdown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_rates(work: dict[str, Callable[[], int]], runs: int = 5) -> dict[str, float]:
    """Each candidate returns how much it did; the median rate a second, the candidates taking turns in every run."""
    rates: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(runs):
        for name, run in work.items():
            start = time.perf_counter()
            done = run()
            rates[name].append(done / (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in rates.items()}


def best_and_median(work: list[Callable[[], object]], runs: int) -> list[tuple[float, float]]:
    """The least and the median wall time in seconds of each, all taking turns in every run."""
    times: list[list[float]] = [[] for _ in work]
    for _ in range(runs):
        for found, run in zip(times, work, strict=True):
            found.append(seconds(run))
    return [(min(found), statistics.median(found)) for found in times]


def table(title: str, columns: list[str], rows: list[list[object]]) -> str:
    """A Markdown table under a heading."""
    lines = [f"### {title}", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(show(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def show(cell: object) -> str:
    """Large numbers with separators, small ones with three significant digits."""
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
    return str(cell)
