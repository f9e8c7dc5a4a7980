"""`runtime keys`: the encrypted keys of a home folder."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.chain import console


@click.group("keys")
def command() -> None:
    """Make and list keys."""


@command.command("add")
@click.argument("name")
@console.home
def add(name: str, home: Path) -> None:
    """Make a key, sealed with a password (asked for, or from CYBERMILES_PASSWORD)."""
    key = console.key_store(home).add(name, console.password(confirm=True))
    click.echo(f"{key.name} {key.address_text}")


@command.command("list")
@console.home
@console.as_json
def list_keys(home: Path, as_json: bool) -> None:
    """List names and addresses."""
    entries = console.key_store(home).list()
    if as_json:
        console.print_json([{"name": entry.name, "address": entry.address} for entry in entries])
        return
    for entry in entries:
        click.echo(f"{entry.name} {entry.address}")
