"""Keys in files, one each: the seed under a passphrase (scrypt, ChaCha20-Poly1305), readable by its owner only."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cybermiles.platform import address_encode, address_of, ed25519_public
from cybermiles.studio.services.keys import KeyInfo, KeyringError, Unlocked

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
COST = 2**15


class FileKeyring:
    """A folder of encrypted keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> Sequence[KeyInfo]:
        return [KeyInfo(file.stem, str(self._read(file)["address"])) for file in sorted(self.folder.glob("*.json"))]

    def add(self, name: str, passphrase: str) -> KeyInfo:
        if not NAME.fullmatch(name):
            raise KeyringError("bad-key-name", f"`{name[:64]}` is no name for a key", "letters, digits, `-` and `_`")
        seed, salt, nonce = secrets.token_bytes(32), secrets.token_bytes(16), secrets.token_bytes(12)
        address = address_encode(address_of(ed25519_public(seed)))
        sealed = ChaCha20Poly1305(_stretch(passphrase, salt)).encrypt(nonce, seed, address.encode())
        document = {
            "format": 1,
            "address": address,
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "seed": sealed.hex(),
        }
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            file = os.open(self.folder / f"{name}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as cause:
            raise KeyringError("key-exists", f"there is a key `{name}` already", "choose another name") from cause
        with os.fdopen(file, "w") as out:
            json.dump(document, out)
        return KeyInfo(name, address)

    def unlock(self, name: str, passphrase: str) -> Unlocked:
        file = self.folder / f"{name}.json"
        if not NAME.fullmatch(name) or not file.is_file():
            raise KeyringError("no-such-key", f"there is no key `{name[:64]}`")
        document = self._read(file)
        try:
            sealed, nonce = bytes.fromhex(document["seed"]), bytes.fromhex(document["nonce"])
            key = _stretch(passphrase, bytes.fromhex(document["salt"]))
            seed = ChaCha20Poly1305(key).decrypt(nonce, sealed, document["address"].encode())
        except InvalidTag as cause:
            raise KeyringError("wrong-passphrase", f"this passphrase does not open `{name}`") from cause
        except ValueError as cause:
            raise KeyringError("damaged-key", f"the file of the key `{name}` is damaged: {cause}") from cause
        return Unlocked(name, document["address"], seed)

    def _read(self, file: Path) -> dict[str, str]:
        try:
            document = json.loads(file.read_text())
            return {name: str(document[name]) for name in ("address", "salt", "nonce", "seed")}
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise KeyringError("damaged-key", f"`{file.name}` is not the file of a key") from cause


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
