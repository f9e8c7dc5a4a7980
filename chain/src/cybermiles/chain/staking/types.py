"""Records of staking, its parameters, and what a message must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybermiles.platform import HandlerError

ONE = 10**18
"""1 as a rate; also attoCMT in a CMT, and what a unit of consensus power stands for."""
SECOND = 10**9
DAY = 86_400 * SECOND
MAX_TEXT = 280

PARAMETERS: dict[str, int] = {
    "max_validators": 100,
    "backups": 5,
    "unbonding_time": 21 * DAY,
    "max_entries": 7,
    "min_self_stake": ONE,
    "self_stake_ratio": ONE // 10,
    "max_commission_change": ONE // 100,
    "signed_window": 10_000,
    "min_signed": ONE // 2,
    "downtime_jail": 600 * SECOND,
    "downtime_slash": ONE // 10_000,
    "double_sign_slash": ONE // 20,
}
"""Defaults: Cosmos's figures, and Travis's for backups and self-stake. Times in nanoseconds, rates scaled by 10^18.

`self_stake_ratio`: the least part of a validator's stake that must be its operator's own. `max_commission_change`: how
much a commission may move in a day, whatever its operator allowed itself.
"""

RATES = ("self_stake_ratio", "max_commission_change", "min_signed", "downtime_slash", "double_sign_slash")

ACTIVE, BACKUP, CANDIDATE, LEFT = "active", "backup", "candidate", "left"
"""In the validator set; next in rank; any other; withdrawn from candidacy."""

DECLARE_FIELDS: dict[str, type] = {
    "key": bytes,
    "self_stake": int,
    "commission": int,
    "max_commission": int,
    "max_change": int,
    "moniker": str,
    "website": str,
    "details": str,
}
"""Message `staking/declare`: `key` is the consensus key (ed25519), rates as `PARAMETERS`."""
EDIT_FIELDS: dict[str, type] = {"commission": int, "moniker": str, "website": str, "details": str}
STAKE_FIELDS: dict[str, type] = {"operator": bytes, "amount": int}
REDELEGATE_FIELDS: dict[str, type] = {"from": bytes, "to": bytes, "amount": int}
CANCEL_FIELDS: dict[str, type] = {"entry": bytes, "amount": int}
OPERATOR_FIELDS: dict[str, type] = {"operator": bytes}
ADDRESS_FIELDS: dict[str, type] = {"address": bytes}


def check_address(data: bytes, what: str) -> bytes:
    """20 bytes. Raises HandlerError `bad-message`."""
    if len(data) != 20:
        raise HandlerError("bad-message", f"`{what}` has {len(data)} bytes; an address has 20")
    return data


def check_amount(amount: int) -> int:
    """A positive amount. Raises HandlerError `bad-amount`."""
    if amount <= 0:
        raise HandlerError("bad-amount", "an amount of stake is more than 0")
    return amount


def check_texts(message: Mapping[str, Any]) -> dict[str, str]:
    """Moniker, website and details. Raises HandlerError `bad-text`."""
    texts = {name: str(message[name]) for name in ("moniker", "website", "details")}
    if not texts["moniker"].strip():
        raise HandlerError("bad-text", "a validator has a moniker")
    for name, text in sorted(texts.items()):
        if len(text) > MAX_TEXT:
            raise HandlerError("bad-text", f"`{name}` has {len(text)} characters; {MAX_TEXT} are allowed")
    return texts


def read_parameters(given: Any) -> dict[str, int]:
    """The defaults with what genesis says instead. Raises ValueError naming the place."""
    parameters = dict(PARAMETERS)
    for name, value in sorted((given or {}).items()):
        if name not in PARAMETERS:
            raise ValueError(f"staking has no parameter `{name}`")
        if type(value) is not int or value < 0:
            raise ValueError(f"the staking parameter `{name}` is a whole number, not below 0")
        parameters[name] = value
    for name in RATES:
        if parameters[name] > ONE:
            raise ValueError(f"the staking parameter `{name}` is a rate of at most 10^18")
    for name in ("max_validators", "signed_window", "max_entries"):
        if parameters[name] == 0:
            raise ValueError(f"the staking parameter `{name}` is more than 0")
    return parameters
