"""``dsl test``: scenarios on the real VM, with a diff for each that fails, and coverage."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import HAS_ERRORS, Sources, failures, print_diagnostics, print_json
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.scenarios.coverage import Outcomes, measure
from cybermiles.dsl.scenarios.junit import junit
from cybermiles.dsl.scenarios.load import load_scenarios
from cybermiles.dsl.scenarios.paths import PathOutcome, measure_paths
from cybermiles.dsl.scenarios.project import Project, open_project
from cybermiles.dsl.scenarios.rows import RowOutcome, measure_rows
from cybermiles.dsl.scenarios.run import Report, Result, run_scenarios

_EPILOG = """\b
Examples:
  dsl test my-contract
  dsl test my-contract --coverage
  dsl test my-contract --junit report.xml
  dsl test my-rules/              (a folder with *.drl and tests/*.yaml)

\b
Exit codes: 0 all scenarios pass, 1 one fails or the sources have errors, 2 wrong usage.
"""
_SIGNS = {"-": "red", "+": "green"}


@click.command("test", epilog=_EPILOG, short_help="Run scenarios.")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("-k", "only", metavar="TEXT", default="", help="Only scenarios with this text in their names.")
@click.option("--coverage", is_flag=True, help="Say which conditions were never true, or never false.")
@click.option(
    "--junit", "junit_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML."
)
@options.gas_limit
@options.as_json
@failures
def command(archive: Path, only: str, coverage: bool, junit_file: Path | None, gas_limit: int, as_json: bool) -> None:
    """Run the scenarios (tests/*.yaml) of an ARCHIVE or of a folder of rules, and count which rules fire."""
    project = open_project(archive)
    texts = Sources(archive=archive)
    if not as_json:
        print_diagnostics(project.compiled.diagnostics, texts)
    scenarios = [s for s in load_scenarios(project.sources, Diagnostics()) if only in s.name]
    printer = _Printer()
    report = run_scenarios(
        project.compiled.code,
        project.rules,
        scenarios,
        gas_limit=gas_limit,
        types=project.compiled.ir.types,
        debug=project.compiled.debug,
        progress=(lambda _: None) if as_json else printer.result,
    )
    conditions = measure(project.unit, scenarios, gas_limit=gas_limit) if coverage else None
    rows = measure_rows(project.unit, scenarios, gas_limit=gas_limit) if coverage else []
    paths = measure_paths(project.unit, scenarios, gas_limit=gas_limit)
    if junit_file is not None:
        junit_file.write_text(junit(report, str(archive)), encoding="utf-8", newline="\n")
    if as_json:
        print_json(as_data(report, conditions, rows, paths))
    else:
        printer.summary(report)
        _print_paths(paths)
        if conditions is not None:
            _print_conditions(conditions, project)
            _print_rows(rows)
    if not report.passed:
        sys.exit(HAS_ERRORS)


def as_data(
    report: Report,
    conditions: Sequence[Outcomes] | None = None,
    rows: Sequence[RowOutcome] = (),
    paths: Sequence[PathOutcome] = (),
) -> dict[str, Any]:
    """The report as ``--json`` prints it."""
    coverage: dict[str, Any] = {"rules": report.coverage()}
    if paths:
        coverage["paths"] = [dataclasses.asdict(one) for one in paths]
    if conditions is not None:
        coverage["conditions"] = [
            {
                "rule": one.rule,
                "file": one.span.file,
                "line": one.span.line,
                "column": one.span.column,
                "held": one.held,
                "failed": one.failed,
            }
            for one in conditions
        ]
        coverage["rows"] = [
            {
                "table": row.table,
                "row": row.number,
                "file": row.span.file,
                "line": row.span.line,
                "decided": row.decided,
            }
            for row in rows
        ]
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
                "seconds": round(result.seconds, 6),
            }
            for result in report.results
        ],
        "coverage": coverage,
    }


class _Printer:
    """Results as they come, by file."""

    def __init__(self) -> None:
        self.file = ""

    def result(self, result: Result) -> None:
        span = result.scenario.span
        if span.file != self.file:
            click.echo(("\n" if self.file else "") + click.style(span.file, bold=True))
            self.file = span.file
        mark = click.style("✓", fg="green") if result.passed else click.style("✗", fg="red")
        cost = click.style(f"gas {result.gas:,}", dim=True)
        click.echo(f"  {mark} {result.scenario.name}  {cost}")
        if result.passed:
            return
        click.echo(click.style(f"      {span.file}:{span.line}", dim=True))
        for found in result.found:
            click.echo(f"      {found.text}")
            for sign, text in found.detail:
                click.echo("        " + click.style(f"{sign} {text}", fg=_SIGNS.get(sign)))
        for line in result.output if result.found else ():
            click.echo(click.style(f"      printed: {line}", dim=True))

    def summary(self, report: Report) -> None:
        if not report.results:
            click.echo("there are no scenarios; write some under tests/ (docs/testing.md)", err=True)
        coverage = report.coverage()
        fired = sum(count > 0 for count in coverage.values())
        failed = sum(not result.passed for result in report.results)
        seconds = sum(result.seconds for result in report.results)
        passed = click.style(f"{len(report.results) - failed} passed", fg="green" if not failed else None)
        wrong = click.style(f"{failed} failed", fg="red" if failed else None)
        click.echo(f"\n{passed}, {wrong} in {seconds:.2f} s; {fired} of {len(coverage)} rules fired")
        for name in (name for name, count in coverage.items() if not count):
            click.echo(f"  never fired: {name}")


def _print_conditions(conditions: Sequence[Outcomes], project: Project) -> None:
    """A line for each outcome that no scenario has seen."""
    if not conditions:
        return
    seen = sum(one.seen for one in conditions)
    click.echo(
        f"{seen} of {2 * len(conditions)} outcomes of {len(conditions)} conditions seen{_percent(seen, conditions)}"
    )
    missing = [one for one in conditions if one.seen < 2]
    for (file, rule), group in groupby(missing, key=lambda one: (one.span.file, one.rule)):
        click.echo(f"  {click.style(file, bold=True)}: {rule}")
        for one in group:
            what = "never looked at" if not one.seen else "never false" if one.held else "never true"
            click.echo(
                f"    {one.span.line}:{one.span.column}  {_source(one, project)}  {click.style(what, fg='yellow')}"
            )


def _print_rows(rows: Sequence[RowOutcome]) -> None:
    """A line for each row that decided nothing."""
    for table, group in groupby(rows, key=lambda row: row.table):
        found = list(group)
        decided = sum(row.decided for row in found)
        click.echo(f"{decided} of {len(found)} rows of the table {table} decided something")
        for row in (row for row in found if not row.decided):
            click.echo(
                f"    {row.span.file}:{row.span.line}  row {row.number}  {click.style('never decided', fg='yellow')}"
            )


def _print_paths(paths: Sequence[PathOutcome]) -> None:
    """A line for each node and flow of a process where no scenario came."""
    for process, group in groupby(paths, key=lambda one: one.process):
        found = list(group)
        counts = []
        for kind in ("node", "flow"):
            of = [one for one in found if one.kind == kind]
            counts.append(f"{sum(one.seen for one in of)} of {len(of)} {kind}s")
        click.echo(f"{' and '.join(counts)} of the process {process} seen")
        for one in (one for one in found if not one.seen):
            click.echo(f"    {one.file}:{one.line}  {one.kind} {one.id}  {click.style('never seen', fg='yellow')}")


def _percent(seen: int, conditions: Sequence[Outcomes]) -> str:
    return f" ({100 * seen // (2 * len(conditions))} %)"


def _source(one: Outcomes, project: Project) -> str:
    """The constraint as it stands in the source."""
    lines = project.sources.get(one.span.file, b"").decode("utf-8", "replace").split("\n")
    found = lines[one.span.line - 1 : one.span.end_line]
    if not found:
        return ""
    found[-1] = found[-1][: one.span.end_column - 1]
    found[0] = found[0][one.span.column - 1 :]
    return " ".join(line.strip() for line in found)
