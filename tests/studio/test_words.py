"""What the editor completes in scripts: names that scripts have, and no others."""

from __future__ import annotations

from cybermiles.dsl.natives import NATIVES
from cybermiles.studio.services import words


def test_functions_can_be_written_and_lead_to_all_there_are() -> None:
    assert all(name.isidentifier() for name in words.SCRIPT_FUNCTIONS)
    assert {"Math", "Object", "JSON", "Map", "Set", "RegExp", "Error", "parseInt", "call", "emit"} <= set(
        words.SCRIPT_FUNCTIONS
    )
    plain = {name for name in NATIVES if name.isidentifier()}
    assert plain <= set(words.SCRIPT_FUNCTIONS)


def test_methods_are_those_of_all_kinds_of_values() -> None:
    assert {"map", "filter", "padStart", "toFixed", "has", "exec", "fire", "send", "bind"} <= set(words.SCRIPT_METHODS)
    assert sorted(set(words.SCRIPT_METHODS)) == words.SCRIPT_METHODS
