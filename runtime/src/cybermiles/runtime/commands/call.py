"""`runtime call`: an endpoint of a contract."""

from __future__ import annotations

import click

from cybermiles.chain import transactions
from cybermiles.chain.client import Client
from cybermiles.platform import address_decode
from cybermiles.runtime.commands import options
from cybermiles.runtime.config import Home


@click.command("call")
@click.argument("contract")
@click.argument("endpoint")
@click.option("--args", default="{}", metavar="JSON", help="Arguments by name.", show_default=True)
@click.option("--from", "signer", metavar="NAME", help="Key that signs and pays; without it the call is read-only.")
@options.funds
@options.home
@options.node
@options.as_json
def command(
    contract: str, endpoint: str, args: str, signer: str | None, funds: int, home: Home, node: str, as_json: bool
) -> None:
    """Call an ENDPOINT of a CONTRACT: read-only and free, or as a transaction with --from."""
    values = options.parse_record(args, "--args")
    with Client(node) as client:
        if signer is None:
            outcome = client.view(contract, endpoint, values)
            options.print_json(outcome if as_json else outcome["result"])
            if outcome["outcome"] != "ok":
                click.echo(f"{outcome['code']}: {outcome['message']}", err=True)
                raise SystemExit(3)
            return
        message = transactions.call(address_decode(contract), endpoint, values, funds)
        options.print_receipt(client.send(options.open_key(home, signer), message), as_json)
