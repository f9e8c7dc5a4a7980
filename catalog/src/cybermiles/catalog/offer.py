"""What a seller offers and a buyer tries: an archive, checked as a buyer would want it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cybermiles.chain.console import UsageError
from cybermiles.chain.transactions import Message
from cybermiles.dsl.archive.build import Archive, build_archive
from cybermiles.dsl.archive.sources import Sources, read_sources
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.scenarios.load import DEFAULT_NOW, load_scenarios
from cybermiles.dsl.scenarios.run import Report, run_scenarios
from cybermiles.platform import ContractError, Sandbox

GAS_LIMIT = 10_000_000_000
TRIER = hashlib.sha256(b"catalog try").digest()[:20]


@dataclass(frozen=True)
class Offer:
    """A compiled archive, its scenarios' report, and why it may not be published (empty: it may)."""

    archive: Archive
    report: Report
    problems: tuple[str, ...]


def open_archive(path: Path) -> tuple[Sources, Archive]:
    """Reads and compiles. Raises UsageError with the first diagnostic."""
    try:
        sources = read_sources(path)
        return sources, build_archive(sources)
    except CompileError as refused:
        first = next(found for found in refused.diagnostics if found.severity == "error")
        where = f"{first.file}:{first.line}:{first.column}"
        raise UsageError(first.code, f"{where}: {first.message}", f"see all with `dsl check {path}`") from refused


def check_offer(path: Path) -> Offer:
    """Compiles, runs the scenarios, and looks for what a buyer needs. Raises UsageError."""
    sources, archive = open_archive(path)
    try:
        scenarios = load_scenarios(sources, Diagnostics())
    except CompileError as refused:
        raise UsageError("scenario-schema", str(refused), f"see all with `dsl test {path}`") from refused
    rules = [rule.name for ruleset in archive.compiled.ir.rulesets for rule in ruleset.rules]
    made = archive.compiled
    report = run_scenarios(made.code, rules, scenarios, gas_limit=GAS_LIMIT, types=made.ir.types, debug=made.debug)
    problems = [f"the scenario `{result.scenario.name}` fails" for result in report.results if not result.passed]
    problems += [f"no scenario makes the rule `{name}` fire" for name, count in report.coverage().items() if not count]
    if not scenarios:
        problems.append("it has no scenarios under tests/")
    if "README.md" not in sources:
        problems.append("it has no README.md")
    if not archive.manifest.category:
        problems.append("contract.yaml names no category")
    return Offer(archive, report, tuple(problems))


def publish_message(archive: Archive, price: int) -> Message:
    """The message that puts an archive on sale; `price` in attoCMT."""
    manifest = archive.manifest
    return (
        "catalog/publish",
        {
            "name": manifest.name,
            "version": manifest.version,
            "module": archive.compiled.code,
            "archive": bytes.fromhex(archive.hash),
            "price": price,
            "title": manifest.title,
            "summary": manifest.summary,
            "category": manifest.category,
            "licence": manifest.license,
        },
    )


def buy_message(listing: dict[str, Any], max_price: int | None = None) -> Message:
    """The message that buys the newest version of a listing, at its price or less."""
    price = int(listing["price"]) if max_price is None else max_price
    module = bytes.fromhex(listing["module"])
    return (
        "catalog/buy",
        {"name": listing["name"], "version": listing["newest"], "max_price": price, "module": module},
    )


def try_call(path: Path, endpoint: str, parameters: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    """One call on a throw-away instance. Raises UsageError for what is refused before it runs."""
    _, archive = open_archive(path)
    sandbox = Sandbox()
    try:
        module = sandbox.deploy(archive.compiled.code)
        contract = sandbox.instantiate(module, parameters, sender=TRIER, now=DEFAULT_NOW)
        return sandbox.call(contract, endpoint, args, sender=TRIER, now=DEFAULT_NOW, gas_limit=GAS_LIMIT)
    except ContractError as refused:
        raise UsageError(refused.code, str(refused)) from refused
