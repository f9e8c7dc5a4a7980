"""A studio of its own for each test: an empty home, no node but a fake one, no keys but those made here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.studio.fakes import FakeKeyring, FakeNode

from cybermiles.studio import services_of, settings
from cybermiles.studio.services.projects import Project, Workspace


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
def keys() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def services(node: FakeNode, keys: FakeKeyring) -> Iterator[None]:
    """The fakes in place of the real services."""
    services_of.use(node=node, keys=keys)
    yield
    services_of.use()


@pytest.fixture
def pricing(home: Path) -> Project:
    """A copy of the pricing template, open for editing."""
    return Workspace(home / "projects").copy_template("pricing")
