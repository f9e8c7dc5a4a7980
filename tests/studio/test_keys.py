"""The keyring: encrypted, private, and honest about what is wrong."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cybermiles.platform import address_encode, address_of, ed25519_public
from cybermiles.studio.services.file_keys import FileKeyring
from cybermiles.studio.services.keys import KeyringError


def test_a_key_is_made_listed_and_unlocked(tmp_path: Path) -> None:
    ring = FileKeyring(tmp_path / "keys")
    assert ring.list() == []
    made = ring.add("analyst", "a secret")
    assert ring.list() == [made]
    opened = ring.unlock("analyst", "a secret")
    assert opened.address == made.address == address_encode(address_of(ed25519_public(opened.seed)))
    file = tmp_path / "keys" / "analyst.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert opened.seed.hex() not in file.read_text()


def test_the_passphrase_matters(tmp_path: Path) -> None:
    ring = FileKeyring(tmp_path)
    ring.add("analyst", "a secret")
    for wrong in ("", "A secret", "a secret "):
        with pytest.raises(KeyringError) as refused:
            ring.unlock("analyst", wrong)
        assert refused.value.code == "wrong-passphrase"


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    ring = FileKeyring(tmp_path)
    ring.add("analyst", "")
    ring.add("other", "")
    file = tmp_path / "analyst.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "address": ring.list()[1].address}))
    with pytest.raises(KeyringError) as refused:
        ring.unlock("analyst", "")
    assert refused.value.code == "wrong-passphrase"
    file.write_text("{")
    with pytest.raises(KeyringError) as refused:
        ring.unlock("analyst", "")
    assert refused.value.code == "damaged-key"


@pytest.mark.parametrize("name", ["", "../x", "a b", "x" * 33, "-x", "a.b"])
def test_names_are_plain(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyringError) as refused:
        FileKeyring(tmp_path).add(name, "")
    assert refused.value.code == "bad-key-name"
    with pytest.raises(KeyringError) as refused:
        FileKeyring(tmp_path).unlock(name, "")
    assert refused.value.code == "no-such-key"


def test_a_taken_name_keeps_its_key(tmp_path: Path) -> None:
    ring = FileKeyring(tmp_path)
    first = ring.add("analyst", "")
    with pytest.raises(KeyringError) as refused:
        ring.add("analyst", "")
    assert refused.value.code == "key-exists"
    assert ring.list() == [first]
