"""The solo sequencer: one validator that makes blocks in this process, through the methods that CometBFT would call.

A block is durable when `commit` returns: the kernel's block log is flushed before the height moves. Time enters only
as a block's time, from the clock that the caller gives.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from cybermiles.chain.application import Application
from cybermiles.platform import BlockResult, tx_hash

MILLISECOND = 10**6
MAX_BLOCK_BYTES = 4 * 1024 * 1024

log = structlog.get_logger()


@dataclass(frozen=True)
class SoloConfig:
    """Times in milliseconds. `empty_block_interval` 0: no block without transactions."""

    block_interval: int = 250
    empty_block_interval: int = 5_000
    mempool_size: int = 100_000
    max_block_bytes: int = MAX_BLOCK_BYTES


class MempoolError(Exception):
    """A transaction that may not wait. `code` is the ledger's error code, `mempool-full` or `duplicate`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Solo:
    """Mempool and block production over one application.

    `start` makes blocks in a thread; without it `make_block` makes one on demand (tests, the demo).
    """

    def __init__(
        self,
        application: Application,
        proposer: bytes,
        config: SoloConfig | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.application = application
        self.config = config or SoloConfig()
        self._proposer = proposer
        self._clock = clock
        self._mempool: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.RLock()
        """Held for every change of the mempool and for a whole block: check and execution never interleave."""
        self._changed = threading.Condition(self._lock)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: BaseException | None = None
        """Why block production ended by itself; None while it is well."""

    def submit(self, tx: bytes) -> bytes:
        """Puts a transaction into the mempool; its hash. Raises MempoolError."""
        verdict = self.submit_many([tx])[0]
        if verdict["code"]:
            raise MempoolError(verdict["error"], verdict["message"])
        return bytes(verdict["hash"])

    def submit_many(self, txs: list[bytes]) -> list[dict[str, Any]]:
        """One verdict a transaction, as `Application.check_txs`; those with `code` 0 wait for a block."""
        with self._lock:
            hashes = [tx_hash(tx) for tx in txs]
            fresh = [i for i, digest in enumerate(hashes) if digest not in self._mempool]
            room = self.config.mempool_size - len(self._mempool)
            checked = dict(zip(fresh[:room], self.application.check_txs([txs[i] for i in fresh[:room]]), strict=True))
            verdicts: list[dict[str, Any]] = []
            for index, digest in enumerate(hashes):
                verdict = checked.get(index)
                if verdict is None:
                    waiting = digest in self._mempool
                    code = "duplicate" if waiting else "mempool-full"
                    message = (
                        "the transaction is already waiting" if waiting else "the mempool is full; try again later"
                    )
                    verdict = {"code": 1, "codespace": "mempool", "error": code, "message": message, "hash": digest}
                elif verdict["code"] == 0:
                    self._mempool[digest] = txs[index]
                verdicts.append(verdict)
            self._wake.set()
            return verdicts

    def pending(self) -> int:
        """How many transactions wait."""
        return len(self._mempool)

    def make_block(self, time_ns: int | None = None) -> BlockResult:
        """One block of what waits (perhaps empty), executed and durable."""
        with self._lock:
            info = self.application.info()
            now = max(self._clock() if time_ns is None else time_ns, info["time_ns"] + MILLISECOND)
            waiting = list(self._mempool.values())
            txs = self.application.prepare_proposal(waiting, self.config.max_block_bytes)
            if not self.application.process_proposal(txs):
                raise RuntimeError("the application refused its own proposal")
            height = info["height"] + 1 if info["height"] else info["initial_height"]
            result = self.application.finalize_block(height, now, self._proposer, txs)
            self.application.commit()
            for tx in txs:
                del self._mempool[tx_hash(tx)]
            self._recheck()
            self._changed.notify_all()
            return result

    def wait_for(self, digest: bytes, timeout: float) -> dict[str, Any] | None:
        """The receipt of a transaction, or None if it is in no block after so many seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while (receipt := self.application.ledger.receipt(digest)) is None:
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping.is_set():
                    return None
                self._changed.wait(min(left, 1.0))
            return receipt

    def start(self) -> None:
        """Makes blocks in a thread until `stop`."""
        self._thread = threading.Thread(target=self._run, name="solo-sequencer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Lets the block in progress finish, then ends the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        last = time.monotonic()
        try:
            while not self._stopping.is_set():
                interval = self.config.block_interval / 1000
                empty_after = self.config.empty_block_interval / 1000
                self._stopping.wait(max(0.0, last + interval - time.monotonic()))
                self._wake.clear()  # before looking, so that what comes after the look is not missed
                if not self._mempool:
                    left = last + empty_after - time.monotonic() if empty_after else None
                    if left is None or left > 0:
                        if not self._stopping.is_set():
                            self._wake.wait(left)
                        continue
                last = time.monotonic()
                result = self.make_block()
                log.info("block", height=result.height, txs=len(result), app_hash=result.app_hash.hex()[:16])
        except BaseException as cause:  # a broken sequencer must be seen by the node, whatever broke it
            self.failure = cause
            log.exception("block production failed")
            with self._changed:
                self._stopping.set()
                self._changed.notify_all()

    def _recheck(self) -> None:
        """After a block: what no longer passes leaves the mempool."""
        if self._mempool:
            waiting = list(self._mempool.items())
            verdicts = self.application.check_txs([tx for _, tx in waiting], recheck=True)
            for (digest, _), verdict in zip(waiting, verdicts, strict=True):
                if verdict["code"]:
                    del self._mempool[digest]
