"""Miss Manners and Waltz beside CLIPS 6.4, both with the strategy `depth`, gas on: load plus run, and peak memory.

Load: the facts go from memory that is already parsed into working memory (CLIPS: `reset` of a `deffacts`).
Memory: see `memory`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clips

from cybermiles import platform as kernel
from cybermiles.dsl.compiler import Source, compile_rules
from tests.benchmarks.classics import manners, waltz
from tests.benchmarks.classics.memory import peak
from tests.benchmarks.tables import best_and_median, table

FOLDER = Path(__file__).parent
GAS = 1 << 62
RUNS = 7


@dataclass(frozen=True)
class Problem:
    """A problem of one size, for both engines."""

    rules: str
    size: int
    facts: Callable[[int], list[dict[str, Any]]]
    clips_facts: Callable[[int], str]

    @property
    def name(self) -> str:
        return f"{self.rules} {self.size}"


PROBLEMS = (
    Problem("manners", 64, manners.facts, manners.clips_facts),
    Problem("manners", 128, manners.facts, manners.clips_facts),
    Problem("waltz", 12, waltz.facts, waltz.clips_facts),
    Problem("waltz", 50, waltz.facts, waltz.clips_facts),
)


class Ours:
    """The problem on the kernel."""

    name = "CyberMiles"

    def __init__(self, problem: Problem, size: int) -> None:
        text = FOLDER.joinpath(f"{problem.rules}.drl").read_text(encoding="utf-8")
        module = compile_rules([Source(f"{problem.rules}.drl", text)]).module
        module["rulesets"][0]["strategy"] = "depth"
        self.rules = kernel.module_encode(module)
        self.session = kernel.RuleSession(kernel.Module(self.rules), "rules", gas_limit=GAS, record=False)
        self.batch = kernel.FactBatch(problem.facts(size))

    def run(self) -> int:
        """Load and run: how often rules fired."""
        self.session.rewind(GAS)
        return self.session.batch(self.batch, one_by_one=False)[0]

    def facts(self) -> Counter[str]:
        """Facts by their types, edges by their labels too."""
        return Counter(f"{fact['$type'].lower()} {fact.get('label', '')}".strip() for fact in self.session.facts())


class Peer:
    """The problem on CLIPS."""

    name = "CLIPS"

    def __init__(self, problem: Problem, size: int) -> None:
        self.environment = clips.Environment()
        path = FOLDER / f"{problem.rules}.clp"
        self.rules = path.read_bytes().partition(b"\n\n")[2]
        self.environment.load(str(path))
        self.environment.eval("(set-strategy depth)")
        self.environment.build(problem.clips_facts(size))

    def run(self) -> int:
        """Load and run: how often rules fired."""
        self.environment.reset()
        return int(self.environment.run())

    def facts(self) -> Counter[str]:
        """As of `Ours`."""
        found: Counter[str] = Counter()
        for fact in self.environment.facts():
            name = fact.template.name.replace("-", "")
            found[f"{name} {fact['label']}" if name == "edge" else name] += 1
        return found


def measure(problem: Problem, runs: int) -> list[object]:
    """A row of the table; both engines must have done the same."""
    ours, peer = Ours(problem, problem.size), Peer(problem, problem.size)
    fired, expected = ours.run(), peer.run()
    assert fired == expected, (problem.name, fired, expected)
    assert ours.facts() == peer.facts(), (problem.name, ours.facts(), peer.facts())
    (best, median), (peer_best, peer_median) = best_and_median([ours.run, peer.run], runs)
    memory = [peak(engine.name, problem.rules, problem.size, engine.rules) for engine in (ours, peer)]
    shown = [f"{1000 * seconds:,.1f}" for seconds in (best, median, peer_best, peer_median)]
    ratio = memory[0] / memory[1]
    return [problem.name, fired, *shown, median / peer_median, *memory, ratio]


def main() -> str:
    return table(
        f"Load plus run, strategy depth, gas on ({RUNS} runs by turns)",
        [
            "problem",
            "firings",
            "ms, best",
            "ms, median",
            "CLIPS ms, best",
            "CLIPS ms, median",
            "time to CLIPS's",
            "MiB",
            "CLIPS MiB",
            "memory to CLIPS's",
        ],
        [measure(problem, RUNS) for problem in PROBLEMS],
    )


if __name__ == "__main__":
    print(main())
