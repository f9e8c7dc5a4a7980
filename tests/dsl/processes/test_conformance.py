"""The cases of tests/conformance/process on the kernel and on the specification."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles import platform as kernel
from cybermiles.dsl.compiler import Source, Unit, checked_ir, compile_module
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.specification import Halt
from cybermiles.dsl.specification.processes import run
from tests.dsl.processes.cases import all_cases, file_of, unlike

NOW = "2026-01-01T00:00:00Z"
CASES = all_cases()
KERNEL_ONLY = ("bpmn/scripts:",)
"""Files of cases whose code the specification's evaluator does not know (closures, exceptions)."""


def unit(case: dict[str, Any]) -> Unit:
    return Unit(processes=[Source(file_of(case), case["model"])])


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in CASES if not name.startswith(KERNEL_ONLY)]
)
def test_on_the_specification(case: dict[str, Any]) -> None:
    try:
        module = checked_ir(unit(case))
        found = run(module, case.get("vars"), case.get("events", ()), case.get("now", NOW), process=case.get("process"))
    except CompileError as error:
        assert case.get("expect_error") in [d.code for d in error.diagnostics], error
    except Halt as halt:
        assert case.get("expect_error") == halt.code, halt
    else:
        assert "expect_error" not in case, found
        assert unlike(case["expect"], found) == "", found


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES])
def test_on_the_kernel(case: dict[str, Any]) -> None:
    try:
        compiled = compile_module(unit(case))
        processes = compiled.ir.processes
        chosen = next((p for p in processes if p.id == case.get("process")), processes[0])
        made = kernel.ProcessRun(
            compiled.code, f"{chosen.file}#{chosen.id}", case.get("vars") or {}, case.get("now", NOW)
        )
        unmatched = [event for event in case.get("events", ()) if not made.event(event)]
        found = {**made.state(), "unmatched": unmatched}
    except CompileError as error:
        assert case.get("expect_error") in [d.code for d in error.diagnostics], error
    except kernel.RunError as halt:
        assert case.get("expect_error") == halt.code, halt
    else:
        assert "expect_error" not in case, found
        assert unlike(case["expect"], found) == "", found
