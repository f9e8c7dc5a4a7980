"""``dsl check``: diagnostics without running anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from cybermiles.dsl.archive.build import check_archive
from cybermiles.dsl.archive.sources import MANIFEST, read_sources
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import HAS_ERRORS, print_diagnostics, print_json, summary
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module
from cybermiles.dsl.diagnostics import CompileError, Diagnostic
from cybermiles.dsl.evaluate import read_source, rules_unit
from cybermiles.dsl.ir import ANY, Endpoint
from cybermiles.dsl.process_files import PROCESS_SUFFIXES, is_process_file
from cybermiles.dsl.process_run import check_process
from cybermiles.dsl.syntax.rule_file import RULE_SUFFIXES, TABLE_SUFFIXES, YAML_SUFFIXES, is_rules_yaml, is_table_file

_EPILOG = """\b
Examples:
  dsl check pricing.drl
  dsl check rules/ --json
  dsl check purchase.bpmn
  dsl check my-contract/          (a folder with contract.yaml)
"""


@click.command("check", epilog=_EPILOG, short_help="Report errors and warnings.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@options.as_json
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Report errors and warnings of rule files, scripts, processes, archives and folders of them."""
    found = check_paths(paths)
    if as_json:
        print_json([d.as_json() for d in found])
    else:
        print_diagnostics(found)
        click.echo(summary(found), err=True)
    if any(d.severity == "error" for d in found):
        sys.exit(HAS_ERRORS)


def check_paths(paths: Iterable[Path]) -> list[Diagnostic]:
    """All diagnostics; rule files are checked together, as ``dsl eval`` would take them."""
    rules: list[Path] = []
    scripts: list[Path] = []
    processes: list[Path] = []
    found: list[Diagnostic] = []
    for path in paths:
        if path.suffix == ".sbc" or (path / MANIFEST).is_file():
            found += _archive(path)
            continue
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.suffix == ".js":
                scripts.append(file)
            elif file.suffix in PROCESS_SUFFIXES:
                if not path.is_dir() or is_process_file(file):
                    processes.append(file)
            elif not path.is_dir() or (file.suffix in RULE_SUFFIXES and _holds_rules(file)):
                rules.append(file)
    sources, found_reading = _read(rules)
    found += found_reading
    if sources:
        found += check_module(rules_unit(sources))
    for process in processes:
        found += check_process(process)
    for script in scripts:
        made, found_reading = _read([script])
        found += found_reading
        for source in made:
            endpoint = Endpoint("script", (), ANY, "script")
            found += check_module(Unit(endpoints=[ScriptEndpoint(endpoint, source)], rulesets=_siblings(script)))
    return sorted(set(found))


def _holds_rules(file: Path) -> bool:
    """Other YAML files and sheets lie in folders too."""
    if file.suffix in TABLE_SUFFIXES:
        return is_table_file(file.name, file.read_bytes())
    return file.suffix not in YAML_SUFFIXES or is_rules_yaml(
        file.name, file.read_text(encoding="utf-8", errors="replace")
    )


def _archive(path: Path) -> list[Diagnostic]:
    """An archive's findings, their files named from where the user stands."""
    try:
        found = check_archive(read_sources(path))
    except CompileError as error:
        return error.diagnostics
    return [replace(d, file=str(path / d.file)) for d in found] if path.is_dir() else list(found)


def _siblings(script: Path) -> dict[str, Sequence[Source]]:
    """The names of rule files near a script, for ``load_rules``; their text is checked on its own."""
    near = {f.name for folder in (script.parent, script.parent.parent / "rules") for f in folder.glob("*.*")}
    return {name: [] for name in sorted(near) if name.endswith(RULE_SUFFIXES)}


def _read(paths: Iterable[Path]) -> tuple[list[Source], list[Diagnostic]]:
    sources: list[Source] = []
    found: list[Diagnostic] = []
    for path in paths:
        try:
            sources.append(read_source(path))
        except CompileError as error:
            found += error.diagnostics
    return sources, found
