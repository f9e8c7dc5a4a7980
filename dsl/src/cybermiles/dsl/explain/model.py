"""What an explanation says. Values are data as ``facts.to_json`` takes them; facts carry ``$type`` and ``$id``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cybermiles.dsl.ir import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Operand:
    """A part of a condition as its source has it, and the value that it had."""

    text: str
    value: Any


@dataclass(frozen=True, slots=True)
class Check:
    """One test of a condition: whether it held, and of what."""

    text: str
    holds: bool
    operands: tuple[Operand, ...]
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that held: by which fact, or why without one."""

    text: str
    fact: dict[str, Any] | None
    checks: tuple[Check, ...]
    note: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a consequence assigned."""

    id: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a decision table: true, or false by a cell. ``number`` is its place in the source, from 1."""

    number: int
    holds: bool
    failed: Check | None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table was asked: its inputs, the rows that were true, and the nearest of the others."""

    table: str
    inputs: tuple[Operand, ...]
    rows: tuple[Row, ...]
    of: int
    """How many rows the table has."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing: what the rule saw and what it did."""

    rule: str
    span: Span
    ids: tuple[int, ...]
    facts: tuple[dict[str, Any], ...]
    """The matched facts as the consequence found them."""
    conditions: tuple[Condition, ...]
    changed: tuple[Change, ...] = ()
    inserted: tuple[dict[str, Any], ...] = ()
    deleted: tuple[int, ...] = ()
    printed: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """Something that could have met the condition that failed, and the first test that it failed."""

    fact: dict[str, Any] | None
    value: Any
    """Of an element of a list."""
    check: Check | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule that did not fire: the nearest match and the condition at which it ended."""

    rule: str
    span: Span
    held: tuple[Condition, ...]
    of: int
    """How many conditions the rule has."""
    failed: str
    """The text of the first condition that failed; empty if all hold."""
    reason: str
    misses: tuple[Miss, ...] = ()
    failed_span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why each firing happened, and why the other rules did not."""

    firings: tuple[Firing, ...]
    silent: tuple[Silent, ...]
    note: str = ""
    """What had to be left out."""

    @property
    def fired(self) -> list[tuple[str, list[int]]]:
        """As the kernel's ``RuleSession.fired``: to be compared with it."""
        return [(firing.rule, list(firing.ids)) for firing in self.firings]
