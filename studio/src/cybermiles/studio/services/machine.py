"""Runs an archive's endpoints on the real machine, on a fresh in-memory ledger: nothing is deployed, nothing is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Firing:
    """A rule that fired, and the facts that it fired on as they were left."""

    rule: str
    facts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Silent:
    """A rule that did not fire; `reasons` are the conditions that no fact met, if they could be found."""

    rule: str
    conditions: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """Why a run ended without a result."""

    code: str
    message: str
    file: str = ""
    line: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Run:
    """What came out of one call."""

    result: Any
    fired: tuple[Firing, ...]
    silent: tuple[Silent, ...]
    gas: int
    output: tuple[str, ...]
    events: tuple[Mapping[str, Any], ...]
    failure: Failure | None = None


@dataclass(frozen=True)
class ScenarioOutcome:
    """A scenario that was run: `differences` says what was not as expected."""

    name: str
    differences: tuple[str, ...]
    gas: int

    @property
    def passed(self) -> bool:
        return not self.differences
