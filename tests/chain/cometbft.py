"""A real CometBFT node on loopback, in a folder of its own, driving our application."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from cybermiles.chain.genesis import Genesis

BINARY = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "cometbft"
SETTINGS = {
    r"^pex = .*": "pex = false",
    r"^addr_book_strict = .*": "addr_book_strict = false",
    r"^timeout_propose = .*": 'timeout_propose = "500ms"',
    r"^timeout_commit = .*": 'timeout_commit = "20ms"',
    r"^skip_timeout_commit = .*": "skip_timeout_commit = true",
    r"^create_empty_blocks = .*": "create_empty_blocks = false",
    r"^indexer = .*": 'indexer = "null"',
    r"^log_level = .*": 'log_level = "error"',
    r"^flush_throttle_timeout = .*": 'flush_throttle_timeout = "5ms"',
}


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class CometBft:
    """One validator. `start` and `stop` may be called in turns; the home folder stays."""

    def __init__(self, home: Path, application: str, genesis: Genesis) -> None:
        if not BINARY.is_file():
            raise FileNotFoundError(f"{BINARY} is missing; run `make tools`")
        self.home = home
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        subprocess.run([BINARY, "init", "--home", home], check=True, capture_output=True)
        self._write_genesis(genesis)
        config = home / "config" / "config.toml"
        text = config.read_text()
        for pattern, replacement in SETTINGS.items():
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        text = re.sub(r"^proxy_app = .*", f'proxy_app = "{application}"', text, flags=re.MULTILINE)
        text = text.replace('laddr = "tcp://127.0.0.1:26657"', f'laddr = "tcp://127.0.0.1:{self.port}"')
        text = text.replace('laddr = "tcp://0.0.0.0:26656"', f'laddr = "tcp://127.0.0.1:{free_port()}"')
        config.write_text(text)

    def _write_genesis(self, genesis: Genesis) -> None:
        file = self.home / "config" / "genesis.json"
        document = json.loads(file.read_text())
        document["chain_id"] = genesis.chain_id
        document["app_state"] = genesis.app_state()
        document["consensus_params"]["version"]["app"] = "1"
        file.write_text(json.dumps(document))

    @property
    def validator_key(self) -> bytes:
        """The public key that this node signs blocks with."""
        document = json.loads((self.home / "config" / "priv_validator_key.json").read_text())
        return base64.b64decode(document["pub_key"]["value"])

    def start(self) -> None:
        """Returns when the RPC answers."""
        with (self.home / "node.log").open("ab") as log:
            self._process = subprocess.Popen([BINARY, "start", "--home", self.home], stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.rpc("status")
                return
            except httpx.HTTPError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self.home / "node.log").read_text()[-3000:]) from None
                time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends the process, if it still runs."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None

    def close(self) -> None:
        """Kills the process and ends the connections."""
        self.stop(signal.SIGKILL)
        self._http.close()

    def rpc(self, method: str, **params: str) -> dict[str, Any]:
        """One call of the RPC; parameters as in its URLs."""
        document = self._http.get(f"/{method}", params=params).json()
        if "error" in document:
            raise AssertionError(f"{method}: {document['error']}")
        return dict(document["result"])

    def submit(self, tx: bytes) -> None:
        """Hands over a transaction without waiting for its check."""
        self.rpc("broadcast_tx_async", tx="0x" + tx.hex())

    def height(self) -> int:
        """Height of the newest block."""
        return int(self.rpc("status")["sync_info"]["latest_block_height"])

    def wait_for_height(self, height: int, timeout: float = 60) -> None:
        """Returns once a block of this height is committed."""
        deadline = time.monotonic() + timeout
        while self.height() < height:
            assert time.monotonic() < deadline, (self.home / "node.log").read_text()[-3000:]
            time.sleep(0.01)

    def drain(self) -> None:
        """Returns once no transaction waits, so that a kill loses none and leaves no gap in the nonces."""
        while int(self.rpc("num_unconfirmed_txs")["n_txs"]):
            time.sleep(0.01)

    def block(self, height: int) -> dict[str, Any]:
        """{"height", "time_ns", "proposer", "txs", "app_hash_before"}: what FinalizeBlock was given."""
        block = self.rpc("block", height=str(height))["block"]
        header = block["header"]
        return {
            "height": height,
            "time_ns": nanoseconds(header["time"]),
            "proposer": bytes.fromhex(header["proposer_address"]),
            "txs": [base64.b64decode(tx) for tx in block["data"]["txs"]],
            "app_hash_before": bytes.fromhex(header["app_hash"]),
        }

    def genesis_time(self) -> int:
        """Time of the genesis, which InitChain was given."""
        return nanoseconds(json.loads((self.home / "config" / "genesis.json").read_text())["genesis_time"])


def nanoseconds(text: str) -> int:
    """RFC 3339 with up to nine decimals, in UTC, as nanoseconds since 1970."""
    from datetime import UTC, datetime

    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = int(datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp())
    return seconds * 10**9 + int(fraction.ljust(9, "0") or 0)
