"""One program on the kernel and on the specification: what each did, and whether it is the same.

Compared are the firings with their facts in order, the facts at the end, what was printed, how the run ended, and the
work that matching is charged for; on the kernel cold, rewound, and in a second session, where gas must be the same too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.backend.module_dict import module_dict
from cybermiles.dsl.compiler import PASSES
from cybermiles.dsl.specification import Halt, Session
from cybermiles.platform import Module, RuleSession, RunError, module_encode
from tests.dsl.specification.generator import Program

GAS = 10**10


def lowered(module: ir.Module) -> ir.Module:
    """The module after all passes."""
    for _, run in PASSES:
        module = run(module)
    return module


def on_kernel(session: Any, program: Program) -> dict[str, Any]:
    """What the kernel does."""
    ended = None
    try:
        for event in program.events:
            session.fire(event) if isinstance(event, int) else session.insert(event)
        facts = session.facts()
    except RunError as error:
        ended, facts = (error.kind, error.code), []
    work = session.counts() if hasattr(session, "counts") else None
    return {"ended": ended, "fired": session.fired(), "facts": facts, "output": list(session.output), "work": work}


def on_specification(module: ir.Module, program: Program) -> dict[str, Any]:
    """What the specification says."""
    ended, facts, session = None, [], Session(module)
    try:
        for event in program.events:
            session.fire(event) if isinstance(event, int) else session.insert_data(event)
        facts = session.facts()
    except Halt as error:
        ended = (error.kind, error.code)
    output = session.evaluator.output
    return {"ended": ended, "fired": session.fired(), "facts": facts, "output": output, "work": session.work()}


def difference(program: Program) -> str:
    """What is not the same, empty if nothing."""
    module = lowered(program.module)
    encoded, _ = module_dict(module)
    loaded = Module(module_encode(encoded))
    session = RuleSession(loaded, "rules", gas_limit=GAS)
    kernel = on_kernel(session, program)
    gas = session.gas
    wanted = on_specification(module, program)
    for part, found in kernel.items():
        if part == "work" and (found is None or kernel["ended"]):
            continue  # a trap ends the kernel in the middle of an event
        if found != wanted[part]:
            return f"{part}: the kernel {found}\n  the specification {wanted[part]}"
    session.rewind(GAS)
    if on_kernel(session, program) != kernel or session.gas != gas:
        return f"a rewound session differs (gas {session.gas}, before {gas})"
    again = RuleSession(loaded, "rules", gas_limit=GAS)
    if on_kernel(again, program) != kernel or again.gas != gas:
        return f"a second session differs (gas {again.gas}, before {gas})"
    return ""


def shrunk(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The smallest program found by leaving parts out that still fails."""
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(program):
            try:
                if fails(smaller):
                    program, progress = smaller, True
                    break
            except Exception:  # a part was needed
                continue
    return program


def _smaller(program: Program) -> Iterator[Program]:
    for at in range(len(program.events)):
        yield dataclasses.replace(program, events=_without(program.events, at))
    ruleset = program.module.rulesets[0]

    def with_rules(rules: tuple[ir.Rule, ...]) -> Program:
        changed = dataclasses.replace(ruleset, rules=rules)
        return dataclasses.replace(program, module=dataclasses.replace(program.module, rulesets=(changed,)))

    for at, rule in enumerate(ruleset.rules):
        yield with_rules(_without(ruleset.rules, at))
        for smaller in _smaller_rules(rule):
            yield with_rules((*ruleset.rules[:at], smaller, *ruleset.rules[at + 1 :]))


def _smaller_rules(rule: ir.Rule) -> Iterator[ir.Rule]:
    for at in range(len(rule.body)):
        yield dataclasses.replace(rule, body=_without(rule.body, at))
    for conditions in _smaller_conditions(rule.conditions):
        yield dataclasses.replace(rule, conditions=conditions)
    plain = {"no_loop": False, "lock_on_active": False, "agenda_group": "MAIN", "auto_focus": False}
    for name, value in {**plain, "activation_group": "", "salience": ir.Const(0, type=ir.INT)}.items():
        if getattr(rule, name) != value:
            yield dataclasses.replace(rule, **{name: value})


def _smaller_conditions(conditions: tuple[ir.Condition, ...]) -> Iterator[tuple[ir.Condition, ...]]:
    for at, condition in enumerate(conditions):
        yield _without(conditions, at)
        for name in ("constraints", "conditions", "folds", "watch"):
            part = getattr(condition, name, ())
            smaller = (
                _smaller_conditions(part) if name == "conditions" else (_without(part, i) for i in range(len(part)))
            )
            for less in smaller:
                if less or name in ("constraints", "watch"):
                    changed = dataclasses.replace(condition, **{name: less})
                    yield (*conditions[:at], changed, *conditions[at + 1 :])


def _without(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return items[:at] + items[at + 1 :]
