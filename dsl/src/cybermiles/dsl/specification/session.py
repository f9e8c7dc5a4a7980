"""Working memory: facts come, change and go, rules fire."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.recursion import room
from cybermiles.dsl.specification.agenda import Agenda
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.network import Network
from cybermiles.dsl.specification.stages import Event, Fact, Identity, Tuple
from cybermiles.dsl.specification.values import ZERO, Halt, Record, constant, data, empty, sameness


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing: the rule's number, the match."""

    rule: int
    match: Tuple


class Session:
    """One session over a rule set of a module that has been through all passes.

    ``insert_data``, ``fire``, ``facts`` and ``fired`` are the kernel's ``RuleSession``'s. Raises ``Halt``; the session
    is then of no more use.
    """

    def __init__(
        self,
        module: ir.Module,
        ruleset: str = "rules",
        *,
        now: str = "1970-01-01T00:00:00Z",
        parameters: Mapping[str, Any] | None = None,
        steps: int = 5_000_000,
    ) -> None:
        self.ruleset = next(found for found in module.rulesets if found.name == ruleset)
        self.evaluator = Evaluator(module, self, now=now, parameters=parameters, steps=steps)
        self.network = Network(self.ruleset, self.evaluator)
        self.agenda = Agenda(self.ruleset, self._salience)
        self.rewind()

    def rewind(self) -> None:
        """As new: without facts and firings."""
        self.sequence = 0
        self.known: dict[Record, Fact] = {}
        self.history: list[Fired] = []
        self.evaluator.output.clear()
        self.evaluator.globals = {
            g.name: constant(g.default.value) if g.default else empty(g.type) for g in self.ruleset.globals
        }
        self.logical: dict[Fact, int] = {}
        """Facts that are not stated, and how many matches support them."""
        self.supports: dict[Identity, list[Fact]] = {}
        """What each match supports."""
        self.keys: dict[Fact, Hashable] = {}
        """The key fields of facts as they were when they came."""
        self.current: Fired | None = None
        self.halted = False
        self.doomed: list[Fact] = []
        self.withdrawing = False
        self._ids = 0
        self.agenda.clear()
        with room():
            self.agenda.settle(self.network.start(), set())

    # --- from outside
    def insert_data(self, fact: Mapping[str, Any]) -> int:
        """Inserts a fact given as data; its number."""
        record = self.evaluator.types.read(dict(fact))
        with room():
            self.insert(record)
        return self.known[record].id

    def fire(self, limit: int | None = None) -> int:
        """Fires until nothing waits, a rule halts or ``limit`` rules have fired; how many fired."""
        if self.current is not None:
            raise Halt("nested-firing", "rules cannot be fired from inside a consequence")
        with room():
            return self._fire_all(limit)

    def _fire_all(self, limit: int | None) -> int:
        self.halted, count = False, 0
        self.agenda.firing = True
        try:
            while not self.halted and (limit is None or count < limit):
                self.flush()
                self.evaluator.spend(len(self.agenda.pending))
                chosen = self.agenda.next()
                if chosen is None:
                    break
                count += 1
                self.fire_one(Fired(chosen.rule, chosen.match))
        finally:
            self.agenda.firing = False
        return count

    def facts(self) -> list[dict[str, Any]]:
        """Working memory in order of insertion, each fact with its ``$id``."""
        return [data(fact.record) | {"$id": fact.id} for fact in self.known.values()]

    def fired(self) -> list[tuple[str, list[int]]]:
        """The rules that fired, with the facts of their positive patterns."""
        return [(self.ruleset.rules[f.rule].name, f.match.facts) for f in self.history]

    def work(self) -> tuple[int, int, int, int]:
        """What matching has cost: activations, candidates, tuples, firings."""
        return self.network.counts.all()

    # --- events
    def insert(self, record: Record) -> None:
        """A new fact; one that is known already is now stated, whatever supports it."""
        if record in self.known:
            self.logical.pop(self.known[record], None)
        else:
            self._add(record)

    def insert_logical(self, record: Record) -> None:
        """A fact that stands as long as the match that fires; an equal one is taken for it.

        A stated one needs no support, and a match that no longer holds gives none.
        """
        if self.current is None:
            raise Halt("no-working-memory", "only a rule's consequence may change working memory")
        me = (self.current.rule, self.current.match.parts)
        if me not in self.network.identities():
            return
        fact = self.known.get(record) or self._equal(record)
        if fact is None:
            fact = self._add(record)
            self.logical[fact] = 0
        if fact not in self.logical or fact in self.supports.get(me, ()):
            return
        self.logical[fact] += 1
        if me in self.network.identities():
            self.supports.setdefault(me, []).append(fact)
        else:  # the fact itself ended the match
            self._withdraw([fact])

    def update(self, record: Record, fields: frozenset[str] | None) -> None:
        """A fact's fields may have changed; None: any of them."""
        fact = self._fact(record)
        self.network.counts.activations += 2
        fact.sequence = self._next()
        self.happen(Event(fact.sequence, fact, True, True, fields, rule=self._rule()))

    def delete(self, record: Record) -> None:
        """A fact goes."""
        fact = self._fact(record)
        self.network.counts.activations += 1
        del self.known[record]
        self.logical.pop(fact, None)
        self.happen(Event(self._next(), fact, leaves=True, rule=self._rule()))

    def focus(self, group: str) -> None:
        """Gives the focus to an agenda group."""
        self.agenda.focus(group)

    def halt(self) -> None:
        """No rule fires after this consequence."""
        self.halted = True

    def facts_of(self, of: str) -> list[Record]:
        """The facts of a type, in order of insertion."""
        return [record for record in self.known if self.evaluator.types.is_a(record, of)]

    def flush(self) -> None:
        """Brings accumulates up to date."""
        if causes := set(self.network.causes()):
            self.happen(Event(self._next(), flush=True, rule=causes.pop() if len(causes) == 1 else None))

    # --- inside
    def _add(self, record: Record) -> Fact:
        if not self.evaluator.types.known(record.of):
            raise Halt("type-mismatch", "a record is no fact")
        self.network.counts.activations += 1
        self._ids += 1
        fact = self.known[record] = Fact(record, self._ids, self._next())
        self.keys[fact] = self._key(record)
        self.happen(Event(fact.sequence, fact, arrives=True, rule=self._rule()))
        return fact

    def fire_one(self, fired: Fired) -> None:
        """Runs a consequence. What the match supported when it fired before, it must support again."""
        self.network.counts.firings += 1
        self.history.append(fired)
        self.current = fired
        before = self.supports.pop((fired.rule, fired.match.parts), [])
        rule = self.ruleset.rules[fired.rule]
        self.evaluator.run(rule.body, self.network.scopes[fired.rule].frame(fired.match.elements))
        self.current = None
        self._withdraw(before)

    def _salience(self, rule: int, match: Tuple) -> Decimal:
        node = self.ruleset.rules[rule].salience
        value = self.evaluator.value(node, self.network.scopes[rule].frame(match.elements))
        return value if isinstance(value, Decimal) else ZERO

    def happen(self, event: Event) -> None:
        """An event: what arises waits, what the matches that it ended supported goes."""
        self.evaluator.spend(len(self.agenda.pending))
        arisen = self.network.step(event)
        self.agenda.settle(arisen, self.network.gone())
        if self.supports:
            held = self.network.identities()
            lost = [match for match in self.supports if match not in held]
            self._withdraw([fact for match in lost for fact in self.supports.pop(match)])

    def _withdraw(self, facts: list[Fact]) -> None:
        """One support of each fact goes, then the facts that have none left: those of one event by their numbers, after
        them those that lose their support by that."""
        for fact in facts:
            if fact in self.logical:
                self.logical[fact] -= 1
        self.doomed += sorted((f for f in set(facts) if self.logical.get(f) == 0), key=lambda fact: fact.id)
        if self.withdrawing:
            return
        self.withdrawing = True
        while self.doomed:
            fact = self.doomed.pop(0)
            if self.logical.get(fact) == 0:
                self.delete(fact.record)
        self.withdrawing = False

    def _fact(self, record: Record) -> Fact:
        if record not in self.known:
            raise Halt("type-mismatch", "a record is no fact")
        return self.known[record]

    def _key(self, record: Record) -> Hashable:
        """A record's type and key fields; None: it is equal to no other."""
        names = self.evaluator.types.keys(record.of or "")
        return (record.of, *(sameness(record.fields.get(name)) for name in names)) if names else None

    def _equal(self, record: Record) -> Fact | None:
        """The first fact whose key fields are equal, as they came and as they are now."""
        key = self._key(record)
        same = (f for other, f in self.known.items() if self.keys[f] == key == self._key(other))
        return None if key is None else next(same, None)

    def _rule(self) -> int | None:
        return None if self.current is None else self.current.rule

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence
