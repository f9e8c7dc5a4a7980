"""Runs on the real machine: results, which rules fired on what, why others did not, errors with their places."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from cybermiles.dsl.archive.sources import read_folder
from cybermiles.studio.services import compiler, machine
from cybermiles.studio.services.machine import Run
from cybermiles.studio.services.projects import Project

PARAMETERS: dict[str, Any] = {"threshold": 740, "discount": Decimal("0.2")}
RULE = "Discount for a good score"


def quote(project: Project, score: int, **given: Any) -> Run:
    outline = compiler.outline(project.sources())
    args = {"fico_score": score, "listed_price": 100}
    return machine.run(project.sources(), "quote", args, given or PARAMETERS, rules=outline.rules)


def test_a_rule_fires_and_its_facts_are_shown(pricing: Project) -> None:
    found = quote(pricing, 741)
    assert found.failure is None
    assert found.result == 80
    assert [firing.rule for firing in found.fired] == [RULE]
    firing = found.fired[0]
    fact = firing.facts[0]
    assert (fact["$type"], fact["fico_score"], fact["price"]) == ("Message", 741, None)
    assert [(change.field, change.before, change.after) for change in firing.changed] == [("price", None, 80)]
    operands = [
        (one.text, one.value) for condition in firing.conditions for c in condition.checks for one in c.operands
    ]
    assert ("fico_score", 741) in operands
    assert ("params.threshold", 740) in operands
    assert found.silent == ()
    assert found.gas > 0


def test_a_rule_that_does_not_fire_says_which_condition_failed(pricing: Project) -> None:
    found = quote(pricing, 740)
    assert found.result is None
    assert found.fired == ()
    assert [silent.rule for silent in found.silent] == [RULE]
    missed = found.silent[0].misses[0].check
    assert missed is not None
    assert missed.text == "fico_score > params.threshold"
    assert [(one.text, one.value) for one in missed.operands] == [("fico_score", 740), ("params.threshold", 740)]


def test_parameters_count(pricing: Project) -> None:
    assert quote(pricing, 701, threshold=700, discount=Decimal("0.25")).result == 75
    refused = quote(pricing, 741, threshold=10, discount=Decimal("0.2"))
    assert refused.failure is not None
    assert refused.failure.code == "bad-parameter"


def test_facts_go_in_and_working_memory_comes_out(pricing: Project) -> None:
    outline = compiler.outline(pricing.sources())
    facts = [{"$type": "Message", "status": "GET_PRICE", "fico_score": 800, "listed_price": 50}]
    found = machine.run(pricing.sources(), "decide", {"facts": facts}, PARAMETERS, rules=outline.rules)
    assert [firing.rule for firing in found.fired] == [RULE]
    assert found.result["facts"][0]["price"] == 40


def test_all_scenarios_of_the_template_pass(pricing: Project) -> None:
    outcomes = machine.run_scenarios(pricing.sources())
    assert len(outcomes) == 6
    assert [outcome.differences for outcome in outcomes] == [()] * 6


def test_a_trap_has_its_line(pricing: Project) -> None:
    script = pricing.read("scripts/quote.js").replace("return m.price;", "return 1 / 0;")
    pricing.write("scripts/quote.js", script)
    found = quote(pricing, 741)
    assert found.failure is not None
    assert found.failure.file == "scripts/quote.js"
    assert found.failure.line == script[: script.index("1 / 0")].count("\n") + 1


def test_an_endless_loop_ends_out_of_gas(pricing: Project) -> None:
    pricing.write("scripts/quote.js", "while (true) {}\nreturn null;\n")
    found = quote(pricing, 741)
    assert found.failure is not None
    assert found.failure.code == "out-of-gas"


def test_rules_in_yaml_are_in_the_outline() -> None:
    archive = Path(__file__).parents[1] / "conformance" / "archives" / "parking"
    found = compiler.outline(read_folder(archive)).rules
    assert [(rule.name, rule.line) for rule in found] == [
        ("discount for the old", 2),
        ("free parking for the old", 10),
        ("old customers", 18),
    ]
    assert found[0].conditions == "- $c: Customer(age > 60, discount == 0)"
