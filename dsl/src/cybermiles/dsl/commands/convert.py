"""``dsl convert``: the same meaning in another notation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from cybermiles.dsl.commands.report import failures
from cybermiles.dsl.convert.from_drl import drl_to_yaml
from cybermiles.dsl.convert.tables import convert_table, is_table
from cybermiles.dsl.convert.to_bpmn import jpdl_to_bpmn
from cybermiles.dsl.convert.to_drl import yaml_to_drl
from cybermiles.dsl.evaluate import read_source
from cybermiles.dsl.process_files import process_text

_EPILOG = """\b
Examples:
  dsl convert pricing.drl -o pricing.yaml
  dsl convert pricing.yaml -o pricing.drl
  dsl convert pricing.drl --to yaml
  dsl convert discounts.xlsx -o discounts.yaml      (a decision table)
  dsl convert discounts.yaml --to csv
  dsl convert purchase.xml -o purchase.bpmn         (a process in jPDL, with a layout)
"""
_PROCESSES = {".xml": "jpdl", ".bpm": "jpdl", ".bpmn": "bpmn"}
_KINDS = {**_PROCESSES, ".drl": "drl", ".rl": "drl", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv", ".xlsx": "xlsx"}
_TEXTS: dict[tuple[str, str], Callable[[str, str], str]] = {
    ("drl", "yaml"): drl_to_yaml,
    ("yaml", "drl"): yaml_to_drl,
}
"""(from, to) to the function that takes a file's name and text."""
_TABLES = ("yaml", "csv", "xlsx")


@click.command("convert", epilog=_EPILOG, short_help="Convert between notations.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; its name says how."
)
@click.option("--to", "to", type=click.Choice(["drl", "bpmn", *_TABLES]), help="The notation, for standard output.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
@failures
def command(file: Path, output: Path | None, to: str | None, force: bool) -> None:
    """Write the rules, the decision table or the process of FILE in another notation, with equal meaning."""
    source = _kind(file)
    if output is None and to is None:
        raise click.UsageError("say where to write (-o FILE) or which notation to print (--to)")
    target = to or _kind(output or file)
    if source == target:
        raise click.UsageError(f"`{file}` is {source} already")
    if output is None and target == "xlsx":
        raise click.UsageError("a workbook is no text; write it to a file (-o FILE.xlsx)")
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"`{output}` exists; --force overwrites it")
    made = _convert(file, source, target)
    if output is None:
        click.echo(made, nl=False)
    else:
        output.write_bytes(made)
        click.echo(f"wrote {output}", err=True)


def _convert(file: Path, source: str, target: str) -> bytes:
    if (source, target) == ("jpdl", "bpmn"):
        return jpdl_to_bpmn(str(file), process_text(str(file), file.read_bytes())).encode()
    read = read_source(file)
    table = source in ("csv", "xlsx") or (source == "yaml" and is_table(read.name, file.read_bytes()))
    if table and target in _TABLES:
        return convert_table(read.name, file.read_bytes(), target)
    convert = _TEXTS.get((source, target))
    if table or convert is None:
        what = "a process" if source in _PROCESSES.values() else "a decision table" if table else "a file of rules"
        raise click.UsageError(f"`{file}` is {what}, which has no form as {target}")
    return convert(read.name, read.text).encode()


def _kind(path: Path) -> str:
    if path.suffix not in _KINDS:
        raise click.UsageError(f"`{path}` has an ending that is not one of {', '.join(_KINDS)}")
    return _KINDS[path.suffix]
