"""A session of the specification that records what each firing saw and did."""

from __future__ import annotations

import dataclasses
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.explain.checks import bounded, checks
from cybermiles.dsl.explain.model import Change, Condition, Decision, Firing
from cybermiles.dsl.explain.rows import decision
from cybermiles.dsl.explain.text import Texts
from cybermiles.dsl.specification.evaluator import Frame
from cybermiles.dsl.specification.session import Fired, Session
from cybermiles.dsl.specification.stages import AccumulateStage, Event, Fact, PatternStage, Scope, Tuple
from cybermiles.dsl.specification.values import Halt, Items, Record, Value, equal

MAX_FIRINGS = 500
MAX_STEPS = 2_000_000
"""Statements and looks at tuples: a few seconds."""
MAX_DECISIONS = 10
"""Questions to decision tables that one firing tells of."""


def ended(halt: Halt, firings: int) -> str:
    """What a run that ended early says for itself."""
    if halt.kind == "out_of_gas":
        return f"only the first {firings} firings are explained: what follows is too much work"
    return f"the run ended with {halt.code}: {halt.message}"


class EnoughError(Exception):
    """More firings than an explanation holds."""


class Recorder(Session):
    """As ``Session``; ``firings`` fills up, then firing ends with EnoughError."""

    def __init__(self, module: ir.Module, ruleset: str, texts: Texts, **given: Any) -> None:
        self.texts = texts
        self.firings: list[Firing] = []
        self.waited: dict[int, int | None] = {}
        """Rules of which a match arose, with the rule whose consequence took the last one away, if one did."""
        self.decisions: list[Decision] = []
        super().__init__(module, ruleset, steps=MAX_STEPS, **given)
        self.evaluator.look = self._decided
        self.scopes = [scopes(rule.conditions) for rule in self.ruleset.rules]

    def happen(self, event: Event) -> None:
        before = set(self.agenda.pending)
        super().happen(event)
        for rule, _ in before - set(self.agenda.pending):
            self.waited[rule] = event.rule
        for rule, _ in self.agenda.pending:
            self.waited[rule] = None

    def fire_one(self, fired: Fired) -> None:
        if len(self.firings) == MAX_FIRINGS:
            raise EnoughError
        rule = self.ruleset.rules[fired.rule]
        facts = tuple(self.shown(part) for part in fired.match.parts if isinstance(part, Fact))
        found = Firing(rule.name, rule.span, tuple(fired.match.facts), facts, tuple(self.held(fired.rule, fired.match)))
        before = {fact: _copy(record) for record, fact in self.known.items()}
        lines = len(self.evaluator.output)
        self.decisions.clear()
        try:
            super().fire_one(fired)
        finally:
            self.firings.append(self._effects(found, before, lines))

    def _effects(self, firing: Firing, before: dict[Fact, Frame], lines: int) -> Firing:
        after = set(self.known.values())
        changed = [
            Change(fact.id, name, _data(old.get(name)), _data(new.get(name)))
            for fact, old in before.items()
            if (new := _copy(fact.record)) != old
            for name in {**old, **new}
            if not _same(old.get(name), new.get(name))
        ]
        return dataclasses.replace(
            firing,
            changed=tuple(changed),
            inserted=tuple(self.shown(fact) for fact in self.known.values() if fact not in before),
            deleted=tuple(fact.id for fact in before if fact not in after),
            printed=tuple(self.evaluator.output[lines:]),
            decisions=tuple(self.decisions),
        )

    def _decided(self, table: ir.Table, inputs: list[Value], rows: list[int]) -> None:
        if len(self.decisions) < MAX_DECISIONS:
            self.decisions.append(decision(table, inputs, rows, self.evaluator, self.texts))

    def shown(self, fact: Fact) -> dict[str, Any]:
        """A fact as data."""
        found = bounded(fact.record)
        return {**found, "$id": fact.id} if isinstance(found, dict) else {"$id": fact.id}

    def held(self, rule: int, match: Tuple, count: int | None = None) -> list[Condition]:
        """The conditions of a rule (the first ``count``) by what met them in a match of them."""
        path = self.network.paths[rule][:count]
        tuples: list[Tuple] = []
        at: Tuple | None = match
        for _ in path:
            if at is None:
                break
            tuples.insert(0, at)
            at = at.left
        found = zip(self.ruleset.rules[rule].conditions, path, self.scopes[rule], tuples, strict=False)
        return [self._condition(*one) for one in found]

    def _condition(self, node: ir.Condition, stage: Any, scope: Scope, match: Tuple) -> Condition:
        left = match.left or match
        frame = scope.frame(left.elements)
        fact: dict[str, Any] | None = None
        tests: Any = ()
        note = ""
        match node:
            case ir.Pattern("join", binding, _, _, constraints):
                part = match.parts[-1]
                fact = self.shown(part) if isinstance(part, Fact) else None
                tests = checks(constraints, frame | {binding: match.elements[-1]}, self.evaluator, self.texts)
            case ir.Pattern("exists", binding, _, _, constraints) if isinstance(stage, PatternStage):
                supports = sorted((f for f, _ in stage.pairs.get(left, ())), key=lambda f: f.id)
                if supports:
                    fact = self.shown(supports[0])
                    frame |= {binding: supports[0].record}
                    tests = checks(constraints, frame, self.evaluator, self.texts)
            case ir.Pattern(_, _, of):
                note = f"there is no such {of}"
            case ir.Test(value):
                tests = checks((value,), frame, self.evaluator, self.texts)
            case ir.From(binding, _, constraints):
                note = f"item {match.parts[-1]}: {_line(match.elements[-1])}"
                tests = checks(constraints, frame | {binding: match.elements[-1]}, self.evaluator, self.texts)
            case ir.Accumulate(_, folds) if isinstance(stage, AccumulateStage):
                values = match.elements[-1].values if len(folds) > 1 else [match.elements[-1]]
                results = ", ".join(f"{_name(f.name)} = {_line(v)}" for f, v in zip(folds, values, strict=True))
                folded = stage.folded.get(left)
                note = f"{results} (out of {len(folded.contributions) if folded else 0})"
            case ir.Group(kind):
                note = "nothing meets all of it" if kind == "not" else "something meets all of it"
        return Condition(self.texts.of(node), fact, tests, note, node.span)


def scopes(conditions: tuple[ir.Condition, ...]) -> list[Scope]:
    """The names that each condition may read of those before it."""
    made, scope = [], Scope()
    for node in conditions:
        made.append(scope)
        match node:
            case ir.Pattern("join", binding) | ir.From(binding):
                scope = scope.plus(binding)
            case ir.Accumulate(_, folds):
                scope = scope.plus(*(fold.name for fold in folds))
    return made


def _copy(record: Record) -> Frame:
    """The fields at this moment, lists by their items."""
    return {n: tuple(v.values) if isinstance(v, Items) else v for n, v in record.fields.items()}


def _same(old: Value, new: Value) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(equal, old, new))
    return not isinstance(old, tuple) and not isinstance(new, tuple) and equal(old, new)


def _data(value: Value) -> object:
    return bounded(Items(list(value)) if isinstance(value, tuple) else value)


def _name(name: str) -> str:
    return name.split("#")[0]


def _line(value: Value) -> str:
    found = bounded(value, 2)
    if isinstance(found, str):
        return f'"{found}"'
    if isinstance(found, dict):
        return (
            str(found.get("$type", "record"))
            + "("
            + ", ".join(f"{k}: {v}" for k, v in found.items() if k != "$type")
            + ")"
        )
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    return str(found)
