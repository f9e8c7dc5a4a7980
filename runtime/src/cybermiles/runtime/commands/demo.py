"""`runtime demo`: the golden thread on a fresh solo node, each step with what it proves."""

from __future__ import annotations

import click

from cybermiles.runtime.demo.run import DemoError, run


@click.command("demo")
@click.option("--keep", is_flag=True, help="Keep the node's folder and say where it is.")
def command(keep: bool) -> None:
    """Publish, buy, instantiate, call, crash and recover, on a node of its own that is removed afterwards."""
    try:
        run(keep=keep)
    except DemoError as failed:
        click.echo(f"\n{click.style('the demo failed', fg='red', bold=True)}: {failed}", err=True)
        raise SystemExit(1) from failed
