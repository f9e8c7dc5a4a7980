"""Why rules fired or did not, with the values that their conditions saw.

The rules run a second time, on the executable specification (``specification``): off the consensus path, and at no cost
to a run that nobody asks about. What is found is bounded; ``Explanation.note`` says what was left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.explain.model import (
    Change,
    Check,
    Condition,
    Decision,
    Explanation,
    Firing,
    Miss,
    Operand,
    Row,
    Silent,
)
from cybermiles.dsl.explain.recorder import MAX_FIRINGS, EnoughError, Recorder, ended
from cybermiles.dsl.explain.replay import replay
from cybermiles.dsl.explain.silent import silent_rules
from cybermiles.dsl.explain.text import Texts
from cybermiles.dsl.specification.values import Halt

__all__ = [
    "MAX_FIRINGS",
    "Change",
    "Check",
    "Condition",
    "Decision",
    "Explanation",
    "Firing",
    "Miss",
    "Operand",
    "Row",
    "Silent",
    "agreed",
    "explain",
    "explain_endpoint",
]

MAX_FACTS = 2_000


def agreed(found: Explanation, fired: Sequence[tuple[str, list[int]]]) -> Explanation:
    """The explanation, if it is one of these firings of the kernel's; else only the word that we have a bug."""
    told = found.fired
    if told == list(fired[: len(told)]) and (found.note or len(told) == len(fired)):
        return found
    return Explanation((), (), "not explained: specification and kernel disagree; this is our bug, please report it")


def explain(
    module: ir.Module,
    sources: Mapping[str, str],
    facts: Sequence[Mapping[str, Any]],
    *,
    ruleset: str = "rules",
    now: str = "1970-01-01T00:00:00Z",
    parameters: Mapping[str, Any] | None = None,
) -> Explanation:
    """Inserts the facts in order and fires, as ``evaluate`` does; ``module`` is ``Compiled.ir``."""
    if len(facts) > MAX_FACTS:
        return Explanation((), (), f"not explained: there are more than {MAX_FACTS:,} facts")
    try:
        return _explain(Recorder(module, ruleset, Texts(sources), now=now, parameters=bound(module, parameters)), facts)
    except Exception as error:  # the run itself is done: a bug of its explanation must not hide it
        return Explanation((), (), _bug(error))


def _explain(session: Recorder, facts: Sequence[Mapping[str, Any]]) -> Explanation:
    try:
        for fact in facts:
            session.insert_data(fact)
        session.fire()
    except EnoughError:
        return Explanation(tuple(session.firings), (), f"only the first {MAX_FIRINGS} firings are explained")
    except Halt as halt:
        return Explanation(tuple(session.firings), (), ended(halt, len(session.firings)))
    return Explanation(tuple(session.firings), tuple(silent_rules(session)))


def _bug(error: Exception) -> str:
    return f"not explained: {type(error).__name__}: {error}"[:200] + "; this is our bug, please report it"


def bound(module: ir.Module, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The contract's parameters, their defaults filled in."""
    properties = json.loads(module.parameters, parse_float=Decimal).get("properties", {})
    return {name: schema["default"] for name, schema in properties.items() if "default" in schema} | dict(given or {})


def explain_endpoint(
    module: ir.Module,
    sources: Mapping[str, str],
    endpoint: str,
    args: Mapping[str, Any],
    *,
    now: str = "1970-01-01T00:00:00Z",
    parameters: Mapping[str, Any] | None = None,
) -> Explanation:
    """Runs an endpoint of a fresh contract; explains the rule sessions that it opens, in order."""
    sessions: list[Recorder] = []
    try:
        note = replay(module, Texts(sources), endpoint, args, sessions, now=now, parameters=bound(module, parameters))
        firings = tuple(firing for session in sessions for firing in session.firings)
        silent = () if note else tuple(found for session in sessions for found in silent_rules(session))
    except Exception as error:  # as above
        return Explanation((), (), _bug(error))
    return Explanation(firings, silent, note)
