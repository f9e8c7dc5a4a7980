"""The `dsl` command: rules, scripts and archives from the shell."""

from __future__ import annotations

import importlib
import sys

import click

from cybermiles.dsl.diagnostics import CompilerBug

COMMANDS = {
    "eval": "eval",
    "check": "check",
    "process": "process",
    "bench": "bench",
    "fmt": "format",
    "convert": "convert",
    "build": "build",
    "show": "show",
    "call": "call",
    "test": "test",
}
"""Verb to the file that holds it; loaded when it is asked for."""

_EPILOG = """\b
Examples:
  dsl eval pricing.drl --facts facts.json
  dsl check rules/
  dsl process purchase.bpmn --vars '{"amount": 120}'
  dsl fmt pricing.drl
  dsl test my-contract/
  dsl build my-contract/ -o my-contract.sbc

\b
Exit codes: 0 success, 1 the input has errors, 2 wrong usage, 3 the run failed.
Shell completion: eval "$(_DSL_COMPLETE=bash_source dsl)" (or zsh_source, fish_source).
"""


class _Lazy(click.Group):
    """A group that loads a verb when it is used, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cybermiles.dsl.commands.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.group(cls=_Lazy, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cybermiles", prog_name="dsl")
def dsl() -> None:
    """Compile, check and run business rules, processes and contracts."""


def main() -> None:
    """Entry point of the `dsl` command."""
    try:
        dsl(prog_name="dsl")
    except CompilerBug as bug:
        click.echo(f"internal error of the compiler, please report it: {bug}", err=True)
        sys.exit(70)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        where = f"`{error.filename}`: " if error.filename else ""
        click.echo(f"error: {where}{reason}", err=True)
        sys.exit(1)
    except (MemoryError, RecursionError, ValueError, TypeError, LookupError, AttributeError) as error:
        click.echo(f"internal error, please report it: {type(error).__name__}: {str(error)[:200]}", err=True)
        sys.exit(70)


if __name__ == "__main__":
    main()
