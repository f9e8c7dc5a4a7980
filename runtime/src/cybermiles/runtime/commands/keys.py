"""`runtime keys`: the encrypted keys of a home folder."""

from __future__ import annotations

import click

from cybermiles.chain.keys import KeyStore
from cybermiles.runtime.commands import options
from cybermiles.runtime.config import Home


@click.group("keys")
def command() -> None:
    """Make and list keys."""


@command.command("add")
@click.argument("name")
@options.home
def add(name: str, home: Home) -> None:
    """Make a key, sealed with a password (asked for, or from CYBERMILES_PASSWORD)."""
    key = KeyStore(home.keys).add(name, options.password(confirm=True))
    click.echo(f"{key.name} {key.address_text}")


@command.command("list")
@options.home
@options.as_json
def list_keys(home: Home, as_json: bool) -> None:
    """List names and addresses."""
    entries = KeyStore(home.keys).list()
    if as_json:
        options.print_json([{"name": entry.name, "address": entry.address} for entry in entries])
        return
    for entry in entries:
        click.echo(f"{entry.name} {entry.address}")
