"""Messages of staking. Each refuses with HandlerError, which reverts the whole transaction."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.messages import read_message
from cybermiles.chain.staking import keeper, pool, rewards, types, unbonding
from cybermiles.chain.staking.types import DAY, LEFT, ONE
from cybermiles.platform import Context, HandlerError

DECLARE_GAS, STAKE_GAS, REWARD_GAS = 60_000, 40_000, 25_000


def declare(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """The sender becomes a candidate with its own stake. Returns the consensus address.

    Refusals: `bad-message`, `bad-text`, `bad-rate`, `already-declared`, `key-taken`, `self-stake`,
    `insufficient-funds`.
    """
    context.charge(DECLARE_GAS)
    message = read_message(data, types.DECLARE_FIELDS)
    parameters = keeper.parameters(context)
    texts = types.check_texts(message)
    key = message["key"]
    if len(key) != 32:
        raise HandlerError("bad-message", f"`key` has {len(key)} bytes; an ed25519 key has 32")
    rates = {name: message[name] for name in ("commission", "max_commission", "max_change")}
    if not 0 <= rates["commission"] <= rates["max_commission"] <= ONE or not 0 <= rates["max_change"] <= ONE:
        raise HandlerError("bad-rate", "0 <= commission <= max_commission <= 10^18, and so max_change")
    if keeper.read(context, keeper.validator_key(sender)) is not None:
        raise HandlerError("already-declared", "this account has declared a candidacy before")
    address = keeper.consensus_address(key)
    if context.get(b"k/" + address) is not None:
        raise HandlerError("key-taken", "another validator has, or had, this consensus key")
    if message["self_stake"] < parameters["min_self_stake"]:
        raise HandlerError("self-stake", f"at least {parameters['min_self_stake']} attoCMT of its own are needed")
    record = keeper.new_validator(sender, key, texts, rates)
    record["commission_changed"] = context.time_ns
    context.set(b"k/" + address, sender)
    context.transfer(sender, keeper.BONDED, message["self_stake"])
    pool.add(context, record, sender, message["self_stake"])
    keeper.save_validator(context, record, ranked_before=None)
    context.emit("declared", {"operator": sender, "key": key, "self_stake": message["self_stake"]})
    return {"consensus_address": address}


def edit(context: Context, sender: bytes, data: dict[str, Any]) -> None:
    """The operator changes its texts or commission.

    Refusals: `bad-message`, `bad-text`, `bad-rate`, `unknown-validator`.
    """
    context.charge(REWARD_GAS)
    message = read_message(data, types.EDIT_FIELDS)
    texts = types.check_texts(message)
    record = keeper.validator(context, sender)
    ranked = keeper.rank(record)
    if message["commission"] != record["commission"]:
        _change_commission(context, record, message["commission"])
    record.update(texts)
    keeper.save_validator(context, record, ranked_before=ranked)


def _change_commission(context: Context, record: dict[str, Any], commission: int) -> None:
    bound = min(record["max_change"], keeper.parameters(context)["max_commission_change"])
    if not 0 <= commission <= record["max_commission"]:
        raise HandlerError("bad-rate", f"the commission may be 0 to {record['max_commission']}")
    if abs(commission - record["commission"]) > bound:
        raise HandlerError("bad-rate", f"the commission may change by {bound} at a time")
    if context.time_ns - record["commission_changed"] < DAY:
        raise HandlerError("bad-rate", "the commission changed less than a day ago")
    rewards.settle(context, record)
    record["commission"] = commission
    record["commission_changed"] = context.time_ns


def withdraw_candidacy(context: Context, sender: bytes, data: dict[str, Any]) -> None:
    """The operator leaves for good; its delegators can take their stake out. Refusal: `unknown-validator`."""
    context.charge(REWARD_GAS)
    read_message(data, {})
    record = keeper.validator(context, sender)
    ranked = keeper.rank(record)
    record["status"] = LEFT
    keeper.save_validator(context, record, ranked_before=ranked)
    context.emit("left", {"operator": sender})


def delegate(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Puts stake with a validator; the shares bought.

    Refusals: `bad-message`, `bad-amount`, `unknown-validator`, `not-a-candidate`, `self-stake-ratio`,
    `validator-empty`, `insufficient-funds`.
    """
    context.charge(STAKE_GAS)
    message = read_message(data, types.STAKE_FIELDS)
    amount = types.check_amount(message["amount"])
    record = keeper.validator(context, types.check_address(message["operator"], "operator"))
    context.transfer(sender, keeper.BONDED, amount)
    return {"shares": _add(context, record, sender, amount)}


def _add(context: Context, record: dict[str, Any], delegator: bytes, amount: int) -> int:
    """Stake whose money lies in BONDED goes to a validator that takes it."""
    if record["status"] == LEFT or record["tombstoned"]:
        raise HandlerError("not-a-candidate", "the validator takes no more stake")
    ranked = keeper.rank(record)
    shares = pool.add(context, record, delegator, amount)
    _check_self_stake(context, record)
    keeper.save_validator(context, record, ranked_before=ranked)
    context.emit("delegated", {"operator": record["operator"], "delegator": delegator, "amount": amount})
    return shares


def _check_self_stake(context: Context, record: dict[str, Any]) -> None:
    ratio = keeper.parameters(context)["self_stake_ratio"]
    own = pool.self_stake(context, record)
    if own * ONE < record["tokens"] * ratio:
        message = f"the operator's own {own} attoCMT would be less than its part of {record['tokens']}"
        raise HandlerError("self-stake-ratio", message)


def _take(context: Context, operator: bytes, delegator: bytes, amount: int) -> int:
    record = keeper.validator(context, operator)
    ranked = keeper.rank(record)
    taken = pool.take(context, record, delegator, amount)
    if delegator == operator and record["status"] != LEFT and not record["tombstoned"]:
        _check_self_stake(context, record)
    keeper.save_validator(context, record, ranked_before=ranked)
    return taken


def undelegate(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Takes stake out; it is paid back after the unbonding time. Returns the entry's id.

    Refusals: `bad-message`, `bad-amount`, `unknown-validator`, `no-delegation`, `not-enough-stake`, `self-stake-ratio`,
    `too-many-entries`.
    """
    context.charge(STAKE_GAS)
    message = read_message(data, types.STAKE_FIELDS)
    operator = types.check_address(message["operator"], "operator")
    taken = _take(context, operator, sender, types.check_amount(message["amount"]))
    context.transfer(keeper.BONDED, keeper.UNBONDING, taken)
    entry = unbonding.begin(context, keeper.parameters(context), operator, sender, taken)
    context.emit("unbonding", {"operator": operator, "delegator": sender, "amount": taken, "entry": entry})
    return {"entry": entry, "due_ns": int.from_bytes(entry[:8], "big")}


def cancel_undelegate(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Puts stake that is on its way back to its validator. Refusals as `delegate`, and `unknown-entry`."""
    context.charge(STAKE_GAS)
    message = read_message(data, types.CANCEL_FIELDS)
    amount = types.check_amount(message["amount"])
    entry = unbonding.cancel(context, message["entry"], sender, amount)
    context.transfer(keeper.UNBONDING, keeper.BONDED, amount)
    return {"shares": _add(context, keeper.validator(context, entry["operator"]), sender, amount)}


def redelegate(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Moves stake to another validator at once; the first one's faults still reach it for the unbonding time.

    Refusals as `undelegate` and `delegate`, and `moved-lately`: stake that just came here may not move on.
    """
    context.charge(2 * STAKE_GAS)
    message = read_message(data, types.REDELEGATE_FIELDS)
    source, target = types.check_address(message["from"], "from"), types.check_address(message["to"], "to")
    if source == target:
        raise HandlerError("bad-message", "the stake is with this validator already")
    if unbonding.arrived_lately(context, source, sender):
        raise HandlerError("moved-lately", "stake that came from another validator may not move on yet")
    taken = _take(context, source, sender, types.check_amount(message["amount"]))
    shares = _add(context, keeper.validator(context, target), sender, taken)
    unbonding.moved(context, keeper.parameters(context), source, target, sender, taken)
    return {"shares": shares}


def withdraw_rewards(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Pays what a delegation earned; the attoCMT. Refusals: `bad-message`, `unknown-validator`, `no-delegation`."""
    context.charge(REWARD_GAS)
    operator = types.check_address(read_message(data, types.OPERATOR_FIELDS)["operator"], "operator")
    record = keeper.validator(context, operator)
    delegation = keeper.delegation(context, operator, sender)
    rewards.settle(context, record)
    amount = rewards.withdraw(context, record, delegation, sender)
    keeper.write(context, keeper.delegation_key(operator, sender), delegation)
    keeper.write(context, keeper.validator_key(operator), record)
    context.emit("rewards", {"operator": operator, "delegator": sender, "amount": amount})
    return {"amount": amount}


def withdraw_commission(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Pays an operator's commission; the attoCMT. Refusals: `bad-message`, `unknown-validator`."""
    context.charge(REWARD_GAS)
    read_message(data, {})
    record = keeper.validator(context, sender)
    rewards.settle(context, record)
    amount = rewards.withdraw_commission(context, record)
    keeper.write(context, keeper.validator_key(sender), record)
    context.emit("commission", {"operator": sender, "amount": amount})
    return {"amount": amount}


def set_withdraw_address(context: Context, sender: bytes, data: dict[str, Any]) -> None:
    """Where the sender's rewards go from now on. Refusal: `bad-message`."""
    context.charge(REWARD_GAS)
    address = types.check_address(read_message(data, types.ADDRESS_FIELDS)["address"], "address")
    context.set(b"w/" + sender, address)


def unjail(context: Context, sender: bytes, data: dict[str, Any]) -> None:
    """A validator that was jailed for downtime comes back. Refusals: `unknown-validator`, `not-jailed`, `tombstoned`,
    `still-jailed`, `self-stake-ratio`."""
    context.charge(REWARD_GAS)
    read_message(data, {})
    record = keeper.validator(context, sender)
    if not record["jailed"]:
        raise HandlerError("not-jailed", "the validator is not jailed")
    if record["tombstoned"]:
        raise HandlerError("tombstoned", "who signed twice never validates again with this account")
    if context.time_ns < record["jailed_until"]:
        raise HandlerError("still-jailed", f"not before {record['jailed_until']} ns")
    _check_self_stake(context, record)
    record["jailed"] = False
    keeper.save_validator(context, record, ranked_before=None)
    context.emit("unjailed", {"operator": sender})
