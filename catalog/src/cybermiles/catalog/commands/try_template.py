"""`catalog try`: a dry run with my parameters, before buying."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.catalog.offer import try_call
from cybermiles.chain import console


@click.command("try")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.argument("endpoint")
@click.option("--params", default="{}", metavar="JSON", help="Parameters of the trial.", show_default=True)
@click.option("--args", default="{}", metavar="JSON", help="Arguments by name.", show_default=True)
def command(archive: Path, endpoint: str, params: str, args: str) -> None:
    """Call an ENDPOINT of an ARCHIVE with your own parameters on the real VM; nothing is bought or deployed."""
    outcome = try_call(
        archive, endpoint, console.parse_record(params, "--params"), console.parse_record(args, "--args")
    )
    if outcome["outcome"] != "ok":
        raise console.UsageError(outcome["code"] or outcome["outcome"], outcome["message"] or "the trial failed")
    click.echo(console.plain(outcome["result"]))
