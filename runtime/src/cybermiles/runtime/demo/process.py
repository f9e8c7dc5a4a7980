"""A node in a process of its own, so that it can be killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from cybermiles.chain.client import Client, NodeError

START_TIMEOUT = 60.0


class NodeProcess:
    """`runtime serve` over a home folder. `log` collects what the node says."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.log = home / "node.log"
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the node answers. Raises NodeError with the end of its log if it does not."""
        argv = [sys.executable, "-m", "cybermiles.runtime.cli", "serve"]
        argv += ["--home", str(self.home), "--port", str(self._port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT
        with Client(self.url) as client:
            while True:
                try:
                    client.status()
                    return
                except NodeError as refused:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        tail = self.log.read_text(errors="replace")[-2000:]
                        raise NodeError("node-failed", f"the node did not start:\n{tail}") from refused
                    time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and waits for the graceful end."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
        if self._process is not None:
            self._process.wait(timeout=START_TIMEOUT)
            self._process = None
