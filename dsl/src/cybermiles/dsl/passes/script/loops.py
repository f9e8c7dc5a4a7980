"""Loops of scripts; the variables of a head are fresh each turn where closures capture them."""

from __future__ import annotations

from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.captures import bound_fresh, captured, fresh_turns
from cybermiles.dsl.passes.script.classes import ClassResolver
from cybermiles.dsl.passes.script.declared import bound
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import strip


class LoopResolver(ClassResolver):
    """Resolves loops."""

    def block(self, body: Sequence[t.Stmt]) -> tuple[ir.Stmt, ...]:
        """Statements in a scope of their own."""
        with self.scope():
            return self.statements(body)

    def statement(self, node: t.Stmt) -> Sequence[ir.Stmt]:
        """Overridden where statements are resolved."""
        raise NotImplementedError

    def effect(self, span: ir.Span, value: t.Expr) -> Sequence[ir.Stmt]:
        """An expression for its effect; each part of a sequence is a statement."""
        made = self.expr(value)
        parts = made.values if isinstance(made, ir.Sequence) else (made,)
        kept = [p for at, p in enumerate(parts) if at == 0 or not isinstance(p, ir.Local | ir.Const)]
        return [ir.Do(p, span=span) for p in kept]

    def while_(self, node: t.WhileStmt) -> Sequence[ir.Stmt]:
        """``while`` and ``do ... while``."""
        if node.test_last:
            body = self.block(node.body)
            return [ir.Loop(self.expr(node.condition), body, (), True, span=node.span)]
        condition = self.expr(node.condition)
        return [ir.Loop(condition, self.block(node.body), (), False, span=node.span)]

    def for_(self, node: t.ForStmt) -> Sequence[ir.Stmt]:
        """``for (;;)``: the variables of the head live around the loop."""
        with self.scope():
            self.predeclare(node.init)
            init = [made for s in node.init for made in self.statement(s)]
            head = {
                entry.value.name: name
                for name, entry in self.scopes[-1].items()
                if isinstance(entry.value, ir.Local) and not entry.constant
            }
            condition = None if node.condition is None else self.expr(node.condition)
            step = () if node.step is None else tuple(self.effect(node.step.span, node.step))
            body = self.block(node.body)
        parts: list[ir.Node] = [*body, *step, *([condition] if condition is not None else [])]
        shared = captured(parts, head)
        if not shared:
            return [*init, ir.Loop(condition, body, step, span=node.span)]
        names = {old: self.unique(name) for old, name in head.items() if old in shared}
        return [*init, fresh_turns(names, condition, body, step, node.span)]

    def for_of(self, node: t.ForOfStmt) -> Sequence[ir.Stmt]:
        """A loop over the elements of a list, text, map or set."""
        with self.scope():
            for bare in bound(node.name) if node.kind in ("let", "const") else ():
                self.declare(bare, node.kind, pending=True)
            items = self.expr(node.items)
            of = strip(items.type)
            if of == ir.RECORD or isinstance(of, ir.Ref):
                hint = "use `Object.keys(o)`, `Object.values(o)` or `Object.entries(o)`"
                self.diagnostics.add("type-mismatch", "a record has no elements to loop over", items.span, hint)
            elif of in (ir.NUMBER, ir.INT, ir.BOOL):
                message = f"a {library.shown_type(of)} has no elements to loop over"
                self.diagnostics.add("type-mismatch", message, items.span)
            kind = of.item if isinstance(of, ir.ListOf) else ir.TEXT if of == ir.TEXT else ir.ANY
            name, body = self._turn(node.kind, node.name, kind, node.body, node.span)
        return [ir.ForEach(name, items, body, span=node.span)]

    def for_in(self, node: t.ForInStmt) -> Sequence[ir.Stmt]:
        """A loop over the keys of a record."""
        with self.scope():
            for bare in bound(node.name) if node.kind in ("let", "const") else ():
                self.declare(bare, node.kind, pending=True)
            object_ = self.expr(node.object)
            name, body = self._turn(node.kind, node.name, ir.TEXT, node.body, node.span)
        return [ir.ForIn(name, object_, body, span=node.span)]

    def _turn(
        self, kind: str, target: t.Target, type_: ir.Type, statements: Sequence[t.Stmt], span: ir.Span
    ) -> tuple[str, tuple[ir.Stmt, ...]]:
        """The local that a loop sets, and the loop's body."""
        if kind in ("let", "const") and isinstance(target, t.Name):
            single = kind == "const" or target.text not in self.reassigned
            local = self.declare(target, kind, type_ if single else ir.ANY)
            return bound_fresh(local.name, self.unique("item#"), self.block(statements), span)
        item = ir.Local(self.unique("item#"), type=type_, span=span)
        given = tuple(self.bind(target, item, kind))
        return item.name, (*given, *self.block(statements))

    @property
    def reassigned(self) -> frozenset[str]:
        """Names that something assigns beside their declaration."""
        return self.survey.assigned
