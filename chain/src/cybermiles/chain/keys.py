"""Keys on disk: one encrypted file a key, so that a stolen home folder is not a stolen account.

scrypt (RFC 7914) turns the password into a key, ChaCha20-Poly1305 (RFC 8439) seals the 32-byte Ed25519 seed; name and
address are authenticated with it.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cybermiles.platform import address_encode, address_of, ed25519_public

SEED_BYTES = 32
SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 15, 8, 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class KeyStoreError(Exception):
    """A key that cannot be made or opened. `code` is stable: `bad-name`, `key-exists`, `no-key`, `bad-password`,
    `bad-key-file`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Key:
    """An Ed25519 key with the name that its owner gave it."""

    name: str
    seed: bytes

    @property
    def public(self) -> bytes:
        return ed25519_public(self.seed)

    @property
    def address(self) -> bytes:
        return address_of(self.public)

    @property
    def address_text(self) -> str:
        return address_encode(self.address)


@dataclass(frozen=True)
class KeyEntry:
    """What is known of a stored key without its password."""

    name: str
    address: str


class KeyStore:
    """The keys of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> list[KeyEntry]:
        """All keys, by name."""
        if not self.folder.is_dir():
            return []
        documents = [self._read(file.stem) for file in sorted(self.folder.glob("*.json"))]
        return [KeyEntry(document["name"], document["address"]) for document in documents]

    def add(self, name: str, password: str, seed: bytes | None = None) -> Key:
        """Stores a new key, of a fresh seed unless one is given. Raises KeyStoreError."""
        if not NAME.fullmatch(name):
            raise KeyStoreError("bad-name", f"`{name[:80]}` is not a key name; use letters, digits, - and _")
        key = Key(name, secrets.token_bytes(SEED_BYTES) if seed is None else seed)
        if len(key.seed) != SEED_BYTES:
            raise KeyStoreError("bad-key-file", f"a seed has {SEED_BYTES} bytes")
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        header = {"name": name, "address": key.address_text, "version": "1"}
        sealed = ChaCha20Poly1305(_derive(password, salt)).encrypt(nonce, key.seed, _associated(header))
        document = {**header, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(self._file(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as cause:
            raise KeyStoreError("key-exists", f"there is a key `{name}` already") from cause
        with os.fdopen(handle, "w") as file:
            json.dump(document, file, indent=2, sort_keys=True)
        return key

    def open(self, name: str, password: str) -> Key:
        """The key of a name. Raises KeyStoreError `no-key`, `bad-password` or `bad-key-file`."""
        document = self._read(name)
        try:
            salt, nonce, sealed = (bytes.fromhex(document[part]) for part in ("salt", "nonce", "sealed"))
            header = {part: document[part] for part in ("name", "address", "version")}
            seed = ChaCha20Poly1305(_derive(password, salt)).decrypt(nonce, sealed, _associated(header))
        except InvalidTag as cause:
            raise KeyStoreError("bad-password", f"the password does not open the key `{name}`") from cause
        except (KeyError, ValueError, TypeError) as cause:
            raise KeyStoreError("bad-key-file", f"the file of the key `{name}` is damaged") from cause
        return Key(name, seed)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> dict[str, str]:
        if not NAME.fullmatch(name) or not self._file(name).is_file():
            raise KeyStoreError("no-key", f"there is no key `{name[:80]}`")
        try:
            document = json.loads(self._file(name).read_text())
            return {**document, "name": str(document["name"]), "address": str(document["address"])}
        except (ValueError, KeyError, TypeError) as cause:
            raise KeyStoreError("bad-key-file", f"the file of the key `{name}` is damaged") from cause


def _derive(password: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(password.encode())


def _associated(header: dict[str, str]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
