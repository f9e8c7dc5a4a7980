"""The Streamlit script: frame, navigation, status bar; pages do the rest."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cybermiles.studio import state
from cybermiles.studio.components import status
from cybermiles.studio.components.frame import PAGES
from cybermiles.studio.pages import call, deploy, project, test
from cybermiles.studio.texts import t
from cybermiles.studio.theme import style

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Draws the whole page."""
    st.set_page_config(
        page_title=t("app.title"), page_icon=str(IMAGES / "icon.svg"), layout="wide", initial_sidebar_state="collapsed"
    )
    st.html(style())
    st.logo(str(IMAGES / "logo.svg"), size="medium")
    state.get()
    pages = {
        "project": st.Page(
            project.render, title=t("project.title"), url_path="project", icon=":material/edit_note:", default=True
        ),
        "test": st.Page(test.render, title=t("test.title"), url_path="test", icon=":material/experiment:"),
        "deploy": st.Page(deploy.render, title=t("deploy.title"), url_path="deploy", icon=":material/rocket_launch:"),
        "call": st.Page(call.render, title=t("call.title"), url_path="call", icon=":material/bolt:"),
    }
    st.session_state[PAGES] = pages
    page = st.navigation(list(pages.values()), position="top")
    page.run()
    status.bar()


main()
