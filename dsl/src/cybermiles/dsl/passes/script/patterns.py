"""Destructuring: lists by place, records by name, with what they are instead of undefined."""

from __future__ import annotations

from collections.abc import Iterator

from cybermiles.dsl import ir
from cybermiles.dsl.passes.script.names import NameResolver
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import strip


def is_undefined(value: ir.Expr) -> ir.Expr:
    """Whether a value is undefined, and not null: `==` takes them for one."""
    kind = ir.Unary("typeof", value, type=ir.TEXT, span=value.span)
    return ir.Binary("==", kind, ir.Const("undefined", type=ir.TEXT), type=ir.BOOL, span=value.span)


class PatternResolver(NameResolver):
    """Gives values to patterns; ``kind`` is the word that declares the names, empty where they are assigned."""

    def bind(self, target: t.Target, value: ir.Expr, kind: str) -> Iterator[ir.Stmt]:
        """The statements that give a target its value."""
        match target:
            case t.Name() if kind == "var":
                yield ir.Do(ir.Assign(self.var(target, ir.ANY), value, span=target.span), span=target.span)
            case t.Name() if kind:
                yield ir.Let(self.declare(target, kind).name, value, span=target.span)
            case t.ListTarget():
                yield from self._list_pattern(target, value, kind)
            case t.ObjectTarget():
                yield from self._object_pattern(target, value, kind)
            case _:
                place = self.place(target, value)
                yield ir.Do(ir.Assign(place, value, span=target.span), span=target.span)

    def bind_default(self, default: t.Default, value: ir.Expr, kind: str) -> Iterator[ir.Stmt]:
        """As ``bind``, with what it is instead of undefined."""
        if default.value is None:
            yield from self.bind(default.target, value, kind)
            return
        held = self.temporary(default.value.span)
        yield self._keep(held, value)
        other = self.named(default.value, default.target)
        made = ir.Conditional(is_undefined(held), other, held, span=default.value.span)
        yield from self.bind(default.target, made, kind)

    def named(self, node: t.Expr, target: t.Expr | None) -> ir.Expr:
        """A value; a function without a name gets that of its variable."""
        if isinstance(target, t.Name) and isinstance(node, t.FunctionExpr | t.ClassExpr) and node.name is None:
            return self.function_value(node, target.text)
        return self.expr(node)

    def function_value(self, node: t.FunctionExpr | t.ClassExpr, name: str) -> ir.Expr:
        """Overridden where functions and classes are resolved."""
        raise NotImplementedError

    @staticmethod
    def deletion(place: ir.GetField | ir.GetIndex, span: ir.Span) -> ir.Expr:
        """``delete place``."""
        if isinstance(place, ir.GetIndex) and not (
            isinstance(place.index, ir.Const) and isinstance(place.index.value, str)
        ):
            return ir.Native("delete_key", (place.object, place.index), type=ir.BOOL, span=span)
        return ir.Unary("delete", place, type=ir.BOOL, span=span)

    @staticmethod
    def _keep(held: ir.Local, value: ir.Expr) -> ir.Stmt:
        return ir.Do(ir.Assign(held, value, span=held.span), span=held.span)

    def _list_pattern(self, target: t.ListTarget, value: ir.Expr, kind: str) -> Iterator[ir.Stmt]:
        held = self.temporary(target.span)
        known = isinstance(strip(value.type), ir.ListOf)
        items = value if known else ir.NewList((ir.Spread(value, span=value.span),), span=value.span)
        yield self._keep(held, items)
        for at, default in enumerate(target.items):
            if default is None:
                continue
            span = default.target.span
            item = ir.GetIndex(held, ir.Const(at, type=ir.INT, span=span), span=span)
            yield from self.bind_default(default, item, kind)
        if target.rest is not None:
            start = ir.Const(len(target.items), type=ir.INT, span=target.rest.span)
            rest = ir.Method(held, "slice", (start,), type=ir.ListOf(ir.ANY), span=target.rest.span)
            yield from self.bind(target.rest, rest, kind)

    def _object_pattern(self, target: t.ObjectTarget, value: ir.Expr, kind: str) -> Iterator[ir.Stmt]:
        held = self.temporary(target.span)
        source = ir.Local(held.name, type=value.type, span=target.span)
        yield self._keep(held, value)
        taken: list[ir.Expr] = []
        for key, default in target.entries:
            if isinstance(key, t.Literal):
                name = str(key.value)
                part = self.field(source, name, False, default.target.span, key.span)
                taken.append(ir.GetField(source, name, span=key.span))
            else:
                computed = self.temporary(key.span)
                yield self._keep(computed, self.expr(key))
                part = ir.GetIndex(source, computed, span=key.span)
                taken.append(part)
            yield from self.bind_default(default, part, kind)
        if target.rest is None:
            return
        rest = self.temporary(target.rest.span)
        copied = ir.NewObject(
            (ir.Const("", type=ir.TEXT),), (ir.Spread(source, span=target.rest.span),), type=ir.RECORD, span=rest.span
        )
        yield self._keep(rest, copied)
        for place in taken:
            assert isinstance(place, ir.GetField | ir.GetIndex)
            gone = (
                ir.GetField(rest, place.name, span=place.span)
                if isinstance(place, ir.GetField)
                else ir.GetIndex(rest, place.index, span=place.span)
            )
            yield ir.Do(self.deletion(gone, place.span), span=place.span)
        yield from self.bind(target.rest, rest, kind)
