"""The ABCI server alone: CheckTx echoes pipelined over a unix socket, the application stubbed.

A second process sends batches of requests and reads the answers, as CometBFT's socket client does.
"""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
from pathlib import Path

from cybermiles.chain.abci.framing import frame, split_frames
from cybermiles.chain.abci.server import Server
from cybermiles.chain.abci.wire.tendermint.abci import types_pb2 as wire
from tests.benchmarks.tables import median_rates, table

REQUESTS = 200_000
BATCH = 2_000
TX = bytes(range(200))


class Stub:
    """Accepts everything."""

    answer_bytes = wire.Response(check_tx=wire.ResponseCheckTx(code=0)).SerializeToString()

    def check_txs(self, txs: list[bytes], recheck: bool) -> list[bytes]:
        return [self.answer_bytes] * len(txs)

    def answer(self, kind: str, request: wire.Request) -> bytes:
        return wire.Response(flush=wire.ResponseFlush()).SerializeToString()


def generate(path: str, go: multiprocessing.synchronize.Event, done: multiprocessing.synchronize.Event) -> None:
    """Sends all requests in batches, two in flight, and counts the answers; once for each `go`."""
    batch = frame(wire.Request(check_tx=wire.RequestCheckTx(tx=TX)).SerializeToString()) * BATCH
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(path)
        while True:
            go.wait()
            go.clear()
            sent = answered = 0
            buffer = bytearray()
            while answered < REQUESTS:
                while sent < REQUESTS and sent - answered < 2 * BATCH:
                    peer.sendall(batch)
                    sent += BATCH
                buffer += peer.recv(1 << 20)
                answered += len(split_frames(buffer))
            done.set()


def main() -> str:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Stub(), f"unix://{Path(folder) / 'abci.sock'}")
        server.start()
        context = multiprocessing.get_context("fork")
        go, done = context.Event(), context.Event()
        peer = context.Process(target=generate, args=(server.address.removeprefix("unix://"), go, done), daemon=True)
        peer.start()

        def run() -> int:
            done.clear()
            go.set()
            done.wait()
            return REQUESTS

        rates = median_rates({"CheckTx echoes": run})
        peer.terminate()
        server.close()
    return table(
        "ABCI server, application stubbed",
        ["what", "a second", "goal"],
        [["CheckTx echoes, 200 bytes, unix socket, pipelined", rates["CheckTx echoes"], "100,000"]],
    )


if __name__ == "__main__":
    print(main())
