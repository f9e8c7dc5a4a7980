"""A stand-in for the node, for tests of the pages alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import Message
from cybermiles.platform import address_encode
from cybermiles.studio.services.node import ATTO, Estimate, Event, NodeStatus, Receipt

CONTRACT = bytes(range(20))
ADDRESS = address_encode(CONTRACT)


@dataclass
class FakeNode:
    """A chain of one contract, whose `quote` takes a fifth off for scores above the threshold."""

    url: str = "http://fake"
    height: int = 41
    sent: list[list[Message]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    modules: set[bytes] = field(default_factory=set)
    broken: NodeError | None = None

    def status(self) -> NodeStatus:
        if self.broken:
            raise self.broken
        return NodeStatus("test-1", self.height, 10**9)

    def balance(self, address: str) -> int:
        self.status()
        return 1000 * ATTO

    def estimate(self, key: Key, messages: Sequence[Message]) -> Estimate:
        self.status()
        return Estimate(self._receipt(messages), 24_690, 24_690 * 10**9)

    def submit(self, key: Key, messages: Sequence[Message], gas_limit: int) -> Receipt:
        self.height += 1
        self.sent.append(list(messages))
        found = self._receipt(messages)
        for name, body in messages:
            if name == "deploy":
                self.modules.add(body["module"])
            if name == "instantiate":
                self.parameters = dict(body["parameters"])
        return found

    def _receipt(self, messages: Sequence[Message]) -> Receipt:
        results: list[Any] = []
        error = ""
        for name, body in messages:
            if name == "instantiate":
                results.append({"contract": CONTRACT.hex()})
            elif name == "call":
                score, price = body["args"]["fico_score"], body["args"]["listed_price"]
                good = score > self.parameters.get("threshold", 740)
                results.append(str(price * (1 - self.parameters.get("discount", 0))) if good else None)
            else:
                error = "already-deployed" if body["module"] in self.modules else ""
                results.append({"module": "00"})
        digest = hashlib.sha256(repr((self.height, messages)).encode()).hexdigest()
        events = (Event("ledger", "instantiated", {"contract": ADDRESS}),)
        gas = 12_345
        return Receipt(digest, self.height, not error, error, error, gas, 2 * gas, gas * 10**9, events, tuple(results))
