"""What one browser session remembers, typed, behind one key of Streamlit's session state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st

from cybermiles.chain.keys import Key
from cybermiles.studio import settings
from cybermiles.studio.components.editor import Place
from cybermiles.studio.services.projects import Project, ProjectError, Workspace

KEY = "studio"
QUERY = "project"


@dataclass
class Studio:
    """The session: the open project and file, and what the pages last produced."""

    project: Project | None = None
    file: str = ""
    goto: Place | None = None
    nonce: int = 0
    """Counts jumps, so that the editor makes each once."""
    key: str = ""
    """Name of the key that signs."""
    unlocked: dict[str, Key] = field(default_factory=dict)
    """Keys that can sign in this session."""
    results: dict[str, Any] = field(default_factory=dict)
    """Last result of each page, by the page's own name for it."""

    def open(self, project: Project) -> None:
        """Opens a project at its first rule file."""
        files = project.files()
        self.project = project
        self.file = next((file for file in files if file.startswith("rules/")), files[0])
        self.goto = None
        self.results = {}
        st.query_params[QUERY] = reference(project)

    def close(self) -> None:
        """Back to the choice of projects."""
        self.project = None
        self.results = {}
        st.query_params.pop(QUERY, None)

    def jump(self, place: Place) -> None:
        """Shows a place in the editor."""
        self.file, self.goto, self.nonce = place.file, place, self.nonce + 1


def workspace() -> Workspace:
    """Where this studio keeps projects."""
    return Workspace(settings.current().projects)


def reference(project: Project) -> str:
    """How a project is named in addresses: its name in the workspace, else its path."""
    home = workspace().home
    return project.name if home.exists() and project.root.parent == home.resolve() else str(project.root)


def get() -> Studio:
    """The session's state; a fresh one reopens the project that the address names."""
    if KEY not in st.session_state:
        st.session_state[KEY] = state = Studio()
        wanted = st.query_params.get(QUERY) or (str(settings.current().open) if settings.current().open else "")
        if wanted:
            try:
                state.open(workspace().open(wanted))
            except ProjectError:
                state.close()
    state = cast(Studio, st.session_state[KEY])
    if state.project and QUERY not in st.query_params:  # turning to another page drops the query
        st.query_params[QUERY] = reference(state.project)
    return state
