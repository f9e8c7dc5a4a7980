"""What is wrong with rules and processes although they compile: findings about the checked IR. One file a question."""

from __future__ import annotations

from collections.abc import Callable

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.data_flow import data_flow
from cybermiles.dsl.analysis.never_matches import never_matches
from cybermiles.dsl.analysis.null_checks import null_checks
from cybermiles.dsl.analysis.self_activation import self_activation
from cybermiles.dsl.analysis.soundness import soundness
from cybermiles.dsl.analysis.unused_types import unused_types
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable

ANALYSES: tuple[Callable[[ir.Module, TypeTable, Diagnostics], None], ...] = (
    never_matches,
    self_activation,
    null_checks,
    unused_types,
    data_flow,
    soundness,
)


def analyse(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Runs all analyses."""
    for run in ANALYSES:
        run(module, types, diagnostics)
