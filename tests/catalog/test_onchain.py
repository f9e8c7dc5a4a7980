"""The catalog's messages on a real ledger: who gets what, and every refusal by its code."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.catalog import MODULES, queries
from cybermiles.catalog.offer import buy_message, publish_message
from cybermiles.chain import transactions
from cybermiles.chain.application import Application
from cybermiles.chain.genesis import ATTO
from cybermiles.chain.keys import Key
from cybermiles.chain.solo import Solo
from cybermiles.chain.transactions import Message, Quote, sign
from tests.chain.people import CHAIN_ID, PEOPLE, VALIDATOR, genesis, pricing

SELLER, BUYER, OTHER = PEOPLE[:3]
PRICE = 5 * ATTO


class Chain:
    """A chain in memory; `send` makes a block of one transaction."""

    def __init__(self) -> None:
        self.application = Application(None, modules=MODULES, own_log=True)
        self.application.init_chain(genesis())
        self.solo = Solo(self.application, VALIDATOR.address)
        self.time = genesis().time_ns

    def send(self, who: Key, *messages: Message) -> dict[str, Any]:
        ledger = self.application.ledger
        quote = Quote(CHAIN_ID, ledger.account(who.address)["nonce"], self.application.height)
        self.solo.submit(sign(who, quote, list(messages), gas_limit=5_000_000))
        self.time += 10**9
        (receipt,) = self.solo.make_block(self.time).receipts()
        return receipt

    def balance(self, who: Key) -> int:
        return int(self.application.ledger.account(who.address)["balance"])


@pytest.fixture
def chain() -> Chain:
    return Chain()


@pytest.fixture(scope="module")
def publication() -> dict[str, Any]:
    return publish_message(pricing(), PRICE)[1]


def buy(chain: Chain) -> Message:
    listing = queries.template(chain.application.ledger, "pricing")
    assert listing is not None
    return buy_message({**listing, "module": listing["module"].hex()})


def test_a_sale_moves_the_price_and_grants_a_licence(chain: Chain, publication: dict[str, Any]) -> None:
    published = chain.send(SELLER, ("catalog/publish", publication))
    module = published["result"][0]["module"]
    assert chain.send(OTHER, transactions.instantiate(module, {}))["error"] == "no-licence"
    before = chain.balance(SELLER), chain.balance(BUYER)
    bought = chain.send(BUYER, buy(chain))
    assert bought["code"] == 0
    assert chain.balance(SELLER) == before[0] + PRICE
    assert chain.balance(BUYER) == before[1] - PRICE - bought["fee"]
    assert chain.send(BUYER, transactions.instantiate(module, {}))["code"] == 0
    listing = queries.templates(chain.application.ledger)
    assert [(entry["name"], entry["price"], entry["sales"]) for entry in listing] == [("pricing", PRICE, 1)]
    chain.application.check_invariants()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Pricing!"}, "bad-name"),
        ({"name": "x" * 65}, "bad-name"),
        ({"version": "1.0"}, "bad-version"),
        ({"version": "01.0.0"}, "bad-version"),
        ({"price": -1}, "bad-price"),
        ({"price": 10**33 + 1}, "bad-price"),
        ({"category": "everything"}, "bad-category"),
        ({"title": "x" * 121}, "bad-message"),
        ({"archive": b"short"}, "bad-message"),
        ({"extra": 1}, "bad-message"),
        ({"price": "5"}, "bad-message"),
    ],
)
def test_a_publication_is_refused_with_its_code(
    chain: Chain, publication: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    before = chain.balance(SELLER)
    receipt = chain.send(SELLER, ("catalog/publish", {**publication, **change}))
    assert receipt["error"] == code
    assert chain.balance(SELLER) == before - receipt["fee"]
    assert queries.templates(chain.application.ledger) == []


def test_a_missing_field_is_named(chain: Chain, publication: dict[str, Any]) -> None:
    receipt = chain.send(SELLER, ("catalog/publish", {k: v for k, v in publication.items() if k != "title"}))
    assert receipt["error"] == "bad-message"
    assert "`title`" in receipt["message"]


def test_bytes_that_are_no_module_are_refused(chain: Chain, publication: dict[str, Any]) -> None:
    damaged = bytearray(publication["module"])
    damaged[len(damaged) // 2] ^= 0xFF
    receipt = chain.send(SELLER, ("catalog/publish", {**publication, "module": bytes(damaged)}))
    assert receipt["error"] == "admission"


def test_names_versions_and_modules_have_one_owner(chain: Chain, publication: dict[str, Any]) -> None:
    assert chain.send(SELLER, ("catalog/publish", publication))["code"] == 0
    refused = {
        "not-owner": (OTHER, {**publication, "version": "1.0.1"}),
        "version-exists": (SELLER, publication),
        "version-order": (SELLER, {**publication, "version": "0.9.0"}),
    }
    for code, (who, message) in refused.items():
        assert chain.send(who, ("catalog/publish", message))["error"] == code
    chain.application.check_invariants()


def test_a_purchase_is_refused_with_its_code(chain: Chain, publication: dict[str, Any]) -> None:
    assert (
        chain.send(BUYER, ("catalog/buy", {"name": "none", "version": "1.0.0", "max_price": 1, "module": b""}))["error"]
        == "unknown-template"
    )
    chain.send(SELLER, ("catalog/publish", publication))
    good = buy(chain)[1]
    for change, code in (
        ({"version": "2.0.0"}, "unknown-version"),
        ({"module": bytes(32)}, "wrong-module"),
        ({"max_price": PRICE - 1}, "price-changed"),
        ({"max_price": "1"}, "bad-message"),
    ):
        assert chain.send(BUYER, ("catalog/buy", {**good, **change}))["error"] == code
    assert chain.send(BUYER, ("catalog/buy", good))["code"] == 0
    assert chain.send(BUYER, ("catalog/buy", good))["error"] == "already-licensed"


def test_a_buyer_without_money_keeps_what_they_have(chain: Chain, publication: dict[str, Any]) -> None:
    chain.send(SELLER, ("catalog/publish", {**publication, "price": 2000 * ATTO}))
    before = chain.balance(BUYER)
    receipt = chain.send(BUYER, buy(chain))
    assert receipt["error"] == "insufficient-funds"
    assert chain.balance(BUYER) == before - receipt["fee"]


def test_an_unknown_verb_is_refused(chain: Chain) -> None:
    assert chain.send(SELLER, ("catalog/steal", {}))["error"] == "unknown-message"
