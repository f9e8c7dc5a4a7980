"""``from`` and OOPath: patterns over the elements of a list instead of working memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.passes.conditions import patterns, values
from cybermiles.dsl.passes.operators import not_null
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import ALIASES, strip

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions


def elements(of: Conditions, node: t.PatternNode, source: t.FromSource) -> list[ir.Condition]:
    """``T(...) from list``: each element that is a T and meets the constraints."""
    with of.matching(None):
        items, guards = patterns.guarded(of, source.value)
    given = strip(items.type)
    fact = patterns.named(of, node, named_type(of, node))
    raw = ir.Local(fact.name, type=given.item if isinstance(given, ir.ListOf) else given, span=node.type_span)
    test = values.kind_test(of.context.types, raw, fact.type, node.type.rsplit(".", 1)[-1], node.type_span)
    made = patterns.inside(of, node, fact)
    constraints = (*([test] if test else []), *made.constraints)
    return [
        *(ir.Test(guard, span=source.span) for guard in guards),
        ir.From(fact.name, items, constraints, span=node.span),
        *made.after,
    ]


def named_type(of: Conditions, node: t.PatternNode) -> ir.Type:
    """The type that the pattern of an element names: a record type, or one of values."""
    patterns.refuse(of, node)
    short = node.type.rsplit(".", 1)[-1]
    if values.is_value_type(of.context.types, short):
        return ALIASES[short]
    return ir.Ref(of.context.record_type(node.type, node.type_span))


def path(of: Conditions, node: t.Constraint, fact: ir.Local, value: t.PathExpr) -> Sequence[ir.Condition]:
    """``$x : /a/b[c]/d``: each step ranges over the elements of a field of the step before it."""
    made: list[ir.Condition] = []
    chain = [fact]
    for i, step in enumerate(value.steps):
        last = i == len(value.steps) - 1
        if step.name == "..":
            chain = chain[:-1] or chain
            continue
        items = of.names.field(chain[-1], step.name, False, step.span, step.span)
        of_items = strip(items.type)
        given = of_items.item if isinstance(of_items, ir.ListOf) else of_items
        wanted: ir.Type = ir.Ref(of.context.record_type(step.cast, step.span)) if step.cast else strip(given)
        name = node.binding if last else None
        here = of.fresh(name.text if name else step.name, wanted, step.span)
        constraints: list[ir.Expr] = []
        if step.cast:
            raw = ir.Local(here.name, type=given, span=step.span)
            test = values.kind_test(of.context.types, raw, wanted, step.cast, step.span)
            constraints += [test] if test else []
        if step.index is not None:
            items = _at(of, items, step)
        constraints += _step(of, step, here, made)
        made.append(ir.From(here.name, items, tuple(constraints), span=step.span))
        chain.append(here)
    if node.binding is not None:
        of.bind(node.binding, chain[-1], fact=isinstance(chain[-1].type, ir.Ref))
    return made


def _at(of: Conditions, items: ir.Expr, step: t.PathStep) -> ir.Expr:
    """One element of the list by its index; null for a list that is null."""
    with of.matching(None):
        index = of.names.expr(step.index) if step.index is not None else ir.Const(0, type=ir.INT)
    one = ir.GetIndex(items, index, span=step.span)
    return ir.Conditional(not_null(items), one, ir.Const(None, type=ir.NULL), span=step.span)


def _step(of: Conditions, step: t.PathStep, here: ir.Local, made: list[ir.Condition]) -> list[ir.Expr]:
    inside = patterns.Inside()
    patterns.constraints(of, step.constraints, here, inside)
    made += inside.after
    return inside.constraints
