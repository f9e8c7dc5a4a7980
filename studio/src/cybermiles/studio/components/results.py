"""How results look: the value, the rules that fired and on what, gas, receipts."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import streamlit as st

from cybermiles.studio.components import why
from cybermiles.studio.components.forms import show
from cybermiles.studio.components.frame import plain, problem
from cybermiles.studio.services.machine import Run
from cybermiles.studio.services.node import Event, Receipt, cmt
from cybermiles.studio.texts import t


def figure(label: str, value: str, name: str, *, large: bool = False) -> None:
    """A labelled value."""
    kind = "cm-result" if large else "cm-figure"
    st.html(
        f"<div class='cm-label'>{html.escape(label)}</div>"
        f"<div class='{kind}' data-name='{name}'>{html.escape(value)}</div>"
    )


def answer(value: Any, name: str) -> None:
    """The result of a call, the largest thing on the page; null says what it means."""
    if isinstance(value, dict) and isinstance(value.get("facts"), list):
        memory(value["facts"])
    elif isinstance(value, dict | list):
        st.html(f"<div class='cm-label'>{html.escape(t('result.answer'))}</div>")
        st.code(show(value), language=None, wrap_lines=True)
    else:
        figure(t("result.answer"), t("result.null") if value is None else show(value), name, large=True)


def memory(facts: list[Any]) -> None:
    """Working memory, one fact a line."""
    st.html(f"<div class='cm-label'>{html.escape(t('result.memory'))}</div>")
    if not facts:
        st.caption(t("result.no_facts"))
    for fact in facts:
        if isinstance(fact, dict):
            fact_table(fact)


def run(found: Run) -> None:
    """The whole result of a test run."""
    if found.failure:
        where = f"{found.failure.file}:{found.failure.line}" if found.failure.file else ""
        problem(found.failure.code, found.failure.message, found.failure.hint or where)
    with st.container(border=True, key="run-result"):
        left, right = st.columns([3, 1])
        with left:
            if found.failure:
                figure(t("result.answer"), t("result.none"), "result", large=True)
            else:
                answer(found.result, "result")
        with right:
            figure(t("result.gas"), f"{found.gas:,}", "gas")
    st.subheader(t("result.fired", count=len(found.fired)))
    if not found.fired:
        st.caption(t("result.no_rule"))
    for number, firing in enumerate(found.fired, 1):
        with st.container(border=True, key=f"fired-{number}"):
            why.fired(firing)
    if found.silent:
        st.subheader(t("result.silent"))
        for number, silent in enumerate(found.silent, 1):
            with st.container(border=True, key=f"silent-{number}"):
                why.silent(silent)
    if found.note:
        st.caption(plain(found.note))
    if found.output:
        st.subheader(t("result.output"))
        st.code("\n".join(found.output), language=None)
    if found.events:
        events(tuple(Event("", str(entry.get("name", "")), dict(entry.get("data") or {})) for entry in found.events))


def fact_table(fact: Mapping[str, Any]) -> None:
    """A fact as its type and its fields."""
    st.html(why.fact(fact))


def events(found: tuple[Event, ...]) -> None:
    """Events in the order in which they were emitted."""
    st.subheader(t("result.events"))
    for event in found:
        fact_table({"$type": f"{event.source}  {event.name}".strip(), **event.data})


def receipt(found: Receipt, key: str) -> None:
    """A receipt of the chain: where, how much, what happened."""
    if not found.ok:
        problem(found.error, found.message)
    with st.container(border=True, key=f"receipt-{key}"):
        st.markdown(f"**:material/receipt_long: {t('receipt.title')}**")
        columns = st.columns(4)
        state = t("receipt.ok") if found.ok else t("receipt.failed")
        for column, (label, value, name) in zip(
            columns,
            [
                (t("receipt.state"), state, f"{key}-state"),
                (t("receipt.block"), f"{found.height:,}", f"{key}-block"),
                (t("receipt.fee"), cmt(found.fee), f"{key}-fee"),
                (t("receipt.gas"), f"{found.gas:,}", f"{key}-gas"),
            ],
            strict=True,
        ):
            with column:
                figure(label, value, name)
        st.html(
            f"<div class='cm-label'>{html.escape(t('receipt.hash'))}</div>"
            f"<div class='cm-mono' data-name='{key}-hash'>{html.escape(found.hash)}</div>"
        )
        if found.events:
            events(found.events)
