"""The compiler as the studio uses it: findings, an outline of the archive, builds. Warm: it lives as long as the studio."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.archive.manifest import Manifest, read_manifest
from cybermiles.dsl.diagnostics import CompileError, Diagnostic, Diagnostics
from cybermiles.dsl.scenarios.load import Scenario, load_scenarios

Sources = Mapping[str, bytes]

_RULE = re.compile(r'^[ \t]*rule[ \t]+(?:"([^"]*)"|(\S+))', re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class RuleText:
    """A rule as it stands in its file."""

    name: str
    file: str
    line: int
    conditions: str


@dataclass(frozen=True)
class Outline:
    """What an archive declares: for completion, forms and summaries."""

    manifest: Manifest
    scenarios: tuple[Scenario, ...]
    rules: tuple[RuleText, ...]

    def type(self, name: str) -> ir.TypeDef | None:
        """A declared type by its name."""
        return next((found for found in self.manifest.types if found.name == name), None)

    def endpoint(self, name: str) -> ir.Endpoint:
        """An endpoint by its name."""
        return next(entry.endpoint for entry in self.manifest.endpoints if entry.endpoint.name == name)


def outline(sources: Sources) -> Outline:
    """Reads the manifest, the scenarios and the rules' names. Raises CompileError."""
    findings = Diagnostics()
    files = dict(sources)
    manifest = read_manifest(files, findings)
    try:
        scenarios = tuple(load_scenarios(files, findings))
    except CompileError:
        scenarios = ()
    return Outline(manifest, scenarios, tuple(_rules(files)))


def _rules(sources: Sources) -> Iterable[RuleText]:
    for file, content in sources.items():
        if not file.endswith((".drl", ".rl")):
            continue
        text = content.decode("utf-8", errors="replace")
        for found in _RULE.finditer(text):
            body = text[found.end() :]
            when = re.search(r"\bwhen\b(.*?)\bthen\b", body, re.DOTALL | re.IGNORECASE)
            conditions = "\n".join(line.strip() for line in when[1].splitlines() if line.strip()) if when else ""
            yield RuleText(found[1] or found[2], file, text.count("\n", 0, found.start()) + 1, conditions)


_LOCK = threading.Lock()


def check(sources: Sources) -> list[Diagnostic]:
    """Everything that the compiler has to say about the archive; never raises for what the author wrote."""
    findings = Diagnostics()
    with _LOCK:
        try:
            read_manifest(dict(sources), findings)
            load_scenarios(dict(sources), findings)
        except CompileError as error:
            return list(error.diagnostics)
    return list(findings)
