"""Encrypted keys on disk."""

import json
import stat
from pathlib import Path

import pytest

from cybermiles.chain.keys import KeyStore, KeyStoreError


def code_of(error: pytest.ExceptionInfo[KeyStoreError]) -> str:
    return error.value.code


def test_a_key_comes_back_with_its_password(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    made = store.add("alice", "secret")
    assert store.open("alice", "secret") == made
    assert [(entry.name, entry.address) for entry in store.list()] == [("alice", made.address_text)]
    file = tmp_path / "keys" / "alice.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made.seed.hex() not in file.read_text()


def test_refusals(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.add("alice", "secret", bytes(32))
    cases = {
        "bad-password": lambda: store.open("alice", "wrong"),
        "key-exists": lambda: store.add("alice", "secret"),
        "no-key": lambda: store.open("bob", "secret"),
        "bad-name": lambda: store.add("../alice", "secret"),
    }
    for code, action in cases.items():
        with pytest.raises(KeyStoreError) as refused:
            action()
        assert code_of(refused) == code
    with pytest.raises(KeyStoreError) as refused:
        store.open("../alice", "secret")
    assert code_of(refused) == "no-key"


@pytest.mark.parametrize("field", ["address", "sealed", "salt", "nonce", "name", "version"])
def test_an_altered_file_never_opens(tmp_path: Path, field: str) -> None:
    store = KeyStore(tmp_path)
    store.add("alice", "secret")
    file = tmp_path / "alice.json"
    document = json.loads(file.read_text())
    first = document[field][0]
    document[field] = ("0" if first != "0" else "1") + document[field][1:]
    file.write_text(json.dumps(document))
    with pytest.raises(KeyStoreError) as refused:
        store.open("alice", "secret")
    assert code_of(refused) in ("bad-password", "bad-key-file")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"name": "alice", "address": "x"}', "\0"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "alice.json").write_text(text)
    with pytest.raises(KeyStoreError) as refused:
        KeyStore(tmp_path).open("alice", "secret")
    assert code_of(refused) == "bad-key-file"
