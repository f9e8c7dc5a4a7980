"""The services of this process, made once and shared by all its sessions."""

from __future__ import annotations

import threading

from cybermiles.studio import settings
from cybermiles.studio.services.keys import Keyring
from cybermiles.studio.services.node import Node


class _Made:
    node: Node | None = None
    keys: Keyring | None = None


_LOCK = threading.Lock()


def use(*, node: Node | None = None, keys: Keyring | None = None) -> None:
    """Replaces the services; tests give their own."""
    _Made.node, _Made.keys = node, keys


def node() -> Node:
    """The node that the studio works with: the one that was named, else the embedded one."""
    with _LOCK:
        if _Made.node is None:
            from cybermiles.studio.services.solo_node import SoloNode

            _Made.node = SoloNode(settings.current().home / "node")
        return _Made.node


def keys() -> Keyring:
    """The local keyring."""
    with _LOCK:
        if _Made.keys is None:
            from cybermiles.studio.services.file_keys import FileKeyring

            _Made.keys = FileKeyring(settings.current().home / "keys")
        return _Made.keys
