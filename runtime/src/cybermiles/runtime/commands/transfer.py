"""`runtime transfer`: move CMT."""

from __future__ import annotations

import click

from cybermiles.chain import transactions
from cybermiles.chain.client import Client
from cybermiles.runtime.commands import options
from cybermiles.runtime.config import Home


@click.command("transfer")
@click.argument("to")
@click.argument("amount")
@options.signer
@options.home
@options.node
@options.as_json
def command(to: str, amount: str, signer: str, home: Home, node: str, as_json: bool) -> None:
    """Send AMOUNT (in CMT) to an address, or to a key of this home folder."""
    message = transactions.transfer(options.parse_address(to, home), options.parse_cmt(amount))
    with Client(node) as client:
        receipt = client.send(options.open_key(home, signer), message)
    options.print_receipt(receipt, as_json)
