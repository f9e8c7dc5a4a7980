"""Bytes from outside: every decoder of the store answers, whatever it is given.

The long form: `FUZZ_EXAMPLES=100000 python -m pytest tests/platform/state/test_fuzz.py`.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cybermiles.platform import BlockLog, SnapshotImporter, StateError, Store, proof_error, verify_proof
from tests.platform.state import reference

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))

STORE = Store()
ROOT = STORE.apply(1, [(b"key %d" % i, b"v") for i in range(64)])
PROOFS = [STORE.view().prove(b"key %d" % i) for i in range(40, 90)]


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """Parts of real proofs, with some bytes changed."""
    parts = draw(st.lists(st.tuples(st.sampled_from(PROOFS), st.integers(0, 300), st.integers(0, 300)), max_size=3))
    made = bytearray(b"".join(proof[a:b] for proof, a, b in parts))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4)):
        if at < len(made):
            made[at] = byte
    return bytes(made)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(st.binary(max_size=300), spliced()), st.one_of(st.none(), st.just(b"v"), st.binary(max_size=3)))
@example(b"\1\0", None)
@example(b"\0\xff" + b"\xff" * 32, b"v")
def test_proofs(proof: bytes, value: bytes | None) -> None:
    for key in (b"key 1", b"absent"):
        assert verify_proof(ROOT, key, value, proof) == reference.verify(ROOT, key, value, proof)
        error = proof_error(ROOT, key, value, proof)
        assert error is None or error[0].startswith("proof-")


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200), st.booleans())
def test_snapshots(head: bytes, chunk: bytes, made: bool) -> None:
    manifest = b"CMS1" + head.ljust(40, b"\0")[:40] + bytes([0] * 7 + [9] + [0] * 7 + [len(chunk) % 256, 0, 0, 0, 1])
    manifest = manifest + reference.sha(chunk) if made else head
    with tempfile.TemporaryDirectory() as folder, pytest.raises(StateError) as caught:
        importer = SnapshotImporter(manifest, folder)
        importer.add(chunk)
        importer.finish()
    assert caught.value.code == "snapshot-invalid"


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200), st.booleans())
def test_logs(noise: bytes, at: int, insert: bool) -> None:
    """Whatever stands in a file of the log: the intact records before it, or an error that names a height."""
    with tempfile.TemporaryDirectory() as folder:
        log = BlockLog(folder)
        for height in (7, 8):
            log.append(height, b"block %d" % height)
        del log
        file = next(Path(folder).glob("*.log"))
        data = file.read_bytes()
        file.write_bytes(data[:at] + noise + data[at if insert else at + len(noise) :])
        try:
            log = BlockLog(folder)
        except StateError as error:
            assert error.code == "log-corrupt"
            return
        for height in range(7, (log.heights or (0, 6))[1] + 1):
            assert log.read(height) == b"block %d" % height
