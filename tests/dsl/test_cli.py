"""The `dsl` command: output, exit codes, messages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cybermiles.dsl.cli import COMMANDS, dsl

WHITEPAPER = Path(__file__).parents[1] / "conformance" / "whitepaper"


def run(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(dsl, [str(a) for a in args], input=stdin, catch_exceptions=False)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text('[{"$type":"Message","status":"GET_PRICE","fico_score":741,"listed_price":100}]')
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.drl"
    path.write_text("declare Order total : number end\nrule a\nwhen\n  Order( totl > 3 )\nthen\nend\n")
    return path


def test_eval_of_the_white_papers_sample(facts: Path) -> None:
    done = run("eval", WHITEPAPER / "pricing.rl", "--facts", facts, "--json")
    assert done.exit_code == 0
    data = json.loads(done.stdout)
    assert data["facts"] == [
        {
            "$type": "Message",
            "$id": 1,
            "status": "GET_PRICE",
            "fico_score": "741",
            "listed_price": "100",
            "price": "80",
        }
    ]
    assert data["fired"] == [{"rule": "Pricing", "facts": [1]}]
    assert data["gas"] > 0
    assert data["output"] == []
    assert "undeclared-type" in done.stderr


def test_eval_just_below(facts: Path) -> None:
    facts.write_text(facts.read_text().replace("741", "740"))
    data = json.loads(run("eval", WHITEPAPER / "pricing.rl", "--facts", facts, "--json").stdout)
    assert data["facts"][0].get("price") is None
    assert [f["rule"] for f in data["fired"]] == ["Pricing"]


def test_eval_for_people(facts: Path) -> None:
    done = run("eval", WHITEPAPER / "pricing.rl", "--facts", facts)
    assert "fired Pricing #1" in done.stdout
    assert '#1 Message(status: "GET_PRICE", fico_score: 741, price: 80, listed_price: 100)' in done.stdout


def test_trace(facts: Path) -> None:
    done = run("eval", WHITEPAPER / "pricing.rl", "--facts", facts, "--json", "--trace")
    [step] = json.loads(done.stdout)["trace"]
    assert step["rule"] == "Pricing"
    assert step["changed"] == [{"$id": 1, "field": "price", "before": None, "after": "80"}]
    shown = run("eval", WHITEPAPER / "pricing.rl", "--facts", facts, "--trace").stdout
    assert "changed  #1.price: null -> 80" in shown


def test_typed_output(facts: Path) -> None:
    done = run("eval", WHITEPAPER / "pricing.rl", "--facts", facts, "--json", "--typed")
    assert json.loads(done.stdout)["facts"][0]["price"] == {"$number": "80"}


def test_errors_exit_1_and_show_the_line(bad: Path, facts: Path) -> None:
    done = run("eval", bad, "--facts", facts)
    assert done.exit_code == 1
    assert "bad.drl:4:10: error[unknown-field]: `Order` has no field `totl`" in done.stderr
    assert "  4 |   Order( totl > 3 )\n    |          ^^^^\n" in done.stderr
    assert "did you mean `total`?" in done.stderr


def test_errors_as_json(bad: Path, facts: Path) -> None:
    done = run("eval", bad, "--facts", facts, "--json")
    assert done.exit_code == 1
    assert [d["code"] for d in json.loads(done.stdout)["diagnostics"]] == ["unknown-field"]


def test_check(bad: Path) -> None:
    done = run("check", bad, "--json")
    assert done.exit_code == 1
    [found] = json.loads(done.stdout)
    assert found == {
        "code": "unknown-field",
        "severity": "error",
        "message": "`Order` has no field `totl`",
        "file": str(bad),
        "line": 4,
        "column": 10,
        "end": {"line": 4, "column": 14},
        "hint": "did you mean `total`?",
    }
    done = run("check", WHITEPAPER / "pricing.rl", WHITEPAPER / "pricing.js")
    assert done.exit_code == 0
    assert "3 warnings" in done.stderr or "warnings" in done.stderr


def test_check_of_an_archive(tmp_path: Path) -> None:
    assert json.loads(run("check", WHITEPAPER / "pricing", "--json").stdout) != []
    shutil.copytree(WHITEPAPER / "pricing", tmp_path / "mine")
    rules = next((tmp_path / "mine" / "rules").iterdir())
    rules.write_text(rules.read_text().replace("fico_score", "fico_scor"))
    done = run("check", tmp_path / "mine", "--json")
    assert done.exit_code == 1
    errors = [d for d in json.loads(done.stdout) if d["severity"] == "error"]
    assert errors[0]["file"] == str(rules)
    assert errors[0]["hint"] == "did you mean `fico_score`?"


def test_wrong_usage_exits_2(tmp_path: Path) -> None:
    assert run("eval").exit_code == 2
    assert run("eval", tmp_path / "missing.drl", "--facts", "x").exit_code == 2
    assert run("nothing").exit_code == 2
    assert run("eval", WHITEPAPER / "pricing.rl", "--facts", WHITEPAPER / "pricing.js", "--now", "soon").exit_code == 2


def test_a_run_that_fails_exits_3(tmp_path: Path, facts: Path) -> None:
    rules = tmp_path / "loop.drl"
    rules.write_text("rule a\nwhen\n  $m : Message()\nthen\n  $m.x = 1 / 0\nend\n")
    done = run("eval", rules, "--facts", facts)
    assert done.exit_code == 3
    assert "loop.drl:5:" in done.stderr
    assert "division-by-zero" in done.stderr
    data = json.loads(run("eval", rules, "--facts", facts, "--json").stdout)
    assert (data["error"]["kind"], data["error"]["line"]) == ("trap", 5)
    rules.write_text("rule a\nwhen\nthen\n  while (true) { }\nend\n")
    done = run("eval", rules, "--facts", facts, "--gas-limit", "10000")
    assert done.exit_code == 3
    assert "out of gas" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "3",
        "[3]",
        '[{"a": 1}]',
        '[{"$type": 3}]',
        '[{"$type": "T", "a": NaN}]',
        '[{"$type":"T","$type":"U"}]',
        "[" * 100000,
        '[{"$type": "T", "n": ' + "1" * 99 + "}]",
        '[{"$type": "T", "n": 1e99999}]',
    ],
)
def test_bad_facts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text)
    done = run("eval", WHITEPAPER / "pricing.rl", "--facts", path)
    assert done.exit_code == 1
    assert "bad-facts" in done.stderr


def test_facts_that_the_declared_type_refuses(tmp_path: Path) -> None:
    rules, path = tmp_path / "a.drl", tmp_path / "facts.json"
    rules.write_text("declare T d : date n : int end rule a when T() then end")
    for fact, message in (
        ('{"$type": "T", "d": "soon"}', "fact 1: `d` is no date: `soon`"),
        ('{"$type": "T", "m": 1}', "fact 1: `T` has no field `m`"),
        ('{"$type": "T", "n": 1.5}', "fact 1: field `n`"),
    ):
        path.write_text(f"[{fact}]")
        done = run("eval", rules, "--facts", path)
        assert done.exit_code == 1
        assert message in done.stderr


def test_rules_of_an_archive_know_its_types_and_default_parameters(tmp_path: Path, facts: Path) -> None:
    rules = next((WHITEPAPER / "pricing" / "rules").iterdir())
    done = run("eval", rules, "--facts", facts, "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["facts"][0]["price"] == "80"


def test_facts_that_no_rule_mentions_stay(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('[{"$type": "Other", "n": 1.50, "list": [1, "a"], "sub": {"x": null}}]')
    data = json.loads(run("eval", WHITEPAPER / "pricing.rl", "--facts", path, "--json").stdout)
    assert data["facts"][0]["n"] == "1.5"
    assert data["facts"][0]["list"] == ["1", "a"]


def test_a_large_file_is_refused(tmp_path: Path, facts: Path) -> None:
    path = tmp_path / "big.drl"
    path.write_text("// " + "x" * 10_000_000)
    done = run("eval", path, "--facts", facts)
    assert done.exit_code == 1
    assert "source-too-large" in done.stderr


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.drl"
    path.write_bytes(b"\xff\xfe\x00rule")
    done = run("check", path)
    assert done.exit_code == 1
    assert "unreadable-file" in done.stderr


def test_bench(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    line = '{"$type":"Message","status":"GET_PRICE","fico_score":741,"listed_price":100}\n'
    path.write_text(line * 50)
    for option in ([], ["--one-by-one"]):
        done = run("bench", WHITEPAPER / "pricing.rl", "--facts", path, "--repeat", "2", "--json", *option)
        assert done.exit_code == 0
        data: dict[str, Any] = json.loads(done.stdout)
        assert (data["facts"], data["fired"]) == (50, 50)
        assert data["gas"] > 0
        assert data["per_second"] > 0


def test_fmt(tmp_path: Path) -> None:
    path = tmp_path / "a.drl"
    path.write_text("rule a\nwhen\nT(n>3)\nthen\nend")
    assert run("fmt", path, "--check").exit_code == 1
    diff = run("fmt", path, "--diff")
    assert diff.exit_code == 1
    assert "+    T(n > 3)" in diff.stdout
    assert run("fmt", path).exit_code == 0
    assert path.read_text() == "rule a\n  when\n    T(n > 3)\n  then\nend\n"
    assert run("fmt", path, "--check").exit_code == 0
    assert run("fmt", "-", stdin="rule a when then end").stdout == "rule a when then end\n"
    path.write_text("rule a when T( then end")
    assert run("fmt", path).exit_code == 1


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_has_examples(name: str) -> None:
    done = run(name, "--help")
    assert done.exit_code == 0
    assert "Examples:" in done.stdout


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ('[{"$type": "M", "x": ' + "[" * 900 + "]" * 900 + "}]", 1),
        ('[{"$type": "M", "x": "\\ud83d"}]', 1),
        ('\ufeff[{"$type": "M", "x": 1}]', 0),
    ],
)
def test_facts_that_no_machine_can_hold(tmp_path: Path, facts: str, code: int) -> None:
    (tmp_path / "a.drl").write_text("rule a when M() then end", encoding="utf-8")
    (tmp_path / "facts.json").write_text(facts, encoding="utf-8")
    for verb in ("eval", "bench"):
        done = run(verb, str(tmp_path / "a.drl"), "--facts", str(tmp_path / "facts.json"))
        assert done.exit_code == code
        assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(
    "rules",
    [
        "".join(f"declare T{i} x : int end\n" for i in range(1100)),
        "declare T " + "\n".join(f"f{i} : int" for i in range(1100)) + " end",
        "rule a when then " + "\n".join(f"let v{i} = {i}" for i in range(1100)) + "\nend",
        "rule a when then x = [" + "1," * 1100 + "1]\nend",
        'rule "' + "a" * 300 + '" when then end',
    ],
)
def test_limits_of_the_machine_are_the_authors_to_mend(tmp_path: Path, rules: str) -> None:
    (tmp_path / "a.drl").write_text(rules, encoding="utf-8")
    (tmp_path / "facts.json").write_text("[]", encoding="utf-8")
    done = run("eval", str(tmp_path / "a.drl"), "--facts", str(tmp_path / "facts.json"), "--json")
    assert done.exit_code == 1
    assert "module-too-large" in done.stdout


def test_eval_shows_numbers_as_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.drl").write_text("rule a when M() then end", encoding="utf-8")
    (tmp_path / "facts.json").write_text('[{"$type": "M", "x": 1, "y": 0, "z": true}]', encoding="utf-8")
    done = run("eval", str(tmp_path / "a.drl"), "--facts", str(tmp_path / "facts.json"))
    assert "M(x: 1, y: 0, z: true)" in done.stdout


def test_people_read_zero_and_one_as_numbers(tmp_path: Path) -> None:
    rules, facts = tmp_path / "r.drl", tmp_path / "f.json"
    rules.write_text('rule "r"\nwhen\n  $o : Order( total > 1 )\nthen\n  $o.shipping = 0\n  $o.gift = true\nend\n')
    facts.write_text('[{"$type": "Order", "total": 2, "count": 1}]')
    out = run("eval", rules, "--facts", facts).stdout
    assert "shipping: 0" in out
    assert "gift: true" in out
    assert "count: 1" in out
