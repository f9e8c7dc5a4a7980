"""`catalog search`: templates on sale."""

from __future__ import annotations

import click

from cybermiles.chain import console
from cybermiles.chain.client import Client


@click.command("search")
@click.argument("words", nargs=-1)
@console.node
@console.as_json
def command(words: tuple[str, ...], node: str, as_json: bool) -> None:
    """List templates whose name, title, summary or category hold all WORDS."""
    with Client(node) as client:
        found = [entry for entry in client.catalog() if _matches(entry, words)]
    if as_json:
        console.print_json(found)
        return
    for entry in found:
        price = console.show_cmt(int(entry["price"]))
        click.echo(f"{click.style(entry['name'], bold=True)} {entry['newest']}  {price}  {entry['title']}")


def _matches(entry: dict[str, str], words: tuple[str, ...]) -> bool:
    text = " ".join(entry[field] for field in ("name", "title", "summary", "category")).lower()
    return all(word.lower() in text for word in words)
