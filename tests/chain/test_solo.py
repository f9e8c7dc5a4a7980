"""The solo sequencer: mempool, blocks, waiting, stopping."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from cybermiles.chain import transactions
from cybermiles.chain.application import Application
from cybermiles.chain.solo import MempoolError, Solo, SoloConfig
from cybermiles.chain.transactions import Quote, sign
from cybermiles.platform import tx_hash
from tests.chain.people import CHAIN_ID, PEOPLE, VALIDATOR, genesis

ALICE, BOB = PEOPLE[:2]


@pytest.fixture
def solo() -> Iterator[Solo]:
    application = Application(None, own_log=True)
    application.init_chain(genesis())
    solo = Solo(application, VALIDATOR.address, SoloConfig(block_interval=10, empty_block_interval=0, mempool_size=5))
    yield solo
    solo.stop()


def pay(nonce: int, memo: str = "") -> bytes:
    return sign(ALICE, Quote(CHAIN_ID, nonce, 0), [transactions.transfer(BOB.address, 1)], gas_limit=50_000, memo=memo)


def test_a_block_holds_what_waited_in_order(solo: Solo) -> None:
    for nonce in range(3):
        solo.submit(pay(nonce))
    result = solo.make_block()
    assert result.codes == [0, 0, 0]
    assert solo.pending() == 0
    assert solo.application.ledger.account(ALICE.address)["nonce"] == 3


def test_what_may_not_wait_is_refused_with_its_code(solo: Solo) -> None:
    solo.submit(pay(0))
    forged = bytearray(pay(1))
    forged[-1] ^= 1
    for tx, code in (
        (pay(0), "duplicate"),
        (pay(5), "wrong-nonce"),
        (bytes(forged), "bad-signature"),
        (b"x", "undecodable"),
    ):
        with pytest.raises(MempoolError) as refused:
            solo.submit(tx)
        assert refused.value.code == code
    for nonce in range(1, 5):
        solo.submit(pay(nonce))
    with pytest.raises(MempoolError) as refused:
        solo.submit(pay(5))
    assert refused.value.code == "mempool-full"


def test_a_replayed_transaction_is_refused_after_its_block(solo: Solo) -> None:
    solo.submit(pay(0))
    solo.make_block()
    with pytest.raises(MempoolError) as refused:
        solo.submit(pay(0))
    assert refused.value.code == "replayed"


def test_time_never_stands_still_or_runs_back(solo: Solo) -> None:
    first = genesis().time_ns + 10**9
    solo.make_block(first)
    solo.make_block(first - 5)
    assert solo.application.info()["time_ns"] > first


def test_it_makes_blocks_by_itself_and_wakes_those_who_wait(solo: Solo) -> None:
    solo.start()
    digest = solo.submit(pay(0))
    receipt = solo.wait_for(digest, 10)
    assert receipt is not None
    assert receipt["code"] == 0
    assert solo.wait_for(tx_hash(b"never sent"), 0.05) is None


def test_many_clients_at_once_lose_nothing(solo: Solo) -> None:
    solo.config = SoloConfig(block_interval=1, empty_block_interval=0)
    solo.start()
    people = PEOPLE[:6]

    def client(who: int) -> None:
        for nonce in range(20):
            message = transactions.transfer(BOB.address, 1)
            solo.submit(sign(people[who], Quote(CHAIN_ID, nonce, 0), [message], gas_limit=50_000))

    threads = [threading.Thread(target=client, args=(who,)) for who in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deadline = time.monotonic() + 20
    while solo.pending() and time.monotonic() < deadline:
        time.sleep(0.01)
    solo.stop()
    assert solo.failure is None
    assert [solo.application.ledger.account(person.address)["nonce"] for person in people] == [20] * 6
    solo.application.check_invariants()


def test_a_stop_between_look_and_sleep_is_not_missed(solo: Solo) -> None:
    """What sets the wake-up just before the sequencer clears it must not leave it asleep for ever."""
    solo.config = SoloConfig(block_interval=1, empty_block_interval=0)

    class Late(threading.Event):
        """Clearing it is the moment at which somebody else stops."""

        def clear(self) -> None:
            solo._stopping.set()
            self.set()
            super().clear()

    solo._wake = Late()
    solo.start()
    thread = solo._thread
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
