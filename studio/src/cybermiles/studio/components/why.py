"""Why a rule fired or did not: its conditions as they are written, with the values that they saw."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from cybermiles.dsl.explain import Check, Condition, Decision, Firing, Miss, Silent
from cybermiles.studio.components.forms import show
from cybermiles.studio.components.frame import plain
from cybermiles.studio.texts import t

_YES = "<i class='cm-yes'>✓</i>"
_NO = "<i class='cm-no'>✗</i>"


def fired(firing: Firing) -> None:
    """One firing: the facts, what the conditions saw, what the consequence did."""
    st.markdown(f":green[:material/check_circle:] **{plain(firing.rule)}** {_where(firing)}")
    st.html("".join(fact(one) for one in firing.facts))
    seen = [_condition(one, _YES, with_fact=False) for one in firing.conditions]
    if seen:
        _block(t("result.because"), seen)
    for found in firing.decisions:
        _block(f"{found.table}", _decision(found))
    did = [
        f"{_fields([(f'{change.field}', f'{show(change.before)} → {show(change.after)}')])}"
        f"<span class='cm-muted'>#{change.id}</span>"
        for change in firing.changed
    ]
    did += [f"<span class='cm-muted'>{html.escape(t('result.inserted'))}</span>{fact(one)}" for one in firing.inserted]
    did += [f"<span class='cm-muted'>{html.escape(t('result.deleted'))} #{gone}</span>" for gone in firing.deleted]
    if did:
        _block(t("result.then"), did)


def _decision(found: Decision) -> list[str]:
    """The rows of a table: those that are true, then the nearest others with the cell that failed."""
    lines = [_fields((one.text, show(one.value)) for one in found.inputs)]
    for row in found.rows:
        number = f"<span class='cm-muted'>{html.escape(t('result.row', number=row.number))}</span>"
        lines.append(f"{_YES}{number}" if row.failed is None else f"{_NO}{number}{_check(row.failed, mark='')}")
    return lines


def silent(found: Silent) -> None:
    """A rule that did not fire: how far its nearest match got, and what failed."""
    st.markdown(f":gray[:material/do_not_disturb_on:] **{plain(found.rule)}** {_where(found)}")
    lines = [_condition(one, _YES) for one in found.held]
    if found.reason and not found.failed:
        lines.append(f"<span class='cm-muted'>{html.escape(found.reason)}</span>")
    elif found.failed:
        reason = f"<span class='cm-muted'>{html.escape(found.reason)}</span>"
        lines.append(f"{_NO}<code>{html.escape(found.failed)}</code>{reason}" + "".join(map(_miss, found.misses)))
    if lines:
        _block("", lines)


def fact(values: Mapping[str, Any]) -> str:
    """A fact as its type and its fields."""
    kind = html.escape(str(values.get("$type", "")))
    shown = [(name, show(value)) for name, value in values.items() if not name.startswith("$") and value is not None]
    return f"<div class='cm-fact'><span class='cm-type'>{kind}</span>{_fields(shown)}</div>"


def _where(found: Firing | Silent) -> str:
    return f":gray[{plain(f'{found.span.file}:{found.span.line}')}]" if found.span.line else ""


def _block(title: str, lines: Iterable[str]) -> None:
    label = f"<div class='cm-label'>{html.escape(title)}</div>" if title else ""
    st.html(f"<div class='cm-why'>{label}{''.join(f'<div class=cm-line>{line}</div>' for line in lines)}</div>")


def _condition(found: Condition, mark: str, *, with_fact: bool = True) -> str:
    note = f"<span class='cm-muted'>{html.escape(found.note)}</span>" if found.note else ""
    of = fact(found.fact) if found.fact and with_fact else ""
    return f"{mark}<code>{html.escape(found.text)}</code>{note}{of}{''.join(map(_check, found.checks))}"


def _check(found: Check, mark: str | None = None) -> str:
    """A test whose operands are worth showing."""
    if not found.operands:
        return ""
    mark = (_YES if found.holds else _NO) if mark is None else mark
    values = _fields((one.text, show(one.value)) for one in found.operands)
    return f"<div class='cm-check'>{mark}<code>{html.escape(found.text)}</code>{values}</div>"


def _miss(found: Miss) -> str:
    of = fact(found.fact) if found.fact else ""
    if found.check is None:
        return of or f"<div class='cm-check'>{html.escape(show(found.value))}</div>"
    return of + (
        _check(found.check) or f"<div class='cm-check'>{_NO}<code>{html.escape(found.check.text)}</code></div>"
    )


def _fields(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<span class='cm-field'><b>{html.escape(name)}</b>{html.escape(value)}</span>" for name, value in pairs
    )
