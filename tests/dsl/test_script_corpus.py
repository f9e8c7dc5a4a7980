"""Contract script gives what Node.js gave for every snippet of the corpus, or what is listed as a difference."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, compile_module
from cybermiles.platform import Module, RunError
from tests.dsl.script_corpus import Snippet, load, recorded

RESULTS = recorded()
_CLOSE = Decimal("1e-14")


def run(source: str) -> dict[str, Any]:
    """As the record has it: ``{"value": data}`` or ``{"throws": code}``."""
    endpoint = ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "endpoint e"), Source("snippet.js", source))
    module = Module(compile_module(Unit(endpoints=[endpoint])).code)
    try:
        return {"value": module.run("endpoint e", [], gas_limit=100_000_000)["result"]}
    except RunError as error:
        assert error.kind in ("trap", "revert"), error
        return {"throws": f"{error.code}: {error.message}"}


def same(here: Any, there: Any, about: bool = False) -> bool:
    """Whether data is equal: numbers as decimals, with ``about`` to 14 digits."""
    match here, there:
        case bool() | str() | None, _:
            return type(here) is type(there) and bool(here == there)
        case int() | Decimal(), int() | Decimal() if not isinstance(there, bool):
            difference = abs(Decimal(here) - Decimal(there))
            return difference == 0 or (about and difference <= abs(Decimal(there)) * _CLOSE)
        case list(), list():
            return len(here) == len(there) and all(same(a, b, about) for a, b in zip(here, there, strict=True))
        case dict(), dict():
            return here.keys() == there.keys() and all(same(here[key], there[key], about) for key in here)
    return False


def _cases() -> list[Any]:
    return [pytest.param(s, id=s.id) for s in load()]


@pytest.mark.parametrize("snippet", _cases())
def test_snippet(snippet: Snippet) -> None:
    here, there = run(snippet.source), RESULTS[snippet.id]
    if snippet.differs:
        there = {"value": snippet.here}
    if "throws" in there:
        assert "throws" in here, here
        return
    assert same(here.get("value", here), there["value"], snippet.about), f"{here} is not {there}"
