"""Runs the contract script cases of tests/conformance/script."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module, compile_module
from cybermiles.dsl.debug_map import locate
from cybermiles.platform import Module, RunError

ROOT = Path(__file__).parents[1] / "conformance" / "script"


class _Exact(yaml.SafeLoader):
    """YAML with exact numbers."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['note']}")
        for path in sorted(ROOT.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), _Exact)
    ]


def _unit(case: dict[str, Any]) -> Unit:
    args = tuple(ir.Field(name, ir.ANY) for name in case.get("args", {}))
    endpoint = ScriptEndpoint(ir.Endpoint("e", args, ir.ANY, "endpoint e"), Source("case.js", case["script"]))
    return Unit(
        rulesets={name: [Source(name, text)] for name, text in case.get("rules", {}).items()},
        endpoints=[endpoint],
        variables=[ir.Field(name, ir.ANY) for name in case.get("variables", {})],
        parameters={"type": "object", "properties": {name: {} for name in case.get("parameters", {})}},
    )


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    if "want_error" in case:
        found = check_module(_unit(case))
        errors = [(d.code, d.line) for d in found if d.severity == "error"]
        assert (case["want_error"]["code"], case["want_error"]["line"]) in errors, found
        return
    compiled = compile_module(_unit(case))
    module = Module(compiled.code)
    args = list(case.get("args", {}).values())
    options = {"parameters": case.get("parameters"), "variables": case.get("variables"), "gas_limit": 1_000_000}
    if halt := case.get("want_halt"):
        with pytest.raises(RunError) as caught:
            module.run("endpoint e", args, **options)
        assert caught.value.kind == halt["kind"]
        assert caught.value.code == halt.get("code", caught.value.code)
        if "line" in halt:
            place = locate(compiled.debug, caught.value.function, caught.value.offset)
            assert place is not None
            assert place.line == halt["line"]
        return
    done = module.run("endpoint e", args, **options)
    for key, value in case["want"].items():
        assert done[key] == value
