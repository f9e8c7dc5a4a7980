"""`runtime status`: the chain as a node sees it."""

from __future__ import annotations

import click

from cybermiles.chain.client import Client
from cybermiles.runtime.commands import options


@click.command("status")
@options.node
@options.as_json
def command(node: str, as_json: bool) -> None:
    """Show a node's chain, height, app hash and gas rate."""
    with Client(node) as client:
        status = client.status()
    if as_json:
        options.print_json(status)
        return
    for name, value in status.items():
        click.echo(f"{name:10} {value}")
