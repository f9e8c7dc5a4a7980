"""The cases of tests/conformance/process on the specification."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.dsl.compiler import Source, Unit, checked_ir
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.specification import Halt
from cybermiles.dsl.specification.processes import run
from tests.dsl.processes.cases import all_cases, file_of, unlike

NOW = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in all_cases()])
def test_case(case: dict[str, Any]) -> None:
    try:
        module = checked_ir(Unit(processes=[Source(file_of(case), case["model"])]))
        found = run(module, case.get("vars"), case.get("events", ()), case.get("now", NOW), process=case.get("process"))
    except CompileError as error:
        assert case.get("expect_error") in [d.code for d in error.diagnostics], error
    except Halt as halt:
        assert case.get("expect_error") == halt.code, halt
    else:
        assert "expect_error" not in case, found
        assert unlike(case["expect"], found) == "", found
