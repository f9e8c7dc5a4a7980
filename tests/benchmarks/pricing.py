"""One-pattern pricing decisions, gas on, beside CLIPS 6.4 (and Drools) on the same rules and facts in the same run.

A rule: the category is equal, the score lies in a range, the amount is below a limit; it adds points to the order. Each
decision is a session's only fact. CLIPS runs its loop inside CLIPS: a deffunction computes each order's three fields by
the same formulas, asserts it, runs, and retracts it.
"""

from __future__ import annotations

import re

import clips

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.platform import FactBatch, Module, RuleSession
from tests.benchmarks import drools
from tests.benchmarks.tables import median_rates, table

CATEGORIES = 10
DECISIONS = 20_000


def bounds(index: int) -> tuple[str, int, int, int]:
    """Category, lowest and highest score, limit of the amount of a rule."""
    step = index // CATEGORIES
    return f"C{index % CATEGORIES}", (step * 37) % 600 + 200, (step * 37) % 600 + 290, 500 + index * 13 % 500


def drl(rules: int) -> str:
    parts = ["declare Order\n category : String\n score : int\n amount : int\n points : int\nend\n"]
    for index in range(rules):
        category, low, high, limit = bounds(index)
        parts.append(
            f'rule "r{index}"\nwhen\n  $o : Order( category == "{category}", score >= {low}, score < {high}, '
            f"amount < {limit} )\nthen\n  $o.points = $o.points + {index % 7 + 1}\nend\n"
        )
    return "".join(parts)


def drools_rules(rules: int) -> str:
    """The same for Drools, whose consequences are Java."""
    return re.sub(r"\$o.points = \$o.points \+ (\d+)", r"$o.setPoints($o.getPoints() + \1);", drl(rules))


def clips_program(rules: int) -> str:
    parts = ["(deftemplate order (slot category) (slot score) (slot amount))\n(defglobal ?*points* = 0)\n"]
    for index in range(rules):
        category, low, high, limit = bounds(index)
        parts.append(
            f"(defrule r{index} (order (category {category}) (score ?s&:(>= ?s {low})&:(< ?s {high})) "
            f"(amount ?a&:(< ?a {limit}))) => (bind ?*points* (+ ?*points* {index % 7 + 1})))\n"
        )
    names = " ".join(f"C{i}" for i in range(CATEGORIES))
    parts.append(f"(defglobal ?*names* = (create$ {names}))\n")
    parts.append(
        "(deffunction decide (?n) (loop-for-count (?i 0 ?n) do "
        f"(bind ?f (assert (order (category (nth$ (+ 1 (mod (* ?i 7) {CATEGORIES})) ?*names*)) "
        "(score (+ 200 (mod (* ?i 7919) 650))) (amount (mod (* ?i 104729) 1200))))) "
        "(run) (retract ?f)))\n"
    )
    return "".join(parts)


def orders(count: int) -> list[tuple[str, int, int]]:
    """A fixed stream of orders, spread over categories, scores and amounts."""
    return [(f"C{i * 7 % CATEGORIES}", 200 + i * 7919 % 650, i * 104_729 % 1200) for i in range(count)]


def measure(rules: int, runs: int) -> tuple[dict[str, float], dict[str, int]]:
    """Rates a second, and how often rules fired, which must agree."""
    stream = orders(DECISIONS)
    compiled = compile_rules([Source("pricing.drl", drl(rules))])
    session = RuleSession(Module(compiled.code), "rules", gas_limit=1 << 62, record=False)
    batch = FactBatch([{"$type": "Order", "category": c, "score": s, "amount": a, "points": 0} for c, s, a in stream])
    environment = clips.Environment()
    for construct in split_constructs(clips_program(rules)):
        environment.build(construct)
    environment.reset()
    fired: dict[str, int] = {}

    def kernel() -> int:
        fired["CyberMiles"] = session.batch(batch, one_by_one=True)[0]
        return DECISIONS

    def peer() -> int:
        environment.eval(f"(decide {DECISIONS - 1})")
        return DECISIONS

    kernel()
    fired["CLIPS"] = count_firings(environment, stream)
    rates = median_rates({"CyberMiles": kernel, "CLIPS": peer}, runs)
    return rates, fired


def count_firings(environment: clips.Environment, stream: list[tuple[str, int, int]]) -> int:
    """Firings of one pass, one decision at a time through the bridge."""
    template = environment.find_template("order")
    total = 0
    for category, score, amount in stream:
        fact = template.assert_fact(category=clips.Symbol(category), score=score, amount=amount)
        total += environment.run()
        fact.retract()
    return total


def split_constructs(program: str) -> list[str]:
    """One construct a line, as the generator writes them."""
    return [line for line in program.splitlines() if line]


def main() -> str:
    rows: list[list[object]] = []
    for rules in (10, 100, 1000):
        rates, fired = measure(rules, runs=5)
        assert fired["CyberMiles"] == fired["CLIPS"], fired
        ratio = rates["CyberMiles"] / rates["CLIPS"]
        other = drools.pricing(drools_rules(rules), orders(DECISIONS))
        assert other is None or other[1] == fired["CLIPS"], other
        peer: list[object] = ["not installed", ""] if other is None else [other[0], rates["CyberMiles"] / other[0]]
        row = [rules, rates["CyberMiles"], rates["CLIPS"], ratio, *peer, fired["CLIPS"] / DECISIONS]
        rows.append(row)
    return table(
        f"Pricing decisions, one pattern, gas on ({DECISIONS:,} decisions, median of 5)",
        [
            "rules",
            "CyberMiles a second",
            "CLIPS 6.4 a second",
            "ratio",
            "Drools 10.2 a second, warm",
            "ratio to Drools",
            "firings a decision",
        ],
        rows,
    )


if __name__ == "__main__":
    print(main())
