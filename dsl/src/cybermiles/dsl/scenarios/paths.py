"""Coverage of processes: which nodes were entered and which flows were taken, in any scenario.

As with the rows of tables, a copy of the module is run: each node and flow prints where it is. The module that is
deployed prints nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import module_dict
from cybermiles.dsl.compiler import PASSES, Unit, checked_ir
from cybermiles.dsl.recursion import room
from cybermiles.dsl.scenarios.load import Scenario
from cybermiles.dsl.scenarios.run import Machine, run_scenario
from cybermiles.platform import ContractError

_MARK = re.compile(r"\x01(node|flow) (\d+) (\d+)")


@dataclass(frozen=True)
class PathOutcome:
    """A node or flow of a process, and whether any scenario came there. ``kind``: ``node`` or ``flow``."""

    process: str
    kind: str
    id: str
    file: str
    line: int
    seen: bool


def measure_paths(unit: Unit, scenarios: Sequence[Scenario], *, gas_limit: int) -> list[PathOutcome]:
    """What the scenarios see of each node and flow, in the order of the models."""
    module = checked_ir(unit)
    if not module.processes:
        return []
    seen = _run(_marked(module), scenarios, gas_limit)
    found = []
    for number, process in enumerate(module.processes):
        parts = [("node", node.id, node.span) for node in process.nodes]
        parts += [("flow", flow.id or flow.name, flow.span) for flow in process.flows]
        counts = {"node": 0, "flow": 0}
        for kind, id_, span in parts:
            mark = (kind, number, counts[kind])
            counts[kind] += 1
            found.append(PathOutcome(process.id, kind, id_, span.file, span.line, mark in seen))
    return found


def _run(module: ir.Module, scenarios: Sequence[Scenario], gas_limit: int) -> set[tuple[str, int, int]]:
    with room():
        for _, run in PASSES:
            module = run(module)
        encoded, _ = module_dict(module)
    machine = Machine(kernel.module_encode(encoded), gas_limit=gas_limit, types=module.types)
    seen: set[tuple[str, int, int]] = set()
    for scenario in scenarios:
        with contextlib.suppress(ContractError):
            for line in run_scenario(machine, scenario).output:
                if found := _MARK.fullmatch(line):
                    seen.add((found[1], int(found[2]), int(found[3])))
    return seen


def _marked(module: ir.Module) -> ir.Module:
    """The module whose nodes and flows print where they are, before their own code."""
    functions = {function.name: function for function in module.functions}
    made: list[ir.Function] = []

    def marked(code: ir.Code | None, mark: str) -> ir.Code:
        line = ir.Do(ir.Native("print", (ir.Const(f"\x01{mark}"),)))
        name = f"mark {mark}"
        if code is None:
            made.append(ir.Function(name, (), (line, ir.Return(ir.NewList(())))))
            return ir.Code(name)
        own = functions[code.function]
        made.append(dataclasses.replace(own, name=name, body=(line, *own.body)))
        return dataclasses.replace(code, function=name)

    processes = tuple(
        dataclasses.replace(
            process,
            nodes=tuple(
                dataclasses.replace(node, on_enter=marked(node.on_enter, f"node {number} {at}"))
                for at, node in enumerate(process.nodes)
            ),
            flows=tuple(
                dataclasses.replace(flow, action=marked(flow.action, f"flow {number} {at}"))
                for at, flow in enumerate(process.flows)
            ),
        )
        for number, process in enumerate(module.processes)
    )
    return dataclasses.replace(module, processes=processes, functions=(*module.functions, *made))
