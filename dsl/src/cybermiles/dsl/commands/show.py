"""``dsl show``: what an archive holds."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl import ir
from cybermiles.dsl.archive.build import Archive, build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import failures, print_json
from cybermiles.dsl.roles import Role
from cybermiles.platform import asm_print

_EPILOG = """\b
Examples:
  dsl show pricing.sbc
  dsl show pricing.sbc --asm
"""


@click.command("show", epilog=_EPILOG, short_help="List content, endpoints and hashes of an archive.")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--asm", is_flag=True, help="Print the module's assembly text instead.")
@options.as_json
@failures
def command(archive: Path, asm: bool, as_json: bool) -> None:
    """List content, endpoints and hashes of an ARCHIVE (packed or a folder), after checking that they agree."""
    built = build_archive(read_sources(archive))
    if asm:
        click.echo(asm_print(built.compiled.code), nl=False)
    elif as_json:
        print_json(describe(built))
    else:
        _print(describe(built))


def describe(archive: Archive) -> dict[str, Any]:
    """The archive as ``--json`` prints it."""
    manifest = archive.manifest
    sources = {entry.endpoint.name: {entry.kind: entry.file} for entry in manifest.endpoints}
    return {
        "name": manifest.name,
        "version": manifest.version,
        "license": manifest.license,
        "category": manifest.category,
        "archive": archive.hash,
        "module": archive.module_hash.hex(),
        "module_bytes": len(archive.compiled.code),
        "permissions": list(manifest.permissions),
        "parameters": {
            name: {key: str(value) if key == "default" else value for key, value in entry.items() if key != "enum"}
            for name, entry in manifest.parameters.get("properties", {}).items()
            if entry
        },
        "endpoints": [
            {
                "name": endpoint.name,
                "args": {arg.name: ir.show_type(arg.type) for arg in endpoint.args},
                "returns": ir.show_type(endpoint.returns),
            }
            | sources.get(endpoint.name.partition(".")[0], {})
            for endpoint in archive.compiled.ir.endpoints
        ],
        "processes": [f"{process.file}#{process.id}" for process in archive.compiled.ir.processes],
        "roles": {role.name: _role(role) for role in manifest.roles},
        "files": {name: len(data) for name, data in archive.sources.items()},
    }


def _role(role: Role) -> dict[str, Any]:
    """How a role is held and what it may do, without what is not so."""
    fields = dataclasses.asdict(role)
    return {
        key: list(v) if isinstance(v, tuple) else v for key, v in fields.items() if v and key not in ("name", "span")
    }


def _print(shown: dict[str, Any]) -> None:
    click.echo(f"{click.style(shown['name'], bold=True)} {shown['version']}  ({shown['license']})")
    click.echo(f"archive {shown['archive']}")
    click.echo(f"module  {shown['module']}  {shown['module_bytes']:,} bytes")
    click.echo(f"permissions: {', '.join(shown['permissions']) or 'none'}")
    for name, entry in shown["parameters"].items():
        default = f" = {entry['default']}" if "default" in entry else ""
        click.echo(f"parameter {name}: {entry['type']}{default}  {entry.get('description', '')}".rstrip())
    for endpoint in shown["endpoints"]:
        args = ", ".join(f"{name}: {kind}" for name, kind in endpoint["args"].items())
        click.echo(f"endpoint {click.style(endpoint['name'], fg='green')}({args}) -> {endpoint['returns']}")
    for name, role in shown["roles"].items():
        held = ", ".join(f"{key} {' '.join(v) if isinstance(v, list) else v}" for key, v in role.items())
        click.echo(f"role {click.style(name, fg='cyan')}: {held}")
    for name, size in shown["files"].items():
        click.echo(f"  {size:>9,}  {name}")
