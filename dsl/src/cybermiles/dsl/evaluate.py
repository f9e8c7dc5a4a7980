"""Runs compiled rules on facts, on the real VM: what `dsl eval` and the studio call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl.archive.manifest import read_manifest
from cybermiles.dsl.archive.sources import MANIFEST, read_sources
from cybermiles.dsl.compiler import Compiled, Source, Unit, compile_module
from cybermiles.dsl.debug_map import locate
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics
from cybermiles.dsl.explain import MAX_FIRINGS, Explanation, agreed, explain
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.lexer import MAX_SOURCE
from cybermiles.dsl.syntax.rule_file import TABLE_SUFFIXES, source_text

GAS_LIMIT = 10_000_000_000
"""The default of the `dsl` commands: some ten seconds of work."""
_FACTS = ("type-mismatch", "not-whole", "unknown-field", "unknown-type", "bad-argument")
"""Traps of an insertion that speak about the fact itself."""
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Working memory after the rules ran, and how it came about."""

    facts: list[dict[str, Any]]
    fired: list[tuple[str, list[int]]]
    gas: int
    output: list[str]
    explanation: Explanation | None = None
    """Why, if it was asked for."""
    firing_gas: list[int] = field(default_factory=list)
    """With an explanation: the gas of each firing, the choice of the match and all that follows from it included."""


class RunFailedError(Exception):
    """The run itself failed: out of gas, a trap, a revert; `span` is the place in the source, if known."""

    def __init__(self, kind: str, code: str, message: str, span: Span | None, gas: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.message = message
        self.span = span
        self.gas = gas
        self.explanation: Explanation | None = None
        """Of what came before, if it was asked for."""

    def as_json(self) -> dict[str, Any]:
        """The shape that commands print with `--json`."""
        place = self.span
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
        }


def read_source(path: Path) -> Source:
    """A source file; raises CompileError if it cannot be read."""
    try:
        if path.stat().st_size > MAX_SOURCE and path.suffix not in TABLE_SUFFIXES:
            message = f"the file has more than {MAX_SOURCE} bytes"
            span = Span(str(path), 1, 1, 1, 1)
            raise Diagnostics().fail("source-too-large", message, span, "split it over several files")
        return Source(str(path), source_text(str(path), path.read_bytes()))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"cannot read `{path}`: {str(reason).lower()}"
        raise Diagnostics().fail("unreadable-file", message, Span(str(path), 1, 1, 1, 1)) from None


def compile_for(sources: Sequence[Source], facts: Iterable[Mapping[str, Any]]) -> Compiled:
    """Rules compiled so that these facts can be inserted, whether or not a rule mentions their types.

    Rule files of one archive folder know its types, and its parameters with their defaults.
    """
    types = tuple(dict.fromkeys(str(fact["$type"]) for fact in facts))
    return compile_module(rules_unit(sources, types))


def rules_unit(sources: Sequence[Source], fact_types: Sequence[str] = ()) -> Unit:
    """Rule files as one rule set, within the contract around them if there is one."""
    folders = {Path(source.name).parent.parent for source in sources if Path(source.name).parent.name == "rules"}
    unit = Unit(rulesets={"rules": sources}, fact_types=fact_types)
    if len(folders) != 1 or not (folder := folders.pop()).joinpath(MANIFEST).is_file():
        return unit
    manifest = read_manifest(read_sources(folder), Diagnostics())
    return replace(unit, types=manifest.types, parameters=manifest.parameters)


def evaluate(
    compiled: Compiled,
    facts: Sequence[Mapping[str, Any]],
    *,
    gas_limit: int = GAS_LIMIT,
    now: str = EPOCH,
    trace: bool = False,
    ruleset: str = "rules",
    file: str = "facts",
) -> Evaluation:
    """Inserts the facts in order, fires until nothing more can; raises RunFailedError. ``trace``: explains it."""
    given = typed_facts(facts, compiled.ir.types, file)

    def why() -> Explanation:
        return explain(compiled.ir, compiled.sources, given, ruleset=ruleset, now=now)

    session: Any = None
    try:
        session = kernel.RuleSession(load(compiled), ruleset, gas_limit=gas_limit, now=now)
        for number, fact in enumerate(given, 1):
            _insert(session, fact, number, file)
        session.fire()
    except kernel.RunError as error:
        failed = run_failed(error, compiled.debug, session.gas if session is not None else 0)
        failed.explanation = why() if trace else None
        raise failed from None
    fired = [(rule, list(ids)) for rule, ids in session.fired()]
    made = Evaluation(session.facts(), fired, session.gas, list(session.output))
    if not trace:
        return made
    session.rewind(gas_limit)
    for fact in given:
        session.insert(fact)
    return replace(made, explanation=agreed(why(), fired), firing_gas=_one_by_one(session, len(fired)))


def _one_by_one(session: Any, firings: int) -> list[int]:
    """The gas of each firing, of so many that an explanation may hold."""
    made = []
    for _ in range(min(firings, MAX_FIRINGS)):
        before = session.gas
        session.fire(1)
        made.append(session.gas - before)
    return made


def load(compiled: Compiled) -> kernel.Module:
    """The module on the VM. That it is not admitted is a bug of the compiler."""
    try:
        return kernel.Module(compiled.code)
    except kernel.AdmissionError as error:
        raise CompilerBug(f"the module is not admitted: {error}") from error


def _insert(session: Any, fact: dict[str, Any], number: int, file: str) -> None:
    try:
        session.insert(fact)
    except kernel.RunError as error:
        if error.kind != "trap" or error.function is not None or error.code not in _FACTS:
            raise  # the rules trapped: it is not the fact's mistake
        message = f"fact {number}: {error.message}"
        raise Diagnostics().fail("bad-facts", message, Span(file, 1, 1, 1, 1)) from None
    except ValueError as error:
        raise bad_value(f"fact {number}", error, file) from None


def bad_value(what: str, error: ValueError, file: str) -> CompileError:
    """A value that JSON can write and no machine can hold: nested too deep, half of a surrogate pair."""
    message = "a text is not Unicode" if isinstance(error, UnicodeError) else str(error)
    return Diagnostics().fail("bad-facts", f"{what}: {message}", Span(file, 1, 1, 1, 1))


def run_failed(error: Any, debug: Mapping[str, Any], gas: int) -> RunFailedError:
    """A kernel's halt with its place in the source."""
    span = locate(debug, error.function, error.offset)
    return RunFailedError(error.kind, error.code or error.kind.replace("_", "-"), error.message, span, gas)
