"""Packing: equal content gives equal bytes, on any machine (docs/decisions/0006-archives-are-stored.md).

Entries are sorted by name, stored without compression (two builds of zlib may deflate differently), with one fixed time
stamp and mode, so that the SHA-256 of the packed file is the identity of its content.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

from cybermiles.dsl.archive.sources import Sources

EPOCH = (1980, 1, 1, 0, 0, 0)
MODULE = "build/module.cbor"
DEBUG_MAP = "build/debug.cbor"


def pack(sources: Sources, module: bytes, debug_map: bytes) -> bytes:
    """The `.sbc` bytes of sources with their compiled module and debug map."""
    files = {
        **{name: data for name, data in sources.items() if not is_generated(name)},
        MODULE: module,
        DEBUG_MAP: debug_map,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            packed.writestr(info, data)
    return out.getvalue()


def is_generated(name: str) -> bool:
    """Files that the compiler makes and that a source folder does not hold."""
    return name in (MODULE, DEBUG_MAP)


def archive_hash(packed: bytes) -> str:
    """The identity of a packed archive: SHA-256, hexadecimal."""
    return hashlib.sha256(packed).hexdigest()
