"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.evaluate import EPOCH, GAS_LIMIT

_NOW = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?")


def _moment(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not _NOW.fullmatch(value):
        raise click.BadParameter("write a time like 2026-01-31T12:00:00Z")
    return value if "T" in value else f"{value}T00:00:00Z"


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
typed: Decorator = click.option("--typed", is_flag=True, help='In JSON tell numbers from texts: {"$number": "80"}.')
gas_limit: Decorator = click.option(
    "--gas-limit",
    type=click.IntRange(0, 2**63 - 1),
    default=GAS_LIMIT,
    show_default=True,
    metavar="N",
    help="Stop the run when it has used this much gas.",
)
now: Decorator = click.option(
    "--now",
    default=EPOCH,
    show_default=True,
    metavar="ISO",
    callback=_moment,
    help="The time that the rules see.",
)
rules: Decorator = click.argument(
    "rules",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
facts: Decorator = click.option(
    "--facts",
    required=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON list of objects, each with "$type".',
)
