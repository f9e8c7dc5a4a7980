"""What the API returns, for OpenAPI; and how the kernel's values become JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from cybermiles.platform import address_encode

Json = dict[str, Any]


class Health(BaseModel):
    """`ok` while blocks are made."""

    status: str
    height: int


class Status(BaseModel):
    """The chain as this node sees it."""

    chain_id: str
    height: int
    app_hash: str
    time: str = Field(description="Time of the last block, RFC 3339.")
    rate: str = Field(description="attoCMT for a unit of gas.")
    pending: int = Field(description="Transactions in the mempool.")
    version: str


class Account(BaseModel):
    """An account; one that was never used has zeros."""

    address: str
    balance: str = Field(description="attoCMT.")
    nonce: int = Field(description="Nonce of the account's next transaction.")


class Receipt(BaseModel):
    """What became of a transaction; `code` 0 is success."""

    hash: str
    height: int
    index: int
    sender: str
    code: int
    error: str = Field(description="Stable error code, empty on success.")
    message: str
    gas_limit: int
    gas: int
    fee: str = Field(description="attoCMT.")
    events: list[Json]
    result: list[Any] | None = Field(description="What each message returned.")
    proof: Json | None = None


class Submitted(BaseModel):
    """A transaction that waits in the mempool."""

    hash: str
    code: int = 0


class Simulation(Receipt):
    """A receipt of a run that never happened."""

    gas_estimate: int = Field(description="A gas limit that suffices, with a margin.")
    fee_estimate: str = Field(description="attoCMT at that limit.")


class Block(BaseModel):
    """A block and what became of its transactions."""

    height: int
    time: str
    proposer: str
    app_hash: str
    previous_app_hash: str
    receipts: list[Receipt]


class Contract(BaseModel):
    """An instance of a module."""

    address: str
    module: str
    creator: str
    height: int
    parameters: Json
    variables: Json
    balance: str
    template: str | None


class Interface(BaseModel):
    """What can be called."""

    name: str
    version: str
    endpoints: list[Json]


class View(BaseModel):
    """Outcome of a read-only call."""

    outcome: str
    result: Any
    events: list[Json]
    fired: list[Any]
    output: list[str]
    gas: int
    code: str | None
    message: str | None


class StateEntry(BaseModel):
    """A raw entry of the authenticated state."""

    key: str
    value: str | None
    height: int
    proof: str | None = None


def plain(value: Any) -> Any:
    """A kernel value as JSON: numbers as texts in plain notation, bytes hexadecimal, temporals ISO texts."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return str(value)


def receipt_json(receipt: dict[str, Any]) -> Json:
    """A kernel receipt in the API's shape."""
    return {
        **{name: receipt[name] for name in ("height", "index", "code", "error", "message", "gas_limit", "gas")},
        "hash": receipt["hash"].hex(),
        "sender": address_encode(receipt["sender"]),
        "fee": str(receipt["fee"]),
        "events": [event_json(event) for event in receipt["events"]],
        "result": plain(receipt["result"]),
    }


def event_json(event: dict[str, Any]) -> Json:
    """An event; its source is a contract's address or the name of a module."""
    source = event.get("source", event.get("contract"))
    return {
        "source": address_encode(source) if isinstance(source, bytes) else source,
        "name": event["name"],
        "data": plain(event["data"]),
    }
