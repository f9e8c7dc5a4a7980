"""``not``, ``exists`` and ``forall``."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.passes.conditions import patterns
from cybermiles.dsl.syntax import tree as t

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions


def group(of: Conditions, kind: str, node: t.GroupNode) -> Sequence[ir.Condition]:
    """``not`` or ``exists`` over conditions; what they bind is unknown outside."""
    alternatives = of.branches().alternatives(node.items, node.span)
    made: list[ir.Condition] = []
    for conditions in alternatives:
        with of.scope():
            made.append(_group(kind if len(alternatives) == 1 else "not", of.all(conditions), node.span))
    if kind == "exists" and len(made) > 1:
        # one of several: it is not so that none of them holds; one match, however many hold
        return [ir.Group("not", tuple(made), span=node.span)]
    return made


def _group(kind: str, inner: Sequence[ir.Condition], span: ir.Span) -> ir.Condition:
    match inner:
        case [ir.Pattern(kind="join") as pattern]:
            return dataclasses.replace(pattern, kind=kind)
    return ir.Group(kind, tuple(inner), span=span)


def forall(of: Conditions, node: t.GroupNode) -> Sequence[ir.Condition]:
    """``forall(P, Q...)``: there is no P for which not all of Q hold; for one pattern its constraints are the Q."""
    first, *rest = node.items
    if not isinstance(first, t.PatternNode) or any(i for i in node.items if not isinstance(i, t.PatternNode)):
        hint = "write `not( P() and not( ... ) )`"
        of.diagnostics.add("unsupported", "`forall` takes patterns only", node.span, hint)
        return []
    with of.scope():
        if not rest:
            return _forall_one(of, first)
        base = of.all([first])
        inner = group(of, "not", t.GroupNode(node.span, "not", [t.GroupNode(node.span, "and", [*rest])]))
        return [ir.Group("not", (*base, *inner), span=node.span)]


def _forall_one(of: Conditions, node: t.PatternNode) -> Sequence[ir.Condition]:
    """No fact of the type that fails a constraint."""
    made, claims = patterns.split(of, node)
    if not claims:
        return []
    claim = claims[0]
    for other in claims[1:]:
        claim = ir.Logical("&&", claim, other, type=ir.BOOL, span=node.span)
    broken = ir.Unary("!", claim, type=ir.BOOL, span=node.span)
    match made:
        case ir.Pattern():
            return [dataclasses.replace(made, kind="not", constraints=(*made.constraints, broken))]
        case ir.From():
            element = dataclasses.replace(made, constraints=(*made.constraints, broken))
            return [ir.Group("not", (element,), span=node.span)]
    return []
