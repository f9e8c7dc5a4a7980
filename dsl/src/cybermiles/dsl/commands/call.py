"""``dsl call``: one endpoint of an archive, on an in-memory ledger that a file keeps between calls."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.archive.build import Archive, build_archive
from cybermiles.dsl.archive.sources import read_sources, refusal
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import Sources, failures, print_diagnostics, print_json
from cybermiles.dsl.debug_map import locate
from cybermiles.dsl.evaluate import RunFailedError
from cybermiles.dsl.facts import to_json
from cybermiles.platform import (
    CborError,
    ContractError,
    KeyFormatError,
    Sandbox,
    address_decode,
    address_encode,
    cbor_decode,
    cbor_encode,
    json_decode,
)

ATTO = 10**18
MAX_AMOUNT = 10**36
CREATOR = hashlib.sha256(b"dsl call creator").digest()[:20]
SENDER = hashlib.sha256(b"dsl call sender").digest()[:20]

_EPILOG = """\b
Examples:
  dsl call pricing quote --args '{"fico_score": 741, "listed_price": 100}'
  dsl call purchase buy --state purchase.state
  dsl call purchase buy.where --args '{"instance": "1"}' --state purchase.state
  dsl call shop.sbc order --args '{"item": "tea"}' --state shop.state --value 2.5
"""


def _record(_context: click.Context, parameter: click.Parameter, value: str) -> dict[str, Any]:
    try:
        decoded = json_decode(value)
    except ValueError as error:
        raise click.BadParameter(f"this is not JSON: {error}") from error
    if not isinstance(decoded, dict):
        raise click.BadParameter("write a JSON object")
    return decoded


def _amount(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    try:
        amount = Decimal(value) * ATTO
    except ArithmeticError:
        raise click.BadParameter("write an amount of CMT like 2.5") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise click.BadParameter("an amount of CMT is not negative and has at most 18 decimals")
    if amount >= MAX_AMOUNT:
        raise click.BadParameter("there is not so much CMT")
    return int(amount)


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> bytes:
    try:
        return address_decode(value) if value else SENDER
    except KeyFormatError as error:
        raise click.BadParameter(str(error)) from error


@click.command("call", epilog=_EPILOG, short_help="Run one endpoint of an archive.")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.argument("endpoint")
@click.option("--args", default="{}", callback=_record, metavar="JSON", help="Arguments by name.", show_default=True)
@click.option("--params", default="{}", callback=_record, metavar="JSON", help="Parameters of a new instance.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Keeps the ledger between calls.")
@click.option("--sender", callback=_address, metavar="ADDR", help="Who calls [default: a fixed test address].")
@click.option("--value", default="0", callback=_amount, metavar="CMT", help="CMT that come with the call.")
@options.gas_limit
@options.now
@options.typed
@options.as_json
@failures
def command(
    archive: Path,
    endpoint: str,
    args: dict[str, Any],
    params: dict[str, Any],
    state: Path | None,
    sender: bytes,
    value: int,
    gas_limit: int,
    now: str,
    typed: bool,
    as_json: bool,
) -> None:
    """Run one ENDPOINT of an ARCHIVE (packed or a folder) with the chain's own host semantics."""
    built = build_archive(read_sources(archive))
    print_diagnostics(built.compiled.diagnostics, Sources(archive=archive))
    try:
        instance = Instance.open(built, params, now, state)
        due = instance.sandbox.tick(now=now, gas_limit=gas_limit)
        outcome = instance.sandbox.call(
            instance.contract, endpoint, args, sender=sender, value=value, now=now, gas_limit=gas_limit, trace=True
        )
    except ContractError as refused:
        raise refused_call(built, refused.code, str(refused)) from refused
    if outcome["outcome"] != "ok":
        span = locate(built.compiled.debug, outcome["function"], outcome["offset"])
        kind, code = outcome["outcome"], outcome["code"] or outcome["outcome"].replace("_", "-")
        raise RunFailedError(kind, code, outcome["message"] or "the gas limit was reached", span, outcome["gas"])
    if state is not None:
        instance.save(state)
    for step in reversed(due):  # what a block of this time does before the call
        for key in ("events", "transfers", "output"):
            outcome[key] = [*step[key], *outcome[key]]
        outcome["gas"] += step["gas"]
    shown = as_data(outcome, typed=typed)
    if as_json:
        print_json(shown)
    else:
        _print(shown)


@dataclass(frozen=True)
class Instance:
    """A contract on an in-memory ledger."""

    sandbox: Sandbox
    contract: bytes
    module: bytes

    @classmethod
    def open(cls, archive: Archive, params: dict[str, Any], now: str, state: Path | None) -> Instance:
        """The instance that the state file keeps, or a new one."""
        if state is None or not state.exists():
            sandbox = Sandbox()
            module = sandbox.deploy(archive.compiled.code)
            return cls(sandbox, sandbox.instantiate(module, params, sender=CREATOR, now=now), module)
        name = str(state)
        try:
            kept = cbor_decode(state.read_bytes())
            instance = cls(Sandbox(kept["ledger"]), kept["contract"], kept["module"])
        except (CborError, ContractError, KeyError, TypeError) as cause:
            raise refusal("bad-state", f"`{name}` is not a state that `dsl call` wrote", name) from cause
        if instance.module != archive.module_hash:
            raise refusal("bad-state", f"`{name}` keeps an instance of another module", name)
        return instance

    def save(self, state: Path) -> None:
        """Writes the state file."""
        kept = {"ledger": self.sandbox.export(), "contract": self.contract, "module": self.module}
        state.write_bytes(cbor_encode(kept))


def refused_call(archive: Archive, code: str, message: str) -> Exception:
    """What the host refuses before anything runs, as the user's mistake."""
    names = ", ".join(endpoint.name for endpoint in archive.compiled.ir.endpoints)
    known = {"unknown-endpoint": f"the contract has {names}"}
    return RunFailedError("refused", code, f"{message}; {known[code]}" if code in known else message, None, 0)


def as_data(outcome: dict[str, Any], *, typed: bool) -> dict[str, Any]:
    """The outcome as ``--json`` prints it; addresses are bech32, amounts CMT."""
    return {
        "result": to_json(outcome["result"], typed=typed),
        "events": [{"name": e["name"], "data": to_json(e["data"], typed=typed)} for e in outcome["events"]],
        "transfers": [
            {
                "from": address_encode(t["from"]),
                "to": address_encode(t["to"]),
                "amount": format((Decimal(t["amount"]) / ATTO).normalize(), "f"),
            }
            for t in outcome["transfers"]
        ],
        "tasks": [to_json(e["data"], typed=typed) for e in outcome["events"] if e["name"] == "task-ready"],
        "fired": [{"rule": rule, "facts": ids} for rule, ids in outcome["fired"]],
        "output": outcome["output"],
        "gas": outcome["gas"],
    }


def _print(shown: dict[str, Any]) -> None:
    for line in shown["output"]:
        click.echo(line)
    for firing in shown["fired"]:
        click.echo(f"fired {click.style(firing['rule'], fg='green')}")
    for event in shown["events"]:
        click.echo(f"event {event['name']} {json.dumps(event['data'], ensure_ascii=False)}")
    for transfer in shown["transfers"]:
        click.echo(f"transfer {transfer['amount']} CMT to {transfer['to']}")
    click.echo(json.dumps(shown["result"], ensure_ascii=False))
    click.echo(f"gas {shown['gas']:,}", err=True)
