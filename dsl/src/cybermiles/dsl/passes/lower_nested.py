"""Pass 5: a nested ``when/then`` becomes ifs and loops over the facts of the moment.

``when p : T(c) ... then body`` is, for each fact p of T (as listed when the loop begins) for which c holds, the rest;
``not T(c)`` looks for one such fact and goes on if there is none; a test is an if.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug


def lower_nested(module: ir.Module) -> ir.Module:
    """The module without ``When``."""
    rulesets = tuple(
        dataclasses.replace(rs, rules=tuple(dataclasses.replace(r, body=_Lowering().body(r.body)) for r in rs.rules))
        for rs in module.rulesets
    )
    return dataclasses.replace(module, rulesets=rulesets)


class _Lowering:
    """One consequence."""

    def __init__(self) -> None:
        self._made = 0

    def body(self, statements: Sequence[ir.Stmt]) -> tuple[ir.Stmt, ...]:
        return tuple(made for s in statements for made in self._statement(s))

    def _statement(self, node: ir.Stmt) -> Sequence[ir.Stmt]:
        match node:
            case ir.When(conditions, body):
                return self._when(conditions, self.body(body), node.span)
            case ir.If():
                return [dataclasses.replace(node, then=self.body(node.then), orelse=self.body(node.orelse))]
            case ir.Loop() | ir.ForEach():
                return [dataclasses.replace(node, body=self.body(node.body))]
        return [node]

    def _when(
        self, conditions: Sequence[ir.Condition], body: tuple[ir.Stmt, ...], span: ir.Span
    ) -> tuple[ir.Stmt, ...]:
        made = body
        for condition in reversed(conditions):
            if isinstance(condition, ir.Test):
                made = (ir.If(condition.value, made, span=condition.span),)
            elif not isinstance(condition, ir.Pattern):
                raise CompilerBug(f"a nested {type(condition).__name__}")
            elif condition.kind == "join":
                made = (self._each(condition, made),)
            else:
                made = self._search(condition, made)
        del span
        return made

    def _each(self, pattern: ir.Pattern, then: tuple[ir.Stmt, ...]) -> ir.ForEach:
        made = then
        for constraint in reversed(pattern.constraints):
            made = (ir.If(constraint, made, span=constraint.span),)
        facts = ir.Facts(pattern.of, type=ir.ListOf(ir.Ref(pattern.of)), span=pattern.span)
        return ir.ForEach(pattern.binding, facts, made, span=pattern.span)

    def _search(self, pattern: ir.Pattern, then: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
        """Sets a flag at the first fact that matches, then decides by it."""
        self._made += 1
        flag = ir.Local(f"found#{self._made}", type=ir.BOOL, span=pattern.span)
        yes, no = ir.Const(True, type=ir.BOOL), ir.Const(False, type=ir.BOOL)
        found: tuple[ir.Stmt, ...] = (
            ir.Do(ir.Assign(flag, yes, type=ir.BOOL, span=pattern.span), span=pattern.span),
            ir.Break(span=pattern.span),
        )
        decide = (
            ir.If(flag, then, span=pattern.span)
            if pattern.kind == "exists"
            else ir.If(ir.Unary("!", flag, type=ir.BOOL, span=pattern.span), then, span=pattern.span)
        )
        return (ir.Let(flag.name, no, span=pattern.span), self._each(pattern, found), decide)
