"""The bar at the foot of every page: the node, its height, the rate, the key that signs."""

from __future__ import annotations

import html

import streamlit as st

from cybermiles.chain.client import NodeError
from cybermiles.studio import services_of, state
from cybermiles.studio.services.node import cmt
from cybermiles.studio.texts import t


@st.fragment(run_every=2)
def bar() -> None:
    """Asks the node every two seconds; the page around it is not run again."""
    node = services_of.node()
    cells: list[str] = []
    try:
        now = node.status()
    except NodeError as problem:
        cells.append(cell("off", t("status.off"), title=str(problem)))
        cells.append(cell("", node.url))
    else:
        cells.append(cell("on", t("status.on"), title=node.url))
        cells.append(cell("", t("status.height", height=f"{now.height:,}"), name="height"))
        cells.append(cell("", t("status.chain", chain=now.chain_id)))
        cells.append(cell("", t("status.rate", rate=cmt(now.rate * 1_000_000))))
    key = state.get().key
    if key:
        cells.append(cell("", t("status.key", key=key)))
    with st.container(key="statusbar"):
        st.html(f"<div class='cm-status' role='status'>{''.join(cells)}</div>")


def cell(kind: str, text: str, *, title: str = "", name: str = "") -> str:
    """One part of the bar."""
    dot = f"<i class='cm-dot cm-{kind}'></i>" if kind else ""
    return f"<span title='{html.escape(title, quote=True)}' data-name='{name}'>{dot}{html.escape(text)}</span>"
