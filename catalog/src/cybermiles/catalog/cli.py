"""The `catalog` command: what sellers and buyers do with templates."""

from __future__ import annotations

import click

from cybermiles.chain.console import lazy_group, report_errors

COMMANDS = {
    "new": "new",
    "check": "check",
    "publish": "publish",
    "search": "search",
    "show": "show",
    "try": "try_template",
    "buy": "buy",
    "instantiate": "instantiate",
}
"""Verb to the file that holds it; loaded when it is asked for."""

_EPILOG = """\b
Examples:
  catalog new my-template                  scaffold a template
  catalog publish my-template --price 5 --from seller
  catalog buy pricing --from buyer
  catalog instantiate pricing --params '{"threshold": 740}' --from buyer

\b
Exit codes: 0 success, 1 the request was refused, 2 wrong usage, 3 the transaction failed.
Shell completion: eval "$(_CATALOG_COMPLETE=bash_source catalog)" (or zsh_source, fish_source).
"""


@click.group(
    cls=lazy_group("cybermiles.catalog.commands", COMMANDS),
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="cybermiles", prog_name="catalog")
def catalog() -> None:
    """Sell and buy contract templates."""


def main() -> None:
    """Entry point of the `catalog` command."""
    with report_errors():
        catalog(prog_name="catalog")


if __name__ == "__main__":
    main()
