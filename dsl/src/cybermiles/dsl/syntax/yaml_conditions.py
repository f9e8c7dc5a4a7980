"""Conditions of YAML rules: patterns, groups, `from`, `accumulate`, as the tokens of DRL."""

from __future__ import annotations

import re
from typing import Any

from cybermiles.dsl.archive.yaml_source import Path
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.yaml_pieces import Pieces

_GROUPS = ("and", "or", "not", "exists", "forall", "eval", "accumulate", "type")
_PATTERN_KEYS = ("type", "as", "where", "from")
_ACCUMULATE_KEYS = ("compute", "init", "action", "reverse", "result")
_TYPE_ONLY = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*")


class Conditions(Pieces):
    """What may stand under `when`."""

    def _conditions(self, path: Path, value: Any) -> None:
        if not isinstance(value, list):
            self._condition(path, value)
            return
        for index, entry in enumerate(value):
            self._condition((*path, index), entry)

    def _condition(self, path: Path, value: Any, newline: bool = True, *, one: bool = False) -> None:
        """A condition; `one`: it stands where DRL takes a single element, so a longer text gets brackets."""
        if isinstance(value, str):
            self._condition_text(path, newline, one=one)
            return
        if not isinstance(value, dict):
            raise self._fail("a condition is a text or a mapping", path, "write `- Order( total > 100 )`")
        head = next((key for key in value if key in _GROUPS or key.startswith("$")), None)
        if head is None:
            unknown = next(iter(value), None)
            if unknown is None:
                raise self._fail("a condition is missing here", path)
            message = f"unknown condition `{unknown}`"
            hint = suggest(unknown, (*_GROUPS, *_PATTERN_KEYS)) or "a binding begins with `$`"
            raise self._fail(message, (*path, unknown), hint, key=True)
        match head:
            case "and" | "or":
                self._mapping(path, value, (head,), f"`{head}`")
                self._joined((*path, head), value[head], head, newline)
            case "not" | "exists":
                self._mapping(path, value, (head,), f"`{head}`")
                self.word(head, self._key((*path, head)), newline)
                self._group((*path, head), value[head])
            case "forall":
                self._mapping(path, value, (head,), f"`{head}`")
                self.word("forall (", self._key((*path, head)), newline)
                self._conditions((*path, head), value[head])
                self.word(")", self._key((*path, head)))
            case "eval":
                self._mapping(path, value, (head,), f"`{head}`")
                self.word("eval (", self._key((*path, head)), newline)
                self.text((*path, head))
                self.word(")", self._key((*path, head)))
            case "accumulate":
                self._accumulate(path, value, newline)
            case _:
                self._pattern(path, value, head, newline)

    def _condition_text(self, path: Path, newline: bool, *, one: bool) -> None:
        at = len(self.pieces)
        piece = self.text(path, newline)
        if _TYPE_ONLY.fullmatch(self.document.scalars[path].text.strip()):
            self.word("( )", self.document.span(path))
        elif one and not _is_one(piece.tokens):
            self.word("(", self.document.span(path), newline)
            self.pieces.insert(at, self.pieces.pop())
            self.word(")", self.document.span(path))

    def _group(self, path: Path, value: Any) -> None:
        """What `not` and `exists` are about: one condition, or all of a list."""
        if isinstance(value, list) and len(value) != 1:
            self.word("(", self._key(path))
            self._members(path, value, "and")
            self.word(")", self._key(path))
        elif isinstance(value, list):
            self._condition((*path, 0), value[0], False, one=True)
        else:
            self._condition(path, value, False, one=True)

    def _joined(self, path: Path, value: Any, kind: str, newline: bool) -> None:
        self.word("(", self._key(path), newline)
        self._members(path, value, kind)
        self.word(")", self._key(path))

    def _members(self, path: Path, value: Any, kind: str) -> None:
        if not isinstance(value, list) or not value:
            raise self._fail(f"`{kind}` takes a list of conditions", path)
        for index, entry in enumerate(value):
            if index:
                self.word(kind, self.document.span((*path, index)))
            self._condition((*path, index), entry, False, one=True)

    def _pattern(self, path: Path, value: dict[str, Any], head: str, newline: bool) -> None:
        if head == "type":
            entries = self._mapping(path, value, _PATTERN_KEYS, "a pattern")
            if "as" in entries:
                self.text((*path, "as"), newline)
                self.word(":", self._key((*path, "as")))
                newline = False
            piece = self.text((*path, "type"), newline)
        else:
            entries = self._mapping(path, value, (head, "where", "from"), "a pattern")
            self.text((*path, head), newline, key=True)
            self.word(":", self._key((*path, head)))
            piece = self.text((*path, head))
        bare = not any(token.text == "(" for token in piece.tokens)
        if bare:
            self._constraints((*path, head), path, entries.get("where"))
        elif "where" in entries:
            message = "constraints stand in brackets or under `where`, not in both"
            raise self._fail(message, (*path, "where"), key=True)
        if "from" in entries:
            self.word("from", self._key((*path, "from")))
            self._from((*path, "from"), entries["from"])

    def _constraints(self, at: Path, path: Path, value: Any) -> None:
        span, place = self.document.span(at), (*path, "where")
        self.word("(", span)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        first = True
        for index, entry in enumerate(entries):
            where = (*place, index) if isinstance(value, list) else place
            names: list[Path] = [(*where, name) for name in entry] if isinstance(entry, dict) else [where]
            for each in names:
                if not first:
                    self.word(",", self.document.span(each))
                first = False
                if isinstance(entry, dict):
                    if not str(each[-1]).startswith("$"):
                        hint = "a name for a field begins with `$`; write a constraint as one text"
                        raise self._fail(f"unknown key `{each[-1]}` of a constraint", each, hint, key=True)
                    self.text(each, key=True)
                    self.word(":", self._key(each))
                self.text(each)
        self.word(")", span)

    def _from(self, path: Path, value: Any) -> None:
        if isinstance(value, str):
            self.text(path)
        elif isinstance(value, dict) and list(value) == ["collect"]:
            self.word("collect (", self._key((*path, "collect")))
            self._group((*path, "collect"), value["collect"])
            self.word(")", self._key((*path, "collect")))
        elif isinstance(value, dict) and "accumulate" in value:
            self._accumulate(path, value, False)
        else:
            raise self._fail("`from` takes an expression, `collect` or `accumulate`", path)

    def _accumulate(self, path: Path, value: dict[str, Any], newline: bool) -> None:
        entries = self._mapping(path, value, ("accumulate", *_ACCUMULATE_KEYS, "where"), "`accumulate`")
        place = (*path, "accumulate")
        at = self._key(place)
        self.word("accumulate (", at, newline)
        source = entries["accumulate"]
        if isinstance(source, list) and len(source) > 1:
            self._members(place, source, "and")
        else:
            self._group(place, source)
        self.word(";" if "compute" in entries else ",", at)
        if "compute" in entries:
            self._compute((*path, "compute"), entries["compute"])
        else:
            self._steps(path, entries)
        if "where" in entries:
            self.word(";", self._key((*path, "where")))
            constraints = entries["where"] if isinstance(entries["where"], list) else [entries["where"]]
            for index in range(len(constraints)):
                each = (*path, "where", index) if isinstance(entries["where"], list) else (*path, "where")
                if index:
                    self.word(",", self.document.span(each))
                self.text(each)
        self.word(")", at)

    def _compute(self, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            self.text(path)
            return
        for index, name in enumerate(value):
            if index:
                self.word(",", self._key((*path, name)))
            self.text((*path, name), key=True)
            self.word(":", self._key((*path, name)))
            self.text((*path, name))

    def _steps(self, path: Path, entries: dict[str, Any]) -> None:
        named = [name for name in ("init", "action", "reverse", "result") if name in entries]
        if not {"init", "action", "result"} <= set(named):
            hint = "write `compute: {$sum: sum($x)}`, or `init`, `action` and `result`"
            raise self._fail("`accumulate` does not say what it computes", (*path, "accumulate"), hint, key=True)
        for index, name in enumerate(named):
            if index:
                self.word(",", self._key((*path, name)))
            self.word(f"{name} (", self._key((*path, name)))
            self.text((*path, name))
            self.word(")", self._key((*path, name)))


def _is_one(tokens: list[Token]) -> bool:
    """Whether a text is a single condition by its form: no `and`, `or` or second pattern outside of brackets."""
    depth = closed = 0
    for token in tokens:
        if token.text in ("(", "[", "{"):
            depth += 1
            closed += depth == 1
        elif token.text in (")", "]", "}"):
            depth -= 1
        elif not depth and (token.text in ("and", "or", "&&", "||", ",") or (closed and token.text != "from")):
            return False
    return closed <= 1
