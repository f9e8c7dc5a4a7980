"""The embedded node: keys get money, a deployed contract answers, everything survives a restart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import KeyStore
from cybermiles.chain.transactions import call, deploy, instantiate
from cybermiles.platform import address_decode
from cybermiles.studio.services import compiler
from cybermiles.studio.services.node import ATTO, RestNode, address_text, cmt
from cybermiles.studio.services.own_node import OwnNode
from cybermiles.studio.services.projects import Project


def test_deploy_call_and_restart(tmp_path: Path, pricing: Project) -> None:
    key = KeyStore(tmp_path / "keys").add("analyst", "")
    node = OwnNode(tmp_path / "node")
    assert node.balance(key.address_text) == 1000 * ATTO
    built = compiler.build(pricing.sources())
    wanted = [
        deploy(built.module, built.archive_hash),
        instantiate(built.hash_bytes, {"threshold": 700, "discount": Decimal("0.2")}),
    ]
    estimate = node.estimate(key, wanted)
    receipt = node.submit(key, wanted, estimate.gas_limit)
    assert receipt.ok, receipt
    assert receipt.fee <= estimate.max_fee
    assert node.balance(key.address_text) == 1000 * ATTO - receipt.fee
    assert node.estimate(key, wanted).receipt.error == "already-deployed"
    address = address_text(receipt.results[-1]["contract"])
    node.close()

    again = OwnNode(tmp_path / "node")
    asked = [call(address_decode(address), "quote", {"fico_score": 720, "listed_price": 100})]
    answer = again.submit(key, asked, again.estimate(key, asked).gas_limit)
    assert answer.ok, answer
    assert answer.results == ("80",)
    assert answer.height > receipt.height
    refused = again.estimate(key, [call(address_decode(address), "quote", {"fico_score": 720})])
    assert not refused.receipt.ok
    assert refused.receipt.error == "bad-argument"
    again.close()


def test_a_node_that_is_away_says_what_to_do() -> None:
    node = RestNode("http://127.0.0.1:1")
    with pytest.raises(NodeError) as refused:
        node.status()
    assert refused.value.code == "node-unreachable"
    assert refused.value.hint
    node.close()


def test_amounts_read_well() -> None:
    assert cmt(0) == "0 CMT"
    assert cmt(1234 * ATTO) == "1,234 CMT"
    assert cmt(ATTO // 2) == "0.5 CMT"
    assert cmt(21_000 * 10**9) == "0.000021 CMT"
    assert cmt(1) == "0.000000000000000001 CMT"
    assert cmt(-5 * ATTO) == "-5 CMT"
