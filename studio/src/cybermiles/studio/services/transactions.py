"""Transactions as the kernel wants them, and its receipts as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cybermiles.platform import address_decode, address_encode, tx_sign
from cybermiles.studio.services.node import Estimate, Event, Message, NodeStatus, Receipt

PROBE_GAS = 50_000_000
"""Gas limit of a simulation: more than any call of a person needs, less than a block has."""
TRANSFER_GAS = 200_000
ADDRESSES = ("to", "contract")
"""Fields of native messages that hold an address."""


def signed(seed: bytes, messages: Sequence[Message], status: NodeStatus, nonce: int, gas_limit: int) -> bytes:
    """One transaction, at the newest rate, without a tip."""
    body = {
        "chain_id": status.chain_id,
        "nonce": nonce,
        "rate_height": status.height,
        "gas_limit": gas_limit,
        "tip": 0,
        "messages": [(name, _native(fields)) for name, fields in messages],
    }
    return tx_sign(seed, body)


def _native(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: address_decode(value) if name in ADDRESSES and isinstance(value, str) else value
        for name, value in fields.items()
    }


def estimated(found: Mapping[str, Any], rate: int) -> Estimate:
    """From a simulation; the fee is counted as the chain does: the gas used, but at least half the limit."""
    gas, limit = int(found["gas"]), int(found["gas_estimate"])
    return Estimate(gas, limit, rate * max(gas, -(-limit // 2)), rate * limit)


def receipt(found: Mapping[str, Any]) -> Receipt:
    """The kernel's receipt."""
    return Receipt(
        hash=bytes(found["hash"]).hex(),
        height=int(found["height"]),
        ok=found["code"] == 0,
        error=str(found["error"]),
        message=str(found["message"]),
        gas=int(found["gas"]),
        gas_limit=int(found["gas_limit"]),
        fee=int(found["fee"]),
        events=tuple(
            Event(_readable(event["source"]), str(event["name"]), {k: _readable(v) for k, v in event["data"].items()})
            for event in found["events"]
        ),
        results=tuple(_readable(value) for value in found["result"] or ()),
    )


def _readable(value: Any) -> Any:
    """Addresses as text, other bytes in hex."""
    if isinstance(value, bytes):
        return address_encode(value) if len(value) == 20 else value.hex()
    if isinstance(value, dict):
        return {name: _readable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return value
