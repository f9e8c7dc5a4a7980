"""A decision on a table of 30 rows and of 3,000: cells are a category, a range or `-`, one to three rows are true."""

from __future__ import annotations

from cybermiles.dsl.compiler import Compiled, Source, compile_rules
from cybermiles.platform import FactBatch, Module, RuleSession
from tests.benchmarks.tables import median_rates, table

DECISIONS = 20_000
SIZES = (30, 300, 3_000)
WIDTH = 100
"""Of the scores that a table's ranges cover, in tenths of a row's stretch."""
TYPES = "declare Order\n category : String\n score : int\n amount : int\n points : int\nend\n"


def rows(size: int) -> list[str]:
    """Rows in threes: a category with a range of scores, the same range in upper halves of the amount, any category."""
    made = []
    groups = size // 30
    for group in range(groups):
        low = group * WIDTH
        for category in range(10):
            made += [
                f'- ["C{category}", "[{low}..{low + WIDTH})", "-", 1]',
                f'- ["C{category}", "[{low}..{low + WIDTH})", "> 500", 2]',
                f'- ["-", "[{low + 10 * category}..{low + 10 * category + 10})", "> 800", 3]',
            ]
    return made


def compiled(size: int) -> Compiled:
    """The table under `collect, sum`: points are added up."""
    head = "table: points\nfact: Order\nhit: C+\ninputs: [category, score, amount]\noutputs: [points]\nrows:\n"
    return compile_rules([Source("types.drl", TYPES), Source("points.yaml", head + "\n".join(rows(size)) + "\n")])


def facts(size: int) -> FactBatch:
    """Orders all over the table, of which one, two or three rows are true."""
    scores = size // 30 * WIDTH
    return FactBatch(
        [
            {"$type": "Order", "category": f"C{i * 7 % 10}", "score": i * 7919 % scores, "amount": i * 104_729 % 1200}
            for i in range(DECISIONS)
        ]
    )


def main() -> str:
    work = {}
    for size in SIZES:
        session = RuleSession(Module(compiled(size).code), "rules", gas_limit=1 << 62, record=False)
        batch = facts(size)

        def decide(session: RuleSession = session, batch: FactBatch = batch) -> int:
            session.batch(batch, one_by_one=True)
            return DECISIONS

        decide()
        work[str(size)] = decide
    rates = median_rates(work, runs=7)
    first = rates[str(SIZES[0])]
    return table(
        f"Decisions on a table, gas on ({DECISIONS:,} decisions, median of 7)",
        ["rows", "decisions a second", f"time of one beside {SIZES[0]} rows"],
        [[size, rates[str(size)], first / rates[str(size)]] for size in SIZES],
    )


if __name__ == "__main__":
    print(main())
