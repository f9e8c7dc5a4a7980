"""`catalog check`: would this template be published?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cybermiles.catalog.offer import check_offer


@click.command("check")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
def command(archive: Path) -> None:
    """Compile an ARCHIVE, run its scenarios, and look for what a buyer needs: category, README, tests."""
    offer = check_offer(archive)
    for line in offer.problems:
        click.echo(f"{click.style('problem', fg='red')}: {line}", err=True)
    passed = sum(result.passed for result in offer.report.results)
    click.echo(f"{passed} of {len(offer.report.results)} scenarios pass; archive {offer.archive.hash}")
    if offer.problems:
        sys.exit(1)
