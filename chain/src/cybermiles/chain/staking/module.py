"""What staking registers with the application."""

from __future__ import annotations

from cybermiles.chain.modules import Module
from cybermiles.chain.staking import genesis, handlers, hooks, invariants

STAKING = Module(
    route="staking",
    handlers={
        "declare": handlers.declare,
        "edit": handlers.edit,
        "withdraw_candidacy": handlers.withdraw_candidacy,
        "delegate": handlers.delegate,
        "undelegate": handlers.undelegate,
        "cancel_undelegate": handlers.cancel_undelegate,
        "redelegate": handlers.redelegate,
        "withdraw_rewards": handlers.withdraw_rewards,
        "withdraw_commission": handlers.withdraw_commission,
        "set_withdraw_address": handlers.set_withdraw_address,
        "unjail": handlers.unjail,
    },
    genesis=genesis.begin,
    begin_block=hooks.begin_block,
    end_block=hooks.end_block,
    invariants=(
        invariants.shares_add_up,
        invariants.pools_add_up,
        invariants.rewards_add_up,
        invariants.the_set_is_ranked,
    ),
)
