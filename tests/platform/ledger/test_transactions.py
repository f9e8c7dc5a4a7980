"""Every way in which a transaction can be bad: its own error, nothing changed but what the rules say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cybermiles.platform import (
    LEDGER_ERRORS,
    Ledger,
    LedgerError,
    account_key,
    receipts_key,
    tx_assemble,
    tx_body,
    tx_hash,
    tx_sign,
    verify_proof,
    verify_receipt,
)
from tests.platform.ledger.scenery import CMT, RATE, RICH, START, WALLET, Chain, genesis, pay, seed, who

REFUSED: dict[str, Callable[[Chain], bytes]] = {
    "undecodable": lambda c: b"\x82\x00",
    "too-large": lambda c: tx_sign(seed(1), c.body(1, *[pay(2, 1)] * 65)),
    "unsigned": lambda c: tx_assemble(tx_body({**c.body(1, pay(2, 1)), "key": bytes(32)}), b""),
    "bad-signature": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1)))[:-1] + b"\0",
    "wrong-chain": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), chain_id="main")),
    "replayed": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), nonce=0)),
    "wrong-nonce": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), nonce=9)),
    "expired": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), nonce=None, unordered=b"1", expiry=1)),
    "expired-quote": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), rate_height=99)),
    "gas-limit": lambda c: tx_sign(seed(1), c.body(1, pay(2, 1), gas_limit=100)),
    "under-funded": lambda c: tx_sign(seed(77), c.body(77, pay(2, 1))),
}
"""The error's name and how to make it, on a chain where key 1 has sent one transaction."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_transaction_changes_nothing(name: str) -> None:
    chain = Chain.new()
    assert chain.run(1, pay(2, 5))["code"] == 0
    chain.block()
    before = chain.ledger.scan(b"a/")
    tx = REFUSED[name](chain)
    verdict = chain.ledger.check_txs([tx])[0]
    assert (verdict["error"], verdict["hash"]) == (name, tx_hash(tx))
    assert chain.ledger.prepare_proposal([tx], 1 << 20) == []
    receipt = chain.block(tx)[0]
    assert (receipt["error"], receipt["fee"], receipt["gas"], receipt["events"]) == (name, 0, 0, [])
    assert receipt["code"] == verdict["code"] < 20
    assert chain.ledger.scan(b"a/") == before


def test_every_refusal_of_the_table_is_shown() -> None:
    rows = [name for number, _, name, _ in LEDGER_ERRORS if number < 20]
    assert set(rows) - {"block-full"} == set(REFUSED)


def test_the_docs_hold_the_table() -> None:
    text = (Path(__file__).parents[3] / "docs/transactions.md").read_text()
    rows = [f"| {number} | {space} | `{name}` | {meaning} |" for number, space, name, meaning in LEDGER_ERRORS]
    assert text.endswith("\n".join(rows) + "\n")


def test_a_full_block_refuses_what_is_left() -> None:
    chain = Chain.new(limits={"block_gas": 12_000_000})
    receipts = chain.block(*[chain.sign(1, pay(2, 1)) for _ in range(3)])
    assert [r["error"] for r in receipts] == ["", "", "block-full"]
    assert not chain.ledger.process_proposal([chain.sign(3, pay(2, 1)) for _ in range(3)])


def test_fees_go_to_the_validators_by_power() -> None:
    chain = Chain.new()
    receipt = chain.run(1, pay(2, 5), tip=7)
    assert receipt["fee"] == RATE * 2_500_000 + 7
    got = [chain.balance(who(n)) for n in (51, 52, 53)]
    assert got == [receipt["fee"] * power // 10 for power in (6, 3, 1)]
    chain.ledger.check_invariants()


def test_the_quote_is_what_is_paid() -> None:
    chain = Chain.new()
    assert chain.ledger.rate() == chain.ledger.rate(0) == RATE
    with pytest.raises(LedgerError) as raised:
        chain.ledger.rate(5)
    assert raised.value.code == "unknown-height"


def test_several_messages_are_one() -> None:
    chain = Chain.new()
    receipt = chain.run(1, pay(2, 5), pay(3, 2 * RICH))
    assert (receipt["error"], receipt["result"]) == ("insufficient-funds", None)
    assert chain.balance(who(2)) == chain.balance(who(3)) == RICH
    assert chain.balance(who(1)) == RICH - receipt["fee"]
    receipt = chain.run(1, pay(2, 5), pay(3, 6))
    assert [e["data"]["amount"] for e in receipt["events"]] == [5, 6]
    assert chain.balance(who(3)) == RICH + 6


def test_check_state_follows_pending_transactions_and_is_reset_by_a_commit() -> None:
    chain = Chain.new()
    first, second, third = (chain.sign(1, pay(2, 1)) for _ in range(3))
    assert chain.ledger.check_codes([first, second]) == [0, 0]
    assert chain.ledger.check_txs([second])[0]["error"] == "replayed"
    chain.block(first)
    assert chain.ledger.check_codes([second, third], recheck=True) == [0, 0]
    whole = chain.sign(4, pay(2, 1), tip=RICH - 5_000_000 * RATE)
    again = chain.sign(4, pay(2, 1))
    assert [v["error"] for v in chain.ledger.check_txs([whole, again])] == ["", "under-funded"]


def test_proposals() -> None:
    chain = Chain.new()
    txs = [chain.sign(1, pay(2, 1)) for _ in range(5)]
    shuffled = [txs[1], txs[0], b"junk", txs[2], txs[4]]
    assert chain.ledger.prepare_proposal(shuffled, 1 << 20) == [txs[0], txs[2]][:1]
    assert chain.ledger.prepare_proposal(txs, 1 << 20) == txs
    assert chain.ledger.prepare_proposal(txs, 2 * (len(txs[0]) + 3)) == txs[:2]
    assert chain.ledger.process_proposal(txs)
    assert chain.ledger.process_proposal(shuffled[:2])
    assert not chain.ledger.process_proposal([*txs, b"junk"])
    assert not chain.ledger.process_proposal([txs[0][:-1] + b"\0"])


def test_receipts_are_proven_against_the_next_header() -> None:
    chain = Chain.new()
    txs = [chain.sign(n, pay(9, n)) for n in (1, 2, 3, 4, 5)]
    result = chain.finalize(txs)
    chain.ledger.commit()
    for index, tx in enumerate(txs):
        proof = chain.ledger.receipt_proof(tx_hash(tx))
        assert proof is not None
        assert (proof["index"], proof["count"], proof["receipt"]) == (index, 5, result.receipt_bytes()[index])
        assert verify_receipt(proof["receipt"], index, 5, proof["path"], proof["root"])
        assert not verify_receipt(proof["receipt"], (index + 1) % 5, 5, proof["path"], proof["root"])
        assert verify_proof(result.app_hash, receipts_key(1), proof["root"], proof["state_proof"])
        assert chain.ledger.receipt(tx_hash(tx)) == result.receipts()[index]
    assert chain.ledger.receipt(bytes(32)) is None
    block = chain.ledger.block(1)
    assert block is not None
    assert (block["txs"], block["app_hash"]) == (txs, result.app_hash)
    assert chain.ledger.block(2) is None


def test_accounts_are_proven_now_and_then() -> None:
    chain = Chain.new()
    hashes = [chain.ledger.info()["app_hash"]]
    for _ in range(3):
        chain.run(1, pay(2, 5))
        hashes.append(chain.ledger.info()["app_hash"])
    for height, root in enumerate(hashes):
        value, proof, at = chain.ledger.prove(account_key(who(2)), height)
        assert at == height
        assert value is not None
        assert int.from_bytes(value[:16], "big") == RICH + 5 * height
        assert verify_proof(root, account_key(who(2)), value, proof)
    value, proof, _ = chain.ledger.prove(account_key(who(99)))
    assert value is None
    assert verify_proof(hashes[-1], account_key(who(99)), None, proof)


def test_simulation_estimates_a_limit_that_suffices() -> None:
    chain = Chain.new()
    body = {**chain.body(1, pay(2, 1), pay(3, 1)), "key": tx_body_key(1)}
    answer = chain.ledger.simulate(tx_assemble(tx_body(body), b""))
    assert answer["code"] == 0
    assert chain.height == 0
    receipt = chain.run(1, pay(2, 1), pay(3, 1), gas_limit=answer["gas_estimate"])
    assert receipt["code"] == 0
    assert receipt["fee"] <= answer["gas_estimate"] * RATE
    wrong = chain.ledger.simulate(tx_sign(seed(1), chain.body(1, pay(2, 2 * RICH))))
    assert wrong["error"] == "insufficient-funds"


def tx_body_key(number: int) -> bytes:
    from cybermiles.platform import ed25519_public

    return ed25519_public(seed(number))


def test_restart_and_replay_reach_the_same_hash(tmp_path: Path) -> None:
    chain = Chain.new(tmp_path / "a")
    other = Chain.new()
    for turn in range(20):
        txs = [chain.sign(1, pay(2, turn)), chain.sign(2, pay(3, CMT)), b"junk"]
        assert chain.block(*txs) == other.block(*txs)
    info = chain.ledger.info()
    assert info == other.ledger.info()
    chain.ledger.close()
    with pytest.raises(LedgerError) as raised:
        chain.ledger.info()
    assert raised.value.code == "closed"
    again = Ledger(str(tmp_path / "a"), blocks=True)
    assert again.recover() == 20
    assert {**again.info(), "oldest": 0} == {**info, "oldest": 0}
    receipt = again.receipt(tx_hash(txs[0]))
    assert receipt is not None
    assert receipt["height"] == 20


def test_the_ledger_says_what_it_cannot_do() -> None:
    ledger = Ledger()
    assert ledger.info()["height"] == 0

    def refused(call: Callable[[], Any]) -> str:
        with pytest.raises(LedgerError) as raised:
            call()
        return str(raised.value.code)

    assert refused(lambda: ledger.check_txs([b""])) == "not-initialised"
    assert refused(lambda: ledger.finalize_block(1, 1, bytes(20), [])) == "not-initialised"
    for change in (
        {"chain_id": ""},
        {"validators": []},
        {"rate": -1},
        {"limits": {"block_gas": 0}},
        {"limits": {"blocks": 1}},
        {"accounts": [{"address": who(1), "balance": 1}] * 2},
        {"accounts": [{"address": b"1", "balance": 1}]},
        {"accounts": [{"address": who(n), "balance": 6 * 10**33} for n in (1, 2)]},
        {"colour": 1},
    ):
        assert refused(lambda change=change: ledger.init_chain({**genesis(), **change})) == "bad-genesis"  # type: ignore[misc]
    root = ledger.init_chain(genesis())
    assert ledger.init_chain(genesis()) == root, "the same genesis again is no error before the first block"
    assert refused(lambda: ledger.init_chain(genesis(accounts=3))) == "already-initialised"
    assert refused(ledger.commit) == "nothing-finalised"
    assert refused(lambda: ledger.finalize_block(5, START, bytes(20), [])) == "wrong-height"
    assert refused(lambda: ledger.receipt(bytes(32))) == "no-blocks"
    assert refused(lambda: ledger.get(b"a/", 7)) == "state-height"


def test_a_block_can_be_finalised_again_before_its_commit() -> None:
    chain = Chain.new()
    tx = chain.sign(1, pay(2, 1))
    first = chain.finalize([tx])
    assert chain.finalize([]).app_hash != first.app_hash
    assert chain.finalize([tx]).app_hash == first.app_hash
    chain.ledger.commit()
    assert chain.ledger.info()["app_hash"] == first.app_hash


def test_a_module_that_is_none_is_refused() -> None:
    chain = Chain.new()
    changed = WALLET[:-1] + bytes([WALLET[-1] ^ 1])
    for module, error in ((changed, "admission"), (b"", "admission"), (bytes(600_000), "admission")):
        receipt = chain.run(1, ("deploy", {"module": module}), gas_limit=100_000_000)
        assert receipt["error"] == error
        assert receipt["fee"] > 0
    assert chain.ledger.scan(b"m/") == []
