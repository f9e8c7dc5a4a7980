"""The `studio` command."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from cybermiles.chain.keys import KeyStoreError
from cybermiles.platform import LedgerError
from cybermiles.runtime.config import ConfigError
from cybermiles.studio import services_of, settings


def check_port(host: str, port: int) -> None:
    """Says that a port is taken before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise click.ClickException(
                f"cannot listen on `{host}:{port}`: {problem.strerror}\nhint: choose another port with --port"
            ) from problem


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--node", metavar="URL", help="The node to deploy to. Default: one of your own, started with the studio.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8501, show_default=True, help="Port to listen on.")
@click.option(
    "--keys", "keyring", type=click.Path(path_type=Path), help="Folder of the keys. Default: HOME/keys of the studio."
)
@click.option("--home", type=click.Path(path_type=Path), help="Where projects, keys and the own node's data are kept.")
@click.option("--browser/--no-browser", default=False, help="Open the page in your browser.")
def main(
    folder: Path | None, node: str | None, host: str, port: int, keyring: Path | None, home: Path | None, browser: bool
) -> None:
    """Starts the studio: write rules, test them on the real machine, deploy and call them.

    \b
    Examples:
      studio                               your own node, projects in your data folder
      studio contracts/pricing             open a folder
      studio --node http://127.0.0.1:26670
    """
    chosen = settings.Settings(
        home=(home or settings.default_home()).expanduser().resolve(),
        node=node or "",
        keyring=keyring.expanduser().resolve() if keyring else None,
        open=folder.resolve() if folder else None,
    )
    settings.use(chosen)
    check_port(host, port)
    try:
        services_of.node()
    except (ConfigError, LedgerError, KeyStoreError, OSError) as problem:
        raise click.ClickException(
            f"the node in `{chosen.home}` does not start: {problem}\nhint: is another studio running on this home?"
        ) from problem
    from cybermiles.studio.server import serve  # Streamlit takes a second to import

    click.echo(f"studio: http://{host}:{port}  (Ctrl-C stops it)")
    serve(host, port, browser=browser)
