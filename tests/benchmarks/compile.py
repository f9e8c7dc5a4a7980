"""How long rules take to compile, and how long the check of a change takes."""

from __future__ import annotations

import statistics

from cybermiles.dsl.compiler import Source, Unit, check_module, compile_rules
from tests.benchmarks.pricing import drl
from tests.benchmarks.tables import seconds, table

RUNS = 5


def _changed(text: str, turn: int) -> str:
    """The text with one rule in its middle edited, a line longer than before."""
    return text.replace('rule "r500"\nwhen\n', f'rule "r500"\nwhen\n  // edit {turn}\n' + "\n" * turn, 1)


def main() -> str:
    text = drl(1_000)
    unit = [Unit(rulesets={"rules": [Source("r.drl", _changed(text, i))]}) for i in range(RUNS + 1)]
    cold = [seconds(lambda: compile_rules([Source("r.drl", text)])) for _ in range(RUNS)]
    first = seconds(lambda: check_module(unit[0]))
    again = [seconds(lambda u=u: check_module(u)) for u in unit[1:]]  # type: ignore[misc]
    return table(
        f"1,000 rules (median of {RUNS})",
        ["what", "seconds", "goal"],
        [
            ["compile, cold: source to admitted module", statistics.median(cold), 3.0],
            ["first check", first, ""],
            ["check after a change of one rule", statistics.median(again), 0.15],
        ],
    )


if __name__ == "__main__":
    print(main())
