"""A chain of one's own inside the studio: the application and the solo sequencer, kept in the studio's home folder.

It lets an analyst deploy and call at once. New keys get CMT from its treasury, which no other chain does.
"""

from __future__ import annotations

import atexit
import os
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cybermiles.chain.application import Application
from cybermiles.chain.genesis import ATTO, Account, Genesis, Validator
from cybermiles.chain.solo import MempoolError, Solo, SoloConfig
from cybermiles.platform import address_decode, address_of, ed25519_public
from cybermiles.studio.services import transactions
from cybermiles.studio.services.node import Estimate, Message, NodeError, NodeStatus, Receipt, Signer

SUPPLY = 1_000_000_000 * ATTO
GIFT = 1_000 * ATTO
WAIT = 20.0
SEED = "treasury.key"


class SoloNode:
    """The embedded node; blocks come when there is something to put into them, and every five seconds."""

    def __init__(self, home: Path) -> None:
        self._lock = threading.Lock()
        seed = _seed(home)
        key = ed25519_public(seed)
        self._treasury = seed
        self._application = Application(home / "data", own_log=True)
        if self._application.height == 0 and not self._application.info()["chain_id"]:
            self._application.init_chain(_genesis(key))
        self._solo = Solo(self._application, address_of(key), SoloConfig(block_interval=200))
        self._solo.start()
        atexit.register(self.close)

    @property
    def url(self) -> str:
        return "embedded"

    def close(self) -> None:
        """Finishes the block in progress and flushes the state."""
        self._solo.stop()
        self._application.close()

    def status(self) -> NodeStatus:
        if self._solo.failure is not None:
            raise NodeError(
                "node-stopped", f"the embedded node stopped: {self._solo.failure}", "start the studio again"
            )
        info = self._application.info()
        return NodeStatus(info["chain_id"], info["height"], self._application.ledger.rate())

    def balance(self, address: str) -> int:
        """The account's money; an account that was never used gets some first."""
        account = self._application.ledger.account(address_decode(address))
        if account["balance"] == 0 and account["nonce"] == 0:
            self._give(address)
            account = self._application.ledger.account(address_decode(address))
        return int(account["balance"])

    def estimate(self, signer: Signer, messages: Sequence[Message]) -> Estimate:
        status = self.status()
        probe = self._signed(signer.seed, messages, transactions.PROBE_GAS)
        return transactions.estimated(self._application.ledger.simulate(probe), status.rate)

    def submit(self, signer: Signer, messages: Sequence[Message]) -> Receipt:
        with self._lock:
            estimate = self.estimate(signer, messages)
            return self._send(self._signed(signer.seed, messages, estimate.gas_limit))

    def contract(self, address: str) -> Mapping[str, Any] | None:
        return self._application.ledger.contract(address_decode(address))

    def _signed(self, seed: bytes, messages: Sequence[Message], gas_limit: int) -> bytes:
        status = self.status()
        nonce = self._application.ledger.account(address_of(ed25519_public(seed)))["nonce"]
        return transactions.signed(seed, messages, status, nonce, gas_limit)

    def _send(self, tx: bytes) -> Receipt:
        try:
            receipt = self._solo.wait_for(self._solo.submit(tx), WAIT)
        except MempoolError as refused:
            raise NodeError(refused.code, str(refused)) from refused
        if receipt is None:
            raise NodeError("no-receipt", f"the transaction is in no block after {WAIT:.0f} seconds")
        return transactions.receipt(receipt)

    def _give(self, address: str) -> None:
        with self._lock:
            transfer: Message = ("transfer", {"to": address, "amount": GIFT})
            self._send(self._signed(self._treasury, [transfer], transactions.TRANSFER_GAS))


def _seed(home: Path) -> bytes:
    """The treasury's key: random, made once, readable by its owner only."""
    file = home / SEED
    if not file.is_file():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
    return file.read_bytes()


def _genesis(key: bytes) -> Genesis:
    address = address_of(key)
    return Genesis(
        chain_id="studio-solo",
        time_ns=time.time_ns(),
        accounts=(Account(address, SUPPLY),),
        validators=(Validator(key, 1, address),),
    )
