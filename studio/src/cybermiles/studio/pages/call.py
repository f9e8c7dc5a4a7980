"""Call: an endpoint of a living contract; its answer and its receipt."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import call
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import address_decode
from cybermiles.studio import services_of, state
from cybermiles.studio.components import forms, results
from cybermiles.studio.components.frame import address, empty, heading, link, needs_project, problem
from cybermiles.studio.components.signer import choose as choose_key
from cybermiles.studio.pages.deploy import costs
from cybermiles.studio.pages.test import compile_errors
from cybermiles.studio.services import compiler, deployments
from cybermiles.studio.services.deployments import Deployment
from cybermiles.studio.services.projects import Project
from cybermiles.studio.texts import t

RECEIPT = "call-receipt"


def render() -> None:
    """The page."""
    session = state.get()
    project = session.project
    if project is None:
        needs_project()
        return
    heading(t("call.heading"), t("call.text"))
    try:
        chain = services_of.node().status().chain_id
    except NodeError as refused:
        problem(refused.code, str(refused), refused.hint)
        return
    living = [found for found in deployments.load(project) if found.chain_id == chain]
    if not living:
        empty(t("call.nothing_yet"), "bolt")
        link("deploy", t("call.deploy_first"), icon=":material/rocket_launch:")
        return
    try:
        outline = compiler.outline(project.sources())
    except CompileError as error:
        compile_errors(error)
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        ask(session, project, outline, living)
    with right:
        show(session)


def ask(session: state.Studio, project: Project, outline: compiler.Outline, living: list[Deployment]) -> None:
    """Contract, endpoint, arguments, key."""
    labels = {described(found): found for found in living}
    contract = labels[st.selectbox(t("call.contract"), list(labels), key=f"contract-{project.name}")]
    address(contract.address, "contract")
    names = [entry.endpoint.name for entry in outline.manifest.endpoints]
    name = st.selectbox(t("call.endpoint"), names, key=f"call-endpoint-{project.name}")
    args = forms.arguments(outline.endpoint(name).args, outline.manifest.types, f"call-{project.name}-{name}")
    signer = choose_key(session, "call")
    if signer is None:
        return
    if not args.complete:
        st.button(t("call.call"), type="primary", icon=":material/bolt:", width="stretch", disabled=True)
        return
    send(session, contract, name, args.values, signer)


def described(found: Deployment) -> str:
    """A contract in one line: version, parameters, block."""
    values = ", ".join(f"{name} {value}" for name, value in found.parameters.items())
    return t(
        "call.described", version=found.version, values=values, height=f"{found.height:,}", tail=found.address[-6:]
    )


def send(session: state.Studio, contract: Deployment, endpoint: str, args: dict[str, Any], signer: Key) -> None:
    """The estimate and the button."""
    node = services_of.node()
    wanted = [call(address_decode(contract.address), endpoint, args)]
    try:
        estimate = node.estimate(signer, wanted)
        if costs(estimate) and st.button(t("call.call"), type="primary", icon=":material/bolt:", width="stretch"):
            session.results.pop(RECEIPT, None)
            with st.spinner(t("call.waiting")):
                session.results[RECEIPT] = node.submit(signer, wanted, estimate.gas_limit)
    except NodeError as refused:
        problem(refused.code, str(refused), refused.hint)


def show(session: state.Studio) -> None:
    """The answer and its receipt."""
    found = session.results.get(RECEIPT)
    if found is None:
        empty(t("call.no_answer_yet"), "bolt")
        return
    if found.ok:
        with st.container(border=True, key="call-result"):
            results.answer(found.results[-1] if found.results else None, "call-result")
    results.receipt(found, "call")
