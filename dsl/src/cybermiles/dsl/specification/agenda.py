"""Which match fires next: a total order.

Groups first: only the group that has the focus fires; a group that has nothing to fire loses it, ``MAIN`` never does.
Within a group ``drools`` takes the highest salience, then the rule declared first, then the match that arose first;
``depth`` takes the highest salience, then the match that arose last, of those the rule declared first. Matches of one
rule that one event made are in the order of their elements' sequence numbers, under ``depth`` the greatest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.specification.stages import Tuple

MAIN = "MAIN"


@dataclass(frozen=True, slots=True)
class Activation:
    """A match that waits to fire."""

    rule: int
    match: Tuple
    salience: Decimal


class Agenda:
    """The matches that wait, and the focus."""

    def __init__(self, ruleset: ir.RuleSet, salience: Callable[[int, Tuple], Decimal]) -> None:
        self.rules: Sequence[ir.Rule] = ruleset.rules
        self.depth = ruleset.strategy == "depth"
        self.salience = salience
        self.clear()

    def clear(self) -> None:
        """As new."""
        self.pending: dict[tuple[int, Tuple], Activation] = {}
        self.stack: list[str] = [MAIN]
        self.firing = False

    def settle(self, arisen: Iterable[tuple[int, Tuple]], gone: set[Tuple]) -> None:
        """Takes in what an event made and dropped.

        A match that waited and is made anew goes on waiting; any other may be kept out, by the focus as it stands
        before the event. Then rules with auto-focus whose matches came in give the focus to their groups, in order.
        """
        dropped = [key for key in self.pending if key[1] in gone]
        waited = {(rule, match.parts) for rule, match in dropped}
        for key in dropped:
            del self.pending[key]
        kept = [(rule, t) for rule, t in arisen if (rule, t.parts) in waited or not self.blocked(rule, t)]
        for rule, match in kept:
            self.pending[rule, match] = Activation(rule, match, self.salience(rule, match))
        for rule in sorted({rule for rule, _ in kept}):
            if self.rules[rule].auto_focus:
                self.focus(self.rules[rule].agenda_group)

    def blocked(self, rule: int, match: Tuple) -> bool:
        """Whether a match that arises now may not wait: ``no-loop``, ``lock-on-active``."""
        of = self.rules[rule]
        if of.no_loop and match.rule == rule:
            return True
        return of.lock_on_active and self.firing and self.stack[-1] == of.agenda_group

    def focus(self, group: str) -> None:
        """Gives the focus to a group."""
        if self.stack[-1] != group:
            self.stack.append(group)

    def next(self) -> Activation | None:
        """Takes the match that fires next; with it go the others of its activation group."""
        while True:
            group = self.stack[-1]
            waiting = [a for a in self.pending.values() if self.rules[a.rule].agenda_group == group]
            if waiting or len(self.stack) == 1:
                break
            self.stack.pop()
        if not waiting:
            return None
        chosen = min(waiting, key=self._order)
        del self.pending[chosen.rule, chosen.match]
        if name := self.rules[chosen.rule].activation_group:
            self.pending = {k: a for k, a in self.pending.items() if self.rules[a.rule].activation_group != name}
        return chosen

    def _order(self, activation: Activation) -> tuple[object, ...]:
        made, sequences = activation.match.order
        if self.depth:
            return -activation.salience, -made, activation.rule, tuple(-s for s in sequences)
        return -activation.salience, activation.rule, made, sequences
