"""Room for recursion over trees: the parser bounds how deep they can be, Python's default limit is lower."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

_FRAMES = 30_000
"""Python frames that the deepest tree which the parser lets pass can need."""


class _Holders:
    """Who holds the raised limit; threads share it."""

    lock = threading.Lock()
    count = 0
    before = 0


@contextlib.contextmanager
def room() -> Iterator[None]:
    """Raises the limit while anyone holds it."""
    with _Holders.lock:
        if _Holders.count == 0:
            _Holders.before = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_FRAMES, _Holders.before))
        _Holders.count += 1
    try:
        yield
    finally:
        with _Holders.lock:
            _Holders.count -= 1
            if _Holders.count == 0:
                sys.setrecursionlimit(_Holders.before)
