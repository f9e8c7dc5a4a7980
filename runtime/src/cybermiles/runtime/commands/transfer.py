"""`runtime transfer`: move CMT."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.chain import console, transactions
from cybermiles.chain.client import Client


@click.command("transfer")
@click.argument("to")
@click.argument("amount")
@console.signer
@console.home
@console.node
@console.as_json
def command(to: str, amount: str, signer: str, home: Path, node: str, as_json: bool) -> None:
    """Send AMOUNT (in CMT) to an address, or to a key of this home folder."""
    message = transactions.transfer(console.parse_address(to, home), console.parse_cmt(amount))
    with Client(node) as client:
        receipt = client.send(console.open_key(home, signer), message)
    console.print_receipt(receipt, as_json)
