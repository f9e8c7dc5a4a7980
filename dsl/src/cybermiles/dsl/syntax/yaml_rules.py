"""Rules written in YAML: each item becomes the tokens of the rule language, and these the same syntax tree.

The structure (keys, lists) stands for the keywords and brackets of DRL, the texts hold its expressions, constraints
and statements. So there is one grammar, and what it learns YAML rules know. Every token has its place in the YAML file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, Path, Scalar, is_value
from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Comment, Token
from cybermiles.dsl.syntax.parser import lex_language, parse_tokens
from cybermiles.dsl.syntax.yaml_text import Places, line_places, places, span_between

ITEM_KEYS = ("package", "imports", "attributes", "declare", "types", "globals", "functions", "queries", "rules")
"""Top-level keys that hold items; `description` is for readers only."""
ATTRIBUTES = (
    *("salience", "enabled", "no-loop", "lock-on-active", "agenda-group", "auto-focus", "activation-group"),
    *("ruleflow-group", "date-effective", "date-expires", "dialect", "duration", "timer", "calendars"),
)
"""The attributes of a rule, by DRL's names; those that we refuse are refused by the parser, with its hint."""
RULE_KEYS = ("name", "description", "extends", "annotations", *ATTRIBUTES, "when", "then")
_GROUPS = ("and", "or", "not", "exists", "forall", "eval", "accumulate", "type")
_PATTERN_KEYS = ("type", "as", "where", "from")
_ACCUMULATE_KEYS = ("compute", "init", "action", "reverse", "result")
_NAMED_THEN = re.compile(r"then\[\w+\]")
_TYPE_ONLY = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*")
_WORDS = re.compile(r"\w+|\S")


@dataclass(slots=True)
class Piece:
    """Tokens that stand on a line of their own, or go on with the line before."""

    tokens: list[Token]
    parts: list[tuple[Token | Comment, int]]
    """Tokens and comments in order, each with its line within its own text, from 0; for layout."""
    newline: bool
    path: Path | None = None
    """Of the scalar that the text is; None for keys and for what the structure stands for."""


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


class _Shape(Exception):  # noqa: N818 - control flow within this module
    """The structure of an item is wrong; the finding is recorded."""


class _Reader:
    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        self.document = document
        self.diagnostics = diagnostics
        self.out: list[YamlItem] = []
        self.pieces: list[Piece] = []
        self.made = 0
        self.places: dict[int, tuple[list[int], Places]] = {}
        """Of the last scalar that needed them: where its lines begin, and where each character stands."""

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
        except _Shape:
            return
        tokens = [token for piece in self.pieces for token in piece.tokens]
        self.out.append(YamlItem(path, self.pieces, self._parse(path, tokens), tokens))

    def _parse(self, path: Path, tokens: list[Token]) -> t.Item | None:
        """The item that the tokens are."""
        last = tokens[-1]
        end = Token("END", "", last.end_line, last.end_column, last.end_line, last.end_column, last.file, True)
        tokens.append(end)
        found = parse_tokens(tokens, self.diagnostics, "drl")
        items = found.items if isinstance(found, t.RuleFile) else []
        if len(items) > 1:
            self._add("a text of this entry ends it and begins another", path, "write one entry for each")
            return None
        return items[0] if items else None

    # --- findings
    def _add(self, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> None:
        scalar = self.document.keys.get(path) if key else None
        span = self._span_of(scalar) if scalar else self.document.span(path)
        self.diagnostics.add("yaml-rules", message, span, hint)

    def _fail(self, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> _Shape:
        self._add(message, path, hint, key=key)
        return _Shape()

    def _span_of(self, scalar: Scalar) -> Span:
        if (simple := line_places(self.document.source, scalar)) and len(simple) == 1:
            line, column = simple[0]
            return Span(self.document.file, line, column, line, column + len(scalar.text))
        found = places(self.document.source, scalar)
        return span_between(self.document.file, found, 0, len(found) - 1)

    # --- pieces
    def _key(self, path: Path) -> Span:
        """The place of an entry's key, or of the entry."""
        scalar = self.document.keys.get(path)
        return self._span_of(scalar) if scalar else self.document.span(path)

    def word(self, text: str, span: Span, newline: bool = False) -> None:
        """Words and signs that the structure stands for."""
        tokens = [_token("NAME" if x[0].isalpha() else "OP", x, span, x) for x in _WORDS.findall(text)]
        tokens[0].newline = newline
        self.pieces.append(Piece(tokens, [(token, 0) for token in tokens], newline))

    def literal(self, value: str, span: Span) -> None:
        """A text as a token in quotes."""
        token = _token("TEXT", json.dumps(value, ensure_ascii=False), span, value)
        self.pieces.append(Piece([token], [(token, 0)], False))

    def _lex(self, scalar: Scalar, path: Path, newline: bool) -> Piece:
        inner = Diagnostics()
        try:
            lexed = lex_language(self.document.file, scalar.text, inner, "drl")
        except CompileError:
            for d in inner:
                place = self._inside(scalar, Span(d.file, d.line, d.column, d.end_line, d.end_column))
                self.diagnostics.add(d.code, d.message, place, d.hint)
            raise _Shape from None
        tokens = lexed.tokens[:-1]
        if not tokens and not (lexed.comments and (path[-1] == "then" or path[0] == "functions")):
            raise self._fail("this text is empty", path)
        both: list[Token | Comment] = [*tokens, *lexed.comments]
        if lexed.comments:
            both.sort(key=lambda p: (p.line, p.column))
        piece = Piece(tokens, [(part, part.line - 1) for part in both], newline)
        self._move(scalar, tokens)
        if tokens:
            tokens[0].newline = newline
        return piece

    def _move(self, scalar: Scalar, tokens: list[Token]) -> None:
        """From places in the text to places in the file."""
        if (lines := line_places(self.document.source, scalar)) is not None:
            for token in tokens:
                (token.line, first), (token.end_line, last) = lines[token.line - 1], lines[token.end_line - 1]
                token.column, token.end_column = token.column + first - 1, token.end_column + last - 1
            return
        for token in tokens:
            _, token.line, token.column, token.end_line, token.end_column = self._inside(scalar, token.span)

    def _inside(self, scalar: Scalar, span: Span) -> Span:
        """A place in a scalar's text as a place in the file."""
        if id(scalar) not in self.places:
            starts = [0, *(at + 1 for at, character in enumerate(scalar.text) if character == "\n")]
            self.places = {id(scalar): (starts, places(self.document.source, scalar))}
        starts, found = self.places[id(scalar)]
        begin, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        return span_between(self.document.file, found, begin, end)

    def text(self, path: Path, newline: bool = False, *, key: bool = False) -> Piece:
        """A scalar whose text is of the rule language."""
        scalar = (self.document.keys if key else self.document.scalars).get(path)
        if scalar is None or (not key and not self._may_stand(path, scalar)):
            raise self._fail("this must be a text", path)
        piece = self._lex(scalar, path, newline)
        piece.path = None if key else path
        self.pieces.append(piece)
        return piece

    def _may_stand(self, path: Path, scalar: Scalar) -> bool:
        """Numbers and truth values stand only for values: of attributes, defaults, fields that are set, conditions."""
        if scalar.style is not None or not is_value(scalar.text):
            return True
        return path[0] == "attributes" or path[-1] in (*ATTRIBUTES, "default", "if") or "set" in path[-2:-1]

    def _mapping(self, path: Path, value: Any, known: Iterable[str], what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(f"{what} is a mapping", path)
        names = list(known)
        for key in value:
            if key not in names:
                raise self._fail(f"unknown key `{key}` of {what}", (*path, key), suggest(key, names), key=True)
        return value

    # --- items other than rules
    def _package(self, path: Path, _value: Any) -> None:
        self.word("package", self._key(path), True)
        self.text(path)

    def _import(self, path: Path, _value: Any) -> None:
        self.word("import", self.document.span(path), True)
        self.text(path)
        self.word(";", self.document.span(path))

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

    def _value(self, path: Path, value: Any) -> None:
        """A constant: a YAML text is a text."""
        if isinstance(value, str):
            self.literal(value, self.document.span(path))
        elif value is None or isinstance(value, dict | list):
            raise self._fail("this must be a number, a text or a truth value", path)
        else:
            self.text(path)

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
        if path[-1] in ("salience", "enabled") and isinstance(value, str):
            self.word("(", self.document.span(path))
            self.text(path)
            self.word(")", self.document.span(path))
        else:
            self._value(path, value)

    # --- conditions
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

    # --- consequences
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


def _token(kind: str, text: str, span: Span, value: object) -> Token:
    return Token(kind, text, span.line, span.column, span.end_line, span.end_column, span.file, False, value)


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
