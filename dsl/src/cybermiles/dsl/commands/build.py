"""``dsl build``: compile and pack an archive."""

from __future__ import annotations

from pathlib import Path

import click

from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import Sources, failures, print_diagnostics, print_json

_EPILOG = """\b
Examples:
  dsl build my-contract -o my-contract.sbc
"""


@click.command("build", epilog=_EPILOG, short_help="Compile and pack an archive.")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@options.as_json
@failures
def command(folder: Path, output: Path, as_json: bool) -> None:
    """Compile the archive in FOLDER and pack it. Equal content gives equal bytes, so the hash is its identity."""
    archive = build_archive(read_sources(folder))
    print_diagnostics(archive.compiled.diagnostics, Sources(archive=folder))
    output.write_bytes(archive.packed)
    module = archive.module_hash.hex()
    if as_json:
        print_json({"archive": archive.hash, "module": module, "bytes": len(archive.packed), "file": str(output)})
        return
    click.echo(f"{output}  {len(archive.packed):,} bytes")
    click.echo(f"archive {archive.hash}")
    click.echo(f"module  {module}")
