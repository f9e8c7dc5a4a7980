"""Choosing and unlocking the key that signs. Unlocked keys stay in this session's memory."""

from __future__ import annotations

import re

import streamlit as st

from cybermiles.studio import services_of, state
from cybermiles.studio.components.frame import address, problem
from cybermiles.studio.services.keys import KeyringError, Unlocked
from cybermiles.studio.services.node import NodeError, cmt
from cybermiles.studio.texts import t

UNLOCKED = "unlocked"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def choose(session: state.Studio, place: str) -> Unlocked | None:
    """The key that signs on this page, if one is chosen and unlocked."""
    keyring = services_of.keys()
    known = keyring.list()
    unlocked: dict[str, Unlocked] = session.results.setdefault(UNLOCKED, {})
    if not known:
        st.caption(t("signer.none"))
        add(session, unlocked, place)
        return None
    names = [key.name for key in known]
    index = names.index(session.key) if session.key in names else 0
    session.key = st.selectbox(t("signer.key"), names, index=index, key=f"key-{place}")
    chosen = known[names.index(session.key)]
    try:
        balance = cmt(services_of.node().balance(chosen.address))
    except NodeError as refused:
        problem(refused.code, refused.message, refused.hint)
        return None
    address(chosen.address, place)
    st.caption(t("signer.balance", balance=balance))
    if chosen.name not in unlocked:
        unlock(chosen.name, unlocked, place)
    with st.popover(t("signer.another"), icon=":material/add:"):
        add(session, unlocked, place)
    return unlocked.get(chosen.name)


def unlock(name: str, unlocked: dict[str, Unlocked], place: str) -> None:
    """Asks for the passphrase; a key without one opens by itself."""
    keyring = services_of.keys()
    try:
        unlocked[name] = keyring.unlock(name, "")
        return
    except KeyringError:
        pass
    with st.form(f"unlock-{place}"):
        passphrase = st.text_input(t("signer.passphrase"), type="password")
        if st.form_submit_button(t("signer.unlock"), icon=":material/lock_open:"):
            try:
                unlocked[name] = keyring.unlock(name, passphrase)
            except KeyringError as refused:
                problem(refused.code, refused.message, refused.hint)
            else:
                st.rerun()


def add(session: state.Studio, unlocked: dict[str, Unlocked], place: str) -> None:
    """Makes a new key."""
    with st.form(f"add-{place}", border=False):
        name = st.text_input(t("signer.name"), value="analyst")
        passphrase = st.text_input(t("signer.new_passphrase"), type="password", help=t("signer.passphrase_help"))
        if st.form_submit_button(t("signer.create"), icon=":material/key:"):
            try:
                if not NAME.fullmatch(name):
                    raise KeyringError("bad-key-name", t("signer.bad_name"))
                services_of.keys().add(name, passphrase)
                unlocked[name] = services_of.keys().unlock(name, passphrase)
            except KeyringError as refused:
                problem(refused.code, refused.message, refused.hint)
            else:
                session.key = name
                st.rerun()
