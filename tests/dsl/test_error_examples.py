"""Every page's example gets the diagnostic that the page is about."""

from __future__ import annotations

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module
from cybermiles.dsl.error_table import PAGES

WITHOUT_EXAMPLE = {code for code, page in PAGES.items() if page.language not in ("drl", "js", "yaml", "xml")}


@pytest.mark.parametrize("code", sorted(set(PAGES) - WITHOUT_EXAMPLE))
def test_example(code: str) -> None:
    page = PAGES[code]
    source = Source(f"example.{page.language}", page.example)
    if page.language == "xml":
        unit = Unit(processes=[source])
    elif page.language != "js":
        unit = Unit(rulesets={"rules": [source]})
    else:
        endpoint = ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "endpoint e"), source)
        unit = Unit(
            rulesets={"rules/pricing.rl": []}, endpoints=[endpoint], parameters={"properties": {"threshold": {}}}
        )
    found = check_module(unit)
    assert code in {d.code for d in found}, found
    if page.severity == "error":
        others = {d.code for d in found if d.severity == "error"} - {code}
        assert not others, found
