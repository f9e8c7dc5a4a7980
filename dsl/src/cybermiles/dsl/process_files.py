"""Files of processes, in whichever notation: the one place that tells BPMN and jPDL apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn.build import build_process, executable
from cybermiles.dsl.bpmn.read import is_bpmn, read_bpmn
from cybermiles.dsl.bpmn.tree import Model
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.jpdl.build import build_jpdl
from cybermiles.dsl.jpdl.read import is_jpdl, read_jpdl
from cybermiles.dsl.jpdl.tree import Definition
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.decisions import Decisions
from cybermiles.dsl.syntax.xml import decode_xml, read_xml

PROCESS_SUFFIXES = (".bpmn", ".bpm", ".xml")
"""How the names of process files end."""


@dataclass(frozen=True, slots=True)
class ProcessFile:
    """A file that was read: the tree, and the ids of the processes that run, the first one first."""

    name: str
    model: Model | Definition
    ids: tuple[str, ...]


def is_process_file(path: Path) -> bool:
    """Whether a file that a folder holds is a model: other XML lies in folders too."""
    if path.suffix != ".xml":
        return True
    try:
        head = path.read_bytes()[:4096].decode("utf-8", "replace")
    except OSError:
        return False
    return re.search(r"<(?:[\w.-]+:)?(?:definitions|process-definition)[\s>/]", head) is not None


def process_text(name: str, data: bytes) -> str:
    """The text of a process file. Raises CompileError."""
    return decode_xml(name, data)


def read_processes(sources: Sequence[tuple[str, str]], diagnostics: Diagnostics) -> list[ProcessFile]:
    """The trees of files by name; one that cannot be read is reported and left out."""
    found: list[ProcessFile] = []
    for name, text in sources:
        try:
            document = read_xml(name, text, diagnostics)
            if is_bpmn(document):
                model = read_bpmn(document, diagnostics)
                found.append(ProcessFile(name, model, tuple(p.id for p in executable(model))))
            elif is_jpdl(document):
                definition = read_jpdl(document, diagnostics)
                found.append(ProcessFile(name, definition, (definition.name,)))
            else:
                root = document.root
                span = ir.Span(name, 1, 1, 1, 1) if root is None else root.span
                what = "" if root is None else f": `{root.local}`"
                hint = "save it as BPMN 2.0 XML, or as a jPDL 3 `process-definition`"
                raise diagnostics.fail("process-no-model", f"this is neither BPMN 2.0 nor jPDL 3{what}", span, hint)
        except CompileError:
            if diagnostics.is_full:
                raise
    return found


def declare_processes(context: Context, files: Sequence[ProcessFile]) -> None:
    """Makes the processes known by name, before anything that may start or call them is resolved."""
    keys: dict[str, str] = {}
    for names in (_by_file(files), _by_id(files)):
        keys = names | keys
    context.processes = keys


def resolve_processes(
    context: Context, files: Sequence[ProcessFile], texts: Mapping[str, str]
) -> tuple[ir.Process, ...]:
    """The graphs of all processes; one with errors is reported and left out."""
    tables = {table.name: table for table in context.made_tables}
    types = tuple(definition.name for definition in context.types)
    decisions = Decisions(context.rulesets, tables, types)
    made: list[ir.Process] = []
    for file in files:
        here = {id_: f"{file.name}#{id_}" for id_ in file.ids}
        called = {**context.processes, **here}
        if isinstance(file.model, Definition):
            built = [build_jpdl(context, file.model, texts, called)]
        else:
            by_id = {process.id: process for process in file.model.processes}
            built = [build_process(context, file.model, by_id[i], texts, decisions, called) for i in file.ids]
        made += [process for process in built if process is not None]
    return tuple(made)


def _by_file(files: Sequence[ProcessFile]) -> dict[str, str]:
    """A file is its first process: by its path, its name, or its stem if only one has it."""
    firsts = {file.name: f"{file.name}#{file.ids[0]}" for file in files if file.ids}
    names = {name: PurePosixPath(name).name for name in firsts}
    made: dict[str, str] = {}
    for short in ({n: n.rsplit(".", 1)[0] for n in names.values()}, {n: n for n in names.values()}):
        counts = Counter(short[base] for base in names.values())
        made |= {short[base]: firsts[path] for path, base in names.items() if counts[short[base]] == 1}
    return made | firsts


def _by_id(files: Sequence[ProcessFile]) -> dict[str, str]:
    """An id that only one file has."""
    counts = Counter(id_ for file in files for id_ in file.ids)
    made = {id_: f"{file.name}#{id_}" for file in files for id_ in file.ids if counts[id_] == 1}
    return made | {f"{file.name}#{id_}": f"{file.name}#{id_}" for file in files for id_ in file.ids}
