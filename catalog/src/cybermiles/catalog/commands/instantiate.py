"""`catalog instantiate`: a contract from a template."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.chain import console, transactions
from cybermiles.chain.client import Client
from cybermiles.platform import address_encode


@click.command("instantiate")
@click.argument("name")
@click.option("--params", default="{}", metavar="JSON", help="The contract's parameters.", show_default=True)
@console.funds
@console.signer
@console.home
@console.node
@console.as_json
def command(name: str, params: str, funds: int, signer: str, home: Path, node: str, as_json: bool) -> None:
    """Make a contract of the newest version of a template; needs a licence if the template has a price."""
    parameters = console.parse_record(params, "--params")
    with Client(node) as client:
        module = bytes.fromhex(client.template(name)["module"])
        message = transactions.instantiate(module, parameters, funds)
        receipt = client.send(console.open_key(home, signer), message)
    receipt["contract"] = address_encode(bytes.fromhex(receipt["result"][0]["contract"]))
    console.print_receipt(receipt, as_json)
    if not as_json:
        click.echo(f"contract    {receipt['contract']}")
