"""``dsl test``: the archive's scenarios on the real VM, with rule coverage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import HAS_ERRORS, Sources, failures, print_diagnostics, print_json
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.scenarios.load import load_scenarios
from cybermiles.dsl.scenarios.run import Report, Result, run_scenarios

_EPILOG = """\b
Examples:
  dsl test my-contract
  dsl test my-contract --json
"""


@click.command("test", epilog=_EPILOG, short_help="Run an archive's scenarios.")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@options.gas_limit
@options.as_json
@failures
def command(archive: Path, gas_limit: int, as_json: bool) -> None:
    """Run the scenarios of an ARCHIVE (tests/*.yaml), and count which rules fired in any of them."""
    sources = read_sources(archive)
    built = build_archive(sources)
    if not as_json:
        print_diagnostics(built.compiled.diagnostics, Sources(archive=archive))
    scenarios = load_scenarios(sources, Diagnostics())
    rules = [rule.name for ruleset in built.compiled.ir.rulesets for rule in ruleset.rules]
    report = run_scenarios(
        built.compiled.code,
        rules,
        scenarios,
        gas_limit=gas_limit,
        progress=(lambda _: None) if as_json else _print_result,
    )
    if as_json:
        print_json(as_data(report))
    else:
        _print_summary(report)
    if not report.passed:
        sys.exit(HAS_ERRORS)


def as_data(report: Report) -> dict[str, Any]:
    """The report as ``--json`` prints it."""
    return {
        "passed": sum(result.passed for result in report.results),
        "failed": sum(not result.passed for result in report.results),
        "scenarios": [
            {
                "name": result.scenario.name,
                "file": result.scenario.span.file,
                "line": result.scenario.span.line,
                "passed": result.passed,
                "differences": list(result.differences),
                "fired": list(result.fired),
                "gas": result.gas,
            }
            for result in report.results
        ],
        "coverage": {"rules": report.coverage()},
    }


def _print_result(result: Result) -> None:
    mark = click.style("✓", fg="green") if result.passed else click.style("✗", fg="red")
    click.echo(f"{mark} {result.scenario.name}  {click.style(f'gas {result.gas:,}', dim=True)}")
    if not result.passed:
        span = result.scenario.span
        click.echo(f"    {span.file}:{span.line}")
        for line in result.differences:
            click.echo(f"    {line}")


def _print_summary(report: Report) -> None:
    coverage = report.coverage()
    fired = sum(count > 0 for count in coverage.values())
    failed = sum(not result.passed for result in report.results)
    click.echo(f"\n{len(report.results) - failed} passed, {failed} failed; {fired} of {len(coverage)} rules fired")
    for name in (name for name, count in coverage.items() if not count):
        click.echo(f"  never fired: {name}")
    if not report.results:
        click.echo("the archive has no scenarios; write some under tests/", err=True)
