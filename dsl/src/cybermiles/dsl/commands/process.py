"""``dsl process``: run a process until it waits or ends, and say where it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import RUN_FAILED, failures, print_diagnostics, print_json
from cybermiles.dsl.commands.values import value_text
from cybermiles.dsl.diagnostics import CompileError, suggest
from cybermiles.dsl.facts import decode, to_json
from cybermiles.dsl.process_events import KINDS, read_events
from cybermiles.dsl.process_run import ProcessResult, choose, compile_process, run_process

_EPILOG = """\b
Examples:
  dsl process purchase.bpmn
  dsl process purchase.bpmn --vars '{"amount": 120}' --json
  dsl process purchase.xml --events events.json --now 2026-01-31T12:00:00Z
  dsl process orders.bpmn --process Refund

\b
EVENTS is a JSON list; each entry is one of:
  {"task": "approve", "result": {"ok": true}}       a user task is done (also "instance": 2)
  {"task": "evaluate", "transition": "approve"}     a jPDL state is left
  {"message": "paid", "payload": {"amount": 10}, "correlation": {"orderId": 7}}
  {"signal": "closing"}
  {"timer": "2026-02-01T00:00:00Z"}                 the clock moves; all that is due happens

\b
Exit codes: 0 it waits, is completed or was terminated; 1 the model or the events have errors; 2 wrong usage;
3 it failed: an error that nothing caught, no flow true, conflicting writes, a trap, out of gas.
"""

_STATUS = {"completed": "green", "waiting": "cyan", "terminated": "yellow", "failed": "red"}


def _variables(_context: click.Context, _parameter: click.Parameter, value: str) -> dict[str, Any]:
    try:
        decoded = decode(value, "--vars")
    except CompileError as error:
        raise click.BadParameter(error.diagnostics[0].message) from None
    if not isinstance(decoded, dict):
        raise click.BadParameter('write a JSON object, for example {"amount": 120}')
    return decoded


@click.command("process", epilog=_EPILOG, short_help="Run a process until it waits or ends.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vars", "variables", default="{}", callback=_variables, metavar="JSON", help="Variables to start with.")
@click.option(
    "--events",
    metavar="EVENTS.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What happens, in order; see below.",
)
@click.option("--process", "chosen", metavar="ID", help="The process of the file that runs [default: the first].")
@options.gas_limit
@options.now
@options.typed
@options.as_json
@failures
def command(
    file: Path,
    variables: dict[str, Any],
    events: Path | None,
    chosen: str | None,
    gas_limit: int,
    now: str,
    typed: bool,
    as_json: bool,
) -> None:
    """Run the process of a FILE (BPMN 2.0 or jPDL 3) until it waits or ends, and show where it is.

    A file in `processes/` of an archive runs with the archive's rules, types, forms and other processes."""
    given = read_events(events) if events is not None else []
    compiled, name = compile_process(file)
    print_diagnostics(compiled.diagnostics)
    try:
        process = choose(compiled, name, chosen)
    except KeyError:
        known = [p.id for p in compiled.ir.processes if p.file == name]
        hint = suggest(chosen or "", known) or f"the file has {', '.join(known)}"
        raise click.BadParameter(f"there is no process `{chosen}`: {hint}", param_hint="'--process'") from None
    result = run_process(compiled, process, variables, given, now=now, gas_limit=gas_limit)
    if as_json:
        print_json(as_data(result, typed=typed))
    else:
        _print(result)
    if result.state["status"] == "failed":
        sys.exit(RUN_FAILED)


def as_data(result: ProcessResult, *, typed: bool = False) -> dict[str, Any]:
    """The state as ``--json`` prints it."""
    state = result.state
    made = {
        "status": state["status"],
        "variables": to_json(state["variables"], typed=typed),
        "path": state["path"],
        "waiting": state["waiting"],
        "unmatched": [_event_data(event, typed) for event in result.unmatched],
        "gas": result.gas,
    }
    return made | ({"failure": state["failure"]} if state.get("failure") else {})


def _event_data(event: Mapping[str, Any], typed: bool) -> dict[str, Any]:
    """An event as it came; ``instance`` is a count, all other numbers are values."""
    return {key: value if key == "instance" else to_json(value, typed=typed) for key, value in event.items()}


# --- for people
def _print(result: ProcessResult) -> None:
    state, process = result.state, result.process
    title = process.name or process.id or process.file
    click.echo(f"{click.style(title, bold=True)}: {click.style(state['status'], fg=_STATUS.get(state['status']))}")
    if failure := state.get("failure"):
        where = f" at `{failure['element']}`" if failure.get("element") else ""
        click.echo(f"  {click.style('failure', fg='red')}    {failure['code']}{where}: {failure['message']}")
    names = {node.id: node.name for node in process.nodes if node.name and node.name != node.id}
    _lines("path", [_labelled(names, element) for element in _folded(state["path"])])
    _lines("waiting", [_waiting(names, item) for item in state["waiting"]])
    _lines("variables", [f"{name} = {value_text(value)}" for name, value in state["variables"].items()])
    _lines("unmatched", [_event_text(event) for event in result.unmatched])
    click.echo(f"gas {result.gas:,}", err=True)


def _lines(title: str, lines: Sequence[str]) -> None:
    """A heading with its lines beside and below it."""
    for number, line in enumerate(lines):
        click.echo(f"  {title if number == 0 else '':<10} {line}")


def _folded(path: Sequence[str]) -> list[tuple[str, int]]:
    """Elements in the order in which they were entered, the same one several times in a row once."""
    found: list[tuple[str, int]] = []
    for element in path:
        if found and found[-1][0] == element:
            found[-1] = (element, found[-1][1] + 1)
        else:
            found.append((element, 1))
    return found


def _labelled(names: Mapping[str, str], element: tuple[str, int]) -> str:
    id_, count = element
    times = f" x {count}" if count > 1 else ""
    return f"{names[id_]}  ({id_}){times}" if id_ in names else f"{id_}{times}"


_WAITS = {"task": "somebody to do", "message": "the message", "signal": "the signal", "timer": "the time"}


def _waiting(names: Mapping[str, str], item: Mapping[str, Any]) -> str:
    element, kind = item["element"], item["kind"]
    named = item.get("name") or names.get(element, "")
    what = {"timer": item.get("due", ""), "condition": "a condition"}.get(kind, named or element)
    due = f", due {item['due']}" if item.get("due") and kind != "timer" else ""
    place = f"  ({element})" if element != what else ""
    return f"{click.style(_WAITS.get(kind, 'for'), fg='cyan')} {what}{place}{due}"


def _event_text(event: Mapping[str, Any]) -> str:
    kind = next(kind for kind in KINDS if kind in event)
    rest = {key: value for key, value in event.items() if key != kind}
    return f"{kind} {event[kind]}" + (f" {value_text(rest)}" if rest else "") + "  (nothing waited for it)"
