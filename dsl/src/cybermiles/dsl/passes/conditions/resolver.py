"""The conditions of one left side, in order: scopes of names, and the dispatch over kinds of conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug
from cybermiles.dsl.passes.conditions import accumulate, groups, patterns, queries
from cybermiles.dsl.passes.conditions.branches import Branches, Choice, Inlined, Piece
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.syntax import tree as t

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.query_functions import QueryFunctions


@dataclass(slots=True)
class Usage:
    """Which names the conditions bound and never used; shared by all branches of a rule, as they share most names."""

    bound: dict[ir.Span, str] = field(default_factory=dict)
    used: set[ir.Span] = field(default_factory=set)

    def note(self, names: Mapping[str, Entry]) -> None:
        """Takes in a scope that ends."""
        for name, entry in names.items():
            if entry.used or entry.fact:
                self.used.add(entry.span)
            else:
                self.bound.setdefault(entry.span, name)

    def unused(self) -> Iterator[tuple[str, ir.Span]]:
        """Names that no branch used."""
        return ((name, span) for span, name in self.bound.items() if span not in self.used)


class Conditions:
    """Resolves conditions for a resolver of names; what they bind goes to its innermost scope."""

    def __init__(
        self, names: StatementResolver, functions: QueryFunctions, usage: Usage, *, within_query: bool = False
    ) -> None:
        self.names = names
        self.context = names.context
        self.diagnostics = names.diagnostics
        self.functions = functions
        self.queries = functions.queries
        self.usage = usage
        self.within_query = within_query
        """These are the conditions of a query's function: they are run, not matched."""
        self.inlining: list[str] = []
        """The queries whose conditions these are: a call of one of them stays a call."""
        self.first = len(names.scopes)
        """The outermost scope of this left side."""
        self.facts: dict[int, ir.Local] = {}
        """The fact of each pattern so far, by the identity of its node."""

    # --- scopes
    @contextmanager
    def scope(self) -> Iterator[dict[str, Entry]]:
        """Names bound inside are unknown after it."""
        own: dict[str, Entry] = {}
        self.names.scopes.append(own)
        try:
            yield own
        finally:
            self.names.scopes.pop()
            self.usage.note(own)

    @contextmanager
    def matching(self, fact: ir.Local | None) -> Iterator[None]:
        """Expressions inside are conditions; ``fact`` is what ``this`` and bare field names mean."""
        names = self.names
        outer = names.this, names.condition
        names.this, names.condition = fact, True
        try:
            yield
        finally:
            names.this, names.condition = outer

    def bind(self, name: t.Name, value: ir.Expr, *, fact: bool = False, needed: bool = False) -> None:
        """Makes a name known to what follows; one that is ``needed`` for its place need not be used."""
        if self.known(name.text) is not None:
            hint = "use `:=` if both must be equal"
            self.diagnostics.add("duplicate-name", f"`{name.text}` is bound twice", name.span, hint)
        self.names.scopes[-1][name.text] = Entry(value, True, fact, needed, name.span)

    def known(self, name: str) -> Entry | None:
        """What these conditions bound to a name."""
        for scope in reversed(self.names.scopes[self.first :]):
            if name in scope:
                return scope[name]
        return None

    def fresh(self, name: str, type_: ir.Type, span: ir.Span) -> ir.Local:
        """A local that no other of the rule is named as."""
        return ir.Local(self.names.unique(name), type=type_, span=span)

    # --- dispatch
    def all(self, nodes: Sequence[Piece]) -> list[ir.Condition]:
        """Conditions that must all hold."""
        return [made for node in flatten(nodes) for made in self.one(node)]

    def branches(self) -> Branches:
        """Takes conditions apart that stand within these."""
        return Branches(self.diagnostics, self.queries, self.inlining)

    def alternative(self, node: t.Condition, what: str) -> list[ir.Condition]:
        """Conditions that must all hold, where no ``or`` can stand."""
        alternatives = self.branches().alternatives([node], node.span)
        if len(alternatives) > 1:
            hint = "use `||` within a pattern, or a rule for each branch"
            self.diagnostics.add("unsupported", f"`or` within {what} is not supported", node.span, hint)
        return self.all(alternatives[0])

    def one(self, node: Piece) -> Sequence[ir.Condition]:
        """One condition becomes none, one or more."""
        match node:
            case Inlined():
                return queries.inline(self, node)
            case Choice(pattern=pattern, value=value, span=span):
                with self.matching(self.facts.get(id(pattern))):
                    return [ir.Test(patterns.truth(self, value), span=span)]
            case t.PatternNode():
                return patterns.pattern(self, node)
            case t.GroupNode(_, ("not" | "exists") as kind):
                return groups.group(self, kind, node)
            case t.GroupNode(_, "forall"):
                return groups.forall(self, node)
            case t.TestNode(span, value):
                with self.matching(None):
                    return [ir.Test(patterns.truth(self, value), span=span)]
            case t.AccumulateNode():
                return accumulate.accumulate(self, node)
            case t.DoNode(span) | t.ChooseNode(span):
                hint = "put it after a condition of the rule itself"
                message = "a named consequence within `not`, `exists`, `accumulate` or a query"
                self.diagnostics.add("unsupported", message, span, hint)
                return []
        raise CompilerBug(f"a condition {type(node).__name__} that the branches should have taken away")


def flatten(nodes: Sequence[Piece]) -> list[Piece]:
    """``and`` groups are their members."""
    out: list[Piece] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, t.GroupNode) and node.kind == "and":
            stack.extend(reversed(node.items))
        else:
            out.append(node)
    return out
