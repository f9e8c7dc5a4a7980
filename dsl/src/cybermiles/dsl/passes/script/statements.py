"""Statements of scripts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.captures import bound_fresh
from cybermiles.dsl.passes.script.loops import LoopResolver
from cybermiles.dsl.passes.script.names import Variable
from cybermiles.dsl.syntax import tree as t


class StatementResolver(LoopResolver):
    """Resolves statements."""

    def statements(self, body: Sequence[t.Stmt]) -> tuple[ir.Stmt, ...]:
        """The statements of a block, in the innermost scope; its functions are there from its start."""
        self.predeclare(body)
        made = [x for s in body if not isinstance(s, t.FunctionStmt) for x in self.statement(s)]
        functions = [self._function(s) for s in body if isinstance(s, t.FunctionStmt)]
        return (*functions, *made)

    def _function(self, node: t.FunctionStmt) -> ir.Stmt:
        entry = self.scopes[-1][node.name.text]
        assert isinstance(entry.value, ir.Local)
        return ir.Let(entry.value.name, self.closure(node.function, node.name.text), span=node.span)

    def statement(self, node: t.Stmt) -> Sequence[ir.Stmt]:
        """One statement becomes none, one or more."""
        match node:
            case t.ExprStmt(span, value):
                made_effect = self.effect(span, value)
                frame = self.frames[-1]
                if frame.constructor and frame.super_called and len(self.scopes) == frame.scope + 1:
                    frame.super_done = frame.super_done or isinstance(made_effect[0], ir.Do)
                return made_effect
            case t.LetStmt():
                return self.let(node)
            case t.IfStmt(_, branches, orelse):
                tests = [(condition.span, self.expr(condition), self.block(then)) for condition, then in branches]
                made = self.block(orelse)
                for span, condition, then in reversed(tests):
                    made = (ir.If(condition, then, made, span=span),)
                return made
            case t.WhileStmt():
                return self.while_(node)
            case t.ForStmt():
                return self.for_(node)
            case t.ForOfStmt():
                return self.for_of(node)
            case t.ForInStmt():
                return self.for_in(node)
            case t.ReturnStmt(span, value):
                if value is not None and self.frames[-1].constructor:
                    message = "a constructor gives its own object and no other"
                    hint = "make the other one in a static method"
                    self.diagnostics.add("unsupported", message, span, hint)
                return [ir.Return(None if value is None else self.expr(value), span=span)]
            case t.JumpStmt(span, kind, label):
                name = "" if label is None else label.text
                return [ir.Break(name, span=span) if kind == "break" else ir.Continue(name, span=span)]
            case t.ThrowStmt():
                return [self.throw(node)]
            case t.BlockStmt(_, body):
                return self.block(body)
            case t.ClassStmt(span, name, value):
                made_class = self.class_value(value, name.text)
                return [ir.Let(self.declare(name, "class").name, made_class, span=span)]
            case t.LabeledStmt():
                return self.labeled(node)
            case t.SwitchStmt():
                return self.switch(node)
            case t.TryStmt():
                return [self.try_(node)]
            case t.FunctionStmt(span):
                return self.block([node])
        self.diagnostics.add("misplaced-statement", "this statement stands in consequences of rules only", node.span)
        return []

    def let(self, node: t.LetStmt) -> Sequence[ir.Stmt]:
        """Declarations of variables."""
        made: list[ir.Stmt] = []
        for target, value in node.names:
            resolved = None if value is None else self.named(value, target)
            if not isinstance(target, t.Name):
                if resolved is not None:
                    made += self.bind(target, resolved, node.kind)
                continue
            single = node.kind == "const" or target.text in self.survey.single
            kind = resolved.type if resolved is not None and single and resolved.type != ir.NULL else ir.ANY
            if node.kind == "var":
                local = self.var(target, kind)
                if resolved is not None:
                    made.append(ir.Do(ir.Assign(local, resolved, span=target.span), span=target.span))
                continue
            if resolved is None and node.kind == "const":
                message = f"the constant `{target.text}` has no value"
                self.diagnostics.add("syntax", message, target.span, f"write `const {target.text} = ...`")
            made.append(ir.Let(self.declare(target, node.kind, kind).name, resolved, span=target.span))
        return made

    def throw(self, node: t.ThrowStmt) -> ir.Stmt:
        """``throw``: where no `try` is, it is a revert."""
        match node.value:
            case t.NewExpr(_, "BpmnError", _, _):
                return ir.Throw(self.expr(node.value), span=node.span)
            case t.NewExpr(_, "Error", _, [message]) if not self.survey.has_try and self._is_builtin("Error"):
                if not isinstance(message, t.SpreadExpr):
                    return ir.Revert(self.expr(message), span=node.span)
            case t.NewExpr() | t.NewValueExpr():
                pass
            case value if not self.survey.has_try:
                made = self.expr(value)
                if isinstance(made, ir.Const) or made.type == ir.TEXT:
                    return ir.Revert(made, span=node.span)
                return ir.Throw(made, span=node.span)
        return ir.Throw(self.expr(node.value), span=node.span)

    def _is_builtin(self, name: str) -> bool:
        return name in library.ERRORS and name not in self.context.types and self.find(name) is None

    def labeled(self, node: t.LabeledStmt) -> Sequence[ir.Stmt]:
        """A label belongs to the loop; what its head declares comes before."""
        made = list(self.block(node.body))
        loops = (ir.Loop, ir.ForEach, ir.ForIn)
        before: list[ir.Stmt] = []
        if made and isinstance(made[-1], loops) and len(node.body) == 1:
            before, made = made[:-1], made[-1:]
        return [*before, ir.Labeled(node.label.text, tuple(made), span=node.span)]

    def switch(self, node: t.SwitchStmt) -> Sequence[ir.Stmt]:
        """``switch``: its cases are one scope."""
        value = self.expr(node.value)
        cases: list[ir.Case] = []
        with self.scope():
            everything = [s for case in node.cases for s in case.body]
            self.predeclare(everything)
            for case in node.cases:
                test = None if case.test is None else self.expr(case.test)
                body = [x for s in case.body if not isinstance(s, t.FunctionStmt) for x in self.statement(s)]
                cases.append(ir.Case(test, tuple(body), span=case.span))
                for entry in self.scopes[-1].values():
                    if isinstance(entry, Variable) and not entry.pending and entry.kind != "function":
                        entry.other_case = True
            functions = [self._function(s) for s in everything if isinstance(s, t.FunctionStmt)]
            flags = {
                entry.value.name: entry.flag
                for entry in self.scopes[-1].values()
                if isinstance(entry, Variable) and entry.flag and isinstance(entry.value, ir.Local)
            }
        made = tuple(_flagged(case, flags) for case in cases) if flags else tuple(cases)
        off = ir.Const(False, type=ir.BOOL, span=node.span)
        before = [ir.Let(flag, off, span=node.span) for flag in flags.values()]
        return [*before, *functions, ir.Switch(value, made, span=node.span)]

    def try_(self, node: t.TryStmt) -> ir.Stmt:
        """``try``, ``catch``, ``finally``."""
        self.frames[-1].tries += node.handler is not None
        body = self.block(node.body)
        self.frames[-1].tries -= node.handler is not None
        name, handler = "", None
        if node.handler is not None:
            name = self.unique("error#")
            with self.scope():
                given: tuple[ir.Stmt, ...] = ()
                if isinstance(node.param, t.Name):
                    local = self.declare(node.param, "catch")
                    name, handler = bound_fresh(local.name, name, self.statements(node.handler), node.span)
                else:
                    if node.param is not None:
                        given = tuple(self.bind(node.param, ir.Local(name, span=node.param.span), "catch"))
                    handler = (*given, *self.statements(node.handler))
        finalizer = () if node.finalizer is None else self.block(node.finalizer)
        return ir.Try(body, name, handler, finalizer, span=node.span)


def _flagged(case: ir.Case, flags: dict[str, str]) -> ir.Case:
    """A case that says of its variables, which other cases see, when they are declared."""
    body: list[ir.Stmt] = []
    for statement in case.body:
        body.append(statement)
        if isinstance(statement, ir.Let) and statement.name in flags:
            on = ir.Const(True, type=ir.BOOL, span=statement.span)
            flag = ir.Local(flags[statement.name], type=ir.BOOL)
            body.append(ir.Do(ir.Assign(flag, on, span=statement.span), span=statement.span))
    return dataclasses.replace(case, body=tuple(body))
