"""A solo node: the application, its sequencer and its REST server in one process."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import structlog
import uvicorn

from cybermiles.catalog import MODULES
from cybermiles.chain.application import Application
from cybermiles.chain.genesis import Genesis
from cybermiles.chain.solo import Solo, SoloConfig
from cybermiles.runtime.config import Config, ConfigError, Home

log = structlog.get_logger()

START_TIMEOUT = 30.0


class Node:
    """Opens the chain in a home folder (or in memory), replays what a crash left behind, and serves.

    Raises ConfigError if the home folder cannot be used.
    """

    def __init__(self, genesis: Genesis, data: Path | None, config: Config | None = None) -> None:
        self.config = config or Config()
        self.genesis = genesis
        self.application = Application(data, modules=MODULES, own_log=True)
        if data is not None:
            self._require_last_block(data)
        info = self.application.info()
        if not info["chain_id"]:
            self.application.init_chain(genesis)
        elif info["chain_id"] != genesis.chain_id:
            raise ConfigError(
                "wrong-chain", f"the data is of the chain `{info['chain_id']}`, the genesis of `{genesis.chain_id}`"
            )
        self.solo = Solo(
            self.application,
            genesis.validators[0].reward,
            SoloConfig(
                block_interval=self.config.block_interval,
                empty_block_interval=self.config.empty_block_interval,
                mempool_size=self.config.mempool_size,
            ),
        )
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    @classmethod
    def from_home(cls, home: Home) -> Node:
        """The node of an initialised home folder."""
        home.require()
        return cls(Genesis.from_json(home.genesis_file.read_text()), home.data, home.load_config())

    def _require_last_block(self, data: Path) -> None:
        """Refuses a block log that ends before the state: no block could ever be appended to it."""
        ledger = self.application.ledger
        height = ledger.info()["height"]
        if height and any((data / "blocks").glob("*.log")) and ledger.block(height) is None:
            message = f"the block log is damaged: the state is at height {height}, whose block is missing"
            raise ConfigError("log-behind", message, "restore the home folder from a backup")

    def start(self) -> None:
        """Starts making blocks and serving REST in threads; returns when REST answers."""
        from cybermiles.runtime.rest.app import create_app

        info = self.application.info()
        log.info("chain open", chain_id=info["chain_id"], height=info["height"], app_hash=info["app_hash"].hex()[:16])
        self.solo.start()
        listener = self._listen()
        host, port = listener.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        settings = uvicorn.Config(create_app(self), log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(settings)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # ours are in `serve`
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="rest", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise ConfigError("rest-failed", "the REST server did not start")
            time.sleep(0.01)
        log.info("serving", url=self.url)

    def stop(self) -> None:
        """Finishes the block in progress, answers what was asked, flushes and closes."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self.solo.stop()
        self.application.close()
        log.info("stopped")

    def _listen(self) -> socket.socket:
        address = (self.config.rest_host, self.config.rest_port)
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as cause:
            listener.close()
            raise ConfigError(
                "port-in-use",
                f"cannot listen on {address[0]}:{address[1]}: {cause.strerror}",
                hint="is a node running already? choose another port in config.toml or with --port",
            ) from cause
        listener.listen(512)
        return listener
