"""Why a rule did not fire: the real machine tries each of its conditions alone, on the facts as they were left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.archive.build import Archive
from cybermiles.dsl.compiler import Source, Unit, compile_module
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.platform import RuleSession, RunError
from cybermiles.platform._kernel import Module

PROBES = "probes"
GAS_LIMIT = 1_000_000_000
MAX_PROBES = 200


@dataclass(frozen=True)
class Probe:
    """A rule of ours that fires if some fact of the type meets one condition (or is there at all)."""

    of: str
    kind: str
    condition: str


def why_not(
    archive: Archive, rules: Sequence[str], facts: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], now: str
) -> dict[str, tuple[str, ...]]:
    """Rule name to the conditions that no fact met; a rule about which nothing certain can be said is left out."""
    wanted = {
        rule.name: tuple(_probes(rule, archive))
        for ruleset in archive.compiled.ir.rulesets
        for rule in ruleset.rules
        if rule.name in rules
    }
    probes = list(dict.fromkeys(probe for found in wanted.values() for probe in found))[:MAX_PROBES]
    if not probes:
        return {}
    met = _met(archive, probes, facts, parameters, now)
    reasons = {
        name: tuple(_reason(probe) for probe in found if probe in met and met[probe] == (probe.kind == "not"))
        for name, found in wanted.items()
    }
    return {name: found for name, found in reasons.items() if found}


def _probes(rule: ir.Rule, archive: Archive) -> Iterator[Probe]:
    for pattern in rule.conditions:
        if not isinstance(pattern, ir.Pattern):
            continue
        texts = [text for part in pattern.constraints if (text := _text(part, archive))]
        alone = [text for text in texts if "$" not in text]
        if pattern.kind == "not":
            if len(alone) == len(pattern.constraints):
                yield Probe(pattern.of, "not", ", ".join(alone))
            continue
        yield Probe(pattern.of, pattern.kind, "")
        for text in alone:
            yield Probe(pattern.of, pattern.kind, text)


def _text(part: ir.Expr, archive: Archive) -> str:
    """The source of a condition, on one line."""
    span = part.span
    content = archive.sources.get(span.file)
    if content is None:
        return ""
    lines = content.decode("utf-8", errors="replace").splitlines()[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(line.strip() for line in lines)


def _reason(probe: Probe) -> str:
    if probe.kind == "not":
        return f"not {probe.of}({probe.condition})"
    return f"{probe.of}({probe.condition})"


def _met(
    archive: Archive,
    probes: Sequence[Probe],
    facts: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
    now: str,
) -> dict[Probe, bool]:
    """Which probes some fact meets; a probe that does not compile by itself is left out."""
    found: dict[Probe, bool] = {}
    kept: list[tuple[int, Probe]] = []
    for number, probe in enumerate(probes):
        try:
            _compile(archive, [(number, probe)])
        except CompileError:
            continue
        kept.append((number, probe))
    if not kept:
        return {}
    session = RuleSession(
        Module(_compile(archive, kept)), PROBES, gas_limit=GAS_LIMIT, now=now, parameters=dict(parameters)
    )
    try:
        for fact in facts:
            session.insert({name: value for name, value in fact.items() if name != "$id"})
        session.fire()
    except RunError:
        return {}
    fired = {name for name, _ in session.fired()}
    for number, probe in kept:
        found[probe] = f"probe {number}" in fired
    return found


def _compile(archive: Archive, probes: Sequence[tuple[int, Probe]]) -> bytes:
    text = "\n".join(f'rule "probe {number}" when {probe.of}({probe.condition}) then end' for number, probe in probes)
    types = archive.manifest.types
    unit = Unit(
        rulesets={PROBES: [Source("probes.drl", text)]},
        types=types,
        parameters=archive.manifest.parameters,
        fact_types=[probe.of for _, probe in probes],
    )
    return compile_module(unit).code
