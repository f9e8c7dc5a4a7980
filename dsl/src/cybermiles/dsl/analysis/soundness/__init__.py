"""Soundness of processes: whether control flow can get stuck, run twice, never end, or leave tokens behind.

``graph`` makes splits and joins of a scope, ``reduction`` folds blocks that are sound by their form, ``exploration``
visits what is left state by state within a bound, ``findings`` judges. Each scope is looked at by itself: a sub-process
is an activity of the scope around it. Data is not looked at, so what depends on conditions is a warning; an error is
what happens whichever way they go.
"""

from __future__ import annotations

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.soundness.findings import findings_of
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable


def soundness(module: ir.Module, types: TypeTable, findings: Diagnostics) -> None:
    """Adds what is found in each scope of each process."""
    del types
    for process in module.processes:
        scopes = [n for n, node in enumerate(process.nodes) if node.kind in ("scope", "event-scope")]
        for scope in (None, *scopes):
            for found in findings_of(process, scope):
                at = process if found.node is None else process.nodes[found.node]
                findings.add(found.code, found.message, at.span, trace=found.trace)


__all__ = ["findings_of", "soundness"]
