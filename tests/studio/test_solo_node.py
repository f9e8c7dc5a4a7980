"""The embedded node: keys get money, a deployed contract answers, everything survives a restart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from cybermiles.studio.services import compiler
from cybermiles.studio.services.file_keys import FileKeyring
from cybermiles.studio.services.node import ATTO, Message, cmt
from cybermiles.studio.services.projects import Project
from cybermiles.studio.services.solo_node import SoloNode


def test_deploy_call_and_restart(tmp_path: Path, pricing: Project) -> None:
    ring = FileKeyring(tmp_path / "keys")
    ring.add("analyst", "")
    key = ring.unlock("analyst", "")
    node = SoloNode(tmp_path / "node")
    assert node.balance(key.address) == 1000 * ATTO
    built = compiler.build(pricing.sources())
    deploy: list[Message] = [
        ("deploy", {"module": built.module, "archive": built.archive_hash}),
        ("instantiate", {"module": built.hash_bytes, "parameters": {"threshold": 700, "discount": Decimal("0.2")}}),
    ]
    estimate = node.estimate(key, deploy)
    receipt = node.submit(key, deploy)
    assert receipt.ok, receipt
    assert receipt.fee <= estimate.max_fee
    assert node.balance(key.address) == 1000 * ATTO - receipt.fee
    address = str(receipt.results[-1])
    node.close()

    again = SoloNode(tmp_path / "node")
    contract = again.contract(address)
    assert contract is not None
    assert contract["parameters"] == {"threshold": 700, "discount": Decimal("0.2")}
    call: list[Message] = [
        ("call", {"contract": address, "endpoint": "quote", "args": {"fico_score": 720, "listed_price": 100}})
    ]
    answer = again.submit(key, call)
    assert answer.ok, answer
    assert answer.results == (80,)
    assert answer.height > receipt.height
    bad: list[Message] = [("call", {"contract": address, "endpoint": "quote", "args": {"fico_score": 720}})]
    refused = again.submit(key, bad)
    assert not refused.ok
    assert refused.error == "bad-argument"
    again.close()


def test_amounts_read_well() -> None:
    assert cmt(0) == "0 CMT"
    assert cmt(1234 * ATTO) == "1,234 CMT"
    assert cmt(ATTO // 2) == "0.5 CMT"
    assert cmt(21_000 * 10**9) == "0.000021 CMT"
    assert cmt(1) == "0.000000000000000001 CMT"
    assert cmt(-5 * ATTO) == "-5 CMT"
