"""Queries in left sides.

A live call ``q( a, $b; )`` is the query's conditions in its place. A pulled call ``?q( ... )`` is a function over
working memory as it is when the rule's other conditions before it have matched and a rule is to be chosen; it may
recurse. For each query there is one function for each combination of arguments that are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.conditions import patterns
from cybermiles.dsl.passes.conditions.branches import Inlined
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.syntax import tree as t

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions


# --- calls
def _arguments(of: Conditions, node: t.PatternNode, query: t.QueryItem) -> list[t.Expr]:
    """The arguments in order; ``$x : name`` is the argument for the parameter of that name."""
    if node.binding is not None or node.watch:
        message = f"a call of a query takes no {'name' if node.binding is not None else '`@watch`'}"
        of.diagnostics.add("misplaced-binding", message, node.span, "name its arguments")
    names = [param.text for _, param in query.params]
    by_name = {
        arg.value.text: arg.name
        for arg in [*node.positional, *(_named(constraint) for constraint in node.constraints)]
        if isinstance(arg, t.BindExpr) and isinstance(arg.value, t.Name)
    }
    if len(by_name) == len(node.positional) + len(node.constraints) and set(by_name) == set(names):
        return [by_name[name] for name in names]
    if node.constraints or len(node.positional) != len(query.params):
        wanted = len(query.params)
        message = f"the query `{query.name}` takes {wanted} argument{'' if wanted == 1 else 's'} "
        message += f"before a `;`, not {len(node.positional)}"
        raise of.diagnostics.fail("wrong-argument-count", message, node.span)
    return node.positional


def _named(node: t.Constraint) -> t.Expr:
    return node.value if node.binding is None else t.BindExpr(node.span, node.binding, node.value, node.unify)


def inline(of: Conditions, node: Inlined) -> Sequence[ir.Condition]:
    """The conditions of the query, its parameters replaced by the arguments."""
    args = _arguments(of, node.call, node.query)
    given: dict[str, Entry] = {}
    results: list[tuple[t.Name, t.Name]] = []
    for (_, param), arg in zip(node.query.params, args, strict=True):
        if isinstance(arg, t.Name) and patterns.unbound(of, arg):
            results.append((param, arg))
            continue
        with of.matching(None):
            value = of.names.expr(arg)
        given[param.text] = Entry(value, True, used=True, span=param.span)
    with _alone(of, given, node.query.name):
        made = of.all(node.conditions)
        found = {param.text: of.known(param.text) for param, _ in results}
    for param, arg in results:
        entry = found[param.text]
        if entry is None:
            _unbound_result(of, node.query, param)
            continue
        of.bind(arg, entry.value, fact=entry.fact, needed=True)
    return made


def _unbound_result(of: Conditions, query: t.QueryItem, param: t.Name) -> None:
    message = f"the query `{query.name}` never binds `{param.text}`"
    hint = f"bind it with `{param.text} := field`, or as a positional argument"
    of.diagnostics.add("unknown-name", message, param.span, hint)


@contextmanager
def _alone(of: Conditions, given: dict[str, Entry], query: str) -> Iterator[None]:
    """Only the parameters and globals are known inside."""
    names, first = of.names.scopes, of.first
    shared = {name: entry for name, entry in names[0].items() if isinstance(entry.value, ir.Global)}
    of.names.scopes = [shared, given]
    of.first = 1
    of.inlining.append(query)
    try:
        yield
        for entry in given.values():
            entry.used = True
        of.usage.note(given)
    finally:
        of.names.scopes, of.first = names, first
        of.inlining.pop()


def call(of: Conditions, node: t.PatternNode) -> Sequence[ir.Condition]:
    """A pulled call, or one that recurs."""
    query = of.queries.get(node.type)
    if query is None:
        message = f"there is no query `{node.type}`"
        raise of.diagnostics.fail("unknown-function", message, node.type_span, suggest(node.type, of.queries))
    if not node.pull and not of.within_query:
        message = f"the query `{query.name}` calls itself, so it cannot be kept up to date"
        raise of.diagnostics.fail("unsupported", message, node.span, f"pull it: `?{query.name}( ... )`")
    args = _arguments(of, node, query)
    known: list[ir.Expr] = []
    outputs: list[t.Name] = []
    pattern = ""
    for arg in args:
        if isinstance(arg, t.Name) and patterns.unbound(of, arg) and arg.text not in [o.text for o in outputs]:
            outputs.append(arg)
            pattern += "f"
            continue
        with of.matching(None):
            known.append(of.names.expr(arg))
        pattern += "b"
    function = of.functions.name(query, pattern)
    rows = ir.Call(function, tuple(known), type=ir.ListOf(ir.ListOf(ir.ANY)), span=node.span)
    row = of.fresh("row", ir.ListOf(ir.ANY), node.span)
    made: list[ir.Condition] = []
    if not of.within_query:
        made.append(_settled(of, node.span))
    made.append(ir.From(row.name, rows, (), span=node.span))
    for i, name in enumerate(outputs):
        of.bind(name, ir.GetIndex(row, ir.Const(i, type=ir.INT), span=name.span), needed=True)
    return made


def _settled(of: Conditions, span: ir.Span) -> ir.Accumulate:
    """A fold over nothing: it holds once for each match so far, but not before a rule is to be chosen."""
    never = ir.Unary("!", ir.Const(True, type=ir.BOOL), type=ir.BOOL, span=span)
    fold = ir.Fold(of.names.unique("settled"), (), (), ir.Const(True, type=ir.BOOL, span=span), span=span)
    return ir.Accumulate((ir.Test(never, span=span),), (fold,), span=span)
