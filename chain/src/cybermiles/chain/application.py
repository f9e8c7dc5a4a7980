"""The application: what a block means. Both drivers, ABCI and solo, call these same methods.

check_txs            may these wait in the mempool?
prepare_proposal     which of these, in order, make a valid block?
process_proposal     is this proposal well formed?
finalize_block       execute; the app hash, nothing persisted
commit               make the finalised block current and, with its own block log, durable
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cybermiles.chain.blocks import BlockInput
from cybermiles.chain.genesis import Genesis
from cybermiles.chain.modules import Module, register_modules
from cybermiles.platform import BlockResult, Ledger

VERSION = "0.1.0"
APP_VERSION = 1
"""Protocol version of the application; part of CometBFT's header."""
NOTHING = BlockInput()
"""What comes with a block of the solo chain besides its transactions."""


class Application:
    """The replicated state machine over one kernel ledger.

    `path` None keeps everything in memory. `own_log`: this process keeps the blocks itself (solo); under CometBFT they
    are CometBFT's.
    """

    def __init__(
        self, path: Path | None = None, *, modules: tuple[Module, ...] = (), own_log: bool, flush_every: int = 16
    ) -> None:
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
        self.modules = modules
        self.ledger = Ledger(str(path) if path else None, blocks=own_log, flush_every=flush_every)
        self._block = NOTHING
        register_modules(self.ledger, modules, lambda: self._block)
        self.ledger.recover()

    @property
    def height(self) -> int:
        """Height of the last committed block, 0 before the first."""
        return int(self.ledger.info()["height"])

    def info(self) -> dict[str, Any]:
        """Height, app hash, chain id and time of the last committed block."""
        return self.ledger.info()

    def init_chain(self, genesis: Genesis) -> bytes:
        """Writes the first state; its app hash."""
        return self.ledger.init_chain(genesis.kernel())

    def check_txs(self, txs: list[bytes], *, recheck: bool = False) -> list[dict[str, Any]]:
        """One verdict a transaction, `code` 0 if it may wait in the mempool."""
        return self.ledger.check_txs(txs, recheck)

    def prepare_proposal(self, txs: list[bytes], max_bytes: int) -> list[bytes]:
        """Those that pass the nonce and fee rules in order and fit the limits."""
        return self.ledger.prepare_proposal(txs, max_bytes)

    def process_proposal(self, txs: list[bytes]) -> bool:
        """False for what no honest proposer sends: undecodable, badly signed, over a limit."""
        return self.ledger.process_proposal(txs)

    def finalize_block(
        self, height: int, time_ns: int, proposer: bytes, txs: list[bytes], block: BlockInput = NOTHING
    ) -> BlockResult:
        """Executes a block; every transaction gets a receipt, good or bad.

        `block` is not kept in the application's own log: who brings votes and evidence brings them again in a replay.
        """
        self._block = block
        try:
            return self.ledger.finalize_block(height, time_ns, proposer, txs)
        finally:
            self._block = NOTHING

    def commit(self) -> int:
        """Makes the finalised block current; its height."""
        return self.ledger.commit()

    def check_invariants(self) -> None:
        """Raises LedgerError if any invariant of the ledger or of a module does not hold (walks the state)."""
        self.ledger.check_invariants()
        broken = [line for module in self.modules for check in module.invariants for line in check(self.ledger)]
        if broken:
            raise AssertionError("; ".join(broken))

    def close(self) -> None:
        """Flushes and closes the state."""
        self.ledger.close()
