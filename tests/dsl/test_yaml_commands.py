"""Rules in YAML where the commands take rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cybermiles.dsl.cli import dsl

RULES = """\
declare:
  T: {n: number}
rules:
  - name: a
    when:
      - $t: T(n > 3)
    then: print($t.n)
"""


def run(*args: object) -> Result:
    return CliRunner().invoke(dsl, [str(a) for a in args], catch_exceptions=False)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "facts.json").write_text('[{"$type": "T", "n": 4}, {"$type": "T", "n": 3}]')
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


def test_eval(rules: Path) -> None:
    done = run("eval", rules, "--facts", rules.parent / "facts.json", "--json")
    assert [firing["rule"] for firing in json.loads(done.stdout)["fired"]] == ["a"]


def test_the_place_of_a_trap_is_in_the_yaml(rules: Path) -> None:
    rules.write_text(RULES.replace("print($t.n)", "print(1 / ($t.n - 4))"))
    done = run("eval", rules, "--facts", rules.parent / "facts.json", "--json")
    assert done.exit_code == 3
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["line"], error["column"]) == ("division-by-zero", 7, 17)


def test_bench(rules: Path) -> None:
    done = run("bench", rules, "--facts", rules.parent / "facts.json", "--repeat", 1, "--json")
    assert json.loads(done.stdout)["fired"] == 1


def test_check_of_a_folder_leaves_other_yaml_alone(rules: Path) -> None:
    (rules.parent / "other.yaml").write_text("scenarios: [1\n")
    (rules.parent / "notes.yaml").write_text("a: 1\n")
    assert json.loads(run("check", rules.parent, "--json").stdout) == []
    rules.write_text(RULES.replace("n > 3", "m > 3"))
    found = json.loads(run("check", rules.parent, "--json").stdout)
    assert [(d["code"], d["line"], d["column"]) for d in found] == [("unknown-field", 6, 15)]


def test_fmt(rules: Path) -> None:
    rules.write_text(RULES.replace("T(n > 3)", "T( n>3 )"))
    assert run("fmt", rules, "--check").exit_code == 1
    assert run("fmt", rules).exit_code == 0
    assert rules.read_text() == RULES
    assert run("fmt", rules, "--check").exit_code == 0
