"""Functions that list the answers of a query: one for each combination of parameters that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cybermiles.dsl import ir
from cybermiles.dsl.passes.conditions.branches import Branches
from cybermiles.dsl.passes.conditions.resolver import Conditions, Usage
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.syntax import tree as t


class QueryFunctions:
    """The functions of one rule set; they are made when the first call asks for them."""

    def __init__(
        self,
        context: Context,
        ruleset: str,
        queries: Mapping[str, t.QueryItem],
        names: Callable[[], StatementResolver],
    ) -> None:
        self.context = context
        self.ruleset = ruleset
        self.queries = queries
        self._names = names
        self._made: set[str] = set()

    def name(self, query: t.QueryItem, known: str) -> str:
        """The function for calls that know the parameters marked ``b``; its rows hold the others, marked ``f``."""
        name = f"{self.ruleset}/query {query.name} {known}"
        if name not in self._made:
            self._made.add(name)
            self._make(name, query, known)
        return name

    def check(self, query: t.QueryItem) -> None:
        """Reports what is wrong with a query that nothing calls."""
        if not any(name.startswith(f"{self.ruleset}/query {query.name} ") for name in self._made):
            functions = len(self.context.functions)
            self.name(query, "b" * len(query.params))
            del self.context.functions[functions:]

    def _make(self, name: str, query: t.QueryItem, known: str) -> None:
        names = self._names()
        usage = Usage()
        params: list[ir.Field] = []
        for (kind, param), mark in zip(query.params, known, strict=True):
            if mark == "b":
                type_ = names.declared_type(kind, param.span) if kind else ir.ANY
                local = ir.Local(names.unique(param.text), type=type_, span=param.span)
                names.scopes[-1][param.text] = Entry(local, True, used=True, span=param.span)
                params.append(ir.Field(local.name, type_, span=param.span))
        wanted = [param for (_, param), mark in zip(query.params, known, strict=True) if mark == "f"]
        rows = ir.Local(names.unique("rows"), type=ir.ListOf(ir.ANY), span=query.name_span)
        body: list[ir.Stmt] = [ir.Let(rows.name, ir.NewList((), type=rows.type), span=query.name_span)]
        for conditions in Branches(self.context.diagnostics, self.queries, [query.name]).alternatives(
            query.conditions, query.name_span
        ):
            of = Conditions(names, self, usage, within_query=True)
            of.inlining = [query.name]
            of.first = 0  # parameters are names that conditions can unify with
            with of.scope():
                made = of.all(conditions)
                values = tuple(self._output(of, query, param) for param in wanted)
            row = ir.NewList(values, type=ir.ListOf(ir.ANY), span=query.name_span)
            found = ir.Do(ir.Method(rows, "push", (row,), span=query.name_span), span=query.name_span)
            body.append(ir.When(tuple(made), (found,), span=query.name_span))
        body.append(ir.Return(rows, span=query.name_span))
        for unused, span in usage.unused():
            self.context.diagnostics.add("unused-binding", f"the binding `{unused}` is never used", span)
        self.context.functions.append(ir.Function(name, tuple(params), tuple(body), self.ruleset, span=query.name_span))

    def _output(self, of: Conditions, query: t.QueryItem, param: t.Name) -> ir.Expr:
        entry = of.known(param.text)
        if entry is not None:
            entry.used = True
            return entry.value
        message = f"the query `{query.name}` never binds `{param.text}`"
        hint = f"bind it with `{param.text} := field`, or as a positional argument"
        self.context.diagnostics.add("unknown-name", message, param.span, hint)
        return ir.Const(None, type=ir.NULL, span=param.span)
