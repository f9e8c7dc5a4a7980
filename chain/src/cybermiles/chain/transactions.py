"""Building and signing transactions; the encoding is the kernel's (docs/encoding.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cybermiles.chain.keys import Key
from cybermiles.platform import tx_sign

Message = tuple[str, dict[str, Any]]
"""Name and content: `("transfer", {"to": ..., "amount": ...})`, `("catalog/buy", {...})`."""

MAX_GAS = 50_000_000
"""Gas limit of a transaction whose cost is only being estimated."""


@dataclass(frozen=True)
class Quote:
    """What validity and price hang on: the chain, the signer's next nonce, a height with a known rate."""

    chain_id: str
    nonce: int
    rate_height: int


def sign(
    key: Key, quote: Quote, messages: list[Message], *, gas_limit: int = MAX_GAS, tip: int = 0, memo: str = ""
) -> bytes:
    """The signed transaction of these messages, which are applied together or not at all."""
    body: dict[str, Any] = {
        "chain_id": quote.chain_id,
        "nonce": quote.nonce,
        "rate_height": quote.rate_height,
        "gas_limit": gas_limit,
        "tip": tip,
        "messages": messages,
    }
    if memo:
        body["memo"] = memo
    return tx_sign(key.seed, body)


def transfer(to: bytes, amount: int) -> Message:
    """Moves attoCMT."""
    return ("transfer", {"to": to, "amount": amount})


def deploy(module: bytes, archive: bytes | None = None) -> Message:
    """Stores a module; `archive` is the SHA-256 of the archive that it was built from."""
    return ("deploy", {"module": module, **({"archive": archive} if archive else {})})


def instantiate(module: bytes, parameters: dict[str, Any], funds: int = 0) -> Message:
    """Makes a contract of a stored module (by its hash); a module that is sold needs a licence."""
    return ("instantiate", {"module": module, "parameters": parameters, **({"funds": funds} if funds else {})})


def call(contract: bytes, endpoint: str, args: dict[str, Any], funds: int = 0) -> Message:
    """Calls an endpoint of a contract; `funds` attoCMT go with it."""
    return (
        "call",
        {"contract": contract, "endpoint": endpoint, "args": args, **({"funds": funds} if funds else {})},
    )
