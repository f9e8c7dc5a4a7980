"""Fees to delegators in O(1): an index of rewards a share, as in F1 fee distribution (Ojha, Goes 2018), slashing-free
because rewards are by share while slashing takes tokens.

The kernel pays a block's fees to each validator's rewards account. What lies there beyond `accounted` is new: it is
split into the operator's commission and the rest, which raises `index` by rest x 10^18 / shares. A delegation remembers
the index up to which it was paid. Every remainder is kept (`rest`, in 10^-18 atto), so the account equals the claims to
the last digit.
"""

from __future__ import annotations

from typing import Any

from cybermiles.chain.staking import keeper
from cybermiles.chain.staking.types import ONE
from cybermiles.platform import Context


def settle(context: Context, validator: dict[str, Any]) -> None:
    """Accounts for the fees that came since the last time; before anything changes shares or commission."""
    account = keeper.rewards_account(validator["operator"])
    fresh = context.balance(account) - validator["accounted"]
    if fresh <= 0 or validator["shares"] == 0:
        return
    commission = fresh * validator["commission"] // ONE
    validator["commission_due"] += commission
    validator["accounted"] += fresh
    raised = (fresh - commission) * ONE + validator["rest"]
    validator["index"] += raised // validator["shares"]
    validator["rest"] = raised % validator["shares"]


def pending(validator: dict[str, Any], delegation: dict[str, Any]) -> tuple[int, int]:
    """What a delegation may withdraw of a settled validator: attoCMT, and the remainder in 10^-18 atto."""
    owed = delegation["shares"] * (validator["index"] - delegation["index"]) + delegation["rest"]
    return owed // ONE, owed % ONE


def withdraw(context: Context, validator: dict[str, Any], delegation: dict[str, Any], delegator: bytes) -> int:
    """Pays a delegation's rewards out and marks it paid; both records are the caller's to store."""
    amount, rest = pending(validator, delegation)
    delegation["index"] = validator["index"]
    delegation["rest"] = rest
    _pay(context, validator, delegator, amount)
    return amount


def withdraw_commission(context: Context, validator: dict[str, Any]) -> int:
    """Pays the operator's commission out."""
    amount: int = validator["commission_due"]
    validator["commission_due"] = 0
    _pay(context, validator, validator["operator"], amount)
    return amount


def give_back_rest(validator: dict[str, Any], delegation: dict[str, Any]) -> None:
    """A delegation ends: the remainder below an atto stays with the others."""
    validator["rest"] += delegation["rest"]
    delegation["rest"] = 0


def _pay(context: Context, validator: dict[str, Any], owner: bytes, amount: int) -> None:
    if amount == 0:
        return
    target = context.get(b"w/" + owner) or owner
    validator["accounted"] -= amount
    context.transfer(keeper.rewards_account(validator["operator"]), target, amount)
