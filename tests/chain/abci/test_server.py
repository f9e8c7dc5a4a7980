"""The socket server: framing, order, batching, and peers that misbehave."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybermiles.chain.abci.framing import MAX_FRAME, FrameError, frame, split_frames
from cybermiles.chain.abci.server import MAX_CONNECTIONS, Server
from cybermiles.chain.abci.wire.tendermint.abci import types_pb2 as wire


class Recorder:
    """Accepts transactions that do not begin with `bad`; remembers the batches that it was given."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[bytes], bool]] = []

    def check_txs(self, txs: list[bytes], recheck: bool) -> list[bytes]:
        self.batches.append((txs, recheck))
        return [
            wire.Response(check_tx=wire.ResponseCheckTx(code=int(tx.startswith(b"bad")), data=tx)).SerializeToString()
            for tx in txs
        ]

    def answer(self, kind: str, request: wire.Request) -> bytes:
        if kind == "echo":
            return wire.Response(echo=wire.ResponseEcho(message=request.echo.message)).SerializeToString()
        return wire.Response(flush=wire.ResponseFlush()).SerializeToString()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def server(recorder: Recorder, tmp_path: Path) -> Iterator[Server]:
    server = Server(recorder, f"unix://{tmp_path / 's'}")
    server.start()
    yield server
    server.close()


def connect(server: Server) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(10)
    peer.connect(server.address.removeprefix("unix://"))
    return peer


def ask(peer: socket.socket, requests: list[wire.Request]) -> list[wire.Response]:
    peer.sendall(b"".join(frame(request.SerializeToString()) for request in requests))
    buffer, found = bytearray(), []
    while len(found) < len(requests):
        data = peer.recv(1 << 16)
        assert data, "the server closed the connection"
        buffer += data
        found += [wire.Response.FromString(message) for message in split_frames(buffer)]
    return found


def echo(text: str) -> wire.Request:
    return wire.Request(echo=wire.RequestEcho(message=text))


def check(tx: bytes, recheck: bool = False) -> wire.Request:
    kind = wire.CheckTxType.RECHECK if recheck else wire.CheckTxType.NEW
    return wire.Request(check_tx=wire.RequestCheckTx(tx=tx, type=kind))


def test_answers_come_in_the_order_of_the_requests(server: Server) -> None:
    with connect(server) as peer:
        requests = [echo("a"), check(b"1"), check(b"bad 2"), echo("b"), wire.Request(flush=wire.RequestFlush())]
        answers = ask(peer, requests)
    assert [answer.WhichOneof("value") for answer in answers] == ["echo", "check_tx", "check_tx", "echo", "flush"]
    assert [answer.check_tx.code for answer in answers[1:3]] == [0, 1]


def test_a_run_of_checks_is_one_call(server: Server, recorder: Recorder) -> None:
    with connect(server) as peer:
        ask(peer, [check(b"a"), check(b"b"), check(b"c", recheck=True), echo("x"), check(b"d")])
    assert recorder.batches == [([b"a", b"b"], False), ([b"c"], True), ([b"d"], False)]


def test_a_request_may_arrive_byte_by_byte(server: Server) -> None:
    data = frame(echo("x" * 300).SerializeToString())
    with connect(server) as peer:
        for byte in data:
            peer.send(bytes([byte]))
        buffer = bytearray()
        while not (found := split_frames(buffer)):
            buffer += peer.recv(4096)
    assert wire.Response.FromString(found[0]).echo.message == "x" * 300


def test_a_frame_of_twenty_megabytes(server: Server) -> None:
    with connect(server) as peer:
        assert ask(peer, [check(bytes(20_000_000))])[0].check_tx.code == 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        struct.pack("B", 0x80) + b"\x00",
        frame(b"\xff\xff\xff"),
        frame(b""),
        frame(b"\xfa\x3f\x00"),
        b"\xff\xff\xff\x7f",
    ],
)
def test_a_peer_that_breaks_the_protocol_loses_only_its_connection(server: Server, garbage: bytes) -> None:
    with connect(server) as good, connect(server) as bad:
        assert ask(good, [echo("before")])
        bad.sendall(garbage)
        assert bad.recv(100) == b""
        assert ask(good, [echo("after")])[0].echo.message == "after"


def test_half_open_and_too_many_connections(server: Server) -> None:
    idle = [connect(server) for _ in range(MAX_CONNECTIONS)]
    try:
        idle[0].sendall(b"\x90")
        with connect(server) as refused:
            assert refused.recv(1) == b""
        assert ask(idle[1], [echo("still here")])
    finally:
        for peer in idle:
            peer.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connect(server) as peer:
            try:
                assert ask(peer, [echo("again")])
            except (AssertionError, OSError):
                time.sleep(0.05)
                continue
            return
    raise AssertionError("closed connections were not given back")


@given(st.lists(st.binary(max_size=300), max_size=20), st.data())
def test_frames_survive_any_cut(messages: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(frame(message) for message in messages)
    buffer, found, at = bytearray(), [], 0
    while at < len(whole):
        size = data.draw(st.integers(1, len(whole) - at))
        buffer += whole[at : at + size]
        at += size
        found += split_frames(buffer)
    assert found == messages
    assert not buffer


@given(st.binary(max_size=64))
def test_any_bytes_are_frames_or_an_error(noise: bytes) -> None:
    buffer = bytearray(noise)
    try:
        for message in split_frames(buffer):
            assert len(message) <= MAX_FRAME
    except FrameError:
        pass
