"""Choosing and unlocking the key that signs. Unlocked keys stay in this session's memory."""

from __future__ import annotations

import streamlit as st

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import Key, KeyStoreError
from cybermiles.studio import services_of, state
from cybermiles.studio.components.frame import address, problem
from cybermiles.studio.services.node import cmt
from cybermiles.studio.texts import t

FIRST = "analyst"


def choose(session: state.Studio, place: str) -> Key | None:
    """The key that signs on this page, if one is chosen and unlocked."""
    try:
        known = services_of.keys().list()
    except KeyStoreError as refused:
        problem(refused.code, str(refused))
        return None
    if not known:
        st.caption(t("signer.none"))
        add(session, place, FIRST)
        return None
    names = [key.name for key in known]
    index = names.index(session.key) if session.key in names else 0
    choice, another = st.columns([3, 1], vertical_alignment="bottom")
    with choice:
        session.key = st.selectbox(t("signer.key"), names, index=index, key=f"key-{place}")
    with another, st.popover(t("signer.another"), icon=":material/add:", width="stretch"):
        add(session, place, "")
    chosen = known[names.index(session.key)]
    try:
        balance = cmt(services_of.node().balance(chosen.address))
    except NodeError as refused:
        problem(refused.code, str(refused), refused.hint)
        return None
    address(chosen.address, place, t("signer.balance", balance=balance))
    if chosen.name not in session.unlocked:
        unlock(session, chosen.name, place)
    return session.unlocked.get(chosen.name)


def unlock(session: state.Studio, name: str, place: str) -> None:
    """Asks for the passphrase; a key without one opens by itself."""
    keyring = services_of.keys()
    try:
        session.unlocked[name] = keyring.open(name, "")
        return
    except KeyStoreError:
        pass
    with st.form(f"unlock-{place}"):
        passphrase = st.text_input(t("signer.passphrase"), type="password")
        if st.form_submit_button(t("signer.unlock"), icon=":material/lock_open:"):
            try:
                session.unlocked[name] = keyring.open(name, passphrase)
            except KeyStoreError as refused:
                problem(refused.code, str(refused))
            else:
                st.rerun()


def add(session: state.Studio, place: str, suggested: str) -> None:
    """Makes a new key."""
    with st.form(f"add-{place}", border=False):
        name = st.text_input(t("signer.name"), value=suggested)
        passphrase = st.text_input(t("signer.new_passphrase"), type="password", help=t("signer.passphrase_help"))
        if st.form_submit_button(t("signer.create"), icon=":material/key:"):
            try:
                session.unlocked[name] = services_of.keys().add(name, passphrase)
            except KeyStoreError as refused:
                problem(refused.code, str(refused))
            else:
                session.key = name
                st.rerun()
