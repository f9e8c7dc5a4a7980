"""Stake in and out of a validator: tokens are its attoCMT, shares what they are divided into; slashing takes tokens."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.staking import keeper, rewards
from cybermiles.platform import Context, HandlerError


def shares_for(validator: dict[str, Any], amount: int) -> int:
    """Shares that an amount buys, rounded down. Raises HandlerError `validator-empty`."""
    if validator["shares"] == 0:
        return amount
    if validator["tokens"] == 0:
        raise HandlerError("validator-empty", "all stake with the validator was slashed; it takes no more")
    return int(amount * validator["shares"] // validator["tokens"])


def worth(validator: dict[str, Any], shares: int) -> int:
    """attoCMT that shares stand for, rounded down."""
    return int(shares * validator["tokens"] // validator["shares"]) if validator["shares"] else 0


def add(context: Context, validator: dict[str, Any], delegator: bytes, amount: int) -> int:
    """Adds stake whose money lies in BONDED already; the shares bought. Pays the rewards due so far."""
    operator = validator["operator"]
    rewards.settle(context, validator)
    shares = shares_for(validator, amount)
    if shares == 0:
        raise HandlerError("bad-amount", "the amount is less than one share")
    key = keeper.delegation_key(operator, delegator)
    delegation = keeper.read(context, key) or {"shares": 0, "index": validator["index"], "rest": 0}
    rewards.withdraw(context, validator, delegation, delegator)
    delegation["shares"] += shares
    validator["shares"] += shares
    validator["tokens"] += amount
    keeper.write(context, key, delegation)
    return shares


def take(context: Context, validator: dict[str, Any], delegator: bytes, amount: int) -> int:
    """Takes stake out; its money still lies in BONDED. Returns the attoCMT taken: `amount`, or all that is left if the
    rest would be less than a share. Raises HandlerError `no-delegation`, `not-enough-stake`."""
    delegation = keeper.delegation(context, validator["operator"], delegator)
    shares = -(-amount * validator["shares"] // validator["tokens"]) if validator["tokens"] else delegation["shares"]
    if shares > delegation["shares"]:
        has = worth(validator, delegation["shares"])
        raise HandlerError("not-enough-stake", f"{has} attoCMT are delegated, less than {amount}")
    return take_shares(context, validator, delegator, shares, amount)


def take_shares(context: Context, validator: dict[str, Any], delegator: bytes, shares: int, amount: int) -> int:
    """As `take`, by shares; `amount` is at most what they are worth. Pays the rewards due so far."""
    operator = validator["operator"]
    rewards.settle(context, validator)
    delegation = keeper.delegation(context, operator, delegator)
    rewards.withdraw(context, validator, delegation, delegator)
    delegation["shares"] -= shares
    validator["shares"] -= shares
    if validator["shares"] == 0:
        amount = validator["tokens"]  # the last one takes what rounding left
    validator["tokens"] -= amount
    key = keeper.delegation_key(operator, delegator)
    if delegation["shares"] == 0:
        rewards.give_back_rest(validator, delegation)
        context.delete(key)
    else:
        keeper.write(context, key, delegation)
    return amount


def self_stake(context: Context, validator: dict[str, Any]) -> int:
    """attoCMT that the operator itself has with its validator."""
    own = keeper.read(context, keeper.delegation_key(validator["operator"], validator["operator"]))
    return worth(validator, own["shares"]) if own else 0
