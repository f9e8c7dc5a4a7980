"""The `runtime` and `catalog` commands end to end, each in a process of its own, against a real node."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cybermiles.chain.client import Client
from cybermiles.runtime.demo.process import NodeProcess
from cybermiles.runtime.demo.run import free_port
from tests.chain.people import TEMPLATE

ENVIRONMENT = {**os.environ, "CYBERMILES_PASSWORD": "secret"}


def run(command: str, *argv: str | Path, expect: int = 0) -> str:
    """Standard output of `runtime ...` or `catalog ...`; standard error if it must fail."""
    out = subprocess.run(
        [sys.executable, "-m", f"cybermiles.{command}.cli", *map(str, argv)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert out.returncode == expect, out.stdout + out.stderr
    assert "Traceback" not in out.stderr
    return out.stderr if expect else out.stdout


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    home = tmp_path_factory.mktemp("node")
    run("runtime", "init", "--home", home)
    node = NodeProcess(home, free_port())
    node.start()
    yield node
    node.stop()


def test_from_an_archive_to_an_answer(node: NodeProcess, tmp_path: Path) -> None:
    place = ("--home", node.home, "--node", node.url)
    assert json.loads(run("runtime", "status", "--node", node.url, "--json"))["chain_id"] == "cybermiles-local"
    run("runtime", "keys", "add", "buyer", "--home", node.home)
    assert {key["name"] for key in json.loads(run("runtime", "keys", "list", "--home", node.home, "--json"))} == {
        "operator",
        "buyer",
    }
    run("runtime", "transfer", "buyer", "100.5", "--from", "operator", *place)
    run("catalog", "new", tmp_path / "my-pricing")
    run("catalog", "check", tmp_path / "my-pricing")
    run("catalog", "publish", tmp_path / "my-pricing", "--price", "5", "--from", "operator", *place)
    assert "my-pricing" in run("catalog", "search", "credit", "--node", node.url)
    assert "5 CMT" in run("catalog", "show", "my-pricing", "--node", node.url)
    assert (
        run("catalog", "try", tmp_path / "my-pricing", "quote", "--args", '{"fico_score": 741, "listed_price": 100}')
        == '"80"\n'
    )
    refused = run("catalog", "instantiate", "my-pricing", "--from", "buyer", *place, expect=3)
    assert "no-licence" in refused
    run("catalog", "buy", "my-pricing", "--from", "buyer", *place)
    made = json.loads(
        run(
            "catalog",
            "instantiate",
            "my-pricing",
            "--params",
            '{"threshold": 740}',
            "--from",
            "buyer",
            *place,
            "--json",
        )
    )
    args = ("--args", '{"fico_score": 741, "listed_price": 100}')
    assert run("runtime", "call", made["contract"], "quote", *args, "--node", node.url) == '"80"\n'
    receipt = json.loads(run("runtime", "call", made["contract"], "quote", *args, "--from", "buyer", *place, "--json"))
    assert receipt["result"] == ["80"]
    deployed = json.loads(run("runtime", "deploy", TEMPLATE, "--from", "operator", *place, "--json"))
    assert deployed["contract"].startswith("cmt1")


def test_mistakes_have_a_code_and_no_traceback(node: NodeProcess, tmp_path: Path) -> None:
    place = ("--home", node.home, "--node", node.url)
    assert "home-exists" in run("runtime", "init", "--home", node.home, expect=1)
    assert "no-home" in run("runtime", "serve", "--home", tmp_path, expect=1)
    assert "no-key" in run("runtime", "transfer", "operator", "1", "--from", "nobody", *place, expect=1)
    assert "bad-address" in run("runtime", "transfer", "cmt1x", "1", "--from", "operator", *place, expect=1)
    assert "node-unreachable" in run("runtime", "status", "--node", "http://127.0.0.1:9", expect=1)
    assert "unknown-template" in run("catalog", "show", "none", "--node", node.url, expect=1)
    assert "archive-no-manifest" in run("catalog", "check", tmp_path, expect=1)
    assert "port-in-use" in run(
        "runtime", "serve", "--home", copy_of(node, tmp_path), "--port", node.url.rpartition(":")[2], expect=1
    )


def copy_of(node: NodeProcess, folder: Path) -> Path:
    """A second home of the same chain, without its data."""
    home = folder / "second"
    (home / "config").mkdir(parents=True)
    for file in (node.home / "config").iterdir():
        (home / "config" / file.name).write_bytes(file.read_bytes())
    return home


def test_a_stop_is_graceful_and_a_second_start_goes_on(tmp_path: Path) -> None:
    run("runtime", "init", "--home", tmp_path / "node", "--chain-id", "stops")
    node = NodeProcess(tmp_path / "node", free_port())
    for _ in range(2):
        node.start()
        with Client(node.url) as client:
            height = client.status()["height"]
        process = node._process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert height >= 0
    assert "stopped" in node.log.read_text()


def test_the_demo_tells_the_whole_story() -> None:
    out = run("runtime", "demo")
    for line in ("the price: 80", "the seller has more: 5 CMT", "same height, same app hash", "still answers: 80"):
        assert line in out
