"""`catalog show`: one template."""

from __future__ import annotations

import click

from cybermiles.chain import console
from cybermiles.chain.client import Client


@click.command("show")
@click.argument("name")
@console.node
@console.as_json
def command(name: str, node: str, as_json: bool) -> None:
    """Show a template with its versions and prices."""
    with Client(node) as client:
        found = client.template(name)
    if as_json:
        console.print_json(found)
        return
    click.echo(f"{click.style(found['name'], bold=True)}: {found['title']}  ({found['category']}, {found['licence']})")
    if found["summary"]:
        click.echo(found["summary"])
    click.echo(f"seller {found['owner']}, {found['sales']} sold")
    for version in found["versions"]:
        price = console.show_cmt(int(version["price"]))
        click.echo(f"  {version['version']}  {price}  module {version['module']}  archive {version['archive']}")
