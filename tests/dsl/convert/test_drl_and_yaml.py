"""DRL to YAML and back: equal modules, comments kept, for all rules that the project has and for generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cybermiles.dsl.cli import dsl
from cybermiles.dsl.compiler import Source, Unit, compile_module
from cybermiles.dsl.convert.from_drl import drl_to_yaml
from cybermiles.dsl.convert.to_drl import yaml_to_drl
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.parser import lex_rules
from tests.dsl.drl_programs import drl, generate

ROOT = Path(__file__).parents[3]
_BLOCK = re.compile(r"^```drl[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted([*ROOT.glob("tests/**/*.drl"), *ROOT.glob("tests/**/*.rl"), *ROOT.glob("catalog/src/**/*.drl")]):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests" / "conformance" / "drl").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            if "rules" in case:
                yield f"{path.stem}: {case['note']}", case["rules"]
    for case in _equal():
        yield f"equal: {case['note']}", case["drl"]
    for path in sorted((ROOT / "docs").glob("*.md")):
        for number, text in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8")), 1):
            yield f"{path.name} {number}", text


def _equal() -> list[dict[str, str]]:
    cases: list[dict[str, str]] = yaml.safe_load(
        (ROOT / "tests/conformance/yaml/equal.yaml").read_text(encoding="utf-8")
    )
    return cases


def _module(name: str, text: str) -> bytes | None:
    try:
        return compile_module(Unit(rulesets={"rules": [Source(name, text)]})).code
    except CompileError:
        return None


def _comments(text: str) -> list[str]:
    """The words of all comments, in any order."""
    found = [c.text for c in lex_rules("x", text, Diagnostics()).comments]
    return sorted(word for comment in found for word in re.findall(r"\w+", comment))


def check(text: str) -> None:
    """To YAML and back with equal meaning."""
    made = drl_to_yaml("a.drl", text)
    assert format_yaml("a.yaml", made) == made
    back = yaml_to_drl("a.yaml", made)
    assert _comments(back) == _comments(text)
    code = _module("a.drl", text)
    assert _module("a.yaml", made) == code
    assert _module("a.drl", back) == code


@pytest.mark.parametrize(("name", "text"), [pytest.param(n, t, id=n) for n, t in _texts()])
def test_rules_of_the_project(name: str, text: str) -> None:
    try:
        check(text)
    except CompileError:
        assert _module("a.drl", text) is None


@pytest.mark.parametrize("case", _equal(), ids=lambda case: case["note"])
def test_structured_yaml_becomes_drl_of_the_same_meaning(case: dict[str, str]) -> None:
    made = yaml_to_drl("a.yaml", case["yaml"])
    assert format_source("a.drl", made, "drl") == made
    assert _module("a.drl", made) == _module("a.yaml", case["yaml"])
    formatted = format_yaml("a.yaml", case["yaml"])
    assert _module("a.yaml", formatted) == _module("a.yaml", case["yaml"])


@pytest.mark.parametrize("seed", range(40))
def test_generated_rules(seed: int) -> None:
    check(drl(generate(seed)))


def test_the_command_writes_both_ways_and_refuses_to_overwrite(tmp_path: Path) -> None:
    rules, made, back = tmp_path / "a.drl", tmp_path / "b.yaml", tmp_path / "c.drl"
    rules.write_text('// why\nrule "a"\nwhen\n  $t : T( n > 3 )\nthen\n  print($t.n)\nend\n')

    def run(*args: object) -> tuple[int, str]:
        done = CliRunner().invoke(dsl, ["convert", *map(str, args)])
        return done.exit_code, done.stdout

    assert run(rules, "-o", made)[0] == 0
    assert made.read_text() == (
        "rules:\n  # why\n  - name: a\n    when:\n      - $t: T(n > 3)\n    then: |\n      print($t.n)\n"
    )
    assert run(made, "-o", back)[0] == 0
    assert "// why" in back.read_text()
    assert run(rules, "-o", made)[0] == 2
    assert run(made, "--to", "drl") == (0, back.read_text())
    assert run(rules)[0] == 2
    rules.write_text("rule a when T( n > ) then end")
    assert run(rules, "--to", "yaml")[0] == 1
