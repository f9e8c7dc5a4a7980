"""Keys and transactions that tests of the chain share; all from fixed seeds, so that streams repeat."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cybermiles.catalog.offer import buy_message, publish_message
from cybermiles.chain import transactions
from cybermiles.chain.genesis import ATTO, Account, Genesis, Validator
from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import Message, Quote, sign
from cybermiles.dsl.archive.build import Archive, build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.platform import cbor_decode, contract_address

ARCHIVES = Path(__file__).resolve().parents[1] / "conformance/archives"
CHAIN_ID = "stream-1"
TEMPLATE = Path(__file__).resolve().parents[2] / "catalog/src/cybermiles/catalog/templates/pricing"


def key(name: str) -> Key:
    """The key of a name."""
    return Key(name, hashlib.sha256(name.encode()).digest())


VALIDATOR = key("validator")
PEOPLE = tuple(key(f"person {index}") for index in range(8))


def genesis(chain_id: str = CHAIN_ID, validators: tuple[Validator, ...] | None = None) -> Genesis:
    """Eight people with 1,000 CMT each and one validator."""
    accounts = tuple(Account(person.address, 1000 * ATTO) for person in PEOPLE)
    listed = (Validator(VALIDATOR.public, 10, VALIDATOR.address),) if validators is None else validators
    return Genesis(chain_id, 1_700_000_000 * 10**9, accounts, listed)


def pricing() -> Archive:
    """The shipped pricing template, compiled."""
    return build_archive(read_sources(TEMPLATE))


@dataclass
class Stream:
    """An endless stream of signed transactions, good and bad, that depends on nothing but its seed.

    `rate_height` follows what the caller knows of the chain.
    """

    seed: int
    chain_id: str = CHAIN_ID
    rate_height: int = 0
    archive: Archive = field(default_factory=pricing)
    made: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.nonces = dict.fromkeys((person.name for person in PEOPLE), 0)
        self.contracts: list[bytes] = []
        self.purchase = b""

    def signed(self, who: Key, *messages: Message, nonce: int | None = None, gas_limit: int = 2_000_000) -> bytes:
        """The next transaction of a person."""
        if nonce is None:
            nonce = self.nonces[who.name]
            self.nonces[who.name] += 1
        self.made += 1
        quote = Quote(self.chain_id, nonce, self.rate_height)
        return sign(who, quote, list(messages), gas_limit=gas_limit, memo=str(self.made))

    def opening(self) -> list[bytes]:
        """Publish, buy, and two contracts: what the rest of the stream calls."""
        seller, buyer = PEOPLE[0], PEOPLE[1]
        module = self.archive.module_hash
        listing = {"name": "pricing", "newest": "1.0.0", "price": 5 * ATTO, "module": module.hex()}
        txs = [
            self.signed(seller, publish_message(self.archive, 5 * ATTO)),
            self.signed(buyer, transactions.instantiate(module, {})),  # no licence yet: fails
            self.signed(buyer, buy_message(listing)),
        ]
        purchase = build_archive(read_sources(ARCHIVES / "purchase"))
        txs.append(self.signed(seller, transactions.deploy(purchase.compiled.code)))
        tx = self.signed(seller, transactions.instantiate(purchase.module_hash, {}))
        self.purchase = contract_address(cbor_decode(tx)[0], 0)
        txs.append(tx)
        for threshold in (740, 700):
            tx = self.signed(buyer, transactions.instantiate(module, {"threshold": threshold}))
            self.contracts.append(contract_address(cbor_decode(tx)[0], 0))
            txs.append(tx)
        return txs

    def next(self) -> bytes:
        """One more transaction: mostly transfers and calls, sometimes a bad one."""
        pick = self.random.random()
        who = self.random.choice(PEOPLE)
        if pick < 0.5:
            to = self.random.choice(PEOPLE).address
            return self.signed(who, transactions.transfer(to, self.random.randrange(1, 10**15)))
        if pick < 0.6:
            return self.signed(who, self.process_call(), gas_limit=3_000_000)
        if pick < 0.85:
            return self.signed(who, self.quote_call())
        if pick < 0.9:
            return self.signed(who, transactions.transfer(who.address, 10**30))  # cannot be paid: fails
        if pick < 0.94:
            return self.signed(who, transactions.call(self.contracts[0], "nowhere", {}))  # fails
        if pick < 0.97:
            return self.signed(who, transactions.transfer(who.address, 1), nonce=self.nonces[who.name] + 7)
        whole = self.signed(who, transactions.transfer(who.address, 1), nonce=self.nonces[who.name])
        return whole[:-1] + bytes([whole[-1] ^ 1])  # a forged signature

    def process_call(self) -> Message:
        """A step of the white paper's purchase, in some instance of it; some have come too early or too late."""
        if self.random.random() < 0.3:
            return transactions.call(self.purchase, "buy", {})
        task = self.random.choice(("evaluate", "decrement inventory", "credit seller", "deduct from buyer"))
        args = {"instance": str(self.random.randint(1, 5)), "task": task}
        return transactions.call(self.purchase, "buy.complete", args)

    def quote_call(self) -> Message:
        """A call of one of the contracts."""
        args: dict[str, Any] = {"fico_score": self.random.randrange(600, 850), "listed_price": 100}
        return transactions.call(self.random.choice(self.contracts), "quote", args)
