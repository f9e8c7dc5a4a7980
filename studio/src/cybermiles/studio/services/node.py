"""The node as the studio uses it: its state, estimates, transactions and their receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = tuple[str, dict[str, Any]]
"""A message of a transaction: its name and its fields."""

ATTO = 10**18


class NodeError(Exception):
    """The node refused or could not be asked. `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class NodeStatus:
    """Where the chain stands. `rate` is the price of a unit of gas in attoCMT."""

    chain_id: str
    height: int
    rate: int


@dataclass(frozen=True)
class Estimate:
    """What a transaction will need: gas, and in attoCMT the fee that is likely and the most that it can be."""

    gas: int
    gas_limit: int
    fee: int
    max_fee: int


@dataclass(frozen=True)
class Event:
    """An event of a receipt."""

    source: str
    name: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What became of a transaction. `fee` in attoCMT; `results` has one value a message."""

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


class Signer(Protocol):
    """A key that the analyst unlocked."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def seed(self) -> bytes: ...


class Node(Protocol):
    """What pages ask of a node; amounts are attoCMT."""

    @property
    def url(self) -> str: ...
    def status(self) -> NodeStatus: ...
    def balance(self, address: str) -> int: ...
    def estimate(self, signer: Signer, messages: Sequence[Message]) -> Estimate: ...
    def submit(self, signer: Signer, messages: Sequence[Message]) -> Receipt:
        """Signs, sends and waits for the block."""

    def contract(self, address: str) -> Mapping[str, Any] | None:
        """Module, parameters and variables of an instance."""


def cmt(amount: int, places: int = 6) -> str:
    """An amount of attoCMT as people read it: no more than `places` decimals, small ones not as zero."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    whole, rest = divmod(amount, ATTO)
    if not rest:
        return f"{sign}{whole:,} CMT"
    digits = f"{rest:018d}"
    shown = digits[:places].rstrip("0")
    if whole == 0 and not shown:
        leading = len(digits) - len(digits.lstrip("0"))
        shown = digits[: leading + 3].rstrip("0")
    return f"{sign}{whole:,}.{shown} CMT" if shown else f"{sign}{whole:,} CMT"
