"""`runtime serve`: the node, until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click
import structlog

from cybermiles.catalog import MODULES
from cybermiles.chain import console
from cybermiles.chain.abci.server import Server
from cybermiles.chain.abci.service import AbciService
from cybermiles.chain.application import Application
from cybermiles.chain.genesis import Genesis
from cybermiles.runtime import logs
from cybermiles.runtime.config import Home
from cybermiles.runtime.node import Node

log = structlog.get_logger()


@click.command("serve")
@console.home
@click.option("--port", type=click.IntRange(0, 65535), help="REST port instead of the configured one.")
@click.option("--abci", metavar="ADDR", help="Serve ABCI 2.0 at unix:///path or tcp://host:port; CometBFT drives.")
@click.option("--log-format", type=click.Choice(["console", "json"]), help="Instead of the configured one.")
def command(home: Path, port: int | None, abci: str | None, log_format: str | None) -> None:
    """Run the node: a solo chain with REST by default, the application behind CometBFT with --abci."""
    place = Home(home)
    config = place.load_config()
    if port is not None:
        config = replace(config, rest_port=port)
    logs.configure(config.log_level, log_format or config.log_format)
    stop = threading.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if abci is not None:
        _serve_abci(place, abci, stop)
        return
    place.require()
    node = Node(Genesis.from_json(place.genesis_file.read_text()), place.data, config)
    node.start()
    while not stop.wait(0.2):
        if node.solo.failure is not None:
            node.stop()
            sys.exit(1)
    node.stop()


def _serve_abci(home: Home, address: str, stop: threading.Event) -> None:
    application = Application(home.data, modules=MODULES, own_log=False)
    server = Server(AbciService(application), address)
    server.start()
    log.info("serving abci", address=server.address, height=application.height)
    while not stop.wait(0.2):
        if server.failure is not None:
            log.error("the application failed; the node must stop", reason=str(server.failure))
            server.close()
            sys.exit(1)
    server.close()
    application.close()
    log.info("stopped")
