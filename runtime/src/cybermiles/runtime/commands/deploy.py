"""`runtime deploy`: an archive becomes a contract."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cybermiles.chain import console, transactions
from cybermiles.chain.client import Client
from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.commands.report import print_diagnostics
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import address_encode


@click.command("deploy")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--params", default="{}", metavar="JSON", help="The contract's parameters.", show_default=True)
@console.funds
@console.signer
@console.home
@console.node
@console.as_json
def command(archive: Path, params: str, funds: int, signer: str, home: Path, node: str, as_json: bool) -> None:
    """Compile an ARCHIVE (folder or .sbc), store its module and make a contract of it, in one transaction."""
    try:
        built = build_archive(read_sources(archive))
    except CompileError as refused:
        print_diagnostics(refused.diagnostics)
        sys.exit(1)
    parameters = console.parse_record(params, "--params")
    key = console.open_key(home, signer)
    module = built.compiled.code
    with Client(node) as client:
        receipt = client.send(
            key,
            transactions.deploy(module, bytes.fromhex(built.hash)),
            transactions.instantiate(built.module_hash, parameters, funds),
        )
    receipt["contract"] = address_encode(bytes.fromhex(receipt["result"][1]["contract"]))
    console.print_receipt(receipt, as_json)
    if not as_json:
        click.echo(f"contract    {receipt['contract']}")
