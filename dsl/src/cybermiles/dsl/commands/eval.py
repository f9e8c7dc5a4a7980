"""``dsl eval``: facts in, rules fire, working memory out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import failures, print_diagnostics, print_json
from cybermiles.dsl.evaluate import Evaluation, Firing, compile_for, evaluate, read_source
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
    result = evaluate(compiled, given, gas_limit=gas_limit, now=now, trace=trace, file=str(facts))
    if as_json:
        print_json(as_data(result, typed=typed, trace=trace))
    else:
        _print(result)


def as_data(result: Evaluation, *, typed: bool = False, trace: bool = False) -> dict[str, Any]:
    """The evaluation as ``--json`` prints it."""
    made: dict[str, Any] = {
        "facts": [_ordered(to_json(fact, typed=typed)) for fact in result.facts],
        "fired": [{"rule": rule, "facts": ids} for rule, ids in result.fired],
        "gas": result.gas,
        "output": result.output,
    }
    if trace:
        made["trace"] = [
            {
                "rule": step.rule,
                "facts": [_ordered(to_json(f, typed=typed)) for f in step.before],
                "changed": [
                    {**c, "before": to_json(c["before"], typed=typed), "after": to_json(c["after"], typed=typed)}
                    for c in step.changed
                ],
                "inserted": [_ordered(to_json(f, typed=typed)) for f in step.inserted],
                "deleted": list(step.deleted),
                "gas": step.gas,
            }
            for step in result.trace
        ]
    return made


def _ordered(fact: dict[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {key: fact[key] for key in ("$type", "$id") if key in fact}
    return {**head, **{k: v for k, v in fact.items() if k not in head}}


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(to_json(value))


def _fact(fact: dict[str, Any]) -> str:
    fields = ", ".join(f"{k}: {_value(v)}" for k, v in fact.items() if k not in ("$type", "$id"))
    return f"#{fact['$id']} {click.style(fact['$type'], bold=True)}({fields})"


def _print(result: Evaluation) -> None:
    for line in result.output:
        click.echo(line)
    for step in result.trace:
        _print_step(step)
    if not result.trace:
        for rule, ids in result.fired:
            shown = " ".join(f"#{i}" for i in ids)
            click.echo(f"fired {click.style(rule, fg='green')} {shown}".rstrip())
    for fact in result.facts:
        click.echo(_fact(fact))
    count = len(result.fired)
    click.echo(f"{count} firing{'' if count == 1 else 's'}, gas {result.gas:,}", err=True)


def _print_step(step: Firing) -> None:
    click.echo(f"fired {click.style(step.rule, fg='green')} (gas {step.gas:,})")
    for fact in step.before:
        click.echo(f"  saw      {_fact(fact)}")
    for change in step.changed:
        what = f"#{change['$id']}.{change['field']}: {_value(change['before'])} -> {_value(change['after'])}"
        click.echo(f"  changed  {what}")
    for fact in step.inserted:
        click.echo(f"  inserted {_fact(fact)}")
    for gone in step.deleted:
        click.echo(f"  deleted  #{gone}")
