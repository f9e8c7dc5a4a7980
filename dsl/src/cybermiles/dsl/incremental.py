"""Checking again after a change: only what changed is read again.

A rule file is cut into its items. All that is no rule (declarations, functions, queries, globals ...) is the context
of the rules; under an unchanged context a rule's findings depend on its own text alone, so they are kept by the hash
of both and moved to where the rule now stands. What cannot be cut or kept that way is checked as a whole; so is
everything the first time. The result is always that of a check of the whole (a test compares them on random edits).
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cybermiles.dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from cybermiles.dsl.compiler import Source, Unit

Check = Callable[["Unit"], tuple[Diagnostic, ...]]

_ITEM = re.compile(
    r"^(?=(?:rule|Rule|RULE|declare|query|function|global|import|package|dialect|strategy|salience|no-loop|"
    r"lock-on-active|agenda-group|auto-focus|activation-group|ruleflow-group|enabled|date-)\b)",
    re.MULTILINE,
)
_RULE = re.compile(r"(?:rule|Rule|RULE)[ \t]+(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\s\"']+)")
_EXTENDS = re.compile(r"\s+extends\b")
_ENDS = re.compile(r"\bend[ \t;]*(?://[^\n]*)?\s*\Z", re.IGNORECASE)
_DECLARED = re.compile(r"^[ \t]*declare[ \t]+(?:\w+\.)*(\w+)", re.MULTILINE)
_PLACE = re.compile(r"\bline \d")
_BRACKETS = re.compile(r"never closed|closes nothing|does not close")
WHOLE = frozenset(
    (
        *("duplicate-rule", "duplicate-name", "undeclared-type", "unused-type", "unknown-rule"),
        *("unclosed-text", "unclosed-comment", "unexpected-character", "bad-number", "source-too-large"),
        *("nesting-too-deep", "module-too-large"),
    )
)
"""Findings that depend on other rules, or that are told once for many."""
MOST_CHANGED = 40
"""Rules that are checked one by one; with more the whole is."""
_KEPT_CONTEXTS = 32


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a rule file that holds whole items."""

    text: str
    line: int
    rule: str | None
    """The rule's name, if the piece is one rule."""


@dataclass(slots=True)
class _Known:
    """What was found under one context."""

    rules: dict[bytes, tuple[Diagnostic, ...]]
    """By text: findings of a rule as if it began in line 1."""
    rest: tuple[Diagnostic, ...] | None = None
    """Findings of the context itself, in the lines of the reduced unit."""


class Checker:
    """Keeps the findings of recent checks."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._contexts: OrderedDict[bytes, _Known] = OrderedDict()

    def check(self, unit: Unit) -> tuple[Diagnostic, ...]:
        """All findings of the unit, sorted."""
        if unit.processes:  # they may ask any rule or table
            return self._check(unit)
        cut = {name: [_pieces(s) for s in sources] for name, sources in unit.rulesets.items()}
        if not (_separable(cut) and _all_used(cut)):
            return self._check(unit)
        reduced = _reduced(unit, cut)
        key = _hash(repr(reduced))
        known = self._contexts.get(key)
        if known is None:
            known = self._contexts[key] = _Known({})
            if len(self._contexts) > _KEPT_CONTEXTS:
                self._contexts.popitem(last=False)
        self._contexts.move_to_end(key)
        missing = [
            (name, index, piece)
            for name, files in cut.items()
            for index, pieces in enumerate(files)
            for piece in pieces
            if piece.rule is not None and _hash(name, unit.rulesets[name][index].name, piece.text) not in known.rules
        ]
        if known.rest is None or len(missing) > MOST_CHANGED:
            return self._whole(unit, cut, reduced, known)
        passing: dict[bytes, tuple[Diagnostic, ...]] = {}
        for name, index, piece in missing:
            found = self._one(reduced, name, index, piece)
            if any(_reaches_far(d) for d in found):
                return self._check(unit)
            kept = known.rules if all(_keepable(d) for d in found) else passing
            kept[_hash(name, unit.rulesets[name][index].name, piece.text)] = found
        return tuple(sorted(self._assembled(unit, cut, known, passing)))

    def _whole(
        self, unit: Unit, cut: dict[str, list[list[_Piece]]], reduced: Unit, known: _Known
    ) -> tuple[Diagnostic, ...]:
        """Checks everything, and keeps what belongs to one rule alone."""
        found = self._check(unit)
        rest = self._check(reduced)
        if any(_reaches_far(d) for d in (*found, *rest)) or any(_PLACE.search(d.message) for d in rest):
            return found
        known.rest = rest
        by_file: dict[str, list[Diagnostic]] = {}
        for diagnostic in found:
            by_file.setdefault(diagnostic.file, []).append(diagnostic)
        for name, files in cut.items():
            for source, pieces in zip(unit.rulesets[name], files, strict=True):
                diagnostics = by_file.get(source.name, [])
                for piece in pieces:
                    if piece.rule is None:
                        continue
                    last = piece.line + piece.text.count("\n")
                    own = [_moved(d, 1 - piece.line) for d in diagnostics if piece.line <= d.line <= last]
                    if all(_keepable(d) for d in own):
                        known.rules[_hash(name, source.name, piece.text)] = tuple(own)
        return found

    def _one(self, reduced: Unit, name: str, index: int, piece: _Piece) -> tuple[Diagnostic, ...]:
        """The findings of a rule under its context, as if it began in line 1."""
        sources = list(reduced.rulesets[name])
        before = sources[index]
        text = before.text + ("" if before.text.endswith("\n") or not before.text else "\n")
        first = text.count("\n") + 1
        sources[index] = dataclasses.replace(before, text=text + piece.text)
        alone = dataclasses.replace(reduced, rulesets={**reduced.rulesets, name: sources}, endpoints=())
        found = self._check(alone)
        return tuple(_moved(d, 1 - first) for d in found if d.file == before.name and d.line >= first)

    def _assembled(
        self,
        unit: Unit,
        cut: dict[str, list[list[_Piece]]],
        known: _Known,
        passing: dict[bytes, tuple[Diagnostic, ...]],
    ) -> Iterator[Diagnostic]:
        places: dict[str, list[tuple[int, int]]] = {}
        for name, files in cut.items():
            for source, pieces in zip(unit.rulesets[name], files, strict=True):
                at = 1
                for piece in pieces:
                    if piece.rule is None:
                        places.setdefault(source.name, []).append((at, piece.line))
                        at += piece.text.count("\n")
                        continue
                    key = _hash(name, source.name, piece.text)
                    for diagnostic in passing.get(key) or known.rules.get(key, ()):
                        yield _moved(diagnostic, piece.line - 1)
        for diagnostic in known.rest or ():
            shift = 0
            for reduced, line in places.get(diagnostic.file, ()):
                if reduced <= diagnostic.line:
                    shift = line - reduced
            yield _moved(diagnostic, shift)


def _pieces(source: Source) -> list[_Piece]:
    """The file in pieces, in order; one piece if it is no DRL."""
    if not source.name.endswith((".drl", ".rl")):
        return [_Piece(source.text, 1, None)]
    starts = sorted({0, *(m.start() for m in _ITEM.finditer(source.text)), len(source.text)})
    made: list[_Piece] = []
    line = 1
    for start, end in itertools.pairwise(starts):
        text = source.text[start:end]
        name = _RULE.match(text)
        made.append(_Piece(text, line, name[1] if name else None))
        line += text.count("\n")
    return made


def _separable(cut: dict[str, list[list[_Piece]]]) -> bool:
    """Whether each rule stands alone: it ends, no other has its name, and none extends another."""
    for files in cut.values():
        names: set[str] = set()
        for piece in (piece for pieces in files for piece in pieces):
            if piece.rule is None:
                continue
            header = _RULE.match(piece.text)
            if piece.rule in names or header is None or _EXTENDS.match(piece.text, header.end()):
                return False
            if not _ENDS.search(piece.text) or "/*" in piece.text or "`" in piece.text:
                return False
            names.add(piece.rule)
    return True


def _all_used(cut: dict[str, list[list[_Piece]]]) -> bool:
    """Whether each declared type is named somewhere else too; a type that nothing uses is a finding of the whole."""
    pieces = [piece for files in cut.values() for found in files for piece in found]
    context = "".join(piece.text for piece in pieces if piece.rule is None)
    rules = "".join(piece.text for piece in pieces if piece.rule is not None)
    return all(
        re.search(rf"\b{name}\b", rules) or len(re.findall(rf"\b{name}\b", context)) > 1
        for name in _DECLARED.findall(context)
    )


def _reduced(unit: Unit, cut: dict[str, list[list[_Piece]]]) -> Unit:
    """The unit without its rules."""
    rulesets: dict[str, Sequence[Source]] = {}
    for name, files in cut.items():
        rulesets[name] = [
            dataclasses.replace(source, text="".join(p.text for p in pieces if p.rule is None))
            for source, pieces in zip(unit.rulesets[name], files, strict=True)
        ]
    return dataclasses.replace(unit, rulesets=rulesets)


def _reaches_far(diagnostic: Diagnostic) -> bool:
    """Whether a finding depends on other rules, or hides those of the rest of the file."""
    if diagnostic.code in WHOLE:
        return True
    return diagnostic.code == "syntax" and _BRACKETS.search(diagnostic.message) is not None


def _keepable(diagnostic: Diagnostic) -> bool:
    """Whether a finding stays the same wherever the rule stands."""
    return diagnostic.severity != "error" and not _PLACE.search(diagnostic.message)


def _moved(diagnostic: Diagnostic, lines: int) -> Diagnostic:
    return dataclasses.replace(diagnostic, line=diagnostic.line + lines, end_line=diagnostic.end_line + lines)


def _hash(*texts: str) -> bytes:
    made = hashlib.sha256()
    for text in texts:
        made.update(str(len(text)).encode() + b":" + text.encode("utf-8", "surrogatepass"))
    return made.digest()
