"""Stand-ins for the node and the keyring, for tests of the pages alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cybermiles.studio.services.keys import KeyInfo, KeyringError, Unlocked
from cybermiles.studio.services.node import ATTO, Estimate, Event, Message, NodeError, NodeStatus, Receipt, Signer

ADDRESS = "cmt1qyqszqgpqyqszqgpqyqszqgpqyqszqgp5w7xz9"


@dataclass
class FakeNode:
    """A chain of one contract, whose `quote` takes a fifth off for scores above the threshold."""

    url: str = "http://fake"
    height: int = 41
    balances: dict[str, int] = field(default_factory=dict)
    sent: list[list[Message]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    broken: NodeError | None = None

    def status(self) -> NodeStatus:
        if self.broken:
            raise self.broken
        return NodeStatus("test-1", self.height, 10**9)

    def balance(self, address: str) -> int:
        self.status()
        return self.balances.get(address, 1000 * ATTO)

    def estimate(self, signer: Signer, messages: Sequence[Message]) -> Estimate:
        self.status()
        return Estimate(12_345, 24_690, 12_345 * 10**9, 24_690 * 10**9)

    def submit(self, signer: Signer, messages: Sequence[Message]) -> Receipt:
        self.status()
        self.height += 1
        self.sent.append(list(messages))
        results: list[Any] = []
        events: list[Event] = []
        for name, body in messages:
            if name == "instantiate":
                self.parameters = dict(body["parameters"])
                results.append(ADDRESS)
                events.append(Event("ledger", "instantiated", {"contract": ADDRESS}))
            elif name == "call":
                score, price = body["args"]["fico_score"], body["args"]["listed_price"]
                good = score > self.parameters.get("threshold", 740)
                results.append(price * (1 - self.parameters.get("discount", 0)) if good else None)
            else:
                results.append(None)
        digest = hashlib.sha256(repr((self.height, messages)).encode()).hexdigest()
        return Receipt(digest, self.height, True, "", "", 12_345, 24_690, 12_345 * 10**9, tuple(events), tuple(results))

    def contract(self, address: str) -> Mapping[str, Any] | None:
        return {"parameters": self.parameters} if address == ADDRESS else None


@dataclass
class FakeKeyring:
    """Keys in memory."""

    keys: dict[str, str] = field(default_factory=dict)

    def list(self) -> Sequence[KeyInfo]:
        return [KeyInfo(name, f"cmt1{name}") for name in self.keys]

    def add(self, name: str, passphrase: str) -> KeyInfo:
        if name in self.keys:
            raise KeyringError("key-exists", f"there is a key `{name}` already")
        self.keys[name] = passphrase
        return KeyInfo(name, f"cmt1{name}")

    def unlock(self, name: str, passphrase: str) -> Unlocked:
        if self.keys.get(name) != passphrase:
            raise KeyringError("wrong-passphrase", "this is not the passphrase")
        return Unlocked(name, f"cmt1{name}", hashlib.sha256(name.encode()).digest())
