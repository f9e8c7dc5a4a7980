"""``dsl eval``: facts in, rules fire, working memory out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import failures, print_diagnostics, print_json
from cybermiles.dsl.commands.trace import print_trace, trace_data
from cybermiles.dsl.commands.values import fact_line, ordered
from cybermiles.dsl.evaluate import Evaluation, RunFailedError, compile_for, evaluate, read_source
from cybermiles.dsl.facts import read_facts, to_json

_EPILOG = """\b
Examples:
  dsl eval pricing.drl --facts facts.json
  dsl eval pricing.drl extra.drl --facts facts.json --json
  dsl eval pricing.drl --facts facts.json --trace --now 2026-01-31T12:00:00Z
"""


@click.command("eval", epilog=_EPILOG, short_help="Run rules on facts.")
@options.rules
@options.facts
@options.as_json
@options.typed
@click.option("--trace", is_flag=True, help="Show for each firing what the rule saw and changed.")
@options.gas_limit
@options.now
@failures
def command(
    rules: tuple[Path, ...], facts: Path, as_json: bool, typed: bool, trace: bool, gas_limit: int, now: str
) -> None:
    """Insert the facts in order, fire the RULES, print the working memory."""
    given = read_facts(facts)
    compiled = compile_for([read_source(path) for path in rules], given)
    print_diagnostics(compiled.diagnostics)
    try:
        result = evaluate(compiled, given, gas_limit=gas_limit, now=now, trace=trace, file=str(facts))
    except RunFailedError as failed:
        if failed.explanation is not None and not as_json:
            print_trace(failed.explanation, [])
        raise
    if as_json:
        print_json(as_data(result, typed=typed, trace=trace))
    else:
        _print(result)


def as_data(result: Evaluation, *, typed: bool = False, trace: bool = False) -> dict[str, Any]:
    """The evaluation as ``--json`` prints it."""
    made: dict[str, Any] = {
        "facts": [ordered(to_json(fact, typed=typed)) for fact in result.facts],
        "fired": [{"rule": rule, "facts": ids} for rule, ids in result.fired],
        "gas": result.gas,
        "output": result.output,
    }
    if trace and result.explanation is not None:
        made |= trace_data(result.explanation, result.firing_gas, typed)
    return made


def _print(result: Evaluation) -> None:
    for line in result.output:
        click.echo(line)
    if result.explanation is not None:
        print_trace(result.explanation, result.firing_gas)
    for rule, ids in result.fired[len(result.explanation.firings) if result.explanation else 0 :]:
        shown = " ".join(f"#{i}" for i in ids)
        click.echo(f"fired {click.style(rule, fg='green')} {shown}".rstrip())
    for fact in result.facts:
        click.echo(fact_line(fact))
    count = len(result.fired)
    click.echo(f"{count} firing{'' if count == 1 else 's'}, gas {result.gas:,}", err=True)
