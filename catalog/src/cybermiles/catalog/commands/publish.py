"""`catalog publish`: put a template version on sale."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.catalog.offer import check_offer, publish_message
from cybermiles.chain import console
from cybermiles.chain.client import Client


@click.command("publish")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--price", default="0", metavar="CMT", help="What a licence costs.", show_default=True)
@console.signer
@console.home
@console.node
@console.as_json
def command(archive: Path, price: str, signer: str, home: Path, node: str, as_json: bool) -> None:
    """Publish an ARCHIVE under its name and version; refused if `catalog check` finds a problem."""
    offer = check_offer(archive)
    if offer.problems:
        raise console.UsageError("not-ready", "; ".join(offer.problems), f"see `catalog check {archive}`")
    with Client(node) as client:
        receipt = client.send(console.open_key(home, signer), publish_message(offer.archive, console.parse_cmt(price)))
    console.print_receipt(receipt, as_json)
