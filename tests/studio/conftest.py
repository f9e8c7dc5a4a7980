"""A studio of its own for each test: an empty home, no node but a fake one, no keys but those made here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cybermiles.chain.keys import KeyStore
from cybermiles.studio import services_of, settings
from cybermiles.studio.services.projects import Project, Workspace
from tests.studio.fakes import FakeNode


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The studio's home, set for this process."""
    settings.use(settings.Settings(home=tmp_path))
    yield tmp_path
    settings.use(settings.Settings())


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
def keys(home: Path) -> KeyStore:
    """The studio's own keyring, empty."""
    return services_of.keys()


@pytest.fixture
def services(home: Path, node: FakeNode) -> Iterator[None]:
    """The fake node in place of a real one."""
    services_of.use(node)
    yield
    services_of.use(None)


@pytest.fixture
def pricing(home: Path) -> Project:
    """A copy of the pricing template, open for editing."""
    return Workspace(home / "projects").copy_template("pricing")
