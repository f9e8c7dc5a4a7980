"""Functions of scripts: parameters, bodies, arrows, and functions as values."""

from __future__ import annotations

from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.script.calls import CallResolver
from cybermiles.dsl.passes.script.declared import bound
from cybermiles.dsl.passes.script.names import Frame
from cybermiles.dsl.passes.script.patterns import is_undefined
from cybermiles.dsl.syntax import tree as t


class FunctionResolver(CallResolver):
    """Resolves functions to closures."""

    def statements(self, body: Sequence[t.Stmt]) -> tuple[ir.Stmt, ...]:
        """Overridden where statements are resolved."""
        raise NotImplementedError

    def class_value(self, node: t.ClassExpr, name: str) -> ir.Expr:
        """Overridden where classes are resolved."""
        raise NotImplementedError

    def function_value(self, node: t.FunctionExpr | t.ClassExpr, name: str) -> ir.Expr:
        """A function or class where a value stands; one that has a name of its own knows itself by it."""
        own = node.name
        if own is None or (isinstance(node, t.FunctionExpr) and node.kind == "method"):
            return self.closure(node, name) if isinstance(node, t.FunctionExpr) else self.class_value(node, name)
        frame = Frame("arrow")
        with self.function(frame):
            local = self.declare(own, "const")
            made = self.closure(node, name) if isinstance(node, t.FunctionExpr) else self.class_value(node, name)
        if not any(isinstance(n, ir.Local) and n.name == local.name for n in ir.walk(made)):
            return made
        body = (ir.Let(local.name, made, span=node.span), ir.Return(local, span=node.span))
        maker = ir.Closure("", (), (*frame.prologue, *body), span=node.span)
        return ir.CallValue(maker, (), span=node.span)

    def closure(self, node: t.FunctionExpr, name: str, frame: Frame | None = None) -> ir.Closure:
        """The function itself."""
        frame = frame or Frame(node.kind)
        with self.function(frame):
            for target in (*(p.target for p in node.params), *([node.rest] if node.rest is not None else [])):
                for bare in bound(target):
                    self.declare(bare, "param", pending=True)
            params: list[ir.Field] = []
            before: list[ir.Stmt] = []
            for param in node.params:
                params.append(ir.Field(self._parameter(param, before), ir.ANY, span=node.span))
            rest = ""
            if node.rest is not None:
                rest = self._parameter(t.Default(node.rest, None), before)
            self.predeclare_vars(node.body)
            body = self.statements(node.body)
        made = (*frame.prologue, *before, *body)
        return ir.Closure(name, tuple(params), made, rest, frame.kind != "arrow", span=node.span)

    def _parameter(self, param: t.Default, before: list[ir.Stmt]) -> str:
        """The name of a parameter, and what the body does with it first."""
        if not isinstance(param.target, t.Name):
            name = self.unique("parameter#")
            before += self.bind_default(param, ir.Local(name, span=param.target.span), "param")
            return name
        other = None if param.value is None else self.named(param.value, param.target)
        local = self.declare(param.target, "param")
        if other is not None:
            given = ir.Do(ir.Assign(local, other, span=other.span), span=other.span)
            before.append(ir.If(is_undefined(local), (given,), span=other.span))
        return local.name
