"""What was deployed from a project: kept beside it, so that a new session can go on calling."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from cybermiles.studio.services.projects import Project

FILE = ".studio/deployments.json"


@dataclass(frozen=True)
class Deployment:
    """A living contract."""

    address: str
    chain_id: str
    module: str
    height: int
    version: str
    parameters: dict[str, str]
    """As shown; the chain has the values."""


def load(project: Project) -> list[Deployment]:
    """The newest first; a damaged note counts as none."""
    try:
        entries: list[Any] = json.loads((project.root / FILE).read_text())
        return [Deployment(**entry) for entry in entries]
    except (OSError, ValueError, TypeError):
        return []


def remember(project: Project, deployment: Deployment) -> None:
    """Adds one."""
    path = project.root / FILE
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([asdict(entry) for entry in [deployment, *load(project)]], indent=1))
    draft.replace(path)
