"""A folder of rules with scenarios, and `dsl test` on it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cybermiles.dsl.cli import dsl


def folder(tmp_path: Path, rules: str, tests: str) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules.drl").write_text(rules)
    (tmp_path / "tests" / "a.yaml").write_text(tests)
    return tmp_path


def run(*args: object) -> Result:
    return CliRunner().invoke(dsl, ["test", *map(str, args)], catch_exceptions=False)
