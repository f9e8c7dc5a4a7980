"""``or`` and named consequences: one rule as written becomes several, each a plain list of conditions.

``or`` is put outside of ``and`` (disjunctive normal form), so each branch is a rule of the same name. ``do[x]`` runs
the consequence ``x`` for what the conditions before it match: a rule of the conditions so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t

MAX_BRANCHES = 256
"""Into how many rules one rule may fall apart."""


@dataclass(slots=True)
class Inlined:
    """A call of a query, with one of the branches of the query's conditions."""

    span: Span
    call: t.PatternNode
    query: t.QueryItem
    conditions: list[Piece]


@dataclass(slots=True)
class Choice:
    """The condition of an ``if`` between conditions: it sees the fields of the pattern before it."""

    span: Span
    value: t.Expr
    pattern: t.PatternNode | None


Piece: TypeAlias = t.Condition | Inlined | Choice
"""A condition as written, or what stands for a part of one."""


@dataclass(slots=True)
class Branch:
    """Conditions without ``or`` and ``do``, and the label of the consequence; None: the rule's own."""

    conditions: list[Piece]
    label: t.Name | None


class Branches:
    """Takes conditions apart."""

    def __init__(
        self, diagnostics: Diagnostics, queries: Mapping[str, t.QueryItem], within: Sequence[str] = ()
    ) -> None:
        self.diagnostics = diagnostics
        self.queries = queries
        self._calls = [*within]
        """The queries that are being inlined; a call of one of them stays a call."""

    def rules(self, conditions: Sequence[t.Condition], span: Span) -> list[Branch]:
        """The rules that one rule stands for: of each alternative its labels in order, then its own consequence."""
        made: dict[tuple[object, ...], Branch] = {}
        for alternative in self.alternatives(conditions, span):
            for branch in _cut(alternative):
                key = (branch.label and branch.label.span, *(_identity(c) for c in branch.conditions))
                made.setdefault(key, branch)
        return list(made.values())

    def alternatives(self, conditions: Sequence[t.Condition], span: Span) -> list[list[Piece]]:
        """Lists of conditions of which one must hold as a whole."""
        made: list[list[Piece]] = [[]]
        for node in conditions:
            options = self._options(node)
            if len(made) * len(options) > MAX_BRANCHES:
                message = f"the combinations of `or` make more than {MAX_BRANCHES} rules of this one"
                hint = "use `||` within a pattern, or split the rule"
                raise self.diagnostics.fail("too-many-branches", message, span, hint)
            made = [[*before, *option] for before in made for option in options]
        return made

    def _options(self, node: t.Condition) -> list[list[Piece]]:
        match node:
            case t.GroupNode(span, "and", items):
                return self.alternatives(items, span)
            case t.GroupNode(_, "or", items):
                return [option for item in items for option in self._options(item)]
            case t.PatternNode(span, type=name) if not node.pull and node.source is None and name in self.queries:
                return self._call(node, self.queries[name])
        return [[node]]

    def _call(self, node: t.PatternNode, query: t.QueryItem) -> list[list[Piece]]:
        if query.name in self._calls:
            return [[node]]
        self._calls.append(query.name)
        try:
            options = self.alternatives(query.conditions, node.span)
        finally:
            self._calls.pop()
        return [[Inlined(node.span, node, query, option)] for option in options]


def _identity(node: Piece) -> object:
    """Equal for the same condition in several alternatives."""
    match node:
        case Inlined(call=call, conditions=conditions):
            return (id(call), *(_identity(c) for c in conditions))
        case Choice(value=value, span=span):
            return (span, type(value))
    return id(node)


def _cut(conditions: Sequence[Piece]) -> Iterator[Branch]:
    before: list[Piece] = []
    pattern: t.PatternNode | None = None
    for node in conditions:
        match node:
            case t.DoNode(label=label):
                yield Branch([*before], label)
            case t.ChooseNode():
                yield from _choose(node, before, pattern)
            case _:
                before.append(node)
                if isinstance(node, t.PatternNode):
                    pattern = node
    yield Branch(before, None)


def _choose(node: t.ChooseNode, before: list[Piece], pattern: t.PatternNode | None) -> Iterator[Branch]:
    """A rule for each branch; one that breaks keeps its matches from what follows."""
    others: list[Piece] = []
    left: list[Piece] = []
    for condition, verb, label in node.branches:
        mine = [*others]
        if condition is not None:
            mine.append(Choice(condition.span, condition, pattern))
            others.append(Choice(condition.span, t.UnaryExpr(condition.span, "!", condition), pattern))
        yield Branch([*before, *mine], label)
        if verb == "break":
            left.append(_none_of(mine, node.span, pattern))
    before += left


def _none_of(conditions: Sequence[Piece], span: Span, pattern: t.PatternNode | None) -> Choice:
    """That not all of these hold."""
    value: t.Expr | None = None
    for condition in conditions:
        if isinstance(condition, Choice):
            part = condition.value
            value = part if value is None else t.BinaryExpr(span, "&&", value, part)
    return Choice(span, t.UnaryExpr(span, "!", value or t.Literal(span, True)), pattern)
