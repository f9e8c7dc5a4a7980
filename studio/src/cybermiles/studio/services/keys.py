"""The local keyring as the studio uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class KeyringError(Exception):
    """A key cannot be made or unlocked. `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class KeyInfo:
    """What may be known of a key without its passphrase."""

    name: str
    address: str


@dataclass(frozen=True)
class Unlocked:
    """A key that can sign; kept in memory only."""

    name: str
    address: str
    seed: bytes


class Keyring(Protocol):
    """Keys of this machine's user."""

    def list(self) -> Sequence[KeyInfo]: ...
    def add(self, name: str, passphrase: str) -> KeyInfo: ...
    def unlock(self, name: str, passphrase: str) -> Unlocked: ...
