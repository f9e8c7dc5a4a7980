"""Deploy: who signs, which parameters, what it costs; then the contract lives on the chain."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import Message, deploy, instantiate
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.studio import services_of, state
from cybermiles.studio.components import forms, results
from cybermiles.studio.components.forms import show
from cybermiles.studio.components.frame import empty, heading, needs_project, next_step, problem
from cybermiles.studio.components.signer import choose as choose_key
from cybermiles.studio.pages.test import compile_errors
from cybermiles.studio.services import compiler, deployments
from cybermiles.studio.services.compiler import Built
from cybermiles.studio.services.deployments import Deployment
from cybermiles.studio.services.node import Estimate, Receipt, address_text, cmt
from cybermiles.studio.services.projects import Project
from cybermiles.studio.texts import t

RECEIPT = "deploy-receipt"
ADDRESS = "deploy-address"
KNOWN_MODULE = "already-deployed"


def render() -> None:
    """The page."""
    session = state.get()
    project = session.project
    if project is None:
        needs_project()
        return
    heading(t("deploy.heading"), t("deploy.text"))
    try:
        outline = compiler.outline(project.sources())
        built = compiler.build(project.sources())
    except CompileError as error:
        compile_errors(error)
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader(t("deploy.contract"))
        contract(outline, built)
        st.subheader(t("deploy.parameters"))
        params = forms.parameters(outline.manifest.parameters, f"deploy-{project.name}")
        st.subheader(t("deploy.key"))
        signer = choose_key(session, "deploy")
        if signer and params.complete:
            confirm(session, project, outline, built, params.values, signer)
    with right:
        receipt = session.results.get(RECEIPT)
        if receipt:
            done(session, receipt)
        else:
            empty(t("deploy.nothing_yet") if signer else t("deploy.needs_key"), "rocket_launch" if signer else "key")


def contract(outline: compiler.Outline, built: Built) -> None:
    """What will be deployed, in plain words."""
    with st.container(border=True, key="contract"):
        name, size, hash_ = st.columns([2, 1, 2])
        with name:
            results.figure(t("deploy.name"), f"{outline.manifest.name} {outline.manifest.version}", "contract-name")
        with size:
            results.figure(t("deploy.size"), f"{len(built.module):,} B", "contract-size")
        with hash_:
            results.figure(t("deploy.module"), f"{built.hash[:16]}…", "contract-hash")
        permissions = outline.manifest.permissions
        st.caption(t("deploy.permissions", list=", ".join(permissions)) if permissions else t("deploy.no_permissions"))


def messages(built: Built, values: dict[str, Any]) -> list[Message]:
    """One transaction: store the module, make the instance; both or neither."""
    return [deploy(built.module, built.archive_hash), instantiate(built.hash_bytes, values)]


def confirm(
    session: state.Studio,
    project: Project,
    outline: compiler.Outline,
    built: Built,
    values: dict[str, Any],
    signer: Key,
) -> None:
    """The estimate and the button."""
    node = services_of.node()
    wanted = messages(built, values)
    try:
        estimate = node.estimate(signer, wanted)
        if estimate.receipt.error == KNOWN_MODULE:
            st.caption(t("deploy.known_module"))
            wanted = wanted[1:]
            estimate = node.estimate(signer, wanted)
    except NodeError as refused:
        problem(refused.code, str(refused), refused.hint)
        return
    if not costs(estimate):
        return
    if st.button(t("deploy.deploy"), type="primary", icon=":material/rocket_launch:", width="stretch"):
        session.results.pop(RECEIPT, None)
        with st.spinner(t("deploy.waiting")):
            try:
                receipt = node.submit(signer, wanted, estimate.gas_limit)
                chain = node.status().chain_id
            except NodeError as refused:
                problem(refused.code, str(refused), refused.hint)
                return
        session.results[RECEIPT] = receipt
        if receipt.ok:
            address = address_text(str(receipt.results[-1]["contract"]))
            session.results[ADDRESS] = address
            shown = {name: show(value) for name, value in values.items()}
            deployments.remember(
                project, Deployment(address, chain, built.hash, receipt.height, outline.manifest.version, shown)
            )


def costs(estimate: Estimate) -> bool:
    """What the transaction will cost; false if it would fail, which is said."""
    if not estimate.receipt.ok:
        problem(estimate.receipt.error, estimate.receipt.message)
        return False
    with st.container(border=True, key="costs"):
        fee, gas = st.columns(2)
        with fee:
            results.figure(t("deploy.fee"), cmt(estimate.receipt.fee), "estimate-fee")
            st.caption(t("deploy.at_most", fee=cmt(estimate.max_fee)))
        with gas:
            results.figure(t("deploy.gas"), f"{estimate.receipt.gas:,}", "estimate-gas")
    return True


def done(session: state.Studio, receipt: Receipt) -> None:
    """The receipt; on success the address and the way to the next page."""
    if receipt.ok:
        st.success(t("deploy.done"), icon=":material/check_circle:")
        st.code(str(session.results[ADDRESS]), language=None)
    results.receipt(receipt, "deploy")
    if receipt.ok:
        next_step("call", t("deploy.next"))
