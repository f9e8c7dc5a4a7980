"""The examples of docs/language.md and docs/language/ compile, run and fail as the pages say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cybermiles.dsl import ir, reference
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module
from cybermiles.dsl.evaluate import compile_for, evaluate
from cybermiles.dsl.facts import parse_facts

DOCS = Path(__file__).parents[2] / "docs"
LIBRARY = (DOCS / "language" / "library.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(drl|js|json|text)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _examples() -> list[Any]:
    """(language, expected code, source, facts, output)"""
    made = []
    for path in [DOCS / "language.md", *sorted((DOCS / "language").glob("*.md"))]:
        out: list[list[str | None]] = []
        for language, code, body in _BLOCK.findall(path.read_text(encoding="utf-8")):
            if language in ("drl", "js"):
                out.append([language, code, body, None, None])
            else:
                out[-1][3 if language == "json" else 4] = body
        made += [pytest.param(*example, id=f"{path.stem} {number}") for number, example in enumerate(out, 1)]
    return made


@pytest.mark.parametrize(("language", "code", "source", "facts", "output"), _examples())
def test_example(language: str, code: str, source: str, facts: str | None, output: str | None) -> None:
    named = Source("example", source)
    if language == "drl":
        unit = Unit(rulesets={"rules": [named]})
    else:
        unit = Unit(endpoints=[ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "e"), named)])
    errors = [d for d in check_module(unit) if d.severity == "error"]
    if code:
        assert [d.code for d in errors] == [code]
        return
    assert not errors
    if facts is not None:
        given = parse_facts(facts, "facts")
        result = evaluate(compile_for([named], given), given)
        assert result.fired
        if output is not None:
            assert result.output == output.splitlines()


def test_the_table_of_the_library_is_up_to_date() -> None:
    assert reference.filled(LIBRARY) == LIBRARY, "run: python -m cybermiles.dsl.reference docs/language/library.md"
