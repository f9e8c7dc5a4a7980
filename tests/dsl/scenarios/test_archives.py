"""The archives of tests/conformance/archives do what their scenarios say, all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dsl.scenarios.helpers import run

ARCHIVES = sorted(
    path.parent for path in (Path(__file__).parents[2] / "conformance" / "archives").glob("*/contract.yaml")
)


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_archive(archive: Path) -> None:
    done = run(archive, "--coverage", "--json")
    assert done.exit_code == 0, done.stdout
    report = json.loads(done.stdout)
    assert report["passed"]
    coverage = report["coverage"]
    assert all(coverage["rules"].values()), coverage
    assert all(c["held"] and c["failed"] for c in coverage["conditions"]), coverage
    assert all(row["decided"] for row in coverage["rows"]), coverage
