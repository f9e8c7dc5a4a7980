"""The rule network's meaning, without a network: after each event all matches are computed anew.

A readable oracle for the kernel (DESIGN section 3, "Rule network"). Facts change only through events (insert, update of
all fields, delete), so it says nothing about assignments without `update`.
"""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass, field

OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Constraint:
    """`name op value`; the value is a number or (position of an earlier positive pattern, its field)."""

    name: str
    op: str
    value: int | tuple[int, str]


@dataclass(frozen=True)
class Pattern:
    """A fact of a type, or with `negated` the absence of any such fact."""

    of: str
    constraints: tuple[Constraint, ...]
    negated: bool = False


@dataclass(frozen=True)
class Action:
    """`update`: adds to a field of the fact at a position, modulo 5, then `update`; `delete`; `insert` of constants."""

    kind: str
    position: int = 0
    name: str = ""
    amount: int = 0
    of: str = ""
    values: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Patterns and what happens when they match."""

    name: str
    salience: int
    patterns: tuple[Pattern, ...]
    actions: tuple[Action, ...]


@dataclass
class Fact:
    """A fact in working memory."""

    id: int
    of: str
    values: dict[str, int]
    sequence: int


@dataclass
class Reference:
    """Working memory and agenda of one session."""

    rules: tuple[Rule, ...]
    depth: bool = False
    facts: dict[int, Fact] = field(default_factory=dict)
    sequence: int = 0
    fired: list[tuple[str, list[int]]] = field(default_factory=list)
    _ids: int = 0
    _pending: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)
    """(rule, facts) -> sequence number of the event that completed the match; only matches that have not fired."""
    _matches: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._settle(None)

    def insert(self, of: str, values: dict[str, int]) -> int:
        self.sequence += 1
        self._ids += 1
        self.facts[self._ids] = Fact(self._ids, of, dict(values), self.sequence)
        self._settle(None)
        return self._ids

    def update(self, fact: int, values: dict[str, int]) -> None:
        self.sequence += 1
        self.facts[fact].values.update(values)
        self.facts[fact].sequence = self.sequence
        self._settle(fact)

    def delete(self, fact: int) -> None:
        self.sequence += 1
        del self.facts[fact]
        self._settle(None)

    def fire(self, limit: int) -> int:
        """Fires at most `limit` rules; how many fired."""
        count = 0
        while self._pending and count < limit:
            match = min(self._pending, key=self._order)
            del self._pending[match]
            rule, facts = self.rules[match[0]], match[1]
            self.fired.append((rule.name, list(facts)))
            count += 1
            for action in rule.actions:
                self._act(action, facts)
        return count

    def _act(self, action: Action, facts: tuple[int, ...]) -> None:
        if action.kind == "insert":
            self.insert(action.of, dict(zip("xyz", action.values, strict=True)))
            return
        fact = facts[action.position]
        if fact not in self.facts:
            return
        if action.kind == "delete":
            self.delete(fact)
        else:
            old = self.facts[fact].values[action.name]
            self.update(fact, {action.name: (old + action.amount) % 5})

    def _order(self, match: tuple[int, tuple[int, ...]]) -> tuple[object, ...]:
        rule, facts = match
        age = -self._pending[match] if self.depth else self._pending[match]
        sequences = tuple(self.facts[fact].sequence for fact in facts)
        salience = -self.rules[rule].salience
        if self.depth:
            return salience, age, rule, tuple(-sequence for sequence in sequences)
        return salience, rule, age, sequences

    def _settle(self, touched: int | None) -> None:
        """New matches, and those of an updated fact, wait to fire; those that no longer hold do not."""
        now = {(index, facts) for index, rule in enumerate(self.rules) for facts in self._match(rule.patterns, ())}
        for match in [match for match in self._pending if match not in now]:
            del self._pending[match]
        for match in now:
            if match not in self._matches or touched in match[1]:
                self._pending[match] = self.sequence
        self._matches = now

    def _match(self, patterns: tuple[Pattern, ...], facts: tuple[int, ...]) -> list[tuple[int, ...]]:
        if not patterns:
            return [facts]
        first, rest = patterns[0], patterns[1:]
        found = [fact.id for fact in self.facts.values() if self._fits(fact, first, facts)]
        if first.negated:
            return [] if found else self._match(rest, facts)
        return list(itertools.chain.from_iterable(self._match(rest, (*facts, fact)) for fact in found))

    def _fits(self, fact: Fact, pattern: Pattern, facts: tuple[int, ...]) -> bool:
        return fact.of == pattern.of and all(
            OPERATORS[c.op](
                fact.values[c.name],
                c.value if isinstance(c.value, int) else self.facts[facts[c.value[0]]].values[c.value[1]],
            )
            for c in pattern.constraints
        )
