"""The node's home folder and its configuration.

HOME/config/config.toml    what an operator may change
HOME/config/genesis.json   the chain's first state; equal on every node
HOME/data/                 block log and state
HOME/keys/                 encrypted keys
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cybermiles.chain.console import UsageError

TEMPLATE = """\
# CyberMiles node. Times are in milliseconds.

[rest]
host = "{rest_host}"
port = {rest_port}

[solo]
# a block is made when this much time has passed and there is something to put in it
block_interval = {block_interval}
# an empty block at the latest after this time, so that timers move
empty_block_interval = {empty_block_interval}
# transactions that wait at most
mempool_size = {mempool_size}

[log]
level = "{log_level}"
# "json" for machines, "console" for people
format = "{log_format}"
"""


class ConfigError(UsageError):
    """The home folder or its configuration cannot be used."""


@dataclass(frozen=True)
class Config:
    """What `config.toml` holds; times in milliseconds."""

    rest_host: str = "127.0.0.1"
    rest_port: int = 26670
    block_interval: int = 250
    empty_block_interval: int = 5_000
    mempool_size: int = 100_000
    log_level: str = "info"
    log_format: str = "console"

    def to_toml(self) -> str:
        return TEMPLATE.format(**self.__dict__)


SECTIONS = {
    "rest": ("host", "port"),
    "solo": ("block_interval", "empty_block_interval", "mempool_size"),
    "log": ("level", "format"),
}
ALLOWED: dict[str, Callable[[Any], bool]] = {
    "rest_port": lambda port: 0 <= port <= 65535,
    "block_interval": lambda time: time >= 0,
    "empty_block_interval": lambda time: time >= 0,
    "mempool_size": lambda size: size > 0,
    "log_level": lambda level: level in ("debug", "info", "warning", "error"),
    "log_format": lambda form: form in ("json", "console"),
}
PREFIXED = {"rest": "rest_", "solo": "", "log": "log_"}


@dataclass(frozen=True)
class Home:
    """Paths of a node's home folder."""

    root: Path

    @property
    def config_file(self) -> Path:
        return self.root / "config" / "config.toml"

    @property
    def genesis_file(self) -> Path:
        return self.root / "config" / "genesis.json"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    def exists(self) -> bool:
        return self.genesis_file.is_file()

    def require(self) -> None:
        """Raises ConfigError `no-home` unless `runtime init` was run here."""
        if not self.exists():
            raise ConfigError(
                "no-home", f"no node in `{self.root}`", hint="run `runtime init` first, or name one with --home"
            )

    def load_config(self) -> Config:
        """Reads `config.toml`; unknown keys and wrong types are errors that name the key."""
        if not self.config_file.is_file():
            return Config()
        try:
            document = tomllib.loads(self.config_file.read_text())
        except tomllib.TOMLDecodeError as cause:
            raise ConfigError("bad-config", f"`{self.config_file}` is not TOML: {cause}") from cause
        values: dict[str, object] = {}
        for section, table in document.items():
            if section not in SECTIONS or not isinstance(table, dict):
                raise ConfigError("bad-config", f"unknown section `{section}`", hint=f"known: {', '.join(SECTIONS)}")
            for key, value in table.items():
                if key not in SECTIONS[section]:
                    raise ConfigError(
                        "bad-config", f"unknown key `{section}.{key}`", hint=f"known: {', '.join(SECTIONS[section])}"
                    )
                name = PREFIXED[section] + key
                expected = type(getattr(Config, name))
                if type(value) is not expected:
                    raise ConfigError("bad-config", f"`{section}.{key}` must be {expected.__name__}, not `{value}`")
                if not ALLOWED.get(name, lambda _: True)(value):
                    raise ConfigError("bad-config", f"`{section}.{key}` cannot be `{value}`")
                values[name] = value
        return Config(**values)  # type: ignore[arg-type]
