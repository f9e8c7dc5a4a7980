"""A process file without an archive finds the rules and tables beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybermiles.dsl.process_run import check_process
from tests.dsl.models import bpmn

RULES = "declare Offer\n  price : number\nend\nrule r when o : Offer(price > 5) then o.price = 1 end\n"
TABLE = "table: tariff\nhit: F\ninputs: [age]\noutputs: [premium]\nrows:\n  - ['>= 60', 5]\n"
BAD = "rule when"


@pytest.mark.parametrize("folder", [".", "rules", "../rules"])
def test_rules_and_tables_beside(tmp_path: Path, folder: str) -> None:
    file = tmp_path / "processes" / "p.bpmn"
    file.parent.mkdir()
    rules = file.parent / folder
    rules.mkdir(exist_ok=True)
    (rules / "offers.drl").write_text(RULES, encoding="utf-8")
    (rules / "prices.yaml").write_text(TABLE, encoding="utf-8")
    (rules / "unrelated.drl").write_text(BAD, encoding="utf-8")
    tasks = '<businessRuleTask id="r" cm:rules="offers"/><businessRuleTask id="t" cm:rules="tariff"/>'
    file.write_text(bpmn(tasks, "s>r r>t t>e"), encoding="utf-8")
    assert [d for d in check_process(file) if d.severity == "error"] == []


def test_rules_that_are_not_there(tmp_path: Path) -> None:
    file = tmp_path / "p.bpmn"
    file.write_text(bpmn('<businessRuleTask id="r" cm:rules="offers"/>', "s>r r>e"), encoding="utf-8")
    assert [d.code for d in check_process(file)] == ["process-bad-reference"]
