"""The catalog's part of the committed state, for queries and invariants."""

from __future__ import annotations

from cybermiles.platform import Ledger

ROUTE = "catalog"
PREFIX = b"x/" + ROUTE.encode() + b"/"
"""Where the kernel keeps the keys of this module (docs/state.md)."""


class ModuleStore:
    """Reads the newest committed state under the module's own prefix."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, key: bytes) -> bytes | None:
        return self._ledger.get(PREFIX + key)

    def scan(self, prefix: bytes, limit: int = 1000) -> list[tuple[bytes, bytes]]:
        return [(key[len(PREFIX) :], value) for key, value in self._ledger.scan(PREFIX + prefix, limit)]
