"""A module's part of the committed state, for queries and invariants."""

from __future__ import annotations

from cybermiles.platform import Ledger


class ModuleStore:
    """Reads the newest committed state under a module's own prefix (docs/state.md)."""

    def __init__(self, ledger: Ledger, route: str) -> None:
        self._ledger = ledger
        self._prefix = b"x/" + route.encode() + b"/"

    def get(self, key: bytes) -> bytes | None:
        return self._ledger.get(self._prefix + key)

    def scan(self, prefix: bytes, limit: int = 1000, start: bytes | None = None) -> list[tuple[bytes, bytes]]:
        first = None if start is None else self._prefix + start
        rows = self._ledger.scan(self._prefix + prefix, limit, first)
        return [(key[len(self._prefix) :], value) for key, value in rows]
