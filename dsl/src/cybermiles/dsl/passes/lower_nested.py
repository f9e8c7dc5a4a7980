"""Pass 5: a nested ``when/then`` becomes ifs and loops over the facts of the moment.

``when p : T(c) ... then body`` is, for each fact p of T (as listed when the loop begins) for which c holds, the rest;
``not T(c)`` looks for one such fact and goes on if there is none; a test is an if; ``accumulate`` is a loop that folds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir


def lower_nested(module: ir.Module) -> ir.Module:
    """The module without ``When``."""
    functions = tuple(dataclasses.replace(f, body=_Lowering().body(f.body)) for f in module.functions)
    rulesets = tuple(
        dataclasses.replace(rs, rules=tuple(dataclasses.replace(r, body=_Lowering().body(r.body)) for r in rs.rules))
        for rs in module.rulesets
    )
    return dataclasses.replace(module, rulesets=rulesets, functions=functions)


class _Lowering:
    """One consequence."""

    def __init__(self) -> None:
        self._made = 0

    def body(self, statements: Sequence[ir.Stmt]) -> tuple[ir.Stmt, ...]:
        return tuple(made for s in statements for made in self._statement(s))

    def _statement(self, node: ir.Stmt) -> Sequence[ir.Stmt]:
        match node:
            case ir.When(conditions, body):
                return self._when(conditions, self.body(body))
            case ir.If():
                return [dataclasses.replace(node, then=self.body(node.then), orelse=self.body(node.orelse))]
            case ir.Loop() | ir.ForEach():
                return [dataclasses.replace(node, body=self.body(node.body))]
        return [node]

    def _when(
        self, conditions: Sequence[ir.Condition], body: tuple[ir.Stmt, ...], found: ir.Local | None = None
    ) -> tuple[ir.Stmt, ...]:
        """The conditions around the body; with ``found`` their loops end as soon as it is set."""
        made = body
        for condition in reversed(conditions):
            made = self._condition(condition, made, found)
        return made

    def _condition(self, node: ir.Condition, then: tuple[ir.Stmt, ...], found: ir.Local | None) -> tuple[ir.Stmt, ...]:
        match node:
            case ir.Test(value):
                return (ir.If(value, then, span=node.span),)
            case ir.Pattern(kind="join"):
                return (_each(node, then, found),)
            case ir.Pattern(kind=kind):
                return self._search(kind, (dataclasses.replace(node, kind="join"),), then, node.span)
            case ir.Group(kind, inner):
                return self._search(kind, inner, then, node.span)
            case ir.From():
                return self._from(node, then, found)
            case ir.Accumulate():
                return self._accumulate(node, then)

    def _name(self, word: str) -> str:
        self._made += 1
        return f"{word}#{self._made}"

    def _search(
        self, kind: str, conditions: Sequence[ir.Condition], then: tuple[ir.Stmt, ...], span: ir.Span
    ) -> tuple[ir.Stmt, ...]:
        """Sets a flag at the first match, then decides by it."""
        flag = ir.Local(self._name("found"), type=ir.BOOL, span=span)
        yes, no = ir.Const(True, type=ir.BOOL), ir.Const(False, type=ir.BOOL)
        mark = ir.Do(ir.Assign(flag, yes, type=ir.BOOL, span=span), span=span)
        wanted = flag if kind == "exists" else ir.Unary("!", flag, type=ir.BOOL, span=span)
        match conditions:
            case [ir.Pattern(kind="join") | ir.From()]:
                search = self._when(conditions, (mark, ir.Break(span=span)))
            case _:
                search = self._when(conditions, (mark,), flag)
        return (ir.Let(flag.name, no, span=span), *search, ir.If(wanted, then, span=span))

    def _from(self, node: ir.From, then: tuple[ir.Stmt, ...], found: ir.Local | None) -> tuple[ir.Stmt, ...]:
        """Over the elements of a list; of a single value, which is a list of one; of null, which is none."""
        items = ir.Local(self._name("items"), span=node.span)
        is_list = ir.Native("is_kind", (items, ir.Const("list", type=ir.TEXT)), type=ir.BOOL, span=node.span)
        is_null = ir.Binary("==", items, ir.Const(None, type=ir.NULL), type=ir.BOOL, span=node.span)
        single = ir.Conditional(is_null, ir.NewList(()), ir.NewList((items,)), span=node.span)
        listed = ir.Conditional(is_list, items, single, span=node.span)
        made = _if_all(node.constraints, then)
        loop = ir.ForEach(node.binding, listed, _until(found, made), span=node.span)
        return (ir.Let(items.name, node.items, span=node.span), loop)

    def _accumulate(self, node: ir.Accumulate, then: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
        state = tuple(let for fold in node.folds for let in fold.state)
        action = tuple(statement for fold in node.folds for statement in fold.action)
        results = tuple(ir.Let(fold.name, fold.result, span=fold.span) for fold in node.folds)
        if len(node.folds) == 1:
            result = ir.Local(node.folds[0].name, type=node.folds[0].result.type, span=node.span)
            given = ir.Binary("!=", result, ir.Const(None, type=ir.NULL), type=ir.BOOL, span=node.span)
            then = (ir.If(given, then, span=node.span),)
        return (*state, *self._when(node.conditions, action), *results, *then)


def _each(pattern: ir.Pattern, then: tuple[ir.Stmt, ...], found: ir.Local | None) -> ir.ForEach:
    facts = ir.Facts(pattern.of, type=ir.ListOf(ir.Ref(pattern.of)), span=pattern.span)
    return ir.ForEach(pattern.binding, facts, _until(found, _if_all(pattern.constraints, then)), span=pattern.span)


def _if_all(constraints: Sequence[ir.Expr], then: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
    for constraint in reversed(constraints):
        then = (ir.If(constraint, then, span=constraint.span),)
    return then


def _until(found: ir.Local | None, body: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
    """The body of a loop that ends when the flag is set."""
    return body if found is None else (*body, ir.If(found, (ir.Break(),)))
