"""The `runtime` command: operators' verbs, with the habits of the Cosmos SDK's tools."""

from __future__ import annotations

import click

from cybermiles.chain.console import lazy_group, report_errors

COMMANDS = {
    "demo": "demo",
    "init": "init",
    "serve": "serve",
    "status": "status",
    "keys": "keys",
    "transfer": "transfer",
    "deploy": "deploy",
    "call": "call",
}
"""Verb to the file that holds it; loaded when it is asked for."""

_EPILOG = """\b
Examples:
  runtime demo                        the whole product on a fresh node
  runtime init && runtime serve       a node of your own
  runtime status

\b
Exit codes: 0 success, 1 the request was refused, 2 wrong usage, 3 the transaction failed.
Shell completion: eval "$(_RUNTIME_COMPLETE=bash_source runtime)" (or zsh_source, fish_source).
"""


@click.group(
    cls=lazy_group("cybermiles.runtime.commands", COMMANDS),
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="cybermiles", prog_name="runtime")
def runtime() -> None:
    """Run a CyberMiles node and talk to one."""


def main() -> None:
    """Entry point of the `runtime` command."""
    with report_errors():
        runtime(prog_name="runtime")


if __name__ == "__main__":
    main()
