"""Processes on the solo chain: an order with money, people with roles, timers that fire in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cybermiles.chain import transactions
from cybermiles.chain.application import Application
from cybermiles.chain.solo import Solo, SoloConfig
from cybermiles.chain.transactions import Quote, sign
from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.platform import address_encode
from tests.chain.people import CHAIN_ID, PEOPLE, VALIDATOR, genesis

BUYER, SELLER = PEOPLE[:2]
ARCHIVES = Path(__file__).parents[1] / "conformance" / "archives"
CMT = 10**18


class Chain:
    """A solo chain with one contract."""

    def __init__(self, archive: str, parameters: dict[str, Any]) -> None:
        self.application = Application(None, own_log=True)
        self.application.init_chain(genesis())
        config = SoloConfig(block_interval=10, empty_block_interval=0, mempool_size=5)
        self.solo = Solo(self.application, VALIDATOR.address, config)
        self.nonces = {BUYER.address: 0, SELLER.address: 0}
        built = build_archive(read_sources(ARCHIVES / archive))
        module = self.send(SELLER, transactions.deploy(built.compiled.code))["result"][0]["module"]
        made = self.send(SELLER, transactions.instantiate(module, parameters))
        self.contract = made["result"][0]["contract"]

    def send(self, person: Any, message: Any) -> dict[str, Any]:
        nonce = self.nonces[person.address]
        tx = sign(person, Quote(CHAIN_ID, nonce, 0), [message], gas_limit=20_000_000)
        self.nonces[person.address] += 1
        self.solo.submit(tx)
        receipt = self.solo.make_block().receipts()[0]
        return dict(receipt)

    def call(self, person: Any, endpoint: str, args: dict[str, Any], funds: int = 0) -> dict[str, Any]:
        return self.send(person, transactions.call(self.contract, endpoint, args, funds))


@pytest.fixture
def order() -> Iterator[Chain]:
    seller = address_encode(SELLER.address)
    chain = Chain("order", {"seller": seller, "fees": seller})
    yield chain
    chain.solo.stop()


def test_three_branches_move_money_and_stock_and_all_results_are_kept(order: Chain) -> None:
    assert order.call(SELLER, "fill", {"pieces": 10})["error"] == ""
    started = order.call(BUYER, "buy", {"pieces": 2}, 100 * CMT)
    assert (started["error"], started["result"]) == ("", ["1"])
    assert [e["name"] for e in started["events"] if e["name"].startswith(("process", "task"))] == [
        "process-started",
        "process-step",
        "task-ready",
    ]
    decision = {"instance": "1", "task": "decide", "result": {"approved": True}}
    assert order.call(BUYER, "buy.complete", decision)["error"] == "wrong-role"
    done = order.call(SELLER, "buy.complete", decision)
    assert done["error"] == ""
    where = order.call(BUYER, "buy.where", {"instance": "1"})["result"][0]
    assert {name: where["variables"][name] for name in ("left", "credit", "fee")} == {"left": 8, "credit": 98, "fee": 2}
    variables = order.application.ledger.contract(order.contract)["variables"]
    assert {name: variables[name] for name in ("stock", "sold", "credited", "deducted")} == {
        "stock": 8,
        "sold": 2,
        "credited": 98,
        "deducted": 100,
    }
    again = order.call(SELLER, "buy.complete", decision)
    assert again["error"] == "task-done"
    assert order.call(SELLER, "buy.correlate", {"instance": "1", "message": "shipped"})["error"] == ""
    assert order.call(BUYER, "buy.complete", {"instance": "1", "task": "confirm"})["error"] == ""
    assert order.call(BUYER, "buy.where", {"instance": "1"})["result"][0]["status"] == "completed"


def test_the_white_papers_purchase_runs_as_a_contract() -> None:
    chain = Chain("purchase", {})
    try:
        assert chain.call(BUYER, "work", {})["error"] == ""
        assert chain.call(BUYER, "buy.signal", {"instance": "1", "transition": "approve"})["error"] == ""
        assert chain.call(BUYER, "work", {})["error"] == ""
        where = chain.call(BUYER, "buy.where", {"instance": "1"})["result"][0]
        assert where["status"] == "completed"
        assert {"decrement inventory", "credit seller", "deduct from buyer"} < set(where["path"])
    finally:
        chain.solo.stop()
