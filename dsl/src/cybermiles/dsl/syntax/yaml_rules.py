"""Rules written in YAML: each item becomes the tokens of the rule language, and these the same syntax tree.

The structure (keys, lists) stands for the keywords and brackets of DRL, the texts hold its expressions, constraints
and statements. So there is one grammar, and what it learns YAML rules know. Every token has its place in the YAML file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, Path
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.parser import parse_tokens
from cybermiles.dsl.syntax.yaml_conditions import Conditions
from cybermiles.dsl.syntax.yaml_pieces import ATTRIBUTES, Piece, ShapeError
from cybermiles.dsl.syntax.yaml_statements import Statements

ITEM_KEYS = ("package", "imports", "attributes", "declare", "types", "globals", "functions", "queries", "rules")
"""Top-level keys that hold items; `description` is for readers only."""
RULE_KEYS = ("name", "description", "extends", "annotations", *ATTRIBUTES, "when", "then")
_FLAGS = ("enabled", "no-loop", "lock-on-active", "auto-focus")
_WORDS_OF_YAML_1_1 = ("yes", "no", "on", "off", "y", "n")
_NAMED_THEN = re.compile(r"then\[\w+\]")


@dataclass(slots=True)
class YamlItem:
    """An item of the file as the tokens of DRL, and the tree that they are (None if they have errors)."""

    path: Path
    pieces: list[Piece]
    item: t.Item | None
    tokens: list[Token]
    """The tokens as the parser left them: it joins some."""


def parse_yaml_rules(document: Document, diagnostics: Diagnostics) -> t.RuleFile:
    """The items of a YAML rule file; an item with errors is reported and left out."""
    return t.RuleFile([i.item for i in read_items(document, diagnostics) if i.item is not None])


def read_items(document: Document, diagnostics: Diagnostics) -> list[YamlItem]:
    """All items in the order of the file."""
    return _Reader(document, diagnostics).run()


class _Reader(Conditions, Statements):
    """Reads a file, item by item."""

    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        super().__init__(document, diagnostics)
        self.out: list[YamlItem] = []

    # --- the file
    def run(self) -> list[YamlItem]:
        data = self.document.data
        if not isinstance(data, dict):
            self._add("a file of rules is a mapping with the key `rules`", ())
            return []
        readers = {
            "package": lambda v: self._item(("package",), self._package, v),
            "imports": lambda v: self._each("imports", v, self._import),
            "attributes": lambda v: self._entries("attributes", v, self._file_attribute),
            "declare": lambda v: self._entries("declare", v, self._declare),
            "types": lambda v: self._entries("types", v, self._declare),
            "globals": lambda v: self._entries("globals", v, self._global),
            "functions": lambda v: self._entries("functions", v, self._function),
            "queries": lambda v: self._each("queries", v, self._query),
            "rules": lambda v: self._each("rules", v, self._rule),
        }
        for key, value in data.items():
            if key in readers:
                if value is not None:
                    readers[key](value)
            elif key != "description":
                self._add(f"unknown key `{key}`", (key,), suggest(key, (*ITEM_KEYS, "description")), key=True)
        if not any(key in readers for key in data):
            self._add("the file holds no rules", (), "write `rules:` and a list below it")
        return self.out

    def _each(self, key: str, value: Any, read: Any) -> None:
        if not isinstance(value, list):
            self._add(f"`{key}` is a list: begin each entry with `- `", (key,))
            return
        for index, entry in enumerate(value):
            self._item((key, index), read, entry)

    def _entries(self, key: str, value: Any, read: Any) -> None:
        if not isinstance(value, dict):
            self._add(f"`{key}` is a mapping from names to what they mean", (key,))
            return
        for name, entry in value.items():
            self._item((key, name), read, entry)

    def _item(self, path: Path, read: Any, value: Any) -> None:
        self.pieces = []
        try:
            read(path, value)
        except ShapeError:
            return
        tokens = [token for piece in self.pieces for token in piece.tokens]
        self.out.append(YamlItem(path, self.pieces, self._parse(path, tokens), tokens))

    def _parse(self, path: Path, tokens: list[Token]) -> t.Item | None:
        """The item that the tokens are."""
        last = tokens[-1]
        end = Token("END", "", last.end_line, last.end_column, last.end_line, last.end_column, last.file, True)
        tokens.append(end)
        found = parse_tokens(tokens, self.diagnostics)
        items = found.items if isinstance(found, t.RuleFile) else []
        if len(items) > 1:
            self._add("a text of this entry ends it and begins another", path, "write one entry for each")
            return None
        return items[0] if items else None

    # --- items other than rules
    def _package(self, path: Path, _value: Any) -> None:
        self.word("package", self._key(path), True)
        self.text(path)

    def _import(self, path: Path, _value: Any) -> None:
        self.word("import", self.document.span(path), True)
        self.text(path)

    def _file_attribute(self, path: Path, value: Any) -> None:
        known = (*ATTRIBUTES, "strategy")
        if path[-1] not in known:
            message = f"unknown attribute `{path[-1]}`"
            raise self._fail(message, path, suggest(str(path[-1]), known), key=True)
        self._attribute(path, value)

    def _global(self, path: Path, _value: Any) -> None:
        self.word("global", self._key(path), True)
        self.text(path)
        self.text(path, key=True)

    def _function(self, path: Path, value: Any) -> None:
        at = self._key(path)
        self.word("function", at, True)
        self.text(path, key=True)
        self.word("{", at)
        if value is not None:
            self.text(path, True)
        self.word("}", at, True)

    def _declare(self, path: Path, value: Any) -> None:
        at = self._key(path)
        if isinstance(value, dict) and isinstance(value.get("enum"), list):
            self._mapping(path, value, ("enum", "fields"), "an enumeration")
            self.word("declare enum", at, True)
            self.text(path, key=True)
            for index in range(len(value["enum"])):
                entry = (*path, "enum", index)
                if index:
                    self.word(",", self.document.span(entry))
                self.text(entry, not index)
            fields = value.get("fields") or {}
            if not isinstance(fields, dict):
                raise self._fail("`fields` is a mapping from names to types", (*path, "fields"))
            if fields:
                self.word(";", at)
            for name, entry in fields.items():
                self._field((*path, "fields", name), entry)
            self.word("end", at, True)
            return
        if value is not None and not isinstance(value, dict):
            raise self._fail("a type is a mapping from its fields to their types", path, "write `name: text`")
        self.word("declare", at, True)
        self.text(path, key=True)
        for name, entry in (value or {}).items():
            self._field((*path, name), entry)
        self.word("end", at, True)

    def _field(self, path: Path, value: Any) -> None:
        self.text(path, True, key=True)
        self.word(":", self._key(path))
        if not isinstance(value, dict):
            self.text(path)
            return
        entries = self._mapping(path, value, ("type", "optional", "default", "key", "annotations"), "a field")
        if "type" not in entries:
            raise self._fail("a field needs its `type`", path)
        self.text((*path, "type"))
        if self._flag(path, entries, "optional"):
            self.word("?", self._key((*path, "optional")))
        if "default" in entries:
            self.word("=", self._key((*path, "default")))
            self._value((*path, "default"), entries["default"])
        if self._flag(path, entries, "key"):
            self.word("@key", self._key((*path, "key")))
        self._annotations(path, entries, newline=False)

    def _flag(self, path: Path, entries: dict[str, Any], name: str) -> bool:
        value = entries.get(name, False)
        if not isinstance(value, bool):
            raise self._fail(f"`{name}` is `true` or `false`", (*path, name))
        return value

    def _annotations(self, path: Path, entries: dict[str, Any], newline: bool = True) -> None:
        value = entries.get("annotations")
        if value is None:
            return
        if not isinstance(value, list):
            raise self._fail("`annotations` is a list of texts like `@name(value)`", (*path, "annotations"))
        for index in range(len(value)):
            self.text((*path, "annotations", index), newline)

    def _query(self, path: Path, value: Any) -> None:
        entries = self._mapping(path, value, ("name", "description", "parameters", "annotations", "when"), "a query")
        if not isinstance(entries.get("name"), str):
            raise self._fail("a query needs its `name`", path)
        self.word("query", self._key((*path, "name")), True)
        self.literal(entries["name"], self.document.span((*path, "name")))
        parameters = entries.get("parameters") or {}
        place = (*path, "parameters")
        if not isinstance(parameters, dict):
            raise self._fail("`parameters` is a mapping from names to types", place)
        if parameters:
            self.word("(", self._key(place))
            for index, name in enumerate(parameters):
                if index:
                    self.word(",", self._key((*place, name)))
                if parameters[name] is not None:
                    self.text((*place, name))
                self.text((*place, name), key=True)
            self.word(")", self._key(place))
        self._annotations(path, entries)
        if entries.get("when") is not None:
            self._conditions((*path, "when"), entries["when"])
        self.word("end", self._key((*path, "name")), True)

    # --- rules
    def _rule(self, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            raise self._fail("a rule is a mapping with `name`, `when` and `then`", path)
        for key in value:
            if key not in RULE_KEYS and not _NAMED_THEN.fullmatch(key):
                raise self._fail(f"unknown key `{key}` of a rule", (*path, key), suggest(key, RULE_KEYS), key=True)
        if not isinstance(value.get("name"), str) or not value["name"]:
            place = (*path, "name") if "name" in value else path
            raise self._fail("a rule needs its `name`, a text", place, "write `- name: what the rule decides`")
        at = self.document.span((*path, "name"))
        self.word("rule", at, True)
        self.literal(value["name"], at)
        if value.get("extends") is not None:
            self.word("extends", self._key((*path, "extends")))
            self._value((*path, "extends"), value["extends"])
        self._annotations(path, value)
        for key in value:
            if key in ATTRIBUTES:
                self._attribute((*path, key), value[key])
        if value.get("when") is not None:
            self.word("when", self._key((*path, "when")), True)
            self._conditions((*path, "when"), value["when"])
        if "then" not in value:
            raise self._fail("the rule has no `then`", path)
        for key in ("then", *(key for key in value if _NAMED_THEN.fullmatch(key))):
            self.word(key, self._key((*path, key)), True)
            if value[key] is not None:
                self._statements((*path, key), value[key])
        self.word("end", at, True)

    def _attribute(self, path: Path, value: Any) -> None:
        self.text(path, True, key=True)
        if value is None:
            raise self._fail(f"`{path[-1]}` has no value", path, key=True)
        if path[-1] in _FLAGS and isinstance(value, str) and value.lower() in _WORDS_OF_YAML_1_1:
            truth = "true" if value.lower() in ("yes", "y", "on") else "false"
            raise self._fail(f"`{value}` is a text in YAML 1.2", path, f"write `{truth}`")
        if path[-1] in ("salience", "enabled") and isinstance(value, str):
            self.word("(", self.document.span(path))
            self.text(path)
            self.word(")", self.document.span(path))
        else:
            self._value(path, value)
