"""`runtime init`: a home folder with keys, a genesis and a configuration."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click

from cybermiles.chain import console
from cybermiles.chain.genesis import ATTO, Account, Genesis, Validator
from cybermiles.chain.keys import Key, KeyStore
from cybermiles.runtime.config import Config, ConfigError, Home

SUPPLY = 1_000_000 * ATTO
"""What the operator's account of a new local chain holds."""


@click.command("init")
@console.home
@click.option("--chain-id", default="cybermiles-local", show_default=True, help="Name of the new chain.")
@click.option("--port", type=click.IntRange(0, 65535), default=Config.rest_port, show_default=True, help="REST port.")
def command(home: Path, chain_id: str, port: int) -> None:
    """Create a node of a new local chain, whose one validator and one rich account is the key `operator`.

    The key is sealed with a password, which is asked for unless CYBERMILES_PASSWORD is set.
    """
    place = Home(home)
    if place.exists():
        raise ConfigError("home-exists", f"there is a node in `{home}` already", hint="choose another --home")
    operator = KeyStore(place.keys).add("operator", console.password(confirm=True))
    write_home(place, chain_id, operator, [Account(operator.address, SUPPLY)], replace(Config(), rest_port=port))
    click.echo(f"created a node of `{chain_id}` in {home}")
    click.echo(f"operator {operator.address_text} holds {console.show_cmt(SUPPLY)}")
    click.echo("start it with `runtime serve`")


def write_home(home: Home, chain_id: str, validator: Key, accounts: list[Account], config: Config) -> None:
    """Writes genesis and configuration; the chain begins now."""
    genesis = Genesis(chain_id, time.time_ns(), tuple(accounts), (Validator(validator.public, 10, validator.address),))
    home.config_file.parent.mkdir(parents=True, exist_ok=True)
    home.config_file.write_text(config.to_toml())
    home.genesis_file.write_text(genesis.to_json())
