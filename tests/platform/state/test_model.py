"""The store against a dict and a naive Merkle tree, over random histories."""

import itertools
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cybermiles.platform import Stage, StateError, Store, verify_proof
from tests.platform.state import reference

KEYS = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from([b"a", b"ab", b"abc", b"a\xff", b"\xff", b"\xff\xff", b"b\0"]),
)
PREFIXES = st.sampled_from([b"", b"a", b"ab", b"\xff", b"\xff\xff", b"b", b"\0"])
KEEP = 4


def scanned(
    model: dict[bytes, bytes], prefix: bytes, edge: dict[str, bytes], reverse: bool, limit: int
) -> list[tuple[bytes, bytes]]:
    inside: Callable[[bytes], bool] = lambda key: True  # noqa: E731
    for kind, at in edge.items():
        if reverse:
            inside = (lambda key: key <= at) if kind == "start" else (lambda key: key < at)  # noqa: B023
        else:
            inside = (lambda key: key >= at) if kind == "start" else (lambda key: key > at)  # noqa: B023
    rows = [(k, v) for k, v in model.items() if k.startswith(prefix) and inside(k)]
    return sorted(rows, reverse=reverse)[:limit]


EDGES: st.SearchStrategy[dict[str, bytes]] = st.one_of(
    st.just({}), st.builds(lambda k: {"start": k}, KEYS), st.builds(lambda k: {"after": k}, KEYS)
)


class StoreMachine(RuleBasedStateMachine):
    disk = False

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[bytes, bytes] = {}
        self.saved: list[dict[bytes, bytes]] = []
        self.heights: dict[int, dict[bytes, bytes]] = {}
        self.top = 0

    def open(self) -> Store:
        path = self.folder.name if self.disk else None
        return Store(path, keep=KEEP, flush_every=3, value_cache=1500, page_cache=1 << 20, background=self.background)

    @initialize(first=st.sampled_from([0, 1, 50]), background=st.booleans())
    def start(self, first: int, background: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.background = background
        self.store = self.open()
        self.next = first
        self.stage: Stage = self.store.stage()

    @rule(key=KEYS, value=st.binary(max_size=40))
    def set(self, key: bytes, value: bytes) -> None:
        self.stage.set(key, value)
        self.model[key] = value

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        self.stage.delete(key)
        self.model.pop(key, None)

    @rule()
    def begin(self) -> None:
        self.saved.append(dict(self.model))
        assert self.stage.begin() == len(self.saved)

    @precondition(lambda self: self.saved)
    @rule(keep=st.booleans())
    def end(self, keep: bool) -> None:
        before = self.saved.pop()
        if keep:
            self.stage.commit()
        else:
            self.stage.rollback()
            self.model = before

    @rule(key=KEYS, prefix=PREFIXES, edge=EDGES, reverse=st.booleans(), limit=st.integers(0, 5))
    def read(self, key: bytes, prefix: bytes, edge: dict[str, bytes], reverse: bool, limit: int) -> None:
        assert self.stage.get(key) == self.model.get(key)
        got = self.stage.scan(prefix, **edge, reverse=reverse, limit=limit)  # type: ignore[arg-type]
        assert got == scanned(self.model, prefix, edge, reverse, limit)

    @precondition(lambda self: not self.saved)
    @rule(fork=st.booleans())
    def commit(self, fork: bool) -> None:
        expected = reference.root(self.model)
        if fork:  # a fork's root and writes are its own
            other = self.stage.fork()
            other.set(b"fork", b"1")
            assert self.store.root_of(other) == reference.root(self.model | {b"fork": b"1"})
        before = None if self.store.is_fresh else self.store.height
        assert self.store.root_of(self.stage) == expected
        assert (None if self.store.is_fresh else self.store.height) == before
        assert self.store.commit(self.stage, self.next) == expected
        self.heights[self.next] = dict(self.model)
        self.top = max(self.top, self.next)
        self.next += 1
        self.restage()

    def restage(self) -> None:
        self.stage, self.saved = self.store.stage(), []
        self.model = dict(self.heights[self.next - 1]) if self.heights else {}

    @precondition(lambda self: self.heights)
    @rule(back=st.integers(0, KEEP + 1))
    def rollback(self, back: int) -> None:
        target = self.next - 1 - back
        if target < self.store.heights[0]:
            if target >= 0:
                with pytest.raises(StateError, match="is not kept"):
                    self.store.rollback(target)
            return
        self.store.rollback(target)
        self.next = target + 1
        self.heights = {h: m for h, m in self.heights.items() if h <= target}
        self.restage()

    @precondition(lambda self: self.disk)
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()
        self.restage()

    @precondition(lambda self: self.heights)
    @rule(key=KEYS, prefix=PREFIXES, edge=EDGES, reverse=st.booleans())
    def history(self, key: bytes, prefix: bytes, edge: dict[str, bytes], reverse: bool) -> None:
        first, last = self.store.heights
        assert last == self.next - 1
        assert first <= max(min(self.heights), self.top - KEEP)
        for height in range(first, last + 1):
            model, view = self.heights[height], self.store.view(height)
            assert view.root == reference.root(model)
            assert view.get(key) == model.get(key)
            assert view.scan(prefix, **edge, reverse=reverse) == scanned(model, prefix, edge, reverse, 1000)  # type: ignore[arg-type]
            proof = view.prove(key)
            assert proof == reference.prove(model, key)
            assert verify_proof(view.root, key, model.get(key), proof)

    @invariant()
    def depth(self) -> None:
        if hasattr(self, "stage"):
            assert self.stage.depth == len(self.saved)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


class DiskMachine(StoreMachine):
    disk = True


def machine(kind: Any, examples: int) -> Any:
    kind.TestCase.settings = settings(max_examples=examples, stateful_step_count=60, deadline=None)
    return kind.TestCase


TestMemory = machine(StoreMachine, 100)
TestDisk = machine(DiskMachine, 25)


def test_refusals() -> None:
    store = Store()
    stage = store.stage()
    for key in (b"", b"k" * 1025):
        with pytest.raises(StateError, match="1 to 1024 are allowed") as caught:
            stage.set(key, b"")
        assert caught.value.code == "state-limit"
    with pytest.raises(StateError, match="at most 4194304 are allowed"):
        stage.set(b"k", bytes((4 << 20) + 1))
    with pytest.raises(StateError, match="no savepoint is open"):
        stage.rollback()
    stage.begin()
    with pytest.raises(StateError, match="savepoints are still open"):
        store.root_of(stage)
    stale = store.stage()
    store.apply(4, [(b"k", b"v")])
    with pytest.raises(StateError, match="does not stand on the last committed height"):
        store.commit(stale, 5)
    with pytest.raises(StateError, match="cannot commit height `7` after `4`") as caught:
        store.apply(7, [])
    assert caught.value.code == "state-height"
    with pytest.raises(StateError, match="height `3` is not kept; kept are `4` to `4`"):
        store.view(3)
    store.close()
    with pytest.raises(StateError, match="the store is closed"):
        _ = store.root


def test_the_root_does_not_depend_on_history_or_threads() -> None:
    pairs = [(b"%d" % (i * 7919 % 5000), b"v%d" % i) for i in range(5000)]
    expected = reference.root(dict(pairs))
    for threads, step in itertools.product((1, 2), (5000, 1700)):
        store = Store(threads=threads)
        store.apply(1, [(b"gone %d" % i, b"x") for i in range(3000)])
        for height, at in enumerate(range(0, 5000, step), 2):
            store.apply(height, pairs[at : at + step])  # type: ignore[arg-type]
        root = store.apply(store.height + 1, [(b"gone %d" % i, None) for i in range(3000)])
        assert root == expected
