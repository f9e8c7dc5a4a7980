"""Cases of processes as data: tests/conformance/process/**/*.yaml, each file a list of

note: what it shows
model: text of BPMN or jPDL, or file: its path beside the case (jPDL: language: jpdl); or, for a BPMN process `P` with
elements, flows              start event `s` and end event `e`: what else is in it, and `a>b` for each sequence flow;
attributes, before           attributes of the process, and what stands before it in the file
process: id                  which one of several
vars, now, events            as `dsl process` takes them
expect: {status, variables, path, waiting, unmatched, failure}   what is given is compared, waiting as a set
expect_error: code           of a diagnostic, or of the trap that ends the run
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from cybermiles.dsl.specification.processes.data import same
from tests.dsl.models import bpmn

ROOT = Path(__file__).parents[2] / "conformance" / "process"


class _Exact(yaml.SafeLoader):
    """YAML with exact numbers; times stay texts."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))
_Exact.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


def all_cases() -> list[tuple[str, dict[str, Any]]]:
    """All cases, each with a name."""
    found = []
    for path in sorted(ROOT.rglob("*.yaml")):
        for case in yaml.load(path.read_text(encoding="utf-8"), _Exact) or []:
            if "file" in case:
                case = case | {"model": (path.parent / case["file"]).read_text(encoding="utf-8")}
            elif "model" not in case:
                parts = {key: case.get(key, "") for key in ("attributes", "before")}
                case = case | {"model": bpmn(case.get("elements", ""), case["flows"], **parts)}
            found.append((f"{path.relative_to(ROOT).with_suffix('')}: {case['note']}", case))
    return found


def file_of(case: dict[str, Any]) -> str:
    """The name of a case's file."""
    return str(case.get("file") or ("case.bpm" if case.get("language") == "jpdl" else "case.bpmn"))


def unlike(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """What is not as expected, empty if nothing."""
    for key, want in expected.items():
        got: Any = found.get(key)
        if key == "failure":
            got = got and got["code"]
        if key == "waiting":
            want, got = (sorted(items, key=lambda item: sorted(map(str, item.items()))) for items in (want, got))
        if not same(got, want):
            return f"{key}: {got} instead of {want}"
    return ""
