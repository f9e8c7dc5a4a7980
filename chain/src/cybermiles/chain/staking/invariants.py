"""What must always hold of the stake."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.staking import keeper
from cybermiles.chain.staking.types import ONE
from cybermiles.chain.store import ModuleStore
from cybermiles.platform import Ledger

ALL = 10_000_000


def _delegations(store: ModuleStore, operator: bytes) -> list[dict[str, Any]]:
    return [delegation for _, delegation in keeper.rows(store, b"d/" + operator, ALL)]


def shares_add_up(ledger: Ledger) -> list[str]:
    """A validator's shares are those of its delegations."""
    store = ModuleStore(ledger, "staking")
    broken = []
    for operator, validator in keeper.rows(store, b"v/", ALL):
        total = sum(delegation["shares"] for delegation in _delegations(store, operator))
        if total != validator["shares"]:
            broken.append(f"delegations to {operator.hex()} have {total} shares, the validator {validator['shares']}")
    return broken


def pools_add_up(ledger: Ledger) -> list[str]:
    """BONDED holds the stake of all validators, UNBONDING what is on its way back."""
    store = ModuleStore(ledger, "staking")
    bonded = sum(validator["tokens"] for _, validator in keeper.rows(store, b"v/", ALL))
    leaving = sum(entry["amount"] for _, entry in keeper.rows(store, b"u/", ALL))
    broken = []
    for name, account, owed in (("bonded", keeper.BONDED, bonded), ("unbonding", keeper.UNBONDING, leaving)):
        held = ledger.account(account)["balance"]
        if held != owed:
            broken.append(f"the {name} pool holds {held} attoCMT for claims of {owed}")
    return broken


def rewards_add_up(ledger: Ledger) -> list[str]:
    """To the last digit: what a validator's rewards account is accounted for is its commission and its delegations'."""
    store = ModuleStore(ledger, "staking")
    broken = []
    for operator, validator in keeper.rows(store, b"v/", ALL):
        index = validator["index"]
        owed = sum(d["shares"] * (index - d["index"]) + d["rest"] for d in _delegations(store, operator))
        owed += validator["rest"] + validator["commission_due"] * ONE
        if owed != validator["accounted"] * ONE:
            broken.append(f"{operator.hex()} owes {owed} of {validator['accounted']} accounted")
        if ledger.account(keeper.rewards_account(operator))["balance"] < validator["accounted"]:
            broken.append(f"the rewards account of {operator.hex()} is short")
    return broken


def the_set_is_ranked(ledger: Ledger) -> list[str]:
    """Each candidate that may be ranked is, by its tokens, and nobody else."""
    store = ModuleStore(ledger, "staking")
    wanted = {
        keeper.rank_key(rank, operator)
        for operator, validator in keeper.rows(store, b"v/", ALL)
        if (rank := keeper.rank(validator)) is not None
    }
    found = {key for key, _ in store.scan(b"r/", ALL)}
    return [] if wanted == found else [f"{len(wanted ^ found)} places in the ranking are wrong"]
