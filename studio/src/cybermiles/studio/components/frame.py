"""The frame of every page: heading, errors, empty states, the way to the next step."""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from cybermiles.studio.texts import t

PAGES = "pages"


def plain(text: str) -> str:
    """A text that others wrote, safe inside Markdown: nothing in it is markup, an image, a link or a directive."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+-.!|~$:&" else letter for letter in text)


def heading(title: str, text: str = "", badges: Iterable[str] = ()) -> None:
    """The page's title, with small facts beside it."""
    chips = " ".join(f":gray-badge[{plain(badge)}]" for badge in badges)
    with st.container(key="heading", gap=None):
        st.markdown(f"# {plain(title)} {chips}")
        if text:
            st.caption(plain(text))


def problem(code: str, message: str, hint: str = "") -> None:
    """An error: what is wrong, what to do, and its stable code."""
    lines = [f"**{plain(message)}**", *([plain(hint)] if hint else []), f":small[:gray[{plain(code)}]]"]
    st.error("\n\n".join(lines), icon=":material/error:")


def empty(text: str, icon: str) -> None:
    """What a part of the page says while it has nothing to show."""
    with st.container(border=True, key=f"empty-{icon}", gap="small"):
        st.markdown(f":gray[:material/{icon}:]")
        st.markdown(f":gray[{plain(text)}]")


def address(text: str, key: str, note: str = "") -> None:
    """An address, whole, and what is to be said of it."""
    with st.container(key=f"address-{key}"):
        st.html(
            f"<div class='cm-address'><span class='cm-mono' data-name='address-{key}'>{html.escape(text)}</span>"
            f"<span class='cm-note'>{html.escape(note)}</span></div>"
        )


def needs_project() -> None:
    """Pages that work on a project say where to choose one."""
    heading(t("frame.no_project"))
    empty(t("frame.no_project_text"), "folder_open")
    link("project", t("frame.choose_project"), icon=":material/arrow_back:")


def next_step(page: str, label: str) -> None:
    """A link to the page that usually comes next."""
    with st.container(key="next-step", horizontal=True, horizontal_alignment="right"):
        link(page, label, icon=":material/arrow_forward:", after=True)


def link(page: str, label: str, *, icon: str, after: bool = False) -> None:
    """A link to another page of the studio, if that page is part of this run."""
    pages: dict[str, StreamlitPage] = st.session_state.get(PAGES, {})
    if page in pages:
        st.page_link(pages[page], label=label, icon=icon, icon_position="right" if after else "left")


def go(page: str) -> None:
    """Turns to another page of the studio at once, if that page is part of this run."""
    pages: dict[str, StreamlitPage] = st.session_state.get(PAGES, {})
    if page in pages:
        st.switch_page(pages[page])
