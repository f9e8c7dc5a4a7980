"""`runtime call`: an endpoint of a contract."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.chain import console, transactions
from cybermiles.chain.client import Client
from cybermiles.platform import address_decode


@click.command("call")
@click.argument("contract")
@click.argument("endpoint")
@click.option("--args", default="{}", metavar="JSON", help="Arguments by name.", show_default=True)
@click.option("--from", "signer", metavar="NAME", help="Key that signs and pays; without it the call is read-only.")
@console.funds
@console.home
@console.node
@console.as_json
def command(
    contract: str, endpoint: str, args: str, signer: str | None, funds: int, home: Path, node: str, as_json: bool
) -> None:
    """Call an ENDPOINT of a CONTRACT: read-only and free, or as a transaction with --from."""
    values = console.parse_record(args, "--args")
    with Client(node) as client:
        if signer is None:
            outcome = client.view(contract, endpoint, values)
            console.print_json(outcome if as_json else outcome["result"])
            if outcome["outcome"] != "ok":
                click.echo(f"{outcome['code']}: {outcome['message']}", err=True)
                raise SystemExit(3)
            return
        message = transactions.call(address_decode(contract), endpoint, values, funds)
        console.print_receipt(client.send(console.open_key(home, signer), message), as_json)
