"""The services of this process, made once and shared by all its sessions."""

from __future__ import annotations

import threading

from cybermiles.chain.keys import KeyStore
from cybermiles.studio import settings
from cybermiles.studio.services.node import Node, RestNode


class _Made:
    node: Node | None = None


_LOCK = threading.Lock()


def use(node: Node | None) -> None:
    """Replaces the node; tests give their own."""
    _Made.node = node


def node() -> Node:
    """The node that the studio works with: the one that was named, else one of its own."""
    with _LOCK:
        if _Made.node is None:
            from cybermiles.studio.services.own_node import OwnNode  # the runtime is only needed for a node of our own

            chosen = settings.current()
            _Made.node = RestNode(chosen.node) if chosen.node else OwnNode(chosen.home / "node")
        return _Made.node


def keys() -> KeyStore:
    """The local keyring."""
    return KeyStore(settings.current().keys)
