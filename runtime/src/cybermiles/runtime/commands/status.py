"""`runtime status`: the chain as a node sees it."""

from __future__ import annotations

import click

from cybermiles.chain import console
from cybermiles.chain.client import Client


@click.command("status")
@console.node
@console.as_json
def command(node: str, as_json: bool) -> None:
    """Show a node's chain, height, app hash and gas rate."""
    with Client(node) as client:
        status = client.status()
    if as_json:
        console.print_json(status)
        return
    for name, value in status.items():
        click.echo(f"{name:10} {value}")
