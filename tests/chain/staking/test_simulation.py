"""Random staking, valid and not, with faults and evidence: every invariant holds after every block, twice the same."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cybermiles.chain.blocks import BlockInput, Misbehavior, Vote
from cybermiles.chain.genesis import ATTO
from cybermiles.chain.keys import Key
from cybermiles.chain.staking import keeper
from tests.chain.people import PEOPLE, genesis
from tests.chain.staking.test_staking import NODE, PARAMETERS, Chain, candidacy

BLOCKS, OPERATIONS = 60, 12
Message = tuple[Key, str, dict[str, Any]]


def operation(chance: random.Random) -> Message:
    """Anything that anyone might send."""
    who, other, third = chance.choice(PEOPLE), chance.choice(PEOPLE), chance.choice(PEOPLE)
    amount = chance.choice([1, chance.randrange(1, 10**9), chance.randrange(1, 60) * ATTO, 10**30])
    verb, data = chance.choice(
        [
            ("declare", candidacy(who, chance.randrange(1, 300) * ATTO)),
            ("delegate", {"operator": other.address, "amount": amount}),
            ("delegate", {"operator": other.address, "amount": amount}),
            ("undelegate", {"operator": other.address, "amount": amount}),
            ("redelegate", {"from": other.address, "to": third.address, "amount": amount}),
            ("withdraw_rewards", {"operator": other.address}),
            ("withdraw_commission", {}),
            ("set_withdraw_address", {"address": other.address}),
            ("unjail", {}),
            ("withdraw_candidacy", {}) if chance.random() < 0.1 else ("withdraw_commission", {}),
            ("cancel_undelegate", {"entry": chance.randbytes(16), "amount": amount}),
        ]
    )
    return who, f"staking/{verb}", data


def faults(chance: random.Random, chain: Chain) -> BlockInput:
    """Absent votes, and now and then evidence."""
    nodes = [keeper.consensus_address(NODE[person.name].public) for person in PEOPLE]
    votes = tuple(Vote(node, 1, chance.random() > 0.2) for node in nodes)
    if chance.random() > 0.05:
        return BlockInput(votes)
    height = chance.randrange(1, chain.app.height + 1)
    return BlockInput(votes, (Misbehavior("duplicate-vote", chance.choice(nodes), height, chain.time),))


def run(seed: int) -> bytes:
    """The app hash after a whole chain."""
    chance = random.Random(seed)
    document = genesis()
    document.modules["staking"] = {"parameters": PARAMETERS | {"max_validators": 3}}
    chain = Chain(document)
    done = 0
    for _ in range(BLOCKS):
        sent = [operation(chance) for _ in range(OPERATIONS)]
        receipts = chain.block(*sent, block=faults(chance, chain), seconds=chance.choice([1, 1, 1, 5, 700]))
        done += sum(receipt["code"] == 0 for receipt in receipts)
    assert done > BLOCKS, "most operations must not be refused, or nothing was tried"
    return bytes(chain.result.app_hash)


@pytest.mark.parametrize("seed", range(4))
def test_invariants_hold(seed: int) -> None:
    assert run(seed) == run(seed)
