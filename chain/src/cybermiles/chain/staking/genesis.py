"""Staking at genesis: parameters, and the first validators with their own stake."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.messages import read_message
from cybermiles.chain.staking import keeper, pool, types
from cybermiles.chain.staking.types import ACTIVE, ONE
from cybermiles.platform import Context


def begin(context: Context, data: Any) -> None:
    """`{"parameters"?: {..}, "validators"?: [{"operator", "key", "self_stake", "commission", "max_commission",
    "max_change", "moniker", "website", "details"}]}`; None: a chain without staking. The stake comes out of the
    operators' accounts. Raises ValueError or HandlerError: genesis is refused as a whole.

    Each of these validators must also stand in the genesis document's own list, with its power and rewards account
    (`entry`).
    """
    if data is None:
        return
    keeper.write(context, keeper.PARAMETERS, types.read_parameters(data.get("parameters")))
    for given in data.get("validators") or []:
        message = read_message({k: v for k, v in given.items() if k != "operator"}, types.DECLARE_FIELDS)
        operator = types.check_address(given["operator"], "operator")
        rates = {name: message[name] for name in ("commission", "max_commission", "max_change")}
        record = keeper.new_validator(operator, message["key"], types.check_texts(message), rates)
        record["status"] = ACTIVE
        context.set(b"k/" + keeper.consensus_address(message["key"]), operator)
        context.transfer(operator, keeper.BONDED, message["self_stake"])
        pool.add(context, record, operator, message["self_stake"])
        keeper.save_validator(context, record, ranked_before=None)
        context.set(b"a/" + operator, keeper.eight(message["self_stake"] // ONE))
    context.delete(keeper.CHANGED)
