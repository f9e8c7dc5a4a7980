"""The code editor: CodeMirror 6, packaged with us, as a Streamlit component."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from cybermiles.studio import settings
from cybermiles.studio.texts import t

PACKAGE = "cybermiles"
NAME = f"{PACKAGE}.editor"
HERE = Path(__file__).parent
FRAME = """
<div class="cmi-frame"><div class="cmi-editor"></div><div class="cmi-problems" aria-live="polite"></div></div>
"""
TEXT_ROUTE = "/studio/text"


@dataclass(frozen=True)
class Place:
    """A place in a file, counted from 1."""

    file: str
    line: int
    column: int


def register() -> Callable[..., Any]:
    """Announces our asset folder and returns the mounting command.

    Streamlit finds assets by the pyproject of an installed distribution, which an editable install of a namespace
    package does not offer; so the folder is named here.
    """
    manager = get_bidi_component_manager()
    if manager.get(NAME) is None:
        config = ComponentConfig(name="editor", asset_dir="assets")
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", [config]), HERE)
    return _mount(id(manager))


@functools.lru_cache(maxsize=4)
def _mount(_manager: int) -> Callable[..., Any]:
    return component(NAME, html=FRAME, js="editor.js", css="editor.css", isolate_styles=False)


def text_url() -> str:
    """The route that saves what is typed and answers with findings."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{TEXT_ROUTE}" if base else TEXT_ROUTE


def code_editor(
    *,
    project: str,
    file: str,
    text: str,
    language: str,
    words: dict[str, Any],
    version: int = 0,
    height: str = "max(380px, calc(100vh - 272px))",
    goto: Place | None = None,
    nonce: int = 0,
    key: str = "editor",
) -> Place | None:
    """Shows a file; returns the place in another file that the analyst asked for.

    What is typed goes to the text route, which saves it; no page runs again for it.
    """
    result = register()(
        key=key,
        data={
            "project": project,
            "file": file,
            "text": text,
            "language": language,
            "version": version,
            "height": height,
            "words": words,
            "check": text_url(),
            "token": settings.current().token,
            "label": t("editor.label", file=file),
            "goto": {"line": goto.line, "column": goto.column, "nonce": nonce} if goto else None,
            "texts": {
                name: t(f"editor.{name}")
                for name in ("none", "error", "errors", "warning", "warnings", "line", "offline")
            },
        },
        on_open_change=lambda: None,
    )
    place = result.get("open")
    return Place(str(place["file"]), int(place["line"]), int(place["column"])) if place else None
