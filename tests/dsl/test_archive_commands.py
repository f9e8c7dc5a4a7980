"""`dsl build`, `show`, `call` and `test` on archives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cybermiles.dsl.cli import dsl
from cybermiles.platform import address_encode

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "catalog/src/cybermiles/catalog/templates/pricing"
WHITEPAPER = ROOT / "tests/conformance/whitepaper"
COUNTER = {
    "contract.yaml": "name: counter\nversion: 1.0.0\nlicense: MIT\nstate: {count: number?}\npermissions: [transfer]\n"
    "endpoints:\n"
    "  add: {args: {by: number}, returns: number, script: scripts/add.js}\n"
    "  spin: {script: scripts/spin.js}\n"
    "  pay: {args: {to: text, amount: number}, script: scripts/pay.js}\n",
    "scripts/add.js": 'count = (count ?? 0) + by;\nif (count > 10) {\n  throw "too many";\n}\nreturn count;\n',
    "scripts/spin.js": "while (true) {\n}\n",
    "scripts/pay.js": 'transfer(to, amount);\nemit("paid", {amount: amount});\n',
}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(dsl, [str(arg) for arg in args], catch_exceptions=False)


def call(*args: str | Path, expect: int = 0) -> Any:
    done = run("call", *args, "--json")
    assert done.exit_code == expect, done.output
    return json.loads(done.stdout)


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    folder = tmp_path / "counter"
    for name, text in COUNTER.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_packing_twice_from_two_places_gives_the_same_bytes(counter: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    assert run("build", counter, "-o", tmp_path / "a.sbc").exit_code == 0
    counter.rename(moved)
    assert run("build", moved, "-o", tmp_path / "b.sbc").exit_code == 0
    assert (tmp_path / "a.sbc").read_bytes() == (tmp_path / "b.sbc").read_bytes()


def test_a_packed_archive_shows_and_runs_as_its_folder(tmp_path: Path) -> None:
    packed = tmp_path / "p.sbc"
    built = json.loads(run("build", TEMPLATE, "-o", packed, "--json").stdout)
    shown = json.loads(run("show", packed, "--json").stdout)
    assert (shown["archive"], shown["module"]) == (built["archive"], built["module"])
    assert {endpoint["name"] for endpoint in shown["endpoints"]} == {"quote", "decide"}
    assert run("show", packed, "--asm").stdout.startswith("module")
    args = ("quote", "--args", '{"fico_score": 741, "listed_price": 100}')
    assert call(packed, *args) == call(TEMPLATE, *args)


@pytest.mark.parametrize(("archive", "result"), [("pricing", "80"), ("pricing-740", None)])
def test_the_white_papers_script(archive: str, result: str | None) -> None:
    outcome = call(WHITEPAPER / archive, "price")
    assert outcome["result"] == result
    assert [firing["rule"] for firing in outcome["fired"]] == ["Pricing"]
    assert run("test", WHITEPAPER / archive).exit_code == 0


def test_state_is_kept_between_calls_that_succeed(counter: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    add = (counter, "add", "--state", state, "--args")
    assert call(*add, '{"by": 4}')["result"] == "4"
    assert call(*add, '{"by": 5}')["result"] == "9"
    failed = call(*add, '{"by": 5}', expect=3)
    assert failed["error"]["kind"] == "revert"
    assert failed["error"]["line"] == 3
    assert call(*add, '{"by": 1}')["result"] == "10"
    assert call(counter, "add", "--args", '{"by": 1}')["result"] == "1"


def test_a_state_file_of_something_else(counter: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    for content in (b"", b"nonsense", b"\xa0"):
        state.write_bytes(content)
        done = run("call", counter, "add", "--state", state, "--args", '{"by": 1}', "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["diagnostics"][0]["code"] == "bad-state"


def test_an_endless_loop_runs_out_of_gas(counter: Path) -> None:
    failed = call(counter, "spin", "--gas-limit", "100000", expect=3)
    assert (failed["error"]["code"], failed["gas"]) == ("out-of-gas", 100_000)


def test_money_moves_with_the_permission(counter: Path) -> None:
    to = address_encode(bytes(range(20)))
    outcome = call(counter, "pay", "--value", "2.5", "--args", json.dumps({"to": to, "amount": 1.5}))
    assert {"to": to, "amount": "1.5"}.items() <= outcome["transfers"][-1].items()
    assert outcome["events"] == [{"name": "paid", "data": {"amount": "1.5"}}]
    refused = call(counter, "pay", "--args", json.dumps({"to": to, "amount": 1}), expect=3)
    assert refused["error"]["code"] == "insufficient-funds"
    manifest = counter / "contract.yaml"
    manifest.write_text(manifest.read_text().replace("permissions: [transfer]\n", ""))
    done = run("call", counter, "pay", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "missing-permission"


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("nowhere",), "unknown-endpoint"),
        (("add",), "bad-argument"),
        (("add", "--args", '{"by": "1"}'), "bad-argument"),
        (("add", "--args", '{"by": 1, "too": 2}'), "bad-argument"),
        (("add", "--args", '{"by": 1}', "--params", '{"x": 1}'), "bad-parameter"),
    ],
)
def test_a_call_that_is_refused(counter: Path, argv: tuple[str, ...], code: str) -> None:
    assert call(counter, *argv, expect=3)["error"]["code"] == code


@pytest.mark.parametrize(
    "argv", [("--args", "{"), ("--args", "[]"), ("--value", "-1"), ("--value", "x"), ("--sender", "x")]
)
def test_wrong_usage(counter: Path, argv: tuple[str, ...]) -> None:
    assert run("call", counter, "add", *argv).exit_code == 2


def test_a_packed_archive_whose_module_was_changed(counter: Path, tmp_path: Path) -> None:
    packed = tmp_path / "a.sbc"
    run("build", counter, "-o", packed)
    data = bytearray(packed.read_bytes())
    at = data.index(b"scripts/add.js") + 60
    data[at] ^= 1
    packed.write_bytes(bytes(data))
    done = run("show", packed, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["diagnostics"][0]["code"].startswith("archive-")


def test_a_failing_scenario_says_what_it_found(tmp_path: Path, counter: Path) -> None:
    (counter / "tests").mkdir()
    (counter / "tests" / "a.yaml").write_text(
        "scenarios:\n"
        "  - name: adds\n    when: {endpoint: add, args: {by: 2}}\n    then: {result: 3}\n"
        "  - name: refuses\n    when: [{endpoint: add, args: {by: 9}}, {endpoint: add, args: {by: 9}}]\n"
        "    then: {error: revert}\n"
    )
    done = run("test", counter)
    assert done.exit_code == 1
    assert "result: expected 3, found 2" in done.stdout
    assert "tests/a.yaml:2" in done.stdout
    report = json.loads(run("test", counter, "--json").stdout)
    assert [scenario["passed"] for scenario in report["scenarios"]] == [False, True]
