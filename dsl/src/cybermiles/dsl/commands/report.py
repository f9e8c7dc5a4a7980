"""How commands speak: diagnostics with the source line, JSON with exact numbers, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cybermiles.dsl.diagnostics import CompileError, Diagnostic
from cybermiles.dsl.evaluate import RunFailedError
from cybermiles.dsl.ir import Span

OK, HAS_ERRORS, WRONG_USAGE, RUN_FAILED = 0, 1, 2, 3
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def print_json(data: Any) -> None:
    """JSON on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False))


class Sources:
    """Lines of source files for messages, read again when a message needs them."""

    def __init__(self, texts: Mapping[str, str] | None = None, archive: Path | None = None) -> None:
        self._archive = archive
        self._lines: dict[str, list[str]] = {name: text.split("\n") for name, text in (texts or {}).items()}

    def line(self, file: str, number: int) -> str | None:
        """A line of a file, if it can be read."""
        if file not in self._lines:
            try:
                path = self._archive / file if self._archive else Path(file)
                self._lines[file] = path.read_text(encoding="utf-8").split("\n")
            except (OSError, UnicodeDecodeError, ValueError):
                self._lines[file] = []
        lines = self._lines[file]
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


def excerpt(span: Span, sources: Sources) -> str:
    """The source line with a caret under the place."""
    line = sources.line(span.file, span.line)
    if line is None or not line.strip():
        return ""
    start = min(span.column, len(line) + 1) - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    cut = max(0, start - 60) if len(line) > 160 else 0
    shown = line[cut : cut + 160]
    pad = "".join("\t" if c == "\t" else " " for c in line[cut:start])
    carets = "^" * max(1, min(end, cut + 160) - start)
    gutter = " " * len(str(span.line))
    return f"  {span.line} | {shown}\n  {gutter} | {pad}{carets}\n"


def show(found: Diagnostic, sources: Sources) -> str:
    """A diagnostic for people."""
    severity = click.style(found.severity, fg=_COLOURS.get(found.severity), bold=True)
    place = f"{found.file}:{found.line}:{found.column}" if found.line else found.file
    text = f"{place}: {severity}[{found.code}]: {found.message}\n"
    span = Span(found.file, found.line, found.column, found.end_line, found.end_column)
    text += excerpt(span, sources)
    if found.hint:
        text += f"  {click.style('hint', fg='cyan')}: {found.hint}\n"
    return text


def print_diagnostics(found: Iterable[Diagnostic], sources: Sources | None = None) -> None:
    """Diagnostics on standard error."""
    sources = sources or Sources()
    for one in found:
        click.echo(show(one, sources), err=True, nl=False)


def summary(found: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.severity] = counts.get(one.severity, 0) + 1
    parts = [f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in sorted(counts.items())]
    return ", ".join(parts) if parts else "no findings"


def failures(command: Callable[..., None]) -> Callable[..., None]:
    """Turns the exceptions of a command into its messages and exit codes; the command takes ``as_json``."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        as_json = bool(options.get("as_json"))
        sources = Sources(archive=options.get("archive") or options.get("folder"))
        try:
            command(*args, **options)
        except CompileError as error:
            if as_json:
                print_json({"diagnostics": [d.as_json() for d in error.diagnostics]})
            else:
                print_diagnostics(error.diagnostics, sources)
                click.echo(summary(error.diagnostics), err=True)
            sys.exit(HAS_ERRORS)
        except RunFailedError as error:
            if as_json:
                print_json({"error": error.as_json(), "gas": error.gas})
            else:
                place = f"{error.span.file}:{error.span.line}:{error.span.column}: " if error.span else ""
                kind = click.style(error.kind.replace("_", " "), fg="red", bold=True)
                code = "" if error.code == error.kind.replace("_", "-") else f"[{error.code}]"
                click.echo(f"{place}{kind}{code}: {error.message}", err=True)
                if error.span:
                    click.echo(excerpt(error.span, sources), err=True, nl=False)
            sys.exit(RUN_FAILED)

    return run
