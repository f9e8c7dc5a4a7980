"""The node as the studio uses it, over its REST API: where the chain stands, what a transaction costs, its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cybermiles.chain.client import Client
from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import Message, sign
from cybermiles.platform import address_decode, address_encode

ATTO = 10**18


@dataclass(frozen=True)
class NodeStatus:
    """Where the chain stands. `rate` is the price of a unit of gas in attoCMT."""

    chain_id: str
    height: int
    rate: int


@dataclass(frozen=True)
class Event:
    """An event of a receipt."""

    source: str
    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What became of a transaction, or would become. `fee` in attoCMT; `results` has one value a message."""

    hash: str
    height: int
    ok: bool
    error: str
    message: str
    gas: int
    gas_limit: int
    fee: int
    events: tuple[Event, ...]
    results: tuple[Any, ...]


@dataclass(frozen=True)
class Estimate:
    """A run on a throw-away copy of the chain: its receipt, the gas limit to sign with, the most that it can cost."""

    receipt: Receipt
    gas_limit: int
    max_fee: int


class Node(Protocol):
    """What pages ask of a node; amounts are attoCMT. Each call may raise `cybermiles.chain.client.NodeError`."""

    @property
    def url(self) -> str: ...
    def status(self) -> NodeStatus: ...
    def balance(self, address: str) -> int: ...
    def estimate(self, key: Key, messages: Sequence[Message]) -> Estimate: ...
    def submit(self, key: Key, messages: Sequence[Message], gas_limit: int) -> Receipt:
        """Signs, sends and waits for the block."""


class RestNode:
    """Any node, by its address."""

    def __init__(self, url: str) -> None:
        self._client = Client(url)

    @property
    def url(self) -> str:
        return self._client.url

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def status(self) -> NodeStatus:
        found = self._client.status()
        return NodeStatus(str(found["chain_id"]), int(found["height"]), int(found["rate"]))

    def balance(self, address: str) -> int:
        return int(self._client.account(address_decode(address))["balance"])

    def estimate(self, key: Key, messages: Sequence[Message]) -> Estimate:
        found = self._client.simulate(sign(key, self._client.quote(key.address), list(messages)))
        limit = int(found["gas_estimate"])
        return Estimate(receipt(found), limit, self.status().rate * limit)

    def submit(self, key: Key, messages: Sequence[Message], gas_limit: int) -> Receipt:
        tx = sign(key, self._client.quote(key.address), list(messages), gas_limit=gas_limit)
        return receipt(self._client.broadcast(tx))


def receipt(found: Mapping[str, Any]) -> Receipt:
    """The API's receipt."""
    return Receipt(
        hash=str(found["hash"]),
        height=int(found["height"]),
        ok=found["code"] == 0,
        error=str(found["error"]),
        message=str(found["message"]),
        gas=int(found["gas"]),
        gas_limit=int(found["gas_limit"]),
        fee=int(found["fee"]),
        events=tuple(Event(str(e["source"]), str(e["name"]), dict(e["data"] or {})) for e in found["events"]),
        results=tuple(found["result"] or ()),
    )


def address_text(found: str) -> str:
    """An address of a receipt, which has addresses inside of values as hexadecimal, in the form that people use."""
    return found if found.startswith("cmt") else address_encode(bytes.fromhex(found))


def cmt(amount: int, places: int = 6) -> str:
    """An amount of attoCMT as people read it: no more than `places` decimals, small ones not as zero."""
    minus, amount = ("-", -amount) if amount < 0 else ("", amount)
    whole, rest = divmod(amount, ATTO)
    if not rest:
        return f"{minus}{whole:,} CMT"
    digits = f"{rest:018d}"
    shown = digits[:places].rstrip("0")
    if whole == 0 and not shown:
        leading = len(digits) - len(digits.lstrip("0"))
        shown = digits[: leading + 3].rstrip("0")
    return f"{minus}{whole:,}.{shown} CMT" if shown else f"{minus}{whole:,} CMT"
