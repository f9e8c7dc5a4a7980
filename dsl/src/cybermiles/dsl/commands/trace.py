"""How an explanation is printed: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from cybermiles.dsl.commands.values import fact_line, ordered, value_text
from cybermiles.dsl.explain import Change, Check, Condition, Decision, Explanation, Firing, Miss, Silent
from cybermiles.dsl.facts import to_json
from cybermiles.dsl.ir import Span

_WIDE = 44


def print_trace(found: Explanation, gas: list[int]) -> None:
    """All of it, on standard output."""
    for number, firing in enumerate(found.firings):
        for line in _firing(firing, gas[number] if number < len(gas) else None):
            click.echo(line)
    for silent in found.silent:
        for line in _silent(silent):
            click.echo(line)
    if found.note:
        click.echo(f"note: {found.note}", err=True)


def trace_data(found: Explanation, gas: list[int], typed: bool) -> dict[str, Any]:
    """``trace``, ``silent`` and ``note`` as ``--json`` prints them."""
    steps = [
        {
            "rule": firing.rule,
            **_place(firing.span),
            "facts": [_fact(fact, typed) for fact in firing.facts],
            "conditions": [_condition_data(one, typed) for one in firing.conditions],
            "decisions": [_decision_data(one, typed) for one in firing.decisions],
            "changed": [_change_data(change, typed) for change in firing.changed],
            "inserted": [_fact(fact, typed) for fact in firing.inserted],
            "deleted": list(firing.deleted),
            "output": list(firing.printed),
            "gas": gas[number] if number < len(gas) else None,
        }
        for number, firing in enumerate(found.firings)
    ]
    made: dict[str, Any] = {"trace": steps, "silent": [_silent_data(silent, typed) for silent in found.silent]}
    return made | ({"note": found.note} if found.note else {})


# --- for people
def _firing(firing: Firing, gas: int | None) -> Iterator[str]:
    ids = "".join(f" #{number}" for number in firing.ids)
    paid = "" if gas is None else f" (gas {gas:,})"
    yield f"fired {click.style(firing.rule, fg='green')}{ids}{_at(firing.span)}{paid}"
    for condition in firing.conditions:
        yield from _condition(condition, "because")
    for found in firing.decisions:
        yield from _decision(found)
    for change in firing.changed:
        yield f"  changed  #{change.id}.{change.field}: {value_text(change.before)} -> {value_text(change.after)}"
    for fact in firing.inserted:
        yield f"  inserted {fact_line(fact)}"
    for gone in firing.deleted:
        yield f"  deleted  #{gone}"
    for line in firing.printed:
        yield f"  printed  {line}"


def _decision(found: Decision) -> Iterator[str]:
    inputs = ", ".join(f"{one.text} = {value_text(one.value)}" for one in found.inputs)
    yield f"  table    {found.table} of {inputs}"
    for row in found.rows:
        if row.failed is None:
            yield f"             row {row.number} is true"
        else:
            yield f"             row {row.number}: {row.failed.text} is false of {_operands(row.failed)}"


def _silent(silent: Silent) -> Iterator[str]:
    yield f"did not fire: {click.style(silent.rule, fg='yellow')}{_at(silent.span)}"
    for condition in silent.held:
        yield from _condition(condition, "held   ")
    if not silent.failed:
        yield f"  but      {silent.reason}"
        return
    yield f"  failed   {click.style(silent.failed, fg='red')}: {silent.reason}"
    for miss in silent.misses:
        yield f"             {_miss(miss)}"


def _condition(condition: Condition, word: str) -> Iterator[str]:
    by = fact_line(condition.fact) if condition.fact else condition.note
    yield f"  {word}  {condition.text:{_WIDE}} {by}".rstrip()
    for check in condition.checks:
        if check.operands:
            yield f"             {check.text:{_WIDE}} {_operands(check)}"


def _miss(miss: Miss) -> str:
    what = fact_line(miss.fact) if miss.fact else value_text(miss.value) if miss.check is None else ""
    if miss.check is None:
        return what
    values = _operands(miss.check)
    return f"{what + ': ' if what else ''}{miss.check.text}" + (f" is false with {values}" if values else " is false")


def _operands(check: Check) -> str:
    return ", ".join(f"{operand.text} = {value_text(operand.value)}" for operand in check.operands)


def _at(span: Span) -> str:
    return f" at {span.file}:{span.line}" if span.line else ""


# --- as JSON
def _place(span: Span) -> dict[str, Any]:
    return {"file": span.file or None, "line": span.line or None}


def _fact(fact: Mapping[str, Any], typed: bool) -> dict[str, Any]:
    return ordered(to_json(dict(fact), typed=typed))


def _check_data(check: Check, typed: bool) -> dict[str, Any]:
    values = [{"text": one.text, "value": to_json(one.value, typed=typed)} for one in check.operands]
    return {"text": check.text, "holds": check.holds, "values": values}


def _condition_data(condition: Condition, typed: bool) -> dict[str, Any]:
    return {
        "text": condition.text,
        **_place(condition.span),
        "fact": _fact(condition.fact, typed) if condition.fact else None,
        "note": condition.note,
        "checks": [_check_data(check, typed) for check in condition.checks],
    }


def _decision_data(found: Decision, typed: bool) -> dict[str, Any]:
    rows = [
        {"row": row.number, "holds": row.holds, "failed": _check_data(row.failed, typed) if row.failed else None}
        for row in found.rows
    ]
    inputs = [{"text": one.text, "value": to_json(one.value, typed=typed)} for one in found.inputs]
    return {"table": found.table, "inputs": inputs, "rows": rows, "of": found.of}


def _change_data(change: Change, typed: bool) -> dict[str, Any]:
    before, after = to_json(change.before, typed=typed), to_json(change.after, typed=typed)
    return {"$id": change.id, "field": change.field, "before": before, "after": after}


def _silent_data(silent: Silent, typed: bool) -> dict[str, Any]:
    misses = [
        {
            "fact": _fact(miss.fact, typed) if miss.fact else None,
            "value": to_json(miss.value, typed=typed),
            "check": _check_data(miss.check, typed) if miss.check else None,
        }
        for miss in silent.misses
    ]
    return {
        "rule": silent.rule,
        **_place(silent.span),
        "conditions": silent.of,
        "held": [_condition_data(one, typed) for one in silent.held],
        "failed": silent.failed or None,
        "reason": silent.reason,
        "nearest": misses,
    }
