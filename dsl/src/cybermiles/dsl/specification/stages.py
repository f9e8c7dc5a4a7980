"""Which tuples hold after an event, one condition of a left side at a time.

A tuple is a partial match: what stands at the positions that the conditions so far have filled. Each stage takes the
tuples of the stage before it and says what extends them; conditions that rules share are one stage (the network says
which). An event is atomic: stages run once each, in order, over the whole of working memory as it then is, and a tuple
that holds before and after is the same tuple unless one of its parts *arrived* in this event.

A condition is decided when the last of its parts arrives (the tuple before it, or the fact), with the values of that
moment, and not again until one of them leaves or arrives anew: an assignment without ``update`` changes nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cybermiles.dsl import ir
from cybermiles.dsl.specification.evaluator import Evaluator, Frame
from cybermiles.dsl.specification.values import Items, Record, Value, absent, present, sameness


@dataclass(eq=False, slots=True)
class Fact:
    """A record in working memory; ``sequence`` is the number of the event that last concerned it."""

    record: Record
    id: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to working memory: a fact leaves, arrives or both; ``flush`` brings accumulates up to date."""

    number: int
    fact: Fact | None = None
    leaves: bool = False
    arrives: bool = False
    fields: frozenset[str] | None = None
    """The fields that an update says it changed; None: any may have."""
    flush: bool = False
    rule: int | None = None
    """The rule whose consequence is running."""


@dataclass(slots=True)
class Counts:
    """The abstract events that matching pays for."""

    activations: int = 0
    candidates: int = 0
    tuples: int = 0
    firings: int = 0

    def all(self) -> tuple[int, int, int, int]:
        return self.activations, self.candidates, self.tuples, self.firings


class Tuple:
    """A partial match: ``elements`` stand at its positions, ``made`` is the event that completed it."""

    __slots__ = ("elements", "left", "made", "parts", "rule", "sequences")

    def __init__(self, left: Tuple | None, event: Event, element: tuple[Value, Fact | int] | None = None) -> None:
        """``element``: the value of one more position, with its fact or its place in the list that it is from."""
        self.left, self.made = left, event.number
        self.rule = event.rule
        """The rule whose consequence made it."""
        self.elements: tuple[Value, ...] = left.elements if left else ()
        self.parts: tuple[Fact | int, ...] = left.parts if left else ()
        if element is not None:
            self.elements = (*self.elements, element[0])
            self.parts = (*self.parts, element[1])
        self.sequences = tuple(part.sequence if isinstance(part, Fact) else part for part in self.parts)

    @property
    def order(self) -> tuple[int, tuple[int, ...]]:
        """How matches of one rule are ordered: the event, then the sequences of the elements as they were then."""
        return self.made, self.sequences

    @property
    def facts(self) -> list[int]:
        """Numbers of the facts of positive patterns."""
        return [part.id for part in self.parts if isinstance(part, Fact)]


Identity: TypeAlias = tuple[int, tuple[Fact | int, ...]]
"""A rule and its match's facts and places: the same before and after an update that makes it anew."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of a tuple's positions; several names share one if a list stands there."""

    names: tuple[tuple[str, ...], ...] = ()
    facts: frozenset[str] = frozenset()
    """Those of the facts of patterns."""

    def plus(self, *names: str, fact: bool = False) -> Scope:
        return Scope((*self.names, names), self.facts | set(names) if fact else self.facts)

    def all(self) -> set[str]:
        return {name for names in self.names for name in names}

    @property
    def positions(self) -> dict[str, int]:
        """Positions of the names that stand alone."""
        return {names[0]: at for at, names in enumerate(self.names) if len(names) == 1}

    def frame(self, elements: Sequence[Value]) -> Frame:
        """The names with their values."""
        made: Frame = {}
        for names, element in zip(self.names, elements, strict=True):
            if len(names) == 1:
                made[names[0]] = element
            else:
                made.update(zip(names, element.values, strict=True))
        return made


Extensions = Mapping[Hashable, Tuple]
"""What extends one tuple, by what makes it different from the other extensions."""
_NONE: Extensions = {}


class Stage:
    """Tuples of ``left`` with what this condition adds to them."""

    enters = True
    """Whether arriving here is counted as work."""

    def __init__(self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts) -> None:
        self.left, self.scope, self.evaluator, self.counts = left, scope, evaluator, counts
        self.out: dict[Tuple, Extensions] = {}
        self.made: list[Tuple] = []
        """Tuples of the last event, in no order."""
        self.gone: list[Tuple] = []

    def tuples(self) -> Iterator[Tuple]:
        """All tuples that hold."""
        for extensions in self.out.values():
            yield from extensions.values()

    def lefts(self) -> Iterable[Tuple]:
        """The tuples that this condition extends."""
        return () if self.left is None else self.left.tuples()

    def clear(self) -> None:
        """Forgets everything."""
        self.out, self.made, self.gone = {}, [], []

    def step(self, event: Event) -> None:
        """Brings the tuples up to date with an event; the stages before this one have done so."""
        before, self.out = self.out, {}
        self.made, self.gone = [], []
        self.evaluator.spend(1 + len(before))
        for left in self.lefts():
            old = before.get(left, _NONE)
            if left.made == event.number and self.enters:
                self.counts.activations += 1
            new = self.out[left] = self.extend(left, old, event)
            if new is not old:
                self.made += [t for key, t in new.items() if old.get(key) is not t]
                self.gone += [t for key, t in old.items() if new.get(key) is not t]
        for left, old in before.items():
            if left not in self.out:
                self.gone += old.values()
        self.counts.tuples += len(self.made) + len(self.gone)

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        """What extends a tuple now; ``before`` is what did, empty if the tuple has just arrived."""
        raise NotImplementedError

    def frame(self, left: Tuple) -> Frame:
        """The names that conditions here may read."""
        return self.scope.frame(left.elements)

    def all_hold(self, constraints: Sequence[ir.Expr], frame: Frame) -> bool:
        """Whether all hold; those after one that does not are not looked at."""
        return all(self.evaluator.holds(constraint, frame) for constraint in constraints)


class Root(Stage):
    """The one empty tuple that every left side begins with."""

    def start(self) -> None:
        only = Tuple(None, Event(0))
        self.out, self.made = {only: {None: only}}, [only]


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a fact came to a stage, and the key that it had then."""

    number: int
    key: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class PatternShape:
    """A pattern's constraints by what they see, and what the network says about it."""

    pattern: ir.Pattern
    own: tuple[ir.Expr, ...]
    """Those that see their fact alone."""
    keys: tuple[ir.JoinKey, ...]
    """Equalities with earlier elements."""
    tests: tuple[ir.Expr, ...]
    """All others."""
    watch: tuple[str, ...] | None


class PatternStage(Stage):
    """``T( constraints )``: one fact more (``join``), or whether there is any (``not``, ``exists``)."""

    def __init__(
        self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts, shape: PatternShape
    ) -> None:
        super().__init__(left, scope, evaluator, counts)
        self.shape = shape
        self.join = shape.pattern.kind == "join"
        self.enters = not (self.join and isinstance(left, Root) and not shape.keys and not shape.tests)
        self.right: dict[Fact, Arrival] = {}
        """The facts that fulfil what the pattern asks of the fact alone."""
        self.pairs: dict[Tuple, frozenset[tuple[Fact, int]]] = {}
        """For ``not`` and ``exists``: the arrivals of facts that fulfil everything."""
        self.keys: dict[Tuple, tuple[Hashable, ...]] = {}
        self.moved = False

    def clear(self) -> None:
        super().clear()
        self.right, self.pairs, self.keys = {}, {}, {}

    def step(self, event: Event) -> None:
        self.moved = self._move(event)
        super().step(event)
        self.pairs = {left: pairs for left, pairs in self.pairs.items() if left in self.out}
        self.keys = {left: key for left, key in self.keys.items() if left in self.out}

    def concerned(self, event: Event) -> bool:
        """Whether the event's fact leaves and arrives here; an update of fields that nobody looks at does not."""
        watch = self.shape.watch
        if event.fact is None:
            return False
        return event.fields is None or watch is None or not event.fields.isdisjoint(watch)

    def admits(self, record: Record) -> bool:
        """Whether the fact alone fulfils the pattern."""
        pattern = self.shape.pattern
        if not self.evaluator.types.is_a(record, pattern.of):
            return False
        return self.all_hold(self.shape.own, {pattern.binding: record})

    def _move(self, event: Event) -> bool:
        if event.fact is None or not self.concerned(event):
            return False
        left = event.leaves and self.right.pop(event.fact, None) is not None
        if left and self.enters:
            self.counts.activations += 1
        if not event.arrives or not self.admits(event.fact.record):
            return left
        record = event.fact.record
        self.counts.activations += 1
        key = tuple(sameness(present(self.evaluator.types.get(record, k.right_field))) for k in self.shape.keys)
        self.right[event.fact] = Arrival(event.number, key)
        return True

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        fresh = left.made == event.number
        if fresh:
            self.keys[left] = tuple(self._left_key(left, key) for key in self.shape.keys)
        elif not self.moved:
            return before
        self.evaluator.spend(len(self.right))
        old = self.pairs.get(left, frozenset())
        held = frozenset(
            (fact, arrival.number)
            for fact, arrival in self.right.items()
            if (
                self._decide(left, fact, arrival)
                if fresh or arrival.number == event.number
                else (fact, arrival.number) in old
            )
        )
        self.pairs[left] = held
        if self.join:
            return {pair: before.get(pair) or Tuple(left, event, (pair[0].record, pair[0])) for pair in held}
        if bool(held) != (self.shape.pattern.kind == "exists"):
            return _NONE
        return before or {None: Tuple(left, event)}

    def _left_key(self, left: Tuple, key: ir.JoinKey) -> Hashable:
        element = left.elements[key.position]
        if key.left_field:
            element = self.evaluator.field(element, key.left_field)
        return sameness(present(element))

    def _decide(self, left: Tuple, fact: Fact, arrival: Arrival) -> bool:
        """Whether a fact fits a tuple, as both are now. Candidates are those with the tuple's key."""
        if self.keys[left] != arrival.key:
            return False
        if not self.enters:
            return True
        self.counts.candidates += 1
        if not self.shape.tests:
            return True
        return self.all_hold(self.shape.tests, self.frame(left) | {self.shape.pattern.binding: fact.record})


class TestStage(Stage):
    """``eval( test )``: tuples for which it holds when they arrive."""

    def __init__(self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts, test: ir.Test) -> None:
        super().__init__(left, scope, evaluator, counts)
        self.test = test

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        if left.made != event.number:
            return before
        if not self.evaluator.holds(self.test.value, self.frame(left)):
            return _NONE
        return {None: Tuple(left, event)}


class FromStage(Stage):
    """``x from items``: each element of the list that the tuple gives when it arrives."""

    def __init__(self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts, node: ir.From) -> None:
        super().__init__(left, scope, evaluator, counts)
        self.node = node

    def elements(self, left: Tuple) -> list[Value]:
        """The items of a list; a single value is a list of one, null of none."""
        value = self.evaluator.value(self.node.items, self.frame(left))
        return value.values if isinstance(value, Items) else [] if absent(value) else [value]

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        if left.made != event.number:
            return before
        made: dict[Hashable, Tuple] = {}
        for at, element in enumerate(list(self.elements(left))):
            self.counts.candidates += 1
            if self.all_hold(self.node.constraints, self.frame(left) | {self.node.binding: element}):
                made[at] = Tuple(left, event, (element, at))
        return made


class _Over(Stage):
    """A condition over the tuples of inner conditions, which begin where this one does."""

    def __init__(self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts, right: Stage) -> None:
        super().__init__(left, scope, evaluator, counts)
        self.right = right
        self.depth = 0
        at: Stage | None = right
        while at is not None and at is not left:
            self.depth += 1
            at = at.left

    def owner(self, tuple_: Tuple) -> Tuple:
        """The tuple that an inner one extends."""
        at = tuple_
        for _ in range(self.depth):
            at = at.left or at
        return at

    def step(self, event: Event) -> None:
        self.counts.activations += len(self.right.made)
        super().step(event)


class GroupStage(_Over):
    """``not( .. )``, ``exists( .. )`` over several conditions: whether anything fulfils them together."""

    def __init__(
        self, left: Stage | None, scope: Scope, evaluator: Evaluator, counts: Counts, right: Stage, kind: str
    ) -> None:
        super().__init__(left, scope, evaluator, counts, right)
        self.kind = kind
        self.owners: set[Tuple] = set()

    def step(self, event: Event) -> None:
        self.owners = {self.owner(inner) for inner in self.right.tuples()}
        super().step(event)

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        if (left in self.owners) != (self.kind == "exists"):
            return _NONE
        return before or {None: Tuple(left, event)}


@dataclass(slots=True)
class _Folded:
    """What an accumulate has taken in for one tuple."""

    contributions: list[Tuple] = field(default_factory=list)
    state: Frame = field(default_factory=dict)


class AccumulateStage(_Over):
    """``accumulate( .. )``: one value (or several, as a list) out of all tuples of the inner conditions.

    Its result is brought up to date by a flush alone; until then the last one stands.
    """

    def __init__(
        self,
        left: Stage | None,
        scope: Scope,
        evaluator: Evaluator,
        counts: Counts,
        right: Stage,
        inner: Scope,
        node: ir.Accumulate,
    ) -> None:
        super().__init__(left, scope, evaluator, counts, right)
        self.inner, self.node = inner, node
        self.folded: dict[Tuple, _Folded] = {}
        self.touched: dict[Tuple, int | None] = {}
        """Tuples that came, or for which a contribution came or went, since the last flush, with the rule whose
        consequence did it last."""

    def clear(self) -> None:
        super().clear()
        self.folded, self.touched = {}, {}

    def contributions(self) -> dict[Tuple, list[Tuple]]:
        """The inner tuples of each tuple, in the order in which they arose."""
        made: dict[Tuple, list[Tuple]] = {left: [] for left in self.lefts()}
        for inner in sorted(self.right.tuples(), key=lambda t: t.order):
            made[self.owner(inner)].append(inner)
        return made

    def step(self, event: Event) -> None:
        for inner in (*self.right.made, *self.right.gone):
            self.touched[self.owner(inner)] = event.rule
        self.current = self.contributions() if event.flush else {}
        super().step(event)
        self.folded = {left: folded for left, folded in self.folded.items() if left in self.out}
        self.touched = {} if event.flush else {t: rule for t, rule in self.touched.items() if t in self.out}

    def extend(self, left: Tuple, before: Extensions, event: Event) -> Extensions:
        if left.made == event.number:
            self.touched[left] = event.rule
        if not event.flush or left not in self.touched:
            return before
        folded, inner = self.folded.get(left), self.current[left]
        frame = self.frame(left)
        if folded is None or folded.contributions != inner[: len(folded.contributions)]:
            folded = self.folded[left] = _Folded()
            for let in (let for fold in self.node.folds for let in fold.state):
                folded.state[let.name] = self.evaluator.value(let.value or ir.Const(None), frame | folded.state)
        for one in inner[len(folded.contributions) :]:
            self.counts.activations += 1
            state = self.inner.frame(one.elements) | folded.state
            for fold in self.node.folds:
                self.evaluator.run(fold.action, state)
            folded.state = {name: state[name] for name in folded.state}
        folded.contributions = inner
        results = [self.evaluator.value(fold.result, frame | folded.state) for fold in self.node.folds]
        if len(results) == 1 and absent(results[0]):
            return _NONE
        element = results[0] if len(results) == 1 else Items(results)
        return {object(): Tuple(left, event, (element, 0))}
