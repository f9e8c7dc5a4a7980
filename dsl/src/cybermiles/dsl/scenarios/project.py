"""What `dsl test` is pointed at: an archive, or a folder of rules with scenarios and no contract around them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cybermiles.dsl.archive.build import build_archive, read_unit
from cybermiles.dsl.archive.sources import MANIFEST, Sources, check_size, read_sources, refusal
from cybermiles.dsl.compiler import Compiled, Source, Unit, compile_module
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.scenarios.load import load_scenarios
from cybermiles.dsl.syntax.rule_file import RULE_SUFFIXES, YAML_SUFFIXES, is_rules_yaml, source_text


@dataclass(frozen=True)
class Project:
    """Something that scenarios can run on."""

    unit: Unit
    compiled: Compiled
    sources: Sources

    @property
    def rules(self) -> list[str]:
        """Names of all rules, in order."""
        return list(dict.fromkeys(r.name for ruleset in self.compiled.ir.rulesets for r in ruleset.rules))


def open_project(path: Path) -> Project:
    """Compiles an archive (packed or a folder), or a folder with rule files and `tests/`. Raises CompileError."""
    if not path.is_dir() or (path / MANIFEST).is_file():
        sources = read_sources(path)
        return Project(read_unit(sources)[1], build_archive(sources).compiled, sources)
    sources = _read(path)
    texts = {name: _text(name, content) for name, content in sources.items()}
    rules = [Source(name, text) for name, text in texts.items() if _is_rules(name, text)]
    if not rules:
        raise refusal("archive-no-manifest", f"`{path}` has neither `{MANIFEST}` nor files of rules", str(path))
    scenarios = load_scenarios(sources, Diagnostics())
    types = {str(fact["$type"]): None for s in scenarios for call in s.calls for fact in call.facts}
    unit = Unit(name=path.resolve().name, rulesets={"rules": rules}, fact_types=tuple(types))
    return Project(unit, compile_module(unit), sources)


def _read(folder: Path) -> Sources:
    """Rule files of the folder and of `rules/`, and the scenarios of `tests/`."""
    found: Sources = {}
    total = 0
    for place, deep in ((folder, False), (folder / "rules", True), (folder / "tests", True)):
        for file in sorted(place.rglob("*") if deep else place.glob("*")):
            if file.suffix not in RULE_SUFFIXES or not file.is_file() or file.is_symlink():
                continue
            name = file.relative_to(folder).as_posix()
            total += file.stat().st_size
            check_size(name, file.stat().st_size, total, len(found) + 1)
            found[name] = file.read_bytes()
    return found


def _is_rules(name: str, text: str) -> bool:
    if name.startswith("tests/"):
        return False
    return not name.endswith(YAML_SUFFIXES) or is_rules_yaml(name, text)


def _text(name: str, content: bytes) -> str:
    try:
        return source_text(name, content)
    except UnicodeDecodeError:
        raise refusal("unreadable-file", f"`{name}` is not UTF-8 text", name) from None
