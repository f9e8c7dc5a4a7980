"""Why a rule did not fire: the nearest match, and the first condition that it does not meet.

Looked at when all firing is done. The nearest match is one that meets the most conditions in order; of several the one
that comes closest to meeting the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.explain.checks import bounded, checks
from cybermiles.dsl.explain.model import Check, Miss, Silent
from cybermiles.dsl.explain.recorder import Recorder
from cybermiles.dsl.specification.evaluator import Frame
from cybermiles.dsl.specification.stages import Fact, FromStage, GroupStage, PatternStage, Stage, Tuple
from cybermiles.dsl.specification.values import Halt, Value

MAX_TUPLES = 30
"""Matches of the conditions that hold that are looked at."""
MAX_FACTS = 60
MAX_MISSES = 3


def silent_rules(session: Recorder) -> list[Silent]:
    """The rules that did not fire, one entry for each name: of branches the one that came nearest."""
    fired = {session.ruleset.rules[found.rule].name for found in session.history}
    made: dict[str, tuple[float, Silent]] = {}
    for number, rule in enumerate(session.ruleset.rules):
        if rule.name not in fired:
            found = why_not(session, number)
            if rule.name not in made or found[0] > made[rule.name][0]:
                made[rule.name] = found
    return [silent for _, silent in made.values()]


def why_not(session: Recorder, number: int) -> tuple[float, Silent]:
    """What kept a rule from firing, and how near it came: the part of its conditions that held."""
    rule = session.ruleset.rules[number]
    path = session.network.paths[number]
    count = 0
    while count < len(path) and any(True for _ in path[count].tuples()):
        count += 1
    before: Stage = path[count - 1] if count else session.network.root
    matches = list(islice(before.tuples(), MAX_TUPLES))
    if count == len(path):
        held = tuple(session.held(number, matches[0]))
        return 1.0, Silent(rule.name, rule.span, held, len(path), "", _kept_out(session, number))
    node, stage, scope = rule.conditions[count], path[count], session.scopes[number][count]
    found = [_miss(session, node, stage, match, scope.frame(match.elements)) for match in matches]
    best = max(range(len(found)), key=lambda at: found[at][0])
    score, misses, reason = found[best]
    taken = session.waited.get(number)
    if taken is not None:
        reason += f"; it held for a while, until the rule `{session.ruleset.rules[taken].name}` changed that"
    held = tuple(session.held(number, matches[best], count))
    near = (count + max(score, 0.0)) / (len(path) + 1)
    return near, Silent(rule.name, rule.span, held, len(path), session.texts.of(node), reason, misses, node.span)


def _kept_out(session: Recorder, number: int) -> str:
    """All conditions hold, and yet it did not fire."""
    rule = session.ruleset.rules[number]
    if any(waiting == number for waiting, _ in session.agenda.pending):
        if rule.agenda_group not in session.agenda.stack:
            return f"it waits: its agenda group `{rule.agenda_group}` did not get the focus"
        return "it waits to fire: firing ended before its turn"
    if rule.activation_group:
        return f"another rule of its activation group `{rule.activation_group}` fired"
    if rule.lock_on_active:
        return "it is `lock-on-active`, and its group had the focus when the match arose"
    if rule.no_loop:
        return "it is `no-loop`, and its own consequence made the match"
    return "it matches, and its match was taken off the agenda"


def _miss(
    session: Recorder, node: ir.Condition, stage: Stage, match: Tuple, frame: Frame
) -> tuple[float, tuple[Miss, ...], str]:
    """How close a tuple comes to a condition, what fails, and why in words."""

    def look(constraints: Iterable[ir.Expr], more: Frame) -> tuple[Check, ...]:
        return checks(constraints, frame | more, session.evaluator, session.texts)

    match node:
        case ir.Pattern("not", binding, of, _, constraints):
            blockers = (
                sorted((f for f, _ in stage.pairs.get(match, ())), key=lambda f: f.id)
                if isinstance(stage, PatternStage)
                else []
            )
            misses = tuple(Miss(session.shown(f), None, None) for f in blockers[:MAX_MISSES])
            return -float(len(blockers)), misses, f"there is such {_a(of)}" if misses else "it held for no match"
        case ir.Pattern(_, binding, of, _, constraints):
            facts = [f for r, f in session.known.items() if session.evaluator.types.is_a(r, of)]
            if not facts:
                return 0.0, (), f"there is no {of}"
            return _closest(session, [(f, look(constraints, {binding: f.record})) for f in facts[:MAX_FACTS]], of)
        case ir.Test(value):
            found = look((value,), {})
            failed = next((c for c in found if not c.holds), found[0])
            return _share(found), (Miss(None, None, failed),), "it does not hold"
        case ir.From(binding, items, constraints):
            try:
                elements = stage.elements(match) if isinstance(stage, FromStage) else []
            except Halt as halt:
                return 0.0, (), f"`{session.texts.of(items)}` trapped with {halt.code}"
            if not elements:
                return 0.0, (), f"`{session.texts.of(items)}` has no items"
            return _closest(session, [(e, look(constraints, {binding: e})) for e in elements[:MAX_FACTS]], "item")
        case ir.Group(kind):
            inner = stage.right if isinstance(stage, GroupStage) else stage
            which = [t for t in inner.tuples() if isinstance(stage, GroupStage) and stage.owner(t) is match]
            facts_of = [p for t in which[:1] for p in t.parts[len(match.parts) :] if isinstance(p, Fact)]
            misses = tuple(Miss(session.shown(f), None, None) for f in facts_of[:MAX_MISSES])
            return (
                -float(len(which)),
                misses,
                "something meets all of it" if kind == "not" else "nothing meets all of it",
            )
        case ir.Accumulate():
            return 0.0, (), "it has no result: nothing contributes to it"
    return 0.0, (), "it does not hold"


def _closest(
    session: Recorder, found: list[tuple[Value, tuple[Check, ...]]], of: str
) -> tuple[float, tuple[Miss, ...], str]:
    """The candidates that meet the most tests, each with the first that it does not meet."""
    ranked = sorted(found, key=lambda one: -_share(one[1]))
    misses = []
    for candidate, seen in ranked[:MAX_MISSES]:
        fact = session.shown(candidate) if isinstance(candidate, Fact) else None
        value: Any = None if isinstance(candidate, Fact) else bounded(candidate)
        misses.append(Miss(fact, value, next((c for c in seen if not c.holds), None)))
    if all(miss.check is None for miss in misses[:1]):
        return 1.0, tuple(misses), f"{_a(of)} would meet it now, but no `update` has said so"
    many = f"none of {len(found)} {of} facts meets" if len(found) > 1 else f"the one {of} does not meet"
    return _share(ranked[0][1]), tuple(misses), f"{many} it".replace("item facts", "items")


def _share(found: tuple[Check, ...]) -> float:
    """The part of the tests that hold up to the first that does not; then of all of them."""
    if not found:
        return 1.0
    first = next((i for i, c in enumerate(found) if not c.holds), len(found))
    return (first + sum(c.holds for c in found) / (len(found) + 1)) / len(found)


def _a(of: str) -> str:
    return f"an {of}" if of[:1].lower() in "aeiou" else f"a {of}"
