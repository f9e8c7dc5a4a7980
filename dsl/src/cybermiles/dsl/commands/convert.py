"""``dsl convert``: the same meaning in another notation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from cybermiles.dsl.commands.report import failures
from cybermiles.dsl.convert.from_drl import drl_to_yaml
from cybermiles.dsl.convert.to_drl import yaml_to_drl
from cybermiles.dsl.evaluate import read_source

_EPILOG = """\b
Examples:
  dsl convert pricing.drl -o pricing.yaml
  dsl convert pricing.yaml -o pricing.drl
  dsl convert pricing.drl --to yaml
"""
_KINDS = {".drl": "drl", ".rl": "drl", ".yaml": "yaml", ".yml": "yaml"}
_CONVERTERS: dict[tuple[str, str], Callable[[str, str], str]] = {
    ("drl", "yaml"): drl_to_yaml,
    ("yaml", "drl"): yaml_to_drl,
}
"""(from, to) to the function that takes a file's name and text."""


@click.command("convert", epilog=_EPILOG, short_help="Convert between notations.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; its name says how."
)
@click.option("--to", "to", type=click.Choice(sorted(set(_KINDS.values()))), help="The notation, for standard output.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
@failures
def command(file: Path, output: Path | None, to: str | None, force: bool) -> None:
    """Write the rules of FILE in another notation, with equal meaning and with their comments."""
    source = _kind(file)
    if output is None and to is None:
        raise click.UsageError("say where to write (-o FILE) or which notation to print (--to)")
    target = to or _kind(output or file)
    convert = _CONVERTERS.get((source, target))
    if convert is None:
        raise click.UsageError(f"`{file}` is {source} already")
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"`{output}` exists; --force overwrites it")
    read = read_source(file)
    made = convert(read.name, read.text)
    if output is None:
        click.echo(made, nl=False)
    else:
        output.write_text(made, encoding="utf-8", newline="\n")
        click.echo(f"wrote {output}", err=True)


def _kind(path: Path) -> str:
    if path.suffix not in _KINDS:
        raise click.UsageError(f"`{path}` has an ending that is not one of {', '.join(_KINDS)}")
    return _KINDS[path.suffix]
