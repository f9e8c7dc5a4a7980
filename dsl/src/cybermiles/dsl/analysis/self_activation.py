"""Rules that wake themselves for ever: the consequence changes what the conditions watch, and they hold again."""

from __future__ import annotations

from collections.abc import Iterator

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.constraints import conjuncts, said
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.passes.watch import Watched
from cybermiles.dsl.types import TypeTable

_UNKNOWN = ir.UNDEFINED
"""Stands for a value that only the run knows."""


def self_activation(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Reports changes after which a rule certainly matches the same facts again."""
    del types
    for ruleset in module.rulesets:
        for rule in ruleset.rules:
            if not rule.no_loop and not rule.lock_on_active:
                _rule(rule, diagnostics)


def _rule(rule: ir.Rule, diagnostics: Diagnostics) -> None:
    watched = Watched(rule.conditions)
    patterns = {p.binding: p for p in rule.conditions if isinstance(p, ir.Pattern) and p.kind == "join"}
    for binding, assigned, every, span in _changes(rule.body):
        pattern = patterns.get(binding)
        if pattern is None:
            continue
        fields = watched.of(pattern)
        if not every and fields is not None and not set(fields) & assigned.keys():
            continue
        if _still_holds(rule, pattern, assigned):
            message = f"the rule wakes itself: after this change `{pattern.of}` matches again, and so on for ever"
            hint = "add `no-loop`, or a constraint that the change makes false"
            diagnostics.add("self-activation", message, span, hint)


def _changes(body: tuple[ir.Stmt, ...]) -> Iterator[tuple[str, dict[str, ir.Constant], bool, ir.Span]]:
    """Each change that certainly happens: the fact, its new field values, whether all fields count, and the place."""
    plain: dict[str, dict[str, ir.Constant]] = {}
    for statement in body:
        match statement:
            case ir.Do(ir.Assign(ir.GetField(ir.Local(name), field), value, op)):
                plain.setdefault(name, {})[field] = _value(value, op)
            case ir.Modify(_, ir.Local(name), assigns, span=span):
                new = dict(plain.get(name, {}))
                for assign in assigns:
                    if isinstance(assign.target, ir.GetField):
                        new[assign.target.name] = _value(assign.value, assign.op)
                yield name, new, False, span
            case ir.Update(ir.Local(name), span=span):
                yield name, dict(plain.get(name, {})), True, span
            case ir.Delete() | ir.Return() | ir.Revert() | ir.StopFiring() | ir.Insert() | ir.InsertLogical():
                return


def _value(value: ir.Expr, op: str) -> ir.Constant:
    return value.value if isinstance(value, ir.Const) and not op else _UNKNOWN


def _still_holds(rule: ir.Rule, pattern: ir.Pattern, assigned: dict[str, ir.Constant]) -> bool:
    """Whether every constraint that reads a changed field is certainly true of the new values."""
    told = {found.span: found for found in said(pattern.binding, pattern.constraints)}
    for condition in rule.conditions:
        own = isinstance(condition, ir.Pattern) and condition.binding == pattern.binding
        parts = conjuncts(condition.constraints) if isinstance(condition, ir.Pattern) else iter((condition,))
        for part in parts:
            fields = set(_reads(part, pattern.binding)) & assigned.keys()
            if not fields:
                continue
            found = told.get(part.span) if own else None
            if found is None or assigned[found.field] is _UNKNOWN or found.allows(assigned[found.field]) is not True:
                return False
    others = any(
        isinstance(condition, ir.Pattern) and condition.of == pattern.of and condition.binding != pattern.binding
        for outer in rule.conditions
        for condition in ir.walk(outer)
    )
    return not others


def _reads(node: ir.Node, binding: str) -> Iterator[str]:
    for inner in ir.walk(node):
        match inner:
            case ir.GetField(ir.Local(name), field) if name == binding:
                yield field
