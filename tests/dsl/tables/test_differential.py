"""Random tables: kernel, cold and warm, and specification give the same; a raster of inputs shows what is found."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl.compiler import Compiled, Source, check_module, compile_rules
from cybermiles.dsl.evaluate import RunFailedError, evaluate, rules_unit
from cybermiles.dsl.explain import explain
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.tables import true_rows
from cybermiles.dsl.specification.values import constant

COLOURS = ("red", "green", "blue")
HITS = ("U", "A", "F", "R", "C", "C+", "C<", "C>", "C#", "P", "O")


def number_cell(pick: random.Random) -> str:
    """A cell over numbers."""
    low, high = sorted(pick.sample(range(10), 2))
    match pick.randrange(8):
        case 0:
            return "-"
        case 1:
            return str(low)
        case 2:
            return f"{low}, {high}"
        case 3:
            return pick.choice(("<", "<=", ">", ">=")) + f" {low}"
        case 4:
            return f"not({low}, [{low}..{high}))"
        case 5:
            return pick.choice((f"> m + {low}", f"? % {low + 2} == 0", "== m", f"[m..{high}]"))
        case _:
            return f"{pick.choice('[(')}{low}..{high}{pick.choice(')]')}"


def colour_cell(pick: random.Random) -> str:
    """A cell over texts."""
    chosen = pick.sample(COLOURS, pick.randrange(1, 3))
    return pick.choice(("-", ", ".join(chosen), f"not({', '.join(chosen)})", '>= "green"'))


def table(pick: random.Random, *, expressions: bool = True) -> str:
    """The text of a table over `n`, `k` and `colour`."""
    hit = pick.choice(HITS)
    values = ", values: [1, 2, 3, 4]" if hit in ("P", "O") else ""
    rows = []
    for _ in range(pick.randrange(1, 12)):
        cells = [number_cell(pick), number_cell(pick), colour_cell(pick)]
        if not expressions:
            cells = ["-" if "m" in cell or "?" in cell else cell for cell in cells]
        given = str(pick.randrange(1, 5)) if values or pick.random() < 0.8 or not expressions else "(n + 1)"
        rows.append("  - [" + ", ".join(f"'{cell}'" for cell in (*cells, given)) + "]\n")
    numbers = "{expression: n, type: number}, {expression: k, type: number}"
    head = f"table: t\nfact: F\nhit: {hit!r}\ninputs: [{numbers}, colour]\n"
    return head + f"outputs: [{{field: x{values}}}]\nrows:\n" + "".join(rows)


def facts(pick: random.Random) -> list[dict[str, Any]]:
    """Facts on, between and beside the bounds; some without an input."""
    made = []
    for _ in range(6):
        fact: dict[str, Any] = {"$type": "F", "m": pick.randrange(10)}
        for name in ("n", "k"):
            if pick.random() < 0.9:
                fact[name] = pick.choice((pick.randrange(-1, 11), Decimal(pick.randrange(-1, 20) * 2 + 1) / 2))
        if pick.random() < 0.9:
            fact["colour"] = pick.choice((*COLOURS, "black"))
        made.append(fact)
    return made


def outcome(compiled: Compiled, given: list[dict[str, Any]]) -> tuple[object, ...]:
    """Facts and gas, or the trap."""
    try:
        done = evaluate(compiled, given)
    except RunFailedError as error:
        return error.code, error.message, error.gas
    return [fact.get("x") for fact in done.facts], done.fired, done.gas


@pytest.mark.parametrize("seed", range(80))
def test_kernel_and_specification_agree(seed: int) -> None:
    pick = random.Random(seed)
    text = table(pick)
    compiled = compile_rules([Source("t.yaml", text)], fact_types=["F"])
    for fact in facts(pick):
        found = outcome(compiled, [fact])
        assert found == outcome(compiled, [fact]), "gas is the same again"
        told = explain(compiled.ir, {"t.yaml": text}, [fact])
        if found[0] == "table-conflict":
            assert not told.firings or "table-conflict" in told.note, text
            continue
        given = found[0][0] if isinstance(found[0], list) else None
        changed = {change.field: change.after for firing in told.firings for change in firing.changed}
        assert changed.get("x") == given, (text, fact, told)


@pytest.mark.parametrize("seed", range(40))
def test_findings_are_true_and_complete(seed: int) -> None:
    """Every overlap and gap that a fine raster of inputs shows is reported, and nothing else is."""
    pick = random.Random(seed)
    text = table(pick, expressions=False)
    lines = ["hit: U" if line.startswith("hit:") else line for line in text.splitlines()]
    text = "\n".join(line.replace(", values: [1, 2, 3, 4]", "") for line in lines) + "\n"
    codes = {d.code for d in check_module(rules_unit([Source("t.yaml", text)]))}
    compiled = compile_rules([Source("t.yaml", text)], fact_types=["F"])
    raster = [Decimal(i) / 2 for i in range(-2, 22)]
    gap = overlap = False
    colours = (*COLOURS, "black", "zebra")
    given = [{"n": n, "k": k, "colour": c} for n in raster for k in raster for c in colours]
    asked = compiled.ir.tables[0]
    evaluator = Evaluator(compiled.ir)
    for fact in given:
        inputs = [constant(fact[name]) for name in ("n", "k", "colour")]
        rows = true_rows(asked, inputs, lambda name, args: bool(evaluator.call(name, args)))
        gap, overlap = gap or not rows, overlap or len(rows) > 1
    assert ("table-gap" in codes) == gap, text
    assert bool(codes & {"table-overlap", "table-contradiction", "table-duplicate"}) == overlap, text
