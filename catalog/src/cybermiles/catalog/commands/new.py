"""`catalog new`: a template to begin with."""

from __future__ import annotations

import importlib.resources
import shutil
from pathlib import Path

import click

from cybermiles.catalog.onchain import types
from cybermiles.chain.console import UsageError
from cybermiles.platform import HandlerError


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make FOLDER a template that works: rules, a script, typed parameters, scenarios, a README and a picture."""
    try:
        types.check_name(folder.name)
    except HandlerError as refused:
        raise UsageError("bad-name", str(refused), "the folder's name becomes the template's name") from refused
    if folder.exists():
        raise UsageError("folder-exists", f"`{folder}` exists already", "choose another name")
    source = Path(str(importlib.resources.files("cybermiles.catalog") / "templates" / "pricing"))
    shutil.copytree(source, folder)
    manifest = folder / "contract.yaml"
    manifest.write_text(manifest.read_text().replace("name: pricing", f"name: {folder.name}", 1))
    click.echo(f"created {folder}: a copy of the pricing template; edit it, then run `catalog check {folder}`")
