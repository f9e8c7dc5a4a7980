"""State of staking.

p                              parameters
v/<operator>                   validator: see `new_validator`
k/<consensus address>          operator of a consensus key; stays for ever, so that a key is never used twice
d/<operator><delegator>        delegation: shares, index and rest of its rewards (`rewards`)
u/<due 8><number 8>            stake that is being paid back: delegator, operator, amount left, initial amount, height
o/<operator><number 8>         the same, found by its validator: its due time
c/<operator><delegator>        how many of these a delegator has with a validator
m/<operator><due 8><number 8>  stake that moved away: delegator, where to, initial amount, height
q/<due 8><operator><number 8>  the same in the order in which it is forgotten
h/<operator><delegator>        until when stake that came from another validator may not move on
w/<delegator>                  where a delegator's rewards go, if not to itself
r/<rank 16><operator>          candidates by stake: rank is 2^128 - 1 - tokens, so that the richest come first
a/<operator>                   power in the validator set
l/<operator>                   heights that a validator of the set did not sign, within the window
n                              number of the next entry
x                              whether the validator set must be looked at
"""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

from cybermiles.platform import Context, HandlerError, address_encode, cbor_decode, cbor_encode

TOP = 2**128 - 1
PARAMETERS, NEXT, CHANGED = b"p", b"n", b"x"


class Reader(Protocol):
    """Where records are read from: a block's context, or a query's snapshot."""

    def get(self, key: bytes) -> bytes | None: ...

    def scan(self, prefix: bytes, limit: int = ..., start: bytes | None = ...) -> list[tuple[bytes, bytes]]: ...


def account(name: bytes, owner: bytes = b"") -> bytes:
    """An address of this module that no key can sign for."""
    return hashlib.sha256(b"staking/" + name + b"/" + owner).digest()[:20]


BONDED = account(b"bonded")
"""Holds the stake of all validators."""
UNBONDING = account(b"unbonding")
"""Holds what is being paid back."""
COMMUNITY_POOL = hashlib.sha256(b"community-pool").digest()[:20]
"""The kernel's own: where what cannot be divided goes."""


def rewards_account(operator: bytes) -> bytes:
    """Where the fees of a validator arrive and wait until they are withdrawn."""
    return account(b"rewards", operator)


def consensus_address(key: bytes) -> bytes:
    """What CometBFT calls a validator in votes and evidence."""
    return hashlib.sha256(key).digest()[:20]


def eight(number: int) -> bytes:
    return number.to_bytes(8, "big")


def validator_key(operator: bytes) -> bytes:
    return b"v/" + operator


def delegation_key(operator: bytes, delegator: bytes) -> bytes:
    return b"d/" + operator + delegator


def rank_key(tokens: int, operator: bytes) -> bytes:
    return b"r/" + (TOP - tokens).to_bytes(16, "big") + operator


def read(reader: Reader, key: bytes) -> dict[str, Any] | None:
    """A record, or None."""
    data = reader.get(key)
    return None if data is None else cbor_decode(data)


def write(context: Context, key: bytes, record: dict[str, Any]) -> None:
    """Stores a record."""
    context.set(key, cbor_encode(record))


def rows(reader: Reader, prefix: bytes, limit: int = 10_000) -> list[tuple[bytes, dict[str, Any]]]:
    """Keys without the prefix, and records, in key order."""
    return [(key[len(prefix) :], cbor_decode(data)) for key, data in reader.scan(prefix, limit)]


def parameters(reader: Reader) -> dict[str, int]:
    """The parameters; those of a chain whose genesis says nothing of staking are the defaults."""
    found = read(reader, PARAMETERS)
    if found is None:
        raise HandlerError("no-staking", "this chain's genesis does not set up staking")
    return found


def validator(reader: Reader, operator: bytes) -> dict[str, Any]:
    """A validator's record. Raises HandlerError `unknown-validator`."""
    found = read(reader, validator_key(operator))
    if found is None:
        raise HandlerError("unknown-validator", f"`{address_encode(operator)}` has not declared its candidacy")
    return found


def delegation(reader: Reader, operator: bytes, delegator: bytes) -> dict[str, Any]:
    """A delegation's record. Raises HandlerError `no-delegation`."""
    found = read(reader, delegation_key(operator, delegator))
    if found is None:
        raise HandlerError("no-delegation", f"nothing is delegated to `{address_encode(operator)}`")
    return found


def new_validator(operator: bytes, key: bytes, texts: dict[str, str], rates: dict[str, int]) -> dict[str, Any]:
    """The record of a validator before any stake.

    `tokens` and `shares`: all stake with it and what that is divided into. `index` and `rest`: rewards a share, see
    `rewards`; `accounted` is the part of its rewards account that is somebody's, `commission_due` the operator's.
    """
    return {
        "operator": operator,
        "key": key,
        **texts,
        **rates,
        "commission_changed": 0,
        "status": "candidate",
        "tokens": 0,
        "shares": 0,
        "index": 0,
        "rest": 0,
        "accounted": 0,
        "commission_due": 0,
        "jailed": False,
        "jailed_until": 0,
        "tombstoned": False,
    }


def save_validator(context: Context, record: dict[str, Any], *, ranked_before: int | None) -> None:
    """Stores a validator and its place in the ranking; `ranked_before` are the tokens it was ranked by, if it was."""
    operator = record["operator"]
    now = rank(record)
    if ranked_before != now:
        if ranked_before is not None:
            context.delete(rank_key(ranked_before, operator))
        if now is not None:
            context.set(rank_key(now, operator), b"")
        context.set(CHANGED, b"\x01")
    write(context, validator_key(operator), record)


def rank(record: dict[str, Any]) -> int | None:
    """The tokens that a validator is ranked by; None: it cannot be in the set."""
    if record["jailed"] or record["status"] == "left" or record["tokens"] <= 0:
        return None
    return int(record["tokens"])


def next_number(context: Context) -> int:
    """A number that no other entry has."""
    found = context.get(NEXT)
    number = int.from_bytes(found, "big") if found else 0
    context.set(NEXT, eight(number + 1))
    return number
