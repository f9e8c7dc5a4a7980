"""Runs a process file on the kernel's engine: what `dsl process` and the studio call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.archive.build import read_unit
from cybermiles.dsl.archive.sources import MANIFEST, read_sources
from cybermiles.dsl.compiler import Compiled, Source, Unit, check_module, compile_module
from cybermiles.dsl.diagnostics import CompileError, Diagnostic, Diagnostics
from cybermiles.dsl.evaluate import EPOCH, GAS_LIMIT, read_source, run_failed
from cybermiles.dsl.process_files import process_text
from cybermiles.dsl.syntax.rule_file import RULE_SUFFIXES

MOST_RULE_FILES = 100
_TABLE = re.compile(r"""^\W*table\W+([\w -]+)""", re.MULTILINE)
"""The name of a decision table in the text of its file."""


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """Where a process is: ``state`` is what ``ProcessRun.state`` gives, ``unmatched`` the events that
    nothing waited for."""

    process: ir.Process
    state: dict[str, Any]
    unmatched: list[dict[str, Any]]
    gas: int


def compile_process(path: Path) -> tuple[Compiled, str]:
    """A process file compiled, with the archive around it if there is one, and the file's name in the module.

    Raises CompileError; places are named from where the user stands.
    """
    unit, name, folder = _unit(path)
    try:
        compiled = compile_module(unit)
    except CompileError as error:
        if folder is None:
            raise
        raise CompileError(replace(d, file=str(folder / d.file)) for d in error.diagnostics) from None
    if folder is not None:
        found = tuple(replace(d, file=str(folder / d.file)) for d in compiled.diagnostics)
        compiled = replace(compiled, diagnostics=tuple(d for d in found if d.file == str(path)))
    return compiled, name


def check_process(path: Path) -> tuple[Diagnostic, ...]:
    """All findings of a process file, errors included, named from where the user stands."""
    try:
        unit, name, folder = _unit(path)
    except CompileError as error:
        return tuple(error.diagnostics)
    found = check_module(unit)
    if folder is None:
        return found
    return tuple(replace(d, file=str(path)) for d in found if d.file == name)


def _unit(path: Path) -> tuple[Unit, str, Path | None]:
    """What is compiled for a file: inside an archive its rules, types, forms and other processes too."""
    folder = path.resolve().parent.parent
    if path.resolve().parent.name == "processes" and (folder / MANIFEST).is_file():
        _, unit = read_unit(read_sources(folder))
        shown = path.parent.parent
        return replace(unit, endpoints=(), process_endpoints=()), f"processes/{path.name}", shown
    try:
        text = process_text(str(path), path.read_bytes())
    except OSError as error:
        message = f"cannot read `{path}`: {(error.strerror or 'it is unreadable').lower()}"
        raise Diagnostics().fail("unreadable-file", message, ir.Span(str(path), 1, 1, 1, 1)) from None
    processes = [Source(str(path), text)]
    return Unit(processes=processes, rulesets=_rules_near(path, text), files=_beside(path)), str(path), None


def _rules_near(path: Path, text: str) -> dict[str, list[Source]]:
    """Rule files that a process outside of any archive may decide by: those beside it, in `rules/` there or one folder
    up, whose name or table it mentions."""
    found: dict[str, list[Source]] = {}
    for folder in (path.parent, path.parent / "rules", path.parent.parent / "rules"):
        for file in sorted(folder.glob("*")) if folder.is_dir() else ():
            if file.suffix not in RULE_SUFFIXES or not file.is_file() or len(found) >= MOST_RULE_FILES:
                continue
            try:
                source = read_source(file)
            except CompileError:
                continue
            named = {file.stem, *_TABLE.findall(source.text)}
            if any(name and name in text for name in named):
                found[str(file)] = [source]
    return found


def _beside(path: Path) -> dict[str, str]:
    """Forms that a process outside of any archive may name: JSON files in its folder."""
    found = {}
    for file in sorted(path.parent.glob("*.json"))[:100]:
        if file.is_file() and file.stat().st_size <= 1 << 20:
            found[file.relative_to(path.parent).as_posix()] = file.read_text(encoding="utf-8", errors="replace")
    return found


def choose(compiled: Compiled, file: str, wanted: str | None) -> ir.Process:
    """The process that runs: the file's first, or the one with the id ``wanted`` (KeyError)."""
    found = [process for process in compiled.ir.processes if process.file == file]
    for process in found:
        if wanted is None or process.id == wanted:
            return process
    raise KeyError(wanted)


def run_process(
    compiled: Compiled,
    process: ir.Process,
    variables: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    *,
    now: str = EPOCH,
    gas_limit: int = GAS_LIMIT,
    parameters: Mapping[str, Any] | None = None,
) -> ProcessResult:
    """Runs until the process waits or ends, with the events in order. Raises RunFailedError."""
    unmatched: list[dict[str, Any]] = []
    key = f"{process.file}#{process.id}"
    try:
        run = kernel.ProcessRun(
            compiled.code, key, dict(variables), now, gas_limit=gas_limit, parameters=dict(parameters or {})
        )
        for event in events:
            if not run.event(dict(event)):
                unmatched.append(dict(event))
        return ProcessResult(process, run.state(), unmatched, run.gas)
    except kernel.RunError as error:
        raise run_failed(error, compiled.debug, getattr(error, "gas", 0)) from None
