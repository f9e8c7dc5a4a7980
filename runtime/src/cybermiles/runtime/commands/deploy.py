"""`runtime deploy`: an archive becomes a contract."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cybermiles.chain import transactions
from cybermiles.chain.client import Client
from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.commands.report import print_diagnostics
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import address_encode
from cybermiles.runtime.commands import options
from cybermiles.runtime.config import Home


@click.command("deploy")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--params", default="{}", metavar="JSON", help="The contract's parameters.", show_default=True)
@options.funds
@options.signer
@options.home
@options.node
@options.as_json
def command(archive: Path, params: str, funds: int, signer: str, home: Home, node: str, as_json: bool) -> None:
    """Compile an ARCHIVE (folder or .sbc), store its module and make a contract of it, in one transaction."""
    try:
        built = build_archive(read_sources(archive))
    except CompileError as refused:
        print_diagnostics(refused.diagnostics)
        sys.exit(1)
    parameters = options.parse_record(params, "--params")
    key = options.open_key(home, signer)
    module = built.compiled.code
    with Client(node) as client:
        receipt = client.send(
            key,
            transactions.deploy(module, bytes.fromhex(built.hash)),
            transactions.instantiate(built.module_hash, parameters, funds),
        )
    receipt["contract"] = address_encode(bytes.fromhex(receipt["result"][1]["contract"]))
    options.print_receipt(receipt, as_json)
    if not as_json:
        click.echo(f"contract    {receipt['contract']}")
