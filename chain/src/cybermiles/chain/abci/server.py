"""The socket server: one thread a connection, requests in order, answers written once for all that were read together.

CometBFT opens four connections (consensus, mempool, query, snapshot). Requests of one are answered in order; a run of
CheckTx requests that arrived together is one call of the application. A peer that breaks the framing or the protocol
loses its connection and nothing else happens.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog
from google.protobuf.message import DecodeError

from cybermiles.chain.abci.framing import FrameError, frame, split_frames
from cybermiles.chain.abci.wire.tendermint.abci import types_pb2 as wire

READ_SIZE = 512 * 1024
MAX_CONNECTIONS = 32

log = structlog.get_logger()


class Service(Protocol):
    """What the server needs of an application; shapes as in ABCI 2.0."""

    def check_txs(self, txs: list[bytes], recheck: bool) -> list[bytes]:
        """Serialised `Response` messages, one a transaction."""

    def answer(self, kind: str, request: wire.Request) -> bytes:
        """The serialised `Response` to any other request; `kind` is the name of the request's field."""


class ProtocolError(Exception):
    """The peer sent a request that ABCI 2.0 does not have."""


class Server:
    """Listens on `unix:///path` or `tcp://host:port` until `close`."""

    def __init__(self, service: Service, address: str) -> None:
        self._service = service
        self._listener, self.address, self._path = _listen(address)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._closed = threading.Event()
        self.failure: Exception | None = None
        """What the application raised; a replicated machine that failed must not go on."""

    def start(self) -> None:
        """Accepts connections in a thread of its own."""
        self._spawn(self._accept, "abci-accept")

    def close(self) -> None:
        """Stops listening, ends all connections and waits for their threads."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        if self._path:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)  # noqa: PTH108 - a socket, not a file

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if len(self._connections) >= MAX_CONNECTIONS:
                    log.warning("abci connection refused", reason="too many connections")
                    connection.close()
                    continue
                self._connections.add(connection)
            self._spawn(lambda connection=connection: self._serve(connection), "abci-connection")  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        buffer = bytearray()
        try:
            while data := connection.recv(READ_SIZE):
                buffer += data
                if frames := split_frames(buffer):
                    connection.sendall(b"".join(self._answers(frames)))
        except (FrameError, DecodeError, ProtocolError) as cause:
            log.warning("abci connection closed", reason=str(cause))
        except OSError as cause:
            if not self._closed.is_set():
                log.info("abci connection lost", reason=str(cause))
        except Exception as cause:
            log.exception("abci request failed")
            self.failure = cause
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _answers(self, frames: Iterable[bytes]) -> list[bytes]:
        """Framed responses in the order of the requests."""
        out: list[bytes] = []
        pending: list[bytes] = []
        recheck = False
        parse = wire.Request.FromString

        def check_pending() -> None:
            nonlocal pending
            if pending:
                out.extend(frame(response) for response in self._service.check_txs(pending, recheck))
                pending = []

        for data in frames:
            request = parse(data)
            kind = request.WhichOneof("value")
            if kind == "check_tx":
                check = request.check_tx
                again = check.type == wire.CheckTxType.RECHECK
                if again != recheck:
                    check_pending()
                    recheck = again
                pending.append(check.tx)
                continue
            check_pending()
            if kind is None:
                raise ProtocolError("a request that ABCI 2.0 does not have")
            out.append(frame(self._service.answer(kind, request)))
        check_pending()
        return out


def _listen(address: str) -> tuple[socket.socket, str, str]:
    scheme, _, rest = address.partition("://")
    if scheme == "unix" and rest:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(rest)  # noqa: PTH108 - a socket that an earlier process left
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(rest)
        path = rest
    elif scheme == "tcp" and ":" in rest:
        host, _, port = rest.rpartition(":")
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        path = ""
        address = f"tcp://{host}:{listener.getsockname()[1]}"
    else:
        raise ValueError(f"`{address}` is neither unix:///path nor tcp://host:port")
    listener.listen(MAX_CONNECTIONS)
    return listener, address, path
