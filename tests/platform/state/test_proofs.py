"""Proofs against the written format: conformance vectors, mutations, an independent verifier."""

import json
from pathlib import Path
from typing import Any

import pytest

from cybermiles.platform import Store, proof_error, verify_proof
from tests.platform.state import reference

CASES: list[dict[str, Any]] = json.loads(Path(reference.VECTORS).read_text())


def unhex(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["note"])
def test_vectors(case: dict[str, Any]) -> None:
    store = Store()
    root = store.apply(1, [(bytes.fromhex(k), bytes.fromhex(v)) for k, v in case["state"].items()])
    assert root.hex() == case["root"]
    for made in case["proofs"]:
        key, value = bytes.fromhex(made["key"]), unhex(made["value"])
        proof = store.view().prove(key)
        assert proof.hex() == made["proof"]
        assert proof_error(root, key, value, proof) is None
        assert reference.verify(root, key, value, proof)


def test_the_vectors_are_what_the_reference_writes() -> None:
    assert reference.cases() == CASES


def test_any_changed_byte_fails() -> None:
    store = Store()
    root = store.apply(1, [(b"key %d" % i, b"value %d" % i) for i in range(200)])
    for key, value in [(b"key 7", b"value 7"), *((b"absent %d" % i, None) for i in range(6))]:
        proof = store.view().prove(key)
        assert verify_proof(root, key, value, proof)
        for at in range(len(proof)):
            for change in (1, 0x80, 0xFF):
                bad = proof[:at] + bytes([proof[at] ^ change]) + proof[at + 1 :]
                assert not verify_proof(root, key, value, bad), (key, at, change)
                assert not reference.verify(root, key, value, bad)
        for bad in (proof[:-1], proof + b"\0", proof[1:], b"", proof + proof, proof[:2]):
            assert not verify_proof(root, key, value, bad)
        assert not verify_proof(root, key + b"x", value, proof)
        assert not verify_proof(root, key, b"another value", proof)
        assert not verify_proof(root, key, None if value else b"", proof)
        assert not verify_proof(reference.sha(root), key, value, proof)


def test_reasons() -> None:
    store = Store()
    root = store.apply(1, [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")])
    here = store.view().prove(b"a")

    def code(*args: Any) -> str | None:
        error = proof_error(*args)
        return error and error[0]

    assert code(root, b"a", b"1", here) is None
    assert code(root, b"a", b"2", here) == "proof-wrong-root"
    assert code(root, b"a", None, here) == "proof-unrelated"
    assert code(root, b"a", b"1", here[:-1]) == "proof-malformed"
    assert proof_error(root, b"a", b"1", b"\x07\x00") == (
        "proof-malformed",
        "malformed proof: unknown kind of terminal",
    )
    with pytest.raises(ValueError, match="32 are expected"):
        verify_proof(b"short", b"a", b"1", here)
