"""Damaged files: named as such, never read as if nothing had happened."""

import random
import shutil
from pathlib import Path

import pytest

from cybermiles.platform import BlockLog, StateError, Store
from tests.platform.state.crashing import writes

HEIGHTS = 25


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    store = Store(str(folder), keep=8, flush_every=4)
    for height in range(1, HEIGHTS + 1):
        store.apply(height, writes(height.to_bytes(8, "big")))
    store.close()
    return folder


def contents(store: Store) -> list[object]:
    first, last = store.heights
    return [(v.height, v.root, v.scan(limit=10**6)) for v in map(store.view, range(first, last + 1))]


def test_flipped_bytes_in_the_store(whole: Path, tmp_path: Path) -> None:
    """A flipped byte is either in unused space, or found when the store is opened."""
    store = Store(str(whole), keep=8)
    expected = contents(store)
    store.close()
    data, pick = (whole / "state.redb").read_bytes(), random.Random(2)
    used = [at for at in range(0, len(data), 64) if any(data[at : at + 64])]
    noticed = 0
    for _ in range(150):
        at = pick.choice(used) + pick.randrange(64)
        (tmp_path / "state.redb").write_bytes(data[:at] + bytes([data[at] ^ 1 << pick.randrange(8)]) + data[at + 1 :])
        try:
            store = Store(str(tmp_path), keep=8)
        except StateError as error:
            assert error.code in ("state-corrupt", "state-io"), (at, error)
            noticed += 1
            continue
        assert contents(store) == expected, at
        store.close()
    assert noticed > 20


@pytest.mark.parametrize("size", [0.0, 0.3, 0.9])
def test_a_truncated_store(whole: Path, tmp_path: Path, size: float) -> None:
    data = (whole / "state.redb").read_bytes()
    (tmp_path / "state.redb").write_bytes(data[: int(len(data) * size)])
    if size == 0:
        assert Store(str(tmp_path)).is_fresh
        return
    with pytest.raises(StateError) as caught:
        Store(str(tmp_path))
    assert caught.value.code in ("state-corrupt", "state-io")


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "state.redb").write_text("this is not a database " * 1000)
    with pytest.raises(StateError):
        Store(str(tmp_path))


def test_a_store_is_opened_once(whole: Path) -> None:
    store = Store(str(whole))
    with pytest.raises(StateError, match="in use"):
        Store(str(whole))
    store.close()


def test_failures_reported_and_survived(tmp_path: Path) -> None:
    """A flush that fails (a full disk) stops the writer with its error; reopened, it goes on from the last flush."""
    store = Store(
        str(tmp_path), flush_every=2, background=False, fail_at="flush:before-commit", fail_hit=2, fail_abort=False
    )
    roots = [store.root]
    with pytest.raises(StateError, match="failure injected at `flush:before-commit`") as caught:
        for height in range(1, 9):
            roots.append(store.apply(height, writes(height.to_bytes(8, "big"))))
    assert caught.value.code == "state-injected"
    assert (store.height, store.flushed_height) == (4, 2)
    store.flush()
    assert store.flushed_height == 4
    store.close()
    store = Store(str(tmp_path))
    assert store.height == 4
    assert store.view(3).root == roots[3]


def test_a_flipped_byte_in_the_log(tmp_path: Path) -> None:
    log = BlockLog(str(tmp_path))
    for height in range(1, 9):
        log.append(height, b"block %d" % height * 10)
    del log
    file = next(tmp_path.glob("blocks-*.log"))
    data = file.read_bytes()
    at = data.index(b"block 5") + 3
    file.write_bytes(data[:at] + b"?" + data[at + 1 :])
    with pytest.raises(StateError, match="corrupted block log at height 5: the checksum does not match") as caught:
        BlockLog(str(tmp_path))
    assert caught.value.code == "log-corrupt"
    # the last record is what a crash may tear: it is put aside, not lost
    at = data.index(b"block 8") + 3
    file.write_bytes(data[:at] + b"?" + data[at + 1 :])
    log = BlockLog(str(tmp_path))
    assert log.torn
    height, size, saved = log.torn
    assert (height, log.heights) == (8, (1, 7))
    assert len(Path(saved).read_bytes()) == size
    shutil.rmtree(tmp_path)
