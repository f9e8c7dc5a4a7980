"""The compiler as the studio uses it, warm: findings, an outline of the archive, builds."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.archive.build import Archive, build_archive, check_archive
from cybermiles.dsl.archive.manifest import Manifest, read_manifest
from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.diagnostics import CompileError, Diagnostic, Diagnostics
from cybermiles.dsl.scenarios.load import Scenario, load_scenarios
from cybermiles.dsl.syntax.rule_file import DRL_SUFFIXES, YAML_SUFFIXES, is_rules_yaml
from cybermiles.dsl.syntax.tree import RuleItem
from cybermiles.dsl.syntax.yaml_rules import read_items

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

    @property
    def rule_names(self) -> list[str]:
        """Names of all rules, in the order of their files."""
        return [rule.name for rule in self.rules]

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
        text = content.decode("utf-8", errors="replace")
        if file.startswith("rules/") and file.endswith(YAML_SUFFIXES) and is_rules_yaml(file, text):
            yield from _yaml_rules(file, text)
        if not file.endswith(DRL_SUFFIXES):
            continue
        for found in _RULE.finditer(text):
            body = text[found.end() :]
            when = re.search(r"\bwhen\b(.*?)\bthen\b", body, re.DOTALL | re.IGNORECASE)
            conditions = "\n".join(line.strip() for line in when[1].splitlines() if line.strip()) if when else ""
            yield RuleText(found[1] or found[2], file, text.count("\n", 0, found.start()) + 1, conditions)


def _yaml_rules(file: str, text: str) -> Iterable[RuleText]:
    """The rules of a YAML file, with their conditions as they stand there."""
    findings = Diagnostics()
    try:
        items = read_items(load(text.encode("utf-8"), file, findings), findings)
    except CompileError:
        return
    lines = text.split("\n")
    for item in items:
        if not isinstance(item.item, RuleItem):
            continue
        starts = [token.line for piece in item.pieces if piece.path and "when" in piece.path for token in piece.tokens]
        conditions = "\n".join(line.strip() for line in lines[min(starts) - 1 : max(starts)]) if starts else ""
        yield RuleText(item.item.name, file, item.item.name_span.line, conditions.removeprefix("when:").strip())


@dataclass(frozen=True)
class Built:
    """A compiled and packed archive."""

    archive: Archive

    @property
    def module(self) -> bytes:
        """The module's bytes: what a chain stores."""
        return self.archive.compiled.code

    @property
    def hash(self) -> str:
        """The module's identity, in hex."""
        return self.hash_bytes.hex()

    @property
    def hash_bytes(self) -> bytes:
        return hashlib.sha256(self.module).digest()

    @property
    def archive_hash(self) -> bytes:
        return bytes.fromhex(self.archive.hash)


def check(sources: Sources) -> list[Diagnostic]:
    """All that the compiler has to say about the archive, errors first; never raises for what the author wrote."""
    findings = Diagnostics()
    with _LOCK:
        found = list(check_archive(dict(sources)))
        with contextlib.suppress(CompileError):
            load_scenarios(dict(sources), findings)
    seen = dict.fromkeys([*found, *findings])
    return sorted(seen, key=lambda finding: (finding.severity != "error", finding))


def build(sources: Sources) -> Built:
    """Compiles and packs; the last few results are kept. Raises CompileError."""
    key = hashlib.sha256(repr(sorted(sources.items())).encode()).hexdigest()
    with _LOCK:
        if key not in _BUILT:
            while len(_BUILT) >= KEPT:
                _BUILT.pop(next(iter(_BUILT)))
            _BUILT[key] = Built(build_archive(dict(sources)))
        return _BUILT[key]


KEPT = 8
_LOCK = threading.RLock()
_BUILT: dict[str, Built] = {}
