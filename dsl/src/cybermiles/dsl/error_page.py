"""What the compiler says of one diagnostic, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One diagnostic: what it means, a smallest source that gets it, and the way out."""

    code: str
    severity: str
    title: str
    explanation: str
    language: str
    """Of the example: ``drl``, ``js``, ``yaml``, ``xml`` (a process), or empty for what no source can show."""
    example: str
    fix: str
    runs: bool = False
    """An error that does not keep the source from running: only ``dsl build`` refuses it, unless the contract
    acknowledges the code."""
