"""Pass 2, scripts: the body of an endpoint and its functions."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.syntax import tree as t


def resolve_script(context: Context, script: t.Script, name: str, args: Sequence[ir.Field]) -> list[ir.Function]:
    """The function ``name`` that runs the script, and the functions that the script declares."""
    declared: dict[str, t.FunctionStmt] = {}
    for statement in script.body:
        if isinstance(statement, t.FunctionStmt):
            if statement.name.text in declared:
                message = f"the function `{statement.name.text}` is declared twice"
                context.diagnostics.add("duplicate-name", message, statement.span)
            declared[statement.name.text] = statement
    functions = {text: (f"{name}.{text}", len(node.params)) for text, node in declared.items()}
    top = [s for s in script.body if not isinstance(s, t.FunctionStmt)]
    resolver = _ScriptResolver(context, functions, top, implicit=True)
    main = resolver.function(name, args, top, script.span)
    outer = frozenset(resolver.declared)
    made = [main]
    for text, node in declared.items():
        inner = _ScriptResolver(context, functions, node.body, implicit=False, outer=outer)
        params = [ir.Field(p.text, ir.ANY, span=p.span) for p in node.params]
        made.append(inner.function(functions[text][0], params, node.body, node.span))
    return made


class _ScriptResolver(StatementResolver):
    def __init__(
        self,
        context: Context,
        functions: dict[str, tuple[str, int]],
        body: Sequence[t.Stmt],
        *,
        implicit: bool,
        outer: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(context, rules=False, implicit=implicit)
        self.functions = functions
        self.outer = outer
        self.declared: set[str] = set()
        counts = Counter(_assigned(body))
        self.single = frozenset(name for name, count in counts.items() if count == 1)

    def function(self, name: str, params: Sequence[ir.Field], body: Sequence[t.Stmt], span: ir.Span) -> ir.Function:
        """The whole function."""
        fields: list[ir.Field] = []
        for param in params:
            local = self.declare(t.Name(param.span, param.name), param.type)
            fields.append(dataclasses.replace(param, name=local.name))
        made = tuple(x for s in body for x in self.statement(s))
        self.declared |= set(self.scopes[0])
        implicit = tuple(ir.Let(n, None, span=local.span) for n, local in self.implicit_locals.items())
        return ir.Function(name, tuple(fields), implicit + made, span=span)

    def unknown(self, node: t.Name) -> ir.Expr:
        """A function cannot see the variables of the script around it."""
        if node.text in self.outer:
            message = f"functions cannot see the script's variable `{node.text}` (closures are not supported)"
            self.diagnostics.add("unsupported", message, node.span, "pass it as an argument")
            return ir.Const(None, span=node.span)
        if node.text in self.functions:
            message = f"the function `{node.text}` can only be called"
            self.diagnostics.add("unsupported", message, node.span, "call it, or pass a value")
            return ir.Const(None, span=node.span)
        return super().unknown(node)


def _assigned(body: Sequence[t.Stmt]) -> Iterator[str]:
    """Every name that the statements assign or declare, once for each time."""
    stack: list[object] = [body]
    while stack:
        node = stack.pop()
        if isinstance(node, list | tuple):
            stack.extend(node)
            continue
        match node:
            case t.LetStmt(_, _, names):
                for name, value in names:
                    yield name.text
                    if value is None:
                        yield name.text
            case t.AssignExpr(_, t.Name(_, text), _, _) | t.StepExpr(_, t.Name(_, text), _, _):
                yield text
            case t.ForOfStmt(_, "", t.Name(_, text)):
                yield text
        if dataclasses.is_dataclass(node) and not isinstance(node, type):
            stack.extend(getattr(node, f.name) for f in dataclasses.fields(node) if f.name != "span")
