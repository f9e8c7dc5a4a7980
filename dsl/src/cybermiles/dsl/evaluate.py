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
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.lexer import MAX_SOURCE

GAS_LIMIT = 10_000_000_000
"""The default of the `dsl` commands: some ten seconds of work."""
_FACTS = ("type-mismatch", "not-whole", "unknown-field", "unknown-type", "bad-argument")
"""Traps of an insertion that speak about the fact itself."""
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Firing:
    """What one firing did, for traces."""

    rule: str
    facts: tuple[int, ...]
    before: tuple[dict[str, Any], ...]
    """The matched facts as the consequence found them."""
    changed: tuple[dict[str, Any], ...]
    """`{"$id", "field", "before", "after"}` for each field that changed."""
    inserted: tuple[dict[str, Any], ...]
    deleted: tuple[int, ...]
    gas: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Working memory after the rules ran, and how it came about."""

    facts: list[dict[str, Any]]
    fired: list[tuple[str, list[int]]]
    gas: int
    output: list[str]
    trace: list[Firing] = field(default_factory=list)


class RunFailedError(Exception):
    """The run itself failed: out of gas, a trap, a revert; `span` is the place in the source, if known."""

    def __init__(self, kind: str, code: str, message: str, span: Span | None, gas: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.message = message
        self.span = span
        self.gas = gas

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
        if path.stat().st_size > MAX_SOURCE:
            message = f"the file has more than {MAX_SOURCE} bytes"
            span = Span(str(path), 1, 1, 1, 1)
            raise Diagnostics().fail("source-too-large", message, span, "split it over several files")
        return Source(str(path), path.read_text(encoding="utf-8").removeprefix("\ufeff"))
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
    """Inserts the facts in order, fires until nothing more can; raises RunFailedError."""
    session: Any = None
    try:
        module = load(compiled)
        session = kernel.RuleSession(module, ruleset, gas_limit=gas_limit, now=now)
        for number, fact in enumerate(typed_facts(facts, compiled.ir.types, file), 1):
            _insert(session, fact, number, file)
        steps = list(_steps(session)) if trace else []
        if not trace:
            session.fire()
        fired = [(rule, list(ids)) for rule, ids in session.fired()]
        return Evaluation(session.facts(), fired, session.gas, list(session.output), steps)
    except kernel.RunError as error:
        raise run_failed(error, compiled.debug, session.gas if session is not None else 0) from None


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


def _steps(session: Any) -> Iterable[Firing]:
    """Fires one rule at a time and compares working memory before and after."""
    before = {fact["$id"]: fact for fact in session.facts()}
    count = 0
    while True:
        gas = session.gas
        if not session.fire(1):
            return
        rule, ids = session.fired()[count]
        count += 1
        after = {fact["$id"]: fact for fact in session.facts()}
        yield Firing(
            rule,
            tuple(ids),
            tuple(before[i] for i in ids if i in before),
            tuple(
                {"$id": i, "field": name, "before": before[i].get(name), "after": fact.get(name)}
                for i, fact in after.items()
                if i in before
                for name in {**before[i], **fact}
                if before[i].get(name) != fact.get(name)
            ),
            tuple(fact for i, fact in after.items() if i not in before),
            tuple(i for i in before if i not in after),
            session.gas - gas,
        )
        before = after
