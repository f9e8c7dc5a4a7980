"""What the `studio` command decided before the first page ran; the same for all sessions of this process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """Where the studio keeps everything unless `--home` says otherwise."""
    return Path(platformdirs.user_data_path("cybermiles")) / "studio"


@dataclass(frozen=True)
class Settings:
    """Choices of one studio process. `token` guards the routes that only our own page may use."""

    home: Path = field(default_factory=default_home)
    node: str = ""
    """Address of a node; empty: the studio's own."""
    keyring: Path | None = None
    open: Path | None = None
    """A folder to open at once."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def projects(self) -> Path:
        return self.home / "projects"

    @property
    def keys(self) -> Path:
        """Folder of the keyring."""
        return self.keyring or self.home / "keys"


class _Holder:
    settings: Settings | None = None


def use(settings: Settings) -> None:
    """Sets the choices; the command does it before it starts the server, tests do it for themselves."""
    _Holder.settings = settings


def current() -> Settings:
    """The choices of this process."""
    if _Holder.settings is None:
        _Holder.settings = Settings()
    return _Holder.settings
