"""Runs an archive's endpoints on the real machine, on a fresh ledger in memory: nothing is deployed or paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cybermiles.dsl.archive.manifest import Manifest
from cybermiles.dsl.debug_map import locate
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.explain import Explanation, Firing, Silent, explain_endpoint
from cybermiles.dsl.ir import NOWHERE, Span
from cybermiles.dsl.scenarios.load import DEFAULT_NOW, load_scenarios
from cybermiles.dsl.scenarios.run import CREATOR, SENDER
from cybermiles.dsl.scenarios.run import run_scenarios as run_all
from cybermiles.platform import ContractError, Sandbox
from cybermiles.studio.services import compiler
from cybermiles.studio.services.compiler import RuleText, Sources

GAS_LIMIT = 10_000_000_000


@dataclass(frozen=True)
class Failure:
    """Why a run ended without a result."""

    code: str
    message: str
    file: str = ""
    line: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Run:
    """What came out of one call."""

    result: Any
    fired: tuple[Firing, ...]
    silent: tuple[Silent, ...]
    gas: int
    output: tuple[str, ...]
    events: tuple[Mapping[str, Any], ...]
    failure: Failure | None = None
    note: str = ""
    """What the explanation leaves out."""


@dataclass(frozen=True)
class ScenarioOutcome:
    """A scenario that was run: `differences` says what was not as expected."""

    name: str
    differences: tuple[str, ...]
    gas: int

    @property
    def passed(self) -> bool:
        return not self.differences


def run(
    sources: Sources,
    endpoint: str,
    args: Mapping[str, Any],
    parameters: Mapping[str, Any],
    *,
    rules: Sequence[RuleText] = (),
    now: str | None = None,
) -> Run:
    """Compiles (or takes the warm module), makes a fresh instance with the parameters, calls one endpoint.

    Raises CompileError; a call that fails is a Run with a failure.
    """
    built = compiler.build(sources)
    compiled = built.archive.compiled
    moment = now or DEFAULT_NOW
    try:
        sandbox = Sandbox()
        contract = sandbox.instantiate(sandbox.deploy(built.module), dict(parameters), sender=CREATOR, now=moment)
        done = sandbox.call(contract, endpoint, dict(args), sender=SENDER, now=moment, gas_limit=GAS_LIMIT, trace=True)
    except ContractError as refused:
        return Run(None, (), (), 0, (), (), Failure(refused.code, str(refused)))
    failure = None
    if done["outcome"] != "ok":
        span = locate(compiled.debug, done["function"], done["offset"])
        failure = Failure(
            str(done["code"] or done["outcome"]).replace("_", "-"),
            str(done["message"] or ""),
            span.file if span else "",
            span.line if span else 0,
        )
    found = explain_endpoint(compiled.ir, compiled.sources, endpoint, args, now=moment, parameters=parameters)
    within = rule_files(sources, built.archive.manifest, endpoint)
    fired = firings(found, done)
    names = {firing.rule for firing in fired}
    explained = {silent.rule: silent for silent in found.silent if silent.rule not in names}
    others = [rule for rule in rules if rule.file in within and rule.name not in names and rule.name not in explained]
    return Run(
        done["result"],
        fired,
        (*explained.values(), *(_not_run(rule) for rule in others)),
        int(done["gas"]),
        tuple(done["output"]),
        tuple(done["events"]),
        failure,
        found.note,
    )


def firings(found: Explanation, done: Mapping[str, Any]) -> tuple[Firing, ...]:
    """The explained firings, if they are those of the machine; else what the machine says by itself."""
    fired = [(str(rule), tuple(int(number) for number in ids)) for rule, ids in done["fired"]]
    if [firing.rule for firing in found.firings] == [rule for rule, _ in fired]:
        return found.firings
    facts = {int(fact["$id"]): fact for fact in done.get("facts", ())}
    return tuple(
        Firing(rule, NOWHERE, ids, tuple(facts.get(number, {"$id": number}) for number in ids), ())
        for rule, ids in fired
    )


def _not_run(rule: RuleText) -> Silent:
    """A rule of a file that the endpoint may use, about which nothing more is known."""
    span = Span(rule.file, rule.line, 1, rule.line, 1)
    return Silent(rule.name, span, (), 0, " ".join(rule.conditions.split()), "")


def rule_files(sources: Sources, manifest: Manifest, endpoint: str) -> set[str]:
    """The rule files that an endpoint may use: its own, or those that its script names."""
    entry = next((found for found in manifest.endpoints if found.endpoint.name == endpoint), None)
    if entry is None:
        return set()
    if entry.kind == "rules":
        return {entry.file}
    script = sources[entry.file].decode("utf-8", errors="replace")
    return {
        file
        for file in sources
        if file.startswith("rules/")
        and (PurePosixPath(file).name in script or f'"{PurePosixPath(file).stem}"' in script)
    }


def run_scenarios(sources: Sources) -> list[ScenarioOutcome]:
    """All scenarios of the archive. Raises CompileError."""
    made = compiler.build(sources).archive.compiled
    scenarios = load_scenarios(dict(sources), Diagnostics())
    rules = compiler.outline(sources).rule_names
    report = run_all(made.code, rules, scenarios, gas_limit=GAS_LIMIT, types=made.ir.types, debug=made.debug)
    return [ScenarioOutcome(found.scenario.name, tuple(found.differences), found.gas) for found in report.results]
