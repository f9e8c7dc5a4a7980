"""Test: a scenario or values of one's own, run on the real machine; which rules fired, and on which facts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.scenarios.load import Scenario
from cybermiles.studio import state
from cybermiles.studio.components import forms, results
from cybermiles.studio.components.editor import Place
from cybermiles.studio.components.frame import empty, go, heading, needs_project, next_step, plain, problem
from cybermiles.studio.services import compiler, machine
from cybermiles.studio.services.machine import ScenarioOutcome
from cybermiles.studio.services.projects import Project
from cybermiles.studio.texts import t

RUN = "run"
OUTCOMES = "outcomes"


def render() -> None:
    """The page."""
    session = state.get()
    project = session.project
    if project is None:
        needs_project()
        return
    heading(t("test.heading"), t("test.text"))
    try:
        outline = compiler.outline(project.sources())
        compiler.build(project.sources())
    except CompileError as error:
        compile_errors(error)
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        ask(session, project, outline)
    with right:
        show(session)
    next_step("deploy", t("test.next"))


def compile_errors(error: CompileError) -> None:
    """The archive does not compile: the first errors, and where to mend them."""
    for finding in [found for found in error.diagnostics if found.severity == "error"][:5]:
        problem(finding.code, f"{finding.file}:{finding.line}: {finding.message}", finding.hint or "")
    first = next((found for found in error.diagnostics if found.severity == "error"), None)
    if first and st.button(t("test.mend"), icon=":material/edit_note:", type="primary"):
        state.get().jump(Place(first.file, first.line, first.column))
        go("project")


def ask(session: state.Studio, project: Project, outline: compiler.Outline) -> None:
    """What to run: a scenario of the project, or an endpoint with values."""
    scenarios = {f"{number}. {plain(found.name)}": found for number, found in enumerate(outline.scenarios, 1)}
    own = t("test.own_values")
    chosen = st.selectbox(t("test.start_from"), [*scenarios, own], key=f"scenario-{project.name}")
    scenario = scenarios.get(chosen)
    endpoints = [entry.endpoint.name for entry in outline.manifest.endpoints]
    slug = f"{project.name}-{chosen}"
    wanted = scenario.calls[-1].endpoint if scenario else endpoints[0]
    name = st.selectbox(
        t("test.endpoint"),
        endpoints,
        index=endpoints.index(wanted) if wanted in endpoints else 0,
        key=f"endpoint-{slug}",
    )
    given = dict(scenario.calls[-1].args) if scenario and name == wanted else {}
    args = forms.arguments(outline.endpoint(name).args, outline.manifest.types, f"args-{slug}-{name}", given)
    with st.expander(t("test.parameters"), icon=":material/tune:"):
        params = forms.parameters(with_defaults(outline.manifest.parameters, scenario), f"params-{slug}")
    run, every = st.columns(2)
    with run:
        if st.button(
            t("test.run"),
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not (args.complete and params.complete),
        ):
            session.results.pop(OUTCOMES, None)
            attempt(session, project, outline, name, args.values, params.values, scenario.now if scenario else None)
    with every:
        if st.button(t("test.run_all"), icon=":material/checklist:", width="stretch", disabled=not scenarios):
            session.results.pop(RUN, None)
            session.results[OUTCOMES] = machine.run_scenarios(project.sources())


def with_defaults(schema: dict[str, Any], scenario: Scenario | None) -> dict[str, Any]:
    """The parameters' schema with a scenario's values as defaults."""
    given = scenario.parameters if scenario else {}
    properties = {
        name: {**rules, **({"default": given[name]} if name in given else {})}
        for name, rules in (schema.get("properties") or {}).items()
    }
    return {**schema, "properties": properties}


def attempt(
    session: state.Studio,
    project: Project,
    outline: compiler.Outline,
    endpoint: str,
    args: dict[str, Any],
    params: dict[str, Any],
    now: str | None,
) -> None:
    """Runs once and keeps the result."""
    session.results.pop(RUN, None)
    session.results[RUN] = machine.run(project.sources(), endpoint, args, params, rules=outline.rules, now=now)


def show(session: state.Studio) -> None:
    """The last result."""
    if RUN in session.results:
        results.run(session.results[RUN])
    elif OUTCOMES in session.results:
        outcomes(session.results[OUTCOMES])
    else:
        empty(t("test.nothing_yet"), "experiment")


def outcomes(found: list[ScenarioOutcome]) -> None:
    """All scenarios, passed or not."""
    passed = sum(outcome.passed for outcome in found)
    with st.container(border=True, key="run-result"):
        results.figure(t("test.passed"), t("test.passed_of", passed=passed, count=len(found)), "passed", large=True)
    for number, outcome in enumerate(found, 1):
        with st.container(border=True, key=f"outcome-{number}"):
            icon = ":green[:material/check_circle:]" if outcome.passed else ":red[:material/cancel:]"
            st.markdown(f"{icon} {plain(outcome.name)}")
            for line in outcome.differences:
                st.caption(plain(line))
