"""The same 200 blocks under a real CometBFT and under solo: the same app hash after every one of them.

Half way both processes are killed with SIGKILL and started again: the handshake replays what the state had not flushed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cybermiles.catalog import MODULES
from cybermiles.chain.application import Application
from cybermiles.chain.genesis import Genesis, Validator
from tests.chain.cometbft import CometBft
from tests.chain.people import Stream, genesis

BLOCKS = 200
TRANSACTIONS_A_BLOCK = 6


class AbciProcess:
    """`runtime serve --abci` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.address = f"unix://{home / 'abci.sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.home / "abci.sock").unlink(missing_ok=True)
        argv = [sys.executable, "-m", "cybermiles.runtime.cli", "serve", "--abci", self.address]
        with (self.home / "app.log").open("ab") as log:
            self._process = subprocess.Popen([*argv, "--home", str(self.home)], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not (self.home / "abci.sock").exists():
            assert time.monotonic() < deadline and self._process.poll() is None, (self.home / "app.log").read_text()
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Genesis, list[dict[str, Any]]]]:
    """The genesis and the blocks that CometBFT made, each with the app hash after the block before it."""
    folder = tmp_path_factory.mktemp("comet")
    application = AbciProcess(folder)
    first = replace(genesis(validators=()), chain_id="comet-1")
    node = CometBft(folder / "comet", application.address, first)
    stream = Stream(seed=7, chain_id="comet-1")
    killed = False
    try:
        application.start()
        node.start()
        for tx in stream.opening():
            node.submit(tx)
        while node.height() < BLOCKS:
            stream.rate_height = max(0, node.height() - 1)
            for _ in range(TRANSACTIONS_A_BLOCK):
                node.submit(stream.next())
            if node.height() >= BLOCKS // 2 and not killed:
                killed = True
                node.drain()
                application.stop(signal.SIGKILL)
                node.stop(signal.SIGKILL)
                application.start()
                node.start()
            node.wait_for_height(node.height() + 1)
        node.submit(stream.next())
        node.wait_for_height(BLOCKS + 1)
        blocks = [node.block(height) for height in range(1, BLOCKS + 2)]
        validators = (Validator(node.validator_key, 10, address_of_key(node.validator_key)),)
        yield replace(first, time_ns=node.genesis_time(), validators=validators), blocks
    finally:
        node.close()
        application.stop()


def address_of_key(public: bytes) -> bytes:
    """The account of a validator's key: where its rewards go if genesis names no other."""
    from cybermiles.platform import address_of

    return address_of(public)


def test_solo_computes_what_the_validators_agreed_on(
    chain: tuple[Genesis, list[dict[str, Any]]], tmp_path: Path
) -> None:
    first, blocks = chain
    application = Application(tmp_path / "solo", modules=MODULES, own_log=True)
    app_hash = application.init_chain(first)
    codes: dict[int, int] = {}
    for block in blocks:
        assert app_hash == block["app_hash_before"], f"before block {block['height']}"
        result = application.finalize_block(block["height"], block["time_ns"], block["proposer"], block["txs"])
        application.commit()
        app_hash = result.app_hash
        for code in result.codes:
            codes[code] = codes.get(code, 0) + 1
    application.check_invariants()
    application.close()
    assert len(blocks) == BLOCKS + 1
    assert codes.pop(0) > BLOCKS, codes
    assert codes, "the stream holds transactions that fail"


def test_a_fresh_process_computes_the_same_again(chain: tuple[Genesis, list[dict[str, Any]]], tmp_path: Path) -> None:
    first, blocks = chain
    application = Application(tmp_path / "again", modules=MODULES, own_log=False, flush_every=1)
    app_hash = application.init_chain(first)
    for block in blocks:
        assert app_hash == block["app_hash_before"]
        app_hash = application.finalize_block(
            block["height"], block["time_ns"], block["proposer"], block["txs"]
        ).app_hash
        application.commit()
    application.close()
