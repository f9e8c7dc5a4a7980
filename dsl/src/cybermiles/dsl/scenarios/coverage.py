"""Condition coverage: which constraints held and which did not, in any scenario.

It is measured on the real machine and costs the rules nothing: a second module gets, for each constraint, two
rules of ours ("probes") that fire if some facts reach the constraint and it holds, or does not. Probes have no
consequence; scenarios run on that module once more and only the names of the probes that fired are read.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import debug_map, module_dict
from cybermiles.dsl.compiler import PASSES, Unit, checked_ir
from cybermiles.dsl.passes.build_network import conjuncts
from cybermiles.dsl.recursion import room
from cybermiles.dsl.scenarios.load import Scenario
from cybermiles.dsl.scenarios.run import Machine, run_scenario
from cybermiles.platform import ContractError

_GROUP = "coverage"
_SALIENCE = 2**31 - 1
_BATCH = 400
"""Constraints that one module is given probes for."""


@dataclass(frozen=True)
class Outcomes:
    """A constraint at a place of the source, and what was seen of it."""

    rule: str
    span: ir.Span
    held: bool
    failed: bool

    @property
    def seen(self) -> int:
        """Of two outcomes, how many."""
        return self.held + self.failed


@dataclass(frozen=True)
class _Constraint:
    rule: str
    span: ir.Span
    holds: tuple[ir.Condition, ...]
    fails: tuple[ir.Condition, ...]


def measure(unit: Unit, scenarios: Sequence[Scenario], *, gas_limit: int) -> list[Outcomes]:
    """What the scenarios see of each constraint, in the order of the source."""
    module = checked_ir(unit)
    constraints = [
        (ruleset.name, found) for ruleset in module.rulesets for rule in ruleset.rules for found in _constraints(rule)
    ]
    seen: set[str] = set()
    for start in range(0, len(constraints), _BATCH):
        batch = constraints[start : start + _BATCH]
        seen |= _run(_with_probes(module, batch, start), scenarios, gas_limit)
    merged: dict[ir.Span, Outcomes] = {}
    for number, (_, found) in enumerate(constraints):
        before = merged.get(found.span, Outcomes(found.rule, found.span, False, False))
        held, failed = (_name(number, outcome) in seen for outcome in (True, False))
        merged[found.span] = dataclasses.replace(before, held=before.held or held, failed=before.failed or failed)
    return sorted(merged.values(), key=lambda o: o.span)


def _run(module: ir.Module, scenarios: Iterable[Scenario], gas_limit: int) -> set[str]:
    with room():
        for _, run in PASSES:
            module = run(module)
        encoded, codes = module_dict(module)
    machine = Machine(
        kernel.module_encode(encoded), gas_limit=gas_limit, types=module.types, debug=debug_map(module, codes)
    )
    seen: set[str] = set()
    for scenario in scenarios:
        with contextlib.suppress(ContractError):
            seen.update(run_scenario(machine, scenario).fired)
    return seen


def _with_probes(module: ir.Module, batch: Sequence[tuple[str, _Constraint]], start: int) -> ir.Module:
    rulesets = []
    for ruleset in module.rulesets:
        probes = [
            _probe(_name(start + index, outcome), conditions)
            for index, (name, found) in enumerate(batch)
            if name == ruleset.name
            for outcome, conditions in ((True, found.holds), (False, found.fails))
        ]
        rulesets.append(dataclasses.replace(ruleset, rules=(*ruleset.rules, *probes)))
    return dataclasses.replace(module, rulesets=tuple(rulesets))


def _name(number: int, outcome: bool) -> str:
    return f"{_GROUP} {number} {'holds' if outcome else 'fails'}"


def _probe(name: str, conditions: tuple[ir.Condition, ...]) -> ir.Rule:
    """Fires at once, whatever group has the focus."""
    return ir.Rule(
        name,
        ir.Const(_SALIENCE, type=ir.INT),
        False,
        conditions,
        (),
        agenda_group=_GROUP,
        auto_focus=True,
    )


# --- the constraints of a rule


def _constraints(rule: ir.Rule) -> Iterator[_Constraint]:
    for before, condition in _with_before(rule.conditions, ()):
        match condition:
            case ir.Pattern():
                once = dataclasses.replace(condition, kind="exists")  # however many facts there are
                yield from _parts(rule, before, once, condition.constraints)
            case ir.From():
                yield from _parts(rule, before, condition, condition.constraints)
            case ir.Test(value):
                yield from _tests(rule, before, value)


def _with_before(
    conditions: Sequence[ir.Condition], before: tuple[ir.Condition, ...]
) -> Iterator[tuple[tuple[ir.Condition, ...], ir.Condition]]:
    """Each condition with those that must hold before it is looked at; what is inside of groups too."""
    for condition in conditions:
        yield before, condition
        if isinstance(condition, ir.Group | ir.Accumulate):
            yield from _with_before(condition.conditions, before)
        before = (*before, condition)


def _parts(
    rule: ir.Rule, before: tuple[ir.Condition, ...], pattern: ir.Pattern | ir.From, constraints: tuple[ir.Expr, ...]
) -> Iterator[_Constraint]:
    earlier: tuple[ir.Expr, ...] = ()
    for part in conjuncts(constraints):
        if part.span != ir.NOWHERE and part.span.line:
            holds = dataclasses.replace(pattern, constraints=(*earlier, part))
            fails = dataclasses.replace(pattern, constraints=(*earlier, _not(part)))
            yield _Constraint(rule.name, part.span, (*before, holds), (*before, fails))
        earlier = (*earlier, part)


def _tests(rule: ir.Rule, before: tuple[ir.Condition, ...], value: ir.Expr) -> Iterator[_Constraint]:
    for part in conjuncts((value,)):
        if part.span.line:
            holds, fails = ir.Test(part, span=part.span), ir.Test(_not(part), span=part.span)
            yield _Constraint(rule.name, part.span, (*before, holds), (*before, fails))
        before = (*before, ir.Test(part, span=part.span))


def _not(value: ir.Expr) -> ir.Expr:
    return ir.Unary("!", value, type=ir.BOOL, span=value.span)
