"""Business rule tasks: rules change facts in place, tables give variables; run by the kernel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import Source, Unit, check_module, compile_module
from cybermiles.platform import Module
from tests.dsl.models import bpmn

RULES = """declare Offer
  price : number
  total : number?
end
rule "double" when o : Offer(price > 5) then modify(o) { total = o.price * 2 } end
"""
TABLE = """table: tariff
hit: F
inputs: [age, {expression: income / 2, label: half}]
outputs: [%s]
rows:
  - [">= 60", "-", %s]
  - ["< 60", "> 100", %s]
"""


def _unit(task: str, table: str = TABLE % ("premium", "5", "income / 10")) -> Unit:
    return Unit(
        rulesets={
            "rules/offers.drl": [Source("rules/offers.drl", RULES)],
            "rules/tariff.yaml": [Source("rules/tariff.yaml", table)],
        },
        processes=[Source("p.bpmn", bpmn(f'<businessRuleTask id="a" {task}/>', "s>a a>e"))],
    )


def _decide(unit: Unit, **variables: Any) -> dict[str, Any]:
    compiled = compile_module(unit)
    code = next(n.code for n in compiled.ir.processes[0].nodes if n.id == "a")
    assert isinstance(code, ir.Code)
    args = [variables.get(name) for name in code.reads]
    given = Module(compiled.code).run(code.function, args, gas_limit=1_000_000)["result"]
    return dict(zip(code.writes, given, strict=True))


def test_rules_change_the_facts_that_are_given() -> None:
    found = _decide(_unit('cm:rules="offers" cm:facts="[o]" cm:result="all"'), o={"$type": "Offer", "price": 7})
    assert found["o"]["total"] == 14
    assert [f["total"] for f in found["all"]] == [14]


def test_without_facts_every_typed_variable_is_one() -> None:
    found = _decide(_unit('cm:rules="rules/offers.drl"'), offer={"$type": "Offer", "price": 8})
    assert found["offer"]["total"] == 16


def test_a_table_gives_its_outputs() -> None:
    unit = _unit('cm:rules="tariff"')
    assert _decide(unit, age=70, income=0) == {"premium": 5}
    assert _decide(unit, age=30, income=300) == {"premium": Decimal(30)}
    assert _decide(unit, age=30, income=30) == {"premium": None}


def test_a_table_with_several_outputs() -> None:
    unit = _unit('cm:rules="tariff"', TABLE % ("premium, class", "5, A", "income, B"))
    assert _decide(unit, age=70, income=0) == {"class": "A", "premium": 5}
    assert _decide(unit, age=30, income=30) == {"class": None, "premium": None}
    whole = _unit('cm:rules="tariff" cm:result="r"', TABLE % ("premium, class", "5, A", "income, B"))
    assert _decide(whole, age=70, income=0) == {"r": {"premium": 5, "class": "A"}}


def test_a_table_that_gives_a_list_needs_a_result() -> None:
    table = (TABLE % ("premium", "5", "6")).replace("hit: F", "hit: R")
    found = check_module(_unit('cm:rules="tariff"', table))
    assert [d.code for d in found if d.severity == "error"] == ["process-incomplete"]
    assert _decide(_unit('cm:rules="tariff" cm:result="r"', table), age=70, income=300) == {"r": [5]}
