"""``dsl fmt``: canonical layout."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from cybermiles.dsl.commands.report import HAS_ERRORS, failures
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.evaluate import read_source
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.rule_file import TABLE_SUFFIXES

_EPILOG = """\b
Examples:
  dsl fmt pricing.drl
  dsl fmt rules/ --check
  dsl fmt - < pricing.drl
"""
_LANGUAGES = {".drl": "drl", ".rl": "drl", ".js": "script", ".yaml": "yaml", ".yml": "yaml"}


@click.command("fmt", epilog=_EPILOG, short_help="Format rules and scripts.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is not formatted.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@failures
def command(paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Format rule files, scripts and YAML in place (`-`: rules from standard input to standard output)."""
    changed = False
    for path in _files(paths):
        if str(path) == "-":
            click.echo(format_source("-", sys.stdin.read(), "drl"), nl=False)
            continue
        if path.suffix in TABLE_SUFFIXES:
            raise click.UsageError(f"`{path}` is a sheet, which has no other format; `dsl convert` makes YAML of it")
        source = read_source(path)
        language = _LANGUAGES.get(path.suffix, "drl")
        made = _format(source.name, source.text, language)
        if made == source.text:
            continue
        changed = True
        if diff:
            lines = difflib.unified_diff(
                source.text.splitlines(True), made.splitlines(True), str(path), f"{path} (formatted)"
            )
            click.echo("".join(lines), nl=False)
        elif check:
            click.echo(f"{path} is not formatted", err=True)
        else:
            path.write_text(made, encoding="utf-8", newline="\n")
            click.echo(f"formatted {path}", err=True)
    if changed and (check or diff):
        sys.exit(HAS_ERRORS)


def _format(name: str, text: str, language: str) -> str:
    return format_yaml(name, text) if language == "yaml" else format_source(name, text, language)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            out += sorted(p for p in path.rglob("*") if p.suffix in _LANGUAGES and p.is_file())
        else:
            out.append(path)
    return out
