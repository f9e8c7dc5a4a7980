"""What the commands of the node and of the catalog share: options, amounts, keys, receipts."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click
import platformdirs

from cybermiles.chain.client import DEFAULT_NODE, NodeError, TransactionFailed
from cybermiles.chain.genesis import ATTO, GenesisError
from cybermiles.chain.keys import Key, KeyStore, KeyStoreError
from cybermiles.platform import KeyFormatError, LedgerError, address_decode, json_decode, json_encode

PASSWORD_VARIABLE = "CYBERMILES_PASSWORD"
HOME_VARIABLE = "CYBERMILES_HOME"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class UsageError(Exception):
    """A command was given what it cannot use. `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def lazy_group(package: str, commands: Mapping[str, str]) -> type[click.Group]:
    """A group whose verbs live one a file in `package`, each as `command`; a file is loaded when its verb is used."""

    class LazyGroup(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:
            return list(commands)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if cmd_name not in commands:
                return None
            command: click.Command = importlib.import_module(f"{package}.{commands[cmd_name]}").command
            return command

    return LazyGroup


@contextlib.contextmanager
def report_errors() -> Iterator[None]:
    """Turns what can go wrong in a command into its message and exit code."""
    try:
        yield
    except (UsageError, NodeError) as error:
        fail(error.code, str(error), error.hint)
    except (KeyStoreError, KeyFormatError, LedgerError) as error:
        fail(error.code, str(error))
    except GenesisError as error:
        fail("bad-genesis", str(error))
    except TransactionFailed as error:
        fail(error.code, error.receipt["message"], status=3)
    except UnicodeDecodeError as error:
        fail("not-text", f"a file is not UTF-8 text: {error.reason} at byte {error.start}")
    except OSError as error:
        where = f"`{error.filename}`: " if error.filename else ""
        fail("io", f"{where}{(error.strerror or type(error).__name__).lower()}")
    except (ValueError, TypeError, LookupError, AttributeError, MemoryError, RecursionError) as error:
        fail("internal", f"please report this: {type(error).__name__}: {str(error)[:200]}", status=70)


def fail(code: str, message: str, hint: str = "", status: int = 1) -> NoReturn:
    """Prints an error as people and programs can read it, and ends the command."""
    click.echo(f"{click.style('error', fg='red', bold=True)}[{code}]: {message}", err=True)
    if hint:
        click.echo(f"  {click.style('hint', fg='cyan')}: {hint}", err=True)
    sys.exit(status)


def default_home() -> Path:
    """The folder of the user's node and keys."""
    return Path(os.environ.get(HOME_VARIABLE) or platformdirs.user_data_path("cybermiles"))


def key_store(home: Path) -> KeyStore:
    """The keys of a home folder."""
    return KeyStore(home / "keys")


def _home(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    return value or default_home()


def _amount(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    return parse_cmt(value)


home: Decorator = click.option(
    "--home",
    type=click.Path(path_type=Path),
    callback=_home,
    help="The node's folder [default: the user's data folder].",
)
node: Decorator = click.option(
    "--node", default=DEFAULT_NODE, show_default=True, metavar="URL", help="A node's REST API."
)
as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
signer: Decorator = click.option("--from", "signer", required=True, metavar="NAME", help="Key that signs and pays.")
funds: Decorator = click.option(
    "--funds", default="0", metavar="CMT", callback=_amount, help="CMT that go with it.", show_default=True
)


def parse_cmt(text: str) -> int:
    """CMT to attoCMT, exactly."""
    try:
        amount = Decimal(text) * ATTO
    except ArithmeticError:
        raise click.BadParameter(f"`{text}` is not an amount of CMT") from None
    if amount.is_finite() and amount >= 10**36:
        raise click.BadParameter("there is not so much CMT")
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise click.BadParameter(f"`{text}` is not an amount of CMT with at most 18 decimals")
    return int(amount)


def show_cmt(amount: int) -> str:
    """attoCMT as CMT, all digits that count."""
    whole, rest = divmod(abs(amount), ATTO)
    digits = f"{rest:018d}".rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole:,}{'.' + digits if digits else ''} CMT"


def password(confirm: bool = False) -> str:
    """From the environment, or asked for."""
    known = os.environ.get(PASSWORD_VARIABLE)
    return known if known is not None else str(click.prompt("Password", hide_input=True, confirmation_prompt=confirm))


def open_key(home: Path, name: str) -> Key:
    """A key of the home folder, unlocked."""
    return key_store(home).open(name, password())


def parse_address(text: str, home: Path) -> bytes:
    """An address, or the name of a key in the home folder."""
    for entry in key_store(home).list():
        if entry.name == text:
            return address_decode(entry.address)
    return address_decode(text)


def parse_record(text: str, what: str) -> dict[str, Any]:
    """A JSON object with exact numbers."""
    try:
        value = json_decode(text)
    except ValueError as cause:
        raise UsageError("bad-json", f"{what} is not JSON: {cause}") from cause
    if not isinstance(value, dict):
        raise UsageError("bad-json", f"{what} must be a JSON object")
    return value


def plain(value: Any) -> str:
    """A value as JSON text, numbers as texts in plain notation."""
    return str(json_encode(value))


def print_json(document: Any) -> None:
    """JSON on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False))


def print_receipt(receipt: dict[str, Any], as_json: bool) -> None:
    """A receipt for people, or as JSON."""
    if as_json:
        print_json(receipt)
        return
    click.echo(f"transaction {receipt['hash']}")
    click.echo(f"height      {receipt['height']}")
    click.echo(f"gas         {receipt['gas']:,} of {receipt['gas_limit']:,}, fee {show_cmt(int(receipt['fee']))}")
    for event in receipt["events"]:
        click.echo(f"event       {event['source']} {event['name']} {json.dumps(event['data'], ensure_ascii=False)}")
    for result in receipt["result"] or []:
        click.echo(f"result      {json.dumps(result, ensure_ascii=False)}")
