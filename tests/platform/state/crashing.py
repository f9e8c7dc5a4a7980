"""A small solo chain for crash tests: the block goes to the log, then the state commits.

`python -m tests.platform.state.crashing FOLDER HEIGHTS [STORE_FAILPOINT|LOG_FAILPOINT HIT]` runs until it has HEIGHTS
blocks and prints each height after its commit; the parent kills it before, or the failpoint ends it.
"""

import random
import sys
from pathlib import Path

from cybermiles.platform import BlockLog, Store

Writes = list[tuple[bytes, bytes | None]]


def block(height: int) -> bytes:
    """The block of a height: a seed, and padding so that writing it takes a while."""
    return height.to_bytes(8, "big") * (1 + height % 5000)


def writes(data: bytes) -> Writes:
    """What a block does: some keys set, some removed."""
    height = int.from_bytes(data[:8], "big")
    pick = random.Random(height)
    made: dict[bytes, bytes | None] = {}
    for _ in range(40):
        key = b"key %d" % pick.randrange(600)
        made[key] = None if pick.random() < 0.2 else b"%d at %d" % (pick.randrange(10**9), height)
    return list(made.items())


class Chain:
    """Opens both, replays what the log has beyond the state."""

    def __init__(self, folder: Path, fail_at: str | None = None, fail_hit: int = 1) -> None:
        in_log = fail_at is not None and fail_at.startswith("log:")
        self.log = BlockLog(
            str(folder / "blocks"), segment_bytes=1 << 18, fail_at=fail_at if in_log else None, fail_hit=fail_hit
        )
        self.store = Store(
            str(folder),
            keep=6,
            flush_every=3,
            page_cache=1 << 22,
            fail_at=None if in_log else fail_at,
            fail_hit=fail_hit,
        )
        last = self.log.heights[1] if self.log.heights else 0
        if self.store.height > last:
            raise SystemExit(f"the state has height {self.store.height}, the log {last}")
        self.replayed = last - self.store.height
        for height in range(self.store.height + 1, last + 1):
            data = self.log.read(height)
            assert data is not None
            self.store.apply(height, writes(data))

    @property
    def height(self) -> int:
        return self.store.height

    def step(self) -> None:
        height = self.height + 1
        data = block(height)
        self.log.append(height, data)
        self.store.apply(height, writes(data))


def expected(heights: int) -> list[bytes]:
    """The root after each height, without crashes."""
    store = Store(keep=1)
    return [store.root, *(store.apply(height, writes(block(height))) for height in range(1, heights + 1))]


if __name__ == "__main__":
    fail = sys.argv[3:5]
    chain = Chain(Path(sys.argv[1]), *([fail[0], int(fail[1])] if fail else []))  # type: ignore[arg-type]
    print("open", chain.height, flush=True)
    while chain.height < int(sys.argv[2]):
        chain.step()
        print(chain.height, flush=True)
