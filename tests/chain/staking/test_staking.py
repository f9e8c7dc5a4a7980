"""Staking through whole blocks: candidacy, delegation, rewards, faults, leaving."""

from __future__ import annotations

from typing import Any

import pytest

from cybermiles.chain.application import NOTHING, Application
from cybermiles.chain.blocks import BlockInput, Misbehavior, Vote
from cybermiles.chain.genesis import ATTO, Genesis, Validator
from cybermiles.chain.keys import Key
from cybermiles.chain.staking import keeper
from cybermiles.chain.staking.module import STAKING
from cybermiles.chain.staking.types import DAY, ONE
from cybermiles.chain.store import ModuleStore
from cybermiles.chain.transactions import Message, Quote, sign
from tests.chain.people import CHAIN_ID, PEOPLE, genesis, key

ALICE, BOB, CAROL, DAVE = PEOPLE[:4]
NODE = {person.name: key(f"node of {person.name}") for person in PEOPLE}
PARAMETERS = {"max_validators": 2, "backups": 1, "signed_window": 10, "unbonding_time": 10 * 10**9}


class Chain:
    """Blocks on demand, a second apart; every block's invariants are checked."""

    def __init__(self, document: Genesis) -> None:
        self.app = Application(modules=(STAKING,), own_log=False)
        self.app.init_chain(document)
        self.time = document.time_ns
        self.nonces: dict[str, int] = {}

    def block(
        self, *sent: tuple[Key, str, dict[str, Any]], block: BlockInput = NOTHING, seconds: int = 1
    ) -> list[dict[str, Any]]:
        """One block; its receipts."""
        self.time += seconds * 10**9
        height = self.app.height + 1
        txs = []
        for who, name, data in sent:
            nonce = self.nonces.get(who.name, 0)
            self.nonces[who.name] = nonce + 1
            message: Message = (name, data)
            txs.append(sign(who, Quote(CHAIN_ID, nonce, height - 1), [message], gas_limit=1_000_000))
        self.result = self.app.finalize_block(height, self.time, bytes(20), txs, block)
        self.app.commit()
        self.app.check_invariants()
        return self.result.receipts()

    def do(self, who: Key, verb: str, **data: Any) -> Any:
        """One message that must succeed; its result."""
        receipt = self.block((who, f"staking/{verb}", data))[0]
        assert receipt["code"] == 0, receipt
        return receipt["result"][0]

    def refused(self, who: Key, verb: str, **data: Any) -> str:
        """One message that must fail; its code."""
        receipt = self.block((who, f"staking/{verb}", data))[0]
        assert receipt["code"] != 0
        return str(receipt["error"])

    def validator(self, who: Key) -> dict[str, Any]:
        return keeper.validator(ModuleStore(self.app.ledger, "staking"), who.address)

    def balance(self, who: Key) -> int:
        return int(self.app.ledger.account(who.address)["balance"])


def candidacy(who: Key, own: int = 100 * ATTO, **changed: Any) -> dict[str, Any]:
    """A declaration's data."""
    texts = {"moniker": who.name, "website": "", "details": ""}
    rates = {"commission": ONE // 10, "max_commission": ONE // 2, "max_change": ONE // 100}
    return {"key": NODE[who.name].public, "self_stake": own, **rates, **texts, **changed}


@pytest.fixture
def chain() -> Chain:
    """A chain with staking, and one validator of genesis outside of it."""
    document = genesis()
    document.modules["staking"] = {"parameters": PARAMETERS}
    return Chain(document)


def test_candidates_enter_the_set_by_stake(chain: Chain) -> None:
    for who, own in ((ALICE, 100), (BOB, 200), (CAROL, 50)):
        chain.do(who, "declare", **candidacy(who, own * ATTO))
    assert [chain.validator(who)["status"] for who in (ALICE, BOB, CAROL)] == ["active", "active", "backup"]
    chain.do(DAVE, "delegate", operator=CAROL.address, amount=150 * ATTO)
    assert dict(chain.result.validator_updates) == {NODE[CAROL.name].public: 200, NODE[ALICE.name].public: 0}
    assert [chain.validator(who)["status"] for who in (ALICE, BOB, CAROL)] == ["backup", "active", "active"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"key": b"short"}, "bad-message"),
        ({"self_stake": 1}, "self-stake"),
        ({"self_stake": 10**6 * ATTO}, "insufficient-funds"),
        ({"commission": ONE}, "bad-rate"),
        ({"commission": -1}, "bad-rate"),
        ({"moniker": " "}, "bad-text"),
        ({"details": "x" * 281}, "bad-text"),
        ({"self_stake": "all"}, "bad-message"),
    ],
)
def test_bad_declarations_are_refused(chain: Chain, changed: dict[str, Any], code: str) -> None:
    assert chain.refused(ALICE, "declare", **{**candidacy(ALICE), **changed}) == code


def test_an_account_and_a_key_validate_once(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    assert chain.refused(ALICE, "declare", **candidacy(ALICE)) == "already-declared"
    assert chain.refused(BOB, "declare", **candidacy(BOB, key=NODE[ALICE.name].public)) == "key-taken"


def test_a_validator_takes_ten_times_its_own(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE, 10 * ATTO))
    chain.do(BOB, "delegate", operator=ALICE.address, amount=90 * ATTO)
    assert chain.refused(BOB, "delegate", operator=ALICE.address, amount=1) == "self-stake-ratio"
    assert chain.refused(ALICE, "undelegate", operator=ALICE.address, amount=1) == "self-stake-ratio"
    chain.do(ALICE, "withdraw_candidacy")
    chain.do(ALICE, "undelegate", operator=ALICE.address, amount=10 * ATTO)
    assert chain.refused(BOB, "delegate", operator=ALICE.address, amount=1) == "not-a-candidate"


def test_fees_reach_delegators_after_commission(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE, 100 * ATTO, commission=ONE // 10))
    chain.do(BOB, "delegate", operator=ALICE.address, amount=300 * ATTO)
    chain.block()
    account = keeper.rewards_account(ALICE.address)
    before = chain.app.ledger.account(account)["balance"]
    chain.block((CAROL, "transfer", {"to": DAVE.address, "amount": 1}))
    fee = chain.app.ledger.account(account)["balance"] - before
    assert fee > 0, "the fee of a block goes to who validates it"
    earned = chain.do(BOB, "withdraw_rewards", operator=ALICE.address)["amount"]
    total = before + fee
    assert 0 <= (total - total // 10) * 3 // 4 - earned < 400, "what the index cannot tell apart waits in `rest`"
    assert chain.do(ALICE, "withdraw_commission")["amount"] >= total // 10


def test_stake_comes_back_after_the_unbonding_time(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.do(BOB, "delegate", operator=ALICE.address, amount=50 * ATTO)
    entry = chain.do(BOB, "undelegate", operator=ALICE.address, amount=20 * ATTO)
    before = chain.balance(BOB)
    chain.block(seconds=9)
    assert chain.balance(BOB) == before
    chain.block(seconds=1)
    assert chain.balance(BOB) == before + 20 * ATTO
    assert chain.refused(BOB, "cancel_undelegate", entry=entry["entry"], amount=1) == "unknown-entry"
    assert chain.refused(BOB, "undelegate", operator=ALICE.address, amount=31 * ATTO) == "not-enough-stake"


def test_a_withdrawal_can_be_taken_back(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.do(BOB, "delegate", operator=ALICE.address, amount=50 * ATTO)
    entry = chain.do(BOB, "undelegate", operator=ALICE.address, amount=20 * ATTO)["entry"]
    assert chain.refused(CAROL, "cancel_undelegate", entry=entry, amount=1) == "unknown-entry"
    chain.do(BOB, "cancel_undelegate", entry=entry, amount=15 * ATTO)
    assert chain.validator(ALICE)["tokens"] == 145 * ATTO


def test_entries_are_bounded(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.do(BOB, "delegate", operator=ALICE.address, amount=50 * ATTO)
    for _ in range(7):
        chain.do(BOB, "undelegate", operator=ALICE.address, amount=1)
    assert chain.refused(BOB, "undelegate", operator=ALICE.address, amount=1) == "too-many-entries"


def test_commission_moves_slowly(chain: Chain) -> None:
    texts = {"moniker": "a", "website": "", "details": ""}
    chain.do(ALICE, "declare", **candidacy(ALICE))
    assert chain.refused(ALICE, "edit", commission=ONE // 10 + ONE // 100, **texts) == "bad-rate"
    chain.block(seconds=DAY // 10**9)
    assert chain.refused(ALICE, "edit", commission=ONE // 10 + ONE // 50, **texts) == "bad-rate"
    chain.do(ALICE, "edit", commission=ONE // 10 + ONE // 100, **texts)
    assert chain.refused(ALICE, "edit", commission=ONE // 10, **texts) == "bad-rate"


def double_sign(who: Key, height: int, time_ns: int) -> BlockInput:
    address = keeper.consensus_address(NODE[who.name].public)
    return BlockInput(misbehavior=(Misbehavior("duplicate-vote", address, height, time_ns),))


def test_signing_twice_costs_five_percent_and_the_place_for_ever(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.do(BOB, "declare", **candidacy(BOB))
    chain.do(CAROL, "delegate", operator=ALICE.address, amount=100 * ATTO)
    fault = chain.app.height
    chain.do(CAROL, "undelegate", operator=ALICE.address, amount=40 * ATTO)
    pool = chain.app.ledger.account(keeper.COMMUNITY_POOL)["balance"]
    chain.block(block=double_sign(ALICE, fault, chain.time))
    record = chain.validator(ALICE)
    assert (record["tokens"], record["tombstoned"], record["status"]) == (152 * ATTO, True, "candidate")
    assert chain.app.ledger.account(keeper.COMMUNITY_POOL)["balance"] - pool == 10 * ATTO, "8 of 160 and 2 of 40"
    assert chain.result.validator_updates == [(NODE[ALICE.name].public, 0)]
    assert chain.refused(ALICE, "unjail") == "tombstoned"
    chain.block(block=double_sign(ALICE, fault, chain.time))
    assert chain.validator(ALICE)["tokens"] == 152 * ATTO, "once is enough"
    assert chain.refused(CAROL, "delegate", operator=ALICE.address, amount=1) == "not-a-candidate"


def test_moved_stake_is_reached_by_old_faults(chain: Chain) -> None:
    for who in (ALICE, BOB):
        chain.do(who, "declare", **candidacy(who))
    chain.do(CAROL, "delegate", operator=ALICE.address, amount=100 * ATTO)
    fault = chain.app.height
    chain.do(CAROL, "redelegate", **{"from": ALICE.address, "to": BOB.address, "amount": 100 * ATTO})
    assert (
        chain.refused(CAROL, "redelegate", **{"from": BOB.address, "to": ALICE.address, "amount": 1}) == "moved-lately"
    )
    chain.block(block=double_sign(ALICE, fault, chain.time))
    assert chain.validator(BOB)["tokens"] == 195 * ATTO
    chain.block(seconds=20)
    chain.do(DAVE, "declare", **candidacy(DAVE))
    chain.do(CAROL, "redelegate", **{"from": BOB.address, "to": DAVE.address, "amount": 95 * ATTO})


def test_evidence_older_than_the_unbonding_time_is_ignored(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.block(block=double_sign(ALICE, 1, chain.time - 11 * 10**9))
    assert not chain.validator(ALICE)["jailed"]


def test_not_signing_jails_for_a_time(chain: Chain) -> None:
    chain.do(ALICE, "declare", **candidacy(ALICE))
    chain.do(BOB, "declare", **candidacy(BOB))
    absent = BlockInput(votes=(Vote(keeper.consensus_address(NODE[ALICE.name].public), 100, False),))
    for _ in range(5):
        chain.block(block=absent)
    assert not chain.validator(ALICE)["jailed"], "half of the window may be missed"
    chain.block(block=absent)
    record = chain.validator(ALICE)
    assert record["jailed"]
    assert record["tokens"] == 100 * ATTO - 100 * ATTO // 10_000
    assert chain.refused(ALICE, "unjail") == "still-jailed"
    chain.block(seconds=600)
    chain.do(ALICE, "unjail")
    assert chain.validator(ALICE)["status"] == "active"
    assert chain.refused(ALICE, "unjail") == "not-jailed"


def test_the_last_validator_stays() -> None:
    own = 100 * ATTO
    reward = keeper.rewards_account(ALICE.address)
    document = genesis(validators=(Validator(NODE[ALICE.name].public, 100, reward),))
    document.modules["staking"] = {
        "parameters": PARAMETERS,
        "validators": [{"operator": ALICE.address, **candidacy(ALICE, own)}],
    }
    chain = Chain(document)
    assert chain.validator(ALICE)["status"] == "active"
    chain.do(ALICE, "withdraw_candidacy")
    assert chain.result.validator_updates == []


def test_a_chain_without_staking_says_so() -> None:
    assert Chain(genesis()).refused(ALICE, "declare", **candidacy(ALICE)) == "no-staking"
