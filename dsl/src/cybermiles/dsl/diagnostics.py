"""What the compiler tells its user, and how it says that it is itself at fault.

Exception
|-- CompileError    the source is wrong: holds the diagnostics
`-- CompilerBug     we are wrong: never the user's fault
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cybermiles.dsl import error_table
from cybermiles.dsl.ir import Span


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding about a source: a stable code, a one-line message and a place; columns count from 1."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    severity: str
    message: str
    hint: str | None = field(default=None, compare=False)
    trace: tuple[str, ...] = field(default=(), compare=False)
    """Of a process: ids of elements and flows in the order of a run that shows the finding."""

    def as_json(self) -> dict[str, Any]:
        """The shape that ``dsl check --json`` prints."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end": {"line": self.end_line, "column": self.end_column},
            "hint": self.hint,
        } | ({"trace": list(self.trace)} if self.trace else {})


class CompileError(Exception):
    """The source has errors."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted(diagnostics)
        first = next((d for d in self.diagnostics if d.severity == "error"), None)
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message}" if first else "no error")


class CompilerBug(Exception):  # noqa: N818 - a bug is no error of the user
    """An invariant of the compiler is broken."""


class Diagnostics:
    """Collects what the passes find."""

    def __init__(self, limit: int = 200) -> None:
        self._found: dict[Diagnostic, None] = {}
        self._limit = limit

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def add(self, code: str, message: str, span: Span, hint: str | None = None, *, trace: tuple[str, ...] = ()) -> None:
        """Records a finding; its severity is that of its code."""
        page = error_table.PAGES.get(code)
        if page is None:
            raise CompilerBug(f"unknown diagnostic code `{code}`")
        self._found[Diagnostic(*span, code, page.severity, message, hint, trace)] = None
        if page.severity == "error" and len(self._found) >= self._limit:
            raise CompileError(self._found)

    def fail(self, code: str, message: str, span: Span, hint: str | None = None) -> CompileError:
        """Records a finding after which nothing more can be said; ``raise`` what it returns."""
        self.add(code, message, span, hint)
        return CompileError(self._found)

    @property
    def is_full(self) -> bool:
        """Whether there are so many findings that one more error ends the work."""
        return len(self._found) >= self._limit

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error that keeps the source from running."""
        return any(d.severity == "error" and not error_table.PAGES[d.code].runs for d in self._found)

    def check(self) -> None:
        """Raises if there are errors that keep the source from running."""
        if self.has_errors:
            raise CompileError(self._found)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The hint that names the nearest known word, if one is near."""
    choices = sorted(known)
    folded = {c.lower(): c for c in choices}
    near = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return f"did you mean `{folded[near[0]]}`?" if near else None
