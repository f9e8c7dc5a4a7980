"""Snapshots: the same bytes everywhere, imported only if the root is right, hostile ones refused."""

import random
import struct
from pathlib import Path

import pytest

from cybermiles.platform import SnapshotImporter, StateError, StateView, Store, import_snapshot
from tests.platform.state import reference

CHUNK = 1 << 20


def filled(keys: int = 6000) -> tuple[Store, dict[bytes, bytes]]:
    pick = random.Random(5)
    state = {b"key %d" % i: pick.randbytes(pick.randrange(800)) for i in range(keys)}
    state |= {b"large": bytes(3 << 20), b"empty": b"", b"\xff" * 1024: b"x"}
    store = Store(keep=3, flush_every=2)
    store.apply(7, [(b"gone", b"x"), *list(state.items())[: keys // 2]])
    store.apply(8, [*state.items(), (b"gone", None)])
    return store, state


def exported(view: StateView, folder: Path) -> tuple[bytes, list[bytes]]:
    manifest = view.export(str(folder))
    assert (folder / "manifest").read_bytes() == manifest
    return manifest, [p.read_bytes() for p in sorted(folder.glob("chunk-*"))]


def row(key: bytes, value: bytes) -> bytes:
    return struct.pack(">H", len(key)) + key + struct.pack(">I", len(value)) + value


def written(state: dict[bytes, bytes], height: int) -> tuple[bytes, list[bytes]]:
    """A snapshot as docs/state.md says."""
    chunks = [b""]
    for key in sorted(state):
        if len(chunks[-1]) >= CHUNK:
            chunks.append(b"")
        chunks[-1] += row(key, state[key])
    return manifest_of(chunks, height, reference.root(state), len(state)), chunks


def manifest_of(chunks: list[bytes], height: int, root: bytes, keys: int) -> bytes:
    hashes = b"".join(reference.sha(chunk) for chunk in chunks)
    return struct.pack(">4sQ32sQQI", b"CMS1", height, root, keys, sum(map(len, chunks)), len(chunks)) + hashes


def test_round_trip(tmp_path: Path) -> None:
    store, state = filled()
    manifest, chunks = exported(store.view(), tmp_path / "snapshot")
    assert len(chunks) > 3
    assert (manifest, chunks) == written(state, 8)
    assert store.view(8).root == store.root
    assert import_snapshot(str(tmp_path / "snapshot"), str(tmp_path / "new"), root=store.root) == (
        8,
        store.root,
        len(state),
    )
    copy = Store(str(tmp_path / "new"), flush_every=1)
    assert (copy.height, copy.root, copy.heights) == (8, store.root, (8, 8))
    assert dict(copy.view().scan(limit=10**6)) == state
    assert exported(copy.view(), tmp_path / "again") == (manifest, chunks)
    assert copy.apply(9, [(b"a", b"b")]) == store.apply(9, [(b"a", b"b")])
    copy.close()
    with pytest.raises(StateError, match="exists already"):
        SnapshotImporter(manifest, str(tmp_path / "new"))


def test_an_older_height_and_an_empty_state(tmp_path: Path) -> None:
    store, _ = filled(100)
    old = store.view(7).scan(limit=10**6)
    store.apply(9, [(key, None) for key, _ in store.view().scan(limit=10**6)])
    manifest, _ = exported(store.view(7), tmp_path / "old")
    assert manifest == written(dict(old), 7)[0]
    manifest, chunks = exported(store.view(), tmp_path / "none")
    assert chunks == []
    assert import_snapshot(str(tmp_path / "none"), str(tmp_path / "new")) == (9, bytes(32), 0)


def test_chunks_may_be_fetched_again(tmp_path: Path) -> None:
    store, state = filled()
    manifest, chunks = written(state, 8)
    importer = SnapshotImporter(manifest, str(tmp_path), root=store.root)
    for index, chunk in enumerate(chunks):
        for bad in (chunk[:-1], chunk + b"x", b"", chunks[index - 1], bytes(9 << 20)):
            with pytest.raises(StateError, match=f"chunk `{index}` does not have the manifest's hash"):
                importer.add(bad)
        importer.add(chunk)
        assert importer.next_chunk == index + 1
    with pytest.raises(StateError, match="there are no more chunks"):
        importer.add(chunks[0])
    assert importer.finish() == store.root
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state.redb"]


BIG = row(b"b", bytes(CHUNK))
HOSTILE = {
    "keys out of order": [row(b"b", b"1") + row(b"a", b"2")],
    "a key twice": [row(b"a", b"1") + row(b"a", b"2")],
    "out of order across chunks": [BIG, row(b"a", b"1")],
    "a truncated row": [row(b"a", b"1")[:-1]],
    "a length beyond the end": [b"\xff\xff" + b"a" * 9],
    "a huge value's length": [b"\0\x01a\xff\xff\xff\xff" + b"v" * 9],
    "an empty key": [row(b"", b"1")],
    "a long key": [row(b"k" * 1025, b"1")],
    "a long value": [row(b"k", bytes((4 << 20) + 1))],
    "an empty chunk": [b""],
    "a chunk that ends too early": [row(b"a", b"1"), row(b"b", b"2")],
    "a chunk that goes on": [BIG + row(b"c", b"1")],
}


@pytest.mark.parametrize("chunks", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_chunks(tmp_path: Path, chunks: list[bytes]) -> None:
    keys = min(2, sum(map(len, chunks)) // 7)  # as many as such a manifest can announce
    importer = SnapshotImporter(manifest_of(chunks, 1, bytes(32), keys), str(tmp_path))
    with pytest.raises(StateError) as caught:
        for chunk in chunks:
            importer.add(chunk)
    assert caught.value.code == "snapshot-invalid"
    del importer
    assert list(tmp_path.iterdir()) == []


def test_hostile_manifests(tmp_path: Path) -> None:
    state = {b"a": b"1", b"b": b"2"}
    manifest, chunks = written(state, 3)

    def refused(manifest: bytes, root: bytes | None = None) -> str:
        with pytest.raises(StateError) as caught:
            importer = SnapshotImporter(manifest, str(tmp_path), root=root)
            for chunk in chunks:
                importer.add(chunk)
            importer.finish()
        assert caught.value.code == "snapshot-invalid"
        return str(caught.value)

    for size in range(len(manifest)):
        refused(manifest[:size])
    for at in range(len(manifest)):
        if not 4 <= at < 12:  # the height is the light client's to check
            refused(manifest[:at] + bytes([manifest[at] ^ 1]) + manifest[at + 1 :])
    assert "another root" in refused(manifest, root=bytes(32))
    assert "the rows have root" in refused(manifest_of(chunks, 3, bytes(32), 2))
    assert "more keys than" in refused(manifest_of(chunks, 3, reference.root(state), 1))
    assert "not what the manifest announces" in refused(manifest[:52] + struct.pack(">Q", 17) + manifest[60:])
    assert "announces `" in refused(struct.pack(">4sQ32sQQI", b"CMS1", 3, bytes(32), 2**60, 2**63, 1) + bytes(32))
    assert "wrong length" in refused(struct.pack(">4sQ32sQQI", b"CMS1", 3, bytes(32), 1, 1, 2**32 - 1) + bytes(32))
    importer = SnapshotImporter(manifest, str(tmp_path))
    with pytest.raises(StateError, match="`1` of 1 chunks are missing"):
        importer.finish()
