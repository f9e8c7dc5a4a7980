"""Coverage of decision tables: which rows decided something, in any scenario.

As with conditions, a copy of the module is run: behind each look-up in a table it prints the rows that count (the
first, where the hit policy takes one). The module that is deployed prints nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import module_dict
from cybermiles.dsl.compiler import PASSES, Unit, checked_ir
from cybermiles.dsl.recursion import room
from cybermiles.dsl.scenarios.load import Scenario
from cybermiles.dsl.scenarios.run import Machine, run_scenario
from cybermiles.platform import ContractError

_MARK = re.compile(r"\x01row (\d+) (\d+)")
_FIRST = ("U", "A", "P", "F")
"""Hit policies under which one row decides."""


@dataclass(frozen=True)
class RowOutcome:
    """A row of a table, and whether it decided anything."""

    table: str
    number: int
    span: ir.Span
    decided: bool


def measure_rows(unit: Unit, scenarios: Sequence[Scenario], *, gas_limit: int) -> list[RowOutcome]:
    """What the scenarios see of each row, in the order of the source."""
    module = checked_ir(unit)
    if not module.tables:
        return []
    seen = _run(_marked(module, inside=True), scenarios, gas_limit)
    if seen is None:  # a condition looks up a table, where nothing may be printed
        seen = _run(_marked(module, inside=False), scenarios, gas_limit) or set()
    return [
        RowOutcome(table.name, row.number, row.span, (number, index) in seen)
        for number, table in enumerate(module.tables)
        for index, row in sorted(enumerate(table.rows), key=lambda r: r[1].number)
    ]


def _run(module: ir.Module, scenarios: Iterable[Scenario], gas_limit: int) -> set[tuple[int, int]] | None:
    """The rows that were printed; None if the module is not admitted."""
    with room():
        for _, run in PASSES:
            module = run(module)
        encoded, _ = module_dict(module)
    try:
        machine = Machine(kernel.module_encode(encoded), gas_limit=gas_limit, types=module.types)
    except (kernel.AdmissionError, ContractError):
        return None
    seen: set[tuple[int, int]] = set()
    for scenario in scenarios:
        with contextlib.suppress(ContractError):
            output = run_scenario(machine, scenario).output
            seen.update((int(m[1]), int(m[2])) for line in output if (m := _MARK.fullmatch(line)))
    return seen


def _marked(module: ir.Module, *, inside: bool) -> ir.Module:
    """The module with marks behind each look-up; `inside`: in the functions of tables too, not only in rules."""
    tables = {table.name: (number, table.hit) for number, table in enumerate(module.tables)}
    rulesets = tuple(
        dataclasses.replace(
            ruleset, rules=tuple(dataclasses.replace(r, body=_body(r.body, tables)) for r in ruleset.rules)
        )
        for ruleset in module.rulesets
    )
    functions = tuple(dataclasses.replace(f, body=_body(f.body, tables)) if inside else f for f in module.functions)
    return dataclasses.replace(module, rulesets=rulesets, functions=functions)


def _body(statements: tuple[ir.Stmt, ...], tables: dict[str, tuple[int, str]]) -> tuple[ir.Stmt, ...]:
    made: list[ir.Stmt] = []
    for statement in statements:
        made.append(statement)
        if isinstance(statement, ir.Let) and isinstance(statement.value, ir.TableRows):
            number, hit = tables[statement.value.table]
            made.append(_mark(ir.Local(statement.name, type=ir.ListOf(ir.INT)), number, first=hit in _FIRST))
    return tuple(made)


def _mark(rows: ir.Local, number: int, *, first: bool) -> ir.Stmt:
    zero = ir.Const(0, type=ir.INT)
    if not first:
        row = ir.Local("covered#", type=ir.INT)
        return ir.ForEach(row.name, rows, (_print(number, row),))
    count = ir.Unary("length", rows, type=ir.INT)
    return ir.If(ir.Binary(">", count, zero, type=ir.BOOL), (_print(number, ir.GetIndex(rows, zero, type=ir.INT)),))


def _print(number: int, row: Any) -> ir.Stmt:
    text = ir.Binary("+", ir.Const(f"\x01row {number} ", type=ir.TEXT), row, type=ir.TEXT)
    return ir.Do(ir.Native("print", (text,), type=ir.NULL))
