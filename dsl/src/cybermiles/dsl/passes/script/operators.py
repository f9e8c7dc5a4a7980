"""Operators that scripts have and rules have not."""

from __future__ import annotations

from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.natives import NATIVES
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.patterns import PatternResolver, is_undefined
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import family, strip


class OperatorResolver(PatternResolver):
    """Resolves operators and assignments."""

    def unary(self, node: t.UnaryExpr) -> ir.Expr:
        """A prefix operator."""
        match node:
            case t.UnaryExpr(span, "void", operand):
                nothing = ir.Const(ir.UNDEFINED, span=span)
                return ir.Sequence((self.expr(operand), nothing), span=span)
            case t.UnaryExpr(span, "+", operand) if not _is_number(operand):
                return ir.Native("Number", (self.expr(operand),), type=ir.NUMBER, span=span)
            case t.UnaryExpr(span, "~", operand):
                return self.bits("~", (self.expr(operand),), span)
            case t.UnaryExpr(span, "typeof", t.Name(_, text) as name) if text != "this" and not self.is_value(name):
                return ir.Const("undefined", type=ir.TEXT, span=span)
            case t.UnaryExpr(span, "delete", t.Member(name=name)) if name.startswith("#"):
                self.diagnostics.add("syntax", "a private field cannot be deleted", span)
                return ir.Const(True, type=ir.BOOL, span=span)
            case t.UnaryExpr(span, "delete", operand):
                return self._delete(node, operand)
        return super().unary(node)

    def is_value(self, name: t.Name) -> bool:
        """Whether a name has a value here; `typeof` is the one operator that may ask."""
        return self.is_declared(name.text) or name.text in NATIVES or name.text in library.ERRORS

    def _delete(self, node: t.UnaryExpr, operand: t.Expr) -> ir.Expr:
        target = self.expr(operand)
        inner = target.value if isinstance(target, ir.Chain) else target
        if not isinstance(inner, ir.GetField | ir.GetIndex):
            self.diagnostics.add(
                "not-a-place", "only fields can be deleted", node.span, "delete a field: `delete o.name`"
            )
            return ir.Const(True, type=ir.BOOL, span=node.span)
        if isinstance(inner, ir.GetIndex) and isinstance(strip(inner.object.type), ir.ListOf):
            hint = "take it out with `list.splice(place, 1)`"
            self.diagnostics.add("unsupported", "`delete` of an element is not supported", node.span, hint)
        made = self.deletion(inner, node.span)
        if not isinstance(target, ir.Chain):
            return made
        done = ir.Const(True, type=ir.BOOL, span=node.span)
        return ir.Logical("??", ir.Chain(made, span=node.span), done, type=ir.BOOL, span=node.span)

    def binary(self, node: t.BinaryExpr) -> ir.Expr:
        """An infix operator."""
        if node.op in library.BITS:
            return self.bits(node.op, (self.expr(node.left), self.expr(node.right)), node.span)
        if node.op == "in" and isinstance(node.left, t.Literal) and str(node.left.value).startswith("#"):
            name = self.private(str(node.left.value), node.left.span)
            key = ir.Const(name, type=ir.TEXT, span=node.left.span)
            return ir.Binary("in", key, self.expr(node.right), type=ir.BOOL, span=node.span)
        if node.op in ("===", "!=="):
            return self._same(node)
        if node.op == "in":
            return self._in_object(self.expr(node.left), self.expr(node.right), node.span)
        return super().binary(node)

    def _in_object(self, key: ir.Expr, object_: ir.Expr, span: ir.Span) -> ir.Expr:
        """``key in object``: of a list a place."""
        if isinstance(key, ir.Const) and isinstance(key.value, str):
            return ir.Binary("in", key, object_, type=ir.BOOL, span=span)
        return ir.Native("has_key", (object_, key), type=ir.BOOL, span=span)

    def _same(self, node: t.BinaryExpr) -> ir.Expr:
        """``===``: as ``==``, which takes null and undefined for one, but where both may be such."""
        left, right = self.expr(node.left), self.expr(node.right)
        if _is_there(left.type) or _is_there(right.type):
            return ir.Binary("==" if node.op == "===" else "!=", left, right, type=ir.BOOL, span=node.span)
        made: ir.Expr = ir.Native("Object.is", (left, right), type=ir.BOOL, span=node.span)
        for side, other in ((left, right), (right, left)):
            if isinstance(side, ir.Const) and side.value is ir.UNDEFINED:
                made = is_undefined(other)
        return ir.Unary("!", made, type=ir.BOOL, span=node.span) if node.op == "!==" else made

    def private(self, name: str, span: ir.Span) -> str:
        """Overridden where classes are resolved."""
        raise NotImplementedError

    def bits(self, op: str, args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
        """An operator on bits."""
        native = library.BITS[op]
        if native not in NATIVES:
            hint = "use `Math.trunc(x)`" if op in ("|", "~", ">>>") else "use arithmetic: `*`, `/` and `%`"
            self.diagnostics.add("unsupported", f"the operator `{op}` on bits is not supported", span, hint)
        return ir.Native(native, args, type=ir.INT, span=span)

    def assign(self, node: t.AssignExpr) -> ir.Expr:
        """``target = value``, its compound forms, and patterns."""
        if isinstance(node.target, t.ListTarget | t.ObjectTarget):
            held = self.temporary(node.span)
            value = self.expr(node.value)
            steps: list[ir.Expr] = [ir.Assign(held, value, type=value.type, span=node.span)]
            typed = ir.Local(held.name, type=value.type, span=node.span)
            steps += [s.value for s in self.bind(node.target, typed, "") if isinstance(s, ir.Do)]
            return ir.Sequence((*steps, typed), type=value.type, span=node.span)
        if node.op in library.BITS:
            place = self.place(node.target)
            self._refuse_twice(place, node)
            made = self.bits(node.op, (place, self.expr(node.value)), node.span)
            return ir.Assign(place, made, type=ir.INT, span=node.span)
        if node.op or not isinstance(node.value, t.FunctionExpr | t.ClassExpr):
            return super().assign(node)
        value = self.named(node.value, node.target)
        return ir.Assign(self.place(node.target, value), value, type=value.type, span=node.span)

    def _refuse_twice(self, place: ir.Expr, node: t.AssignExpr) -> None:
        """Operators on bits are calls, so their target is reached twice."""
        for inner in ir.walk(place):
            if isinstance(inner, ir.Call | ir.CallValue | ir.Method | ir.Assign | ir.Construct):
                hint = "keep the object in a variable first"
                self.diagnostics.add(
                    "unsupported", f"`{node.op}=` of a computed place is not supported", node.span, hint
                )
                return

    def place(self, node: t.Expr, value: ir.Expr | None = None) -> ir.Expr:
        """What an assignment sets."""
        if isinstance(node, t.Member) and node.name == "length":
            target = self.expr(node)
            if isinstance(target, ir.Unary) and strip(target.operand.type) == ir.TEXT:
                self.diagnostics.add("not-a-place", "the length of a text cannot be assigned", node.span)
            if isinstance(target, ir.Unary):
                return ir.GetField(target.operand, "length", span=node.span)
        return super().place(node, value)


def _is_number(node: t.Expr) -> bool:
    return isinstance(node, t.Literal) and isinstance(node.value, int | Decimal) and not isinstance(node.value, bool)


def _is_there(type_: ir.Type) -> bool:
    """Whether a value of the type is never null or undefined."""
    return not isinstance(type_, ir.Optional) and family(type_) not in (None, "null")
