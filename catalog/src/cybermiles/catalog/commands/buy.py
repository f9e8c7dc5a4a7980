"""`catalog buy`: a licence."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.catalog.offer import buy_message
from cybermiles.chain import console
from cybermiles.chain.client import Client


@click.command("buy")
@click.argument("name")
@click.option("--max-price", metavar="CMT", help="The most that you pay [default: the listed price].")
@console.signer
@console.home
@console.node
@console.as_json
def command(name: str, max_price: str | None, signer: str, home: Path, node: str, as_json: bool) -> None:
    """Buy a licence of the newest version of a template: payment, licence and receipt in one transaction."""
    with Client(node) as client:
        message = buy_message(client.template(name), None if max_price is None else console.parse_cmt(max_price))
        receipt = client.send(console.open_key(home, signer), message)
    console.print_receipt(receipt, as_json)
