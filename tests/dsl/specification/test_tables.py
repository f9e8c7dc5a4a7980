"""Decision tables: the kernel's index finds the rows that the specification finds by looking at each."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import module_dict
from cybermiles.dsl.compiler import compile_rules
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.specification import Halt, Session
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.platform import Module, RuleSession, RunError, module_encode
from tests.dsl.specification.differential import GAS
from tests.dsl.tables.test_conformance import cases, exact, sources

TEXTS = ("a", "b", "bb", "c")


def constant(dice: random.Random) -> ir.Const:
    """A number, seldom a text, a truth value or null."""
    pick = dice.random()
    if pick < 0.2:
        return ir.Const(dice.choice(TEXTS))
    if pick < 0.25:
        return ir.Const(dice.choice((True, False, None)))
    return ir.Const(dice.choice((dice.randrange(8), Decimal(dice.randrange(80)).scaleb(-1).normalize())))


def part(dice: random.Random) -> ir.CellIs | ir.CellRange:
    if dice.random() < 0.4:
        return ir.CellIs(constant(dice))
    ends: list[Any] = dice.choices(TEXTS, k=2) if dice.random() < 0.2 else dice.choices(range(8), k=2)
    low, high = (ir.Const(end) for end in sorted(ends))
    first, last = dice.choice("[("), dice.choice("])")
    match dice.randrange(3):  # an end that is missing is open
        case 0:
            return ir.CellRange(first + ")", low, None)
        case 1:
            return ir.CellRange("(" + last, None, high)
    return ir.CellRange(first + last, low, high)


def cell(dice: random.Random) -> Any:
    pick = dice.random()
    if pick < 0.3:
        return ir.CellAny()
    if pick < 0.4:
        return ir.CellCode("odd", "odd")
    return ir.CellTest(dice.random() < 0.2, tuple(part(dice) for _ in range(dice.choice((1, 1, 2, 3)))))


def module(dice: random.Random) -> ir.Module:
    inputs = dice.randint(1, 3)
    names = tuple(ir.Local(f"i{n}") for n in range(inputs))
    rows = tuple(
        ir.TableRow(n + 1, tuple(cell(dice) for _ in names), (ir.Const(n),)) for n in range(dice.choice((1, 3, 10, 70)))
    )
    columns = tuple(ir.TableInput(f"i{n}", names[n]) for n in range(inputs))
    table = ir.Table("t", "C", "F", columns, (ir.TableColumn("out", ir.ANY),), rows)
    fields = tuple(ir.Field(name.name, ir.ANY) for name in names)
    is_odd = ir.Function("odd", fields, (ir.Return(ir.Binary("==", names[0], ir.Const(3))),))
    found = ir.Function("found", fields, (ir.Return(ir.TableRows("t", names)),))
    return ir.Module("tables", "0", functions=(is_odd, found), tables=(table,))


@pytest.mark.parametrize("batch", range(5))
def test_random_tables(batch: int) -> None:
    for seed in range(batch * 40, batch * 40 + 40):
        dice = random.Random(seed)
        made = module(dice)
        encoded, _ = module_dict(made)
        kernel, specification = Module(module_encode(encoded)), Evaluator(made)
        for _ in range(30):
            given = [constant(dice).value for _ in made.tables[0].inputs]
            inputs = [specification.types.read(value) for value in given]
            wanted = specification.table_rows(made.tables[0], inputs)
            assert kernel.run("found", given)["result"] == wanted, f"seed {seed}: {given}"


@pytest.mark.parametrize("case", cases("decisions"))
def test_decisions(case: dict[str, Any]) -> None:
    given = [exact(fact) for fact in case["facts"]]
    compiled = compile_rules(sources(case), fact_types=[fact["$type"] for fact in given])
    facts = typed_facts(given, compiled.ir.types)
    kernel, specification = RuleSession(Module(compiled.code), "rules", gas_limit=GAS), Session(compiled.ir)
    ended = None
    try:
        for fact in facts:
            kernel.insert(fact)
        kernel.fire()
    except RunError as error:
        ended = error.code
    try:
        for fact in facts:
            specification.insert_data(fact)
        specification.fire()
    except Halt as halt:
        assert halt.code == ended
        return
    assert ended is None
    assert kernel.fired() == specification.fired()
    assert kernel.facts() == specification.facts()
    assert kernel.counts() == specification.work()
