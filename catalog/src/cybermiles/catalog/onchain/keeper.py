"""State of the catalog.

t/<name>                template: owner, newest version, categories and texts of the newest version
v/<name>/<version>      version: module hash, archive hash, price, height; never changes
s/<name>                sales: how many licences were sold and for how much
"""

from __future__ import annotations

from typing import Any, Protocol

from cybermiles.platform import Context, cbor_decode, cbor_encode

ROUTE = "catalog"


class Reader(Protocol):
    """Where records are read from: a transaction's context, or a query's snapshot."""

    def get(self, key: bytes) -> bytes | None: ...

    def scan(self, prefix: bytes, limit: int = ...) -> list[tuple[bytes, bytes]]: ...


def template_key(name: str) -> bytes:
    return b"t/" + name.encode()


def version_key(name: str, version: str) -> bytes:
    return b"v/" + name.encode() + b"/" + version.encode()


def sales_key(name: str) -> bytes:
    return b"s/" + name.encode()


def read(reader: Reader, key: bytes) -> dict[str, Any] | None:
    """A record, or None."""
    data = reader.get(key)
    return None if data is None else cbor_decode(data)


def write(context: Context, key: bytes, record: dict[str, Any]) -> None:
    """Stores a record."""
    context.set(key, cbor_encode(record))


def read_all(reader: Reader, prefix: bytes, limit: int = 1000) -> list[dict[str, Any]]:
    """Records under a prefix, in key order."""
    return [cbor_decode(data) for _, data in reader.scan(prefix, limit)]
