"""Consequences of YAML rules: texts of statements, and statements as mappings, as the tokens of DRL."""

from __future__ import annotations

from typing import Any

from cybermiles.dsl.archive.yaml_source import Path
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.yaml_pieces import Pieces


class Statements(Pieces):
    """What may stand under `then`."""

    made = 0
    """How many facts have names of ours."""

    def _statements(self, path: Path, value: Any) -> None:
        if not isinstance(value, list):
            self._statement(path, value)
            return
        for index, entry in enumerate(value):
            self._statement((*path, index), entry)

    def _statement(self, path: Path, value: Any) -> None:
        if isinstance(value, str):
            self.text(path, True)
            return
        if not isinstance(value, dict):
            raise self._fail("a statement is a text or a mapping", path)
        heads: dict[str, tuple[str, ...]] = {
            "modify": ("modify", "set"),
            "insert": ("insert", "set"),
            "insertLogical": ("insertLogical", "set"),
            "update": ("update",),
            "delete": ("delete",),
            "if": ("if", "then", "else"),
            "for": ("for", "in", "do"),
        }
        head = next((key for key in value if key in heads), None)
        if head is None:
            unknown = next(iter(value), None)
            hint = suggest(unknown, heads) if unknown else None
            raise self._fail(f"unknown statement `{unknown}`", path, hint or "write statements as a text")
        entries = self._mapping(path, value, heads[head], f"`{head}`")
        at = self._key((*path, head))
        match head:
            case "modify":
                self.word("modify (", at, True)
                self.text((*path, head))
                self.word(") {", at)
                self._assign((*path, "set"), entries.get("set"), "", ",")
                self.word("}", at)
            case "insert" | "insertLogical":
                self._insert(path, head, entries, at)
            case "update" | "delete":
                self.word(f"{head} (", at, True)
                self.text((*path, head))
                self.word(") ;", at)
            case "if":
                self.word("if (", at, True)
                self.text((*path, head))
                self.word(") {", at)
                self._block(path, entries, "then")
                self.word("}", at, True)
                if "else" in entries:
                    self.word("else {", self._key((*path, "else")))
                    self._block(path, entries, "else")
                    self.word("}", at, True)
            case _:
                if "in" not in entries:
                    raise self._fail("`for` needs `in`, the list", path)
                self.word("for (", at, True)
                self.text((*path, head))
                self.word(":", at)
                self.text((*path, "in"))
                self.word(") {", at)
                self._block(path, entries, "do")
                self.word("}", at, True)

    def _block(self, path: Path, entries: dict[str, Any], key: str) -> None:
        if key not in entries:
            raise self._fail(f"`{key}` is missing", path)
        if entries[key] is not None:
            self._statements((*path, key), entries[key])

    def _assign(self, path: Path, value: Any, prefix: str, end: str) -> None:
        if not isinstance(value, dict):
            raise self._fail("`set` is a mapping from fields to expressions", path, "write `set: {score: 3}`")
        for index, name in enumerate(value):
            place = (*path, name)
            if prefix:
                self.word(f"{prefix} .", self._key(place), True)
            elif index:
                self.word(end, self._key(place))
            self.text(place, not prefix, key=True)
            self.word("=", self._key(place))
            self.text(place)
            if prefix:
                self.word(end, self._key(place))

    def _insert(self, path: Path, head: str, entries: dict[str, Any], at: Span) -> None:
        if "set" not in entries:
            self.word(f"{head} (", at, True)
            piece = self.text((*path, head))
            if len(piece.tokens) == 1 and piece.tokens[0].text[:1].isupper():
                self.pieces.pop()
                self.word("new", self.document.span((*path, head)))
                self.pieces.append(piece)
                self.word("( )", self.document.span((*path, head)))
            self.word(") ;", at)
            return
        self.made += 1
        name = f"made{self.made}"
        self.text((*path, head), True)
        self.word(f"{name} = new", at)
        self.text((*path, head))
        self.word("( ) ;", at)
        self._assign((*path, "set"), entries["set"], name, ";")
        self.word(f"{head} ( {name} ) ;", at, True)
