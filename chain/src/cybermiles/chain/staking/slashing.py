"""Faults: signing twice (evidence from CometBFT) and not signing. What is slashed goes to the community pool."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.blocks import BlockInput
from cybermiles.chain.staking import keeper, pool, rewards, unbonding
from cybermiles.chain.staking.types import ONE
from cybermiles.platform import Context

DOUBLE_SIGN = ("duplicate-vote", "light-client-attack")


def punish(context: Context, block: BlockInput) -> None:
    """What the last commit and the evidence of a block say of validators."""
    parameters = keeper.read(context, keeper.PARAMETERS)
    if parameters is None:
        return
    for evidence in block.misbehavior:
        operator = context.get(b"k/" + evidence.address)
        if operator is None or evidence.kind not in DOUBLE_SIGN:
            continue
        if context.time_ns - evidence.time_ns > parameters["unbonding_time"]:
            continue  # who left since then is beyond reach, so nobody is punished for so old a fault
        _double_sign(context, parameters, keeper.validator(context, operator), evidence.height)
    for vote in block.votes:
        if not vote.signed:
            operator = context.get(b"k/" + vote.address)
            if operator is not None:
                _missed(context, parameters, keeper.validator(context, operator))


def _double_sign(context: Context, parameters: dict[str, int], validator: dict[str, Any], height: int) -> None:
    if validator["tombstoned"]:
        return
    ranked = keeper.rank(validator)
    taken = slash(context, validator, parameters["double_sign_slash"], height)
    validator["jailed"] = validator["tombstoned"] = True
    keeper.save_validator(context, validator, ranked_before=ranked)
    context.emit("slashed", {"operator": validator["operator"], "fault": "double-sign", "amount": taken})


def _missed(context: Context, parameters: dict[str, int], validator: dict[str, Any]) -> None:
    """Notes a height that was not signed; too many of them within the window are punished and forgotten."""
    if validator["jailed"]:
        return
    key = b"l/" + validator["operator"]
    oldest = context.height - parameters["signed_window"]
    found = keeper.read(context, key) or {"missed": []}
    missed = [height for height in found["missed"] if height > oldest] + [context.height]
    allowed = parameters["signed_window"] * (ONE - parameters["min_signed"]) // ONE
    if len(missed) <= allowed:
        keeper.write(context, key, {"missed": missed})
        return
    context.delete(key)
    ranked = keeper.rank(validator)
    taken = slash(context, validator, parameters["downtime_slash"], context.height)
    validator["jailed"] = True
    validator["jailed_until"] = context.time_ns + parameters["downtime_jail"]
    keeper.save_validator(context, validator, ranked_before=ranked)
    context.emit("slashed", {"operator": validator["operator"], "fault": "downtime", "amount": taken})


def slash(context: Context, validator: dict[str, Any], rate: int, since: int) -> int:
    """Takes a rate of the validator's stake, and of what left it at or after the height `since`; the attoCMT taken.

    The validator's record is the caller's to store.
    """
    rewards.settle(context, validator)
    operator = validator["operator"]
    bonded = validator["tokens"] * rate // ONE
    validator["tokens"] -= bonded
    for _, move in keeper.rows(context, b"m/" + operator, 1_000_000):
        if move["height"] >= since:
            bonded += _slash_moved(context, move, rate)
    leaving = 0
    for entry_id, entry in unbonding.of_validator(context, operator, since):
        amount = min(entry["amount"], entry["initial"] * rate // ONE)
        entry["amount"] -= amount
        leaving += amount
        keeper.write(context, b"u/" + entry_id, entry)
    for source, amount in ((keeper.BONDED, bonded), (keeper.UNBONDING, leaving)):
        if amount:
            context.transfer(source, keeper.COMMUNITY_POOL, amount)
    taken: int = bonded + leaving
    return taken


def _slash_moved(context: Context, move: dict[str, Any], rate: int) -> int:
    """Takes the rate of stake that moved to another validator out of its delegation there; what is left of it."""
    operator, delegator = move["to"], move["delegator"]
    delegation = keeper.read(context, keeper.delegation_key(operator, delegator))
    if delegation is None:
        return 0
    target = keeper.validator(context, operator)
    if target["tokens"] == 0:
        return 0
    ranked = keeper.rank(target)
    wanted = move["initial"] * rate // ONE
    shares = min(delegation["shares"], -(-wanted * target["shares"] // target["tokens"]))
    taken = pool.take_shares(context, target, delegator, shares, min(wanted, pool.worth(target, shares)))
    keeper.save_validator(context, target, ranked_before=ranked)
    return taken
